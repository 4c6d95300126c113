"""Typed tables. One store class is the sole writer of each (`tests/storage/test_writers.py` checks it).

What people or sources wrote is Text, without a limit: only PostgreSQL would enforce one. String(n) is for values of
our own making, or checked where they come in.

Items, entries and tags are shared by all clusters of an installation; members, subscribers, issues and deliveries
carry `cluster_id` (a single-cluster install has exactly one).
"""

from veille.storage.tables.announcing import AnnouncementRow
from veille.storage.tables.asking import ErasureRequestRow
from veille.storage.tables.base import Base, Key, UtcDateTime
from veille.storage.tables.crawl import EntryRow, EntryVersionRow, ItemRow, SourceStateRow
from veille.storage.tables.curation import ReviewRow, TagDecisionRow
from veille.storage.tables.details import DetailRow, DocumentRow
from veille.storage.tables.digest import (
    AbsenceRow,
    AttemptRow,
    BulletinRow,
    DeliveryRow,
    HandpickRow,
    IssueEventRow,
    IssueRow,
    SeenRow,
    SelectionRow,
)
from veille.storage.tables.house import InstanceRow, WorkRow
from veille.storage.tables.linking import ItemLinkRow, ItemMarkRow, ItemSketchRow, LinkDecisionRow
from veille.storage.tables.mail import FollowedLinkRow, SuggestionRow
from veille.storage.tables.members import (
    BounceRow,
    FeedbackRow,
    InterestRow,
    MemberRow,
    ProfileDraftRow,
    SubscriberRow,
    SuppressionRow,
)
from veille.storage.tables.nlp import ItemFactRow, ItemTagRow, TaggingRow
from veille.storage.tables.pace import RateStateRow
from veille.storage.tables.pages import PageChangeRow, PageMemoryRow
from veille.storage.tables.signs import LinkCountRow, MailboxMarkRow, ReplyRow, StaffReportRow
from veille.storage.tables.sites import SiteRow, SourceEventRow

__all__ = [
    "AbsenceRow",
    "AnnouncementRow",
    "AttemptRow",
    "Base",
    "BounceRow",
    "BulletinRow",
    "DeliveryRow",
    "DetailRow",
    "DocumentRow",
    "EntryRow",
    "EntryVersionRow",
    "ErasureRequestRow",
    "FeedbackRow",
    "FollowedLinkRow",
    "HandpickRow",
    "InstanceRow",
    "InterestRow",
    "IssueEventRow",
    "IssueRow",
    "ItemFactRow",
    "ItemLinkRow",
    "ItemMarkRow",
    "ItemRow",
    "ItemSketchRow",
    "ItemTagRow",
    "Key",
    "LinkCountRow",
    "LinkDecisionRow",
    "MailboxMarkRow",
    "MemberRow",
    "PageChangeRow",
    "PageMemoryRow",
    "ProfileDraftRow",
    "RateStateRow",
    "ReplyRow",
    "ReviewRow",
    "SeenRow",
    "SelectionRow",
    "SiteRow",
    "SourceEventRow",
    "SourceStateRow",
    "StaffReportRow",
    "SubscriberRow",
    "SuggestionRow",
    "SuppressionRow",
    "TagDecisionRow",
    "TaggingRow",
    "UtcDateTime",
    "WorkRow",
]
