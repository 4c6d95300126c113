"""The seams: small protocols owned by whoever consumes them; app.py fills them.

Every fake that stands in for one of these ships in `veille.testing` and is checked by mypy against it.
"""

from veille.protocols.crawling import Crawler, CrawlOptions, SiteStore, SourceStore, VisitRecord
from veille.protocols.foundations import Clock, Fetcher, Progress
from veille.protocols.judging import Candidate, Judge, JudgeFor
from veille.protocols.mailing import AcceptLog, HandpickStore, IssueStore, Lane, Mailer, MailLedger
from veille.protocols.people import (
    Audience,
    BounceStore,
    FeedbackStore,
    Labels,
    MemberStore,
    Places,
    ReaderStore,
)
from veille.protocols.tagging import ItemStore, Tagger, TagStore
from veille.protocols.work import Engine, Ledger, Stage

__all__ = [
    "AcceptLog",
    "Audience",
    "BounceStore",
    "Candidate",
    "Clock",
    "CrawlOptions",
    "Crawler",
    "Engine",
    "FeedbackStore",
    "Fetcher",
    "HandpickStore",
    "IssueStore",
    "ItemStore",
    "Judge",
    "JudgeFor",
    "Labels",
    "Lane",
    "Ledger",
    "MailLedger",
    "Mailer",
    "MemberStore",
    "Places",
    "Progress",
    "ReaderStore",
    "SiteStore",
    "SourceStore",
    "Stage",
    "TagStore",
    "Tagger",
    "VisitRecord",
]
