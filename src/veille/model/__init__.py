"""The vocabulary: frozen values that cross the borders between rooms.

Source → Entry (as published) → Item (stored, tagged; may gather several entries) → Issue (one edition of a digest)
→ Delivery (issue × subscriber). All instants are aware UTC datetimes; calendar days are `date`.
Territory ids are data.gouv GeoZones: `fr:region:84`, `fr:departement:63`, `fr:epci:200071199`, `fr:commune:63113`,
`country:fr`, `country-group:ue`.
"""

from veille.model.digest import (
    Bulletin,
    Delivery,
    DeliveryState,
    Drafted,
    Issue,
    IssueState,
    Line,
    OutgoingMail,
    Section,
    SeenItem,
    Selected,
    SendOutcome,
)
from veille.model.items import Item, ItemSource
from veille.model.matching import Eligibility, Match, Reason, Verdict
from veille.model.members import RHYTHMS, SIZES, Member, Subscriber
from veille.model.sources import (
    FAILURES,
    CrawlReport,
    EntryIntent,
    ExportedEntry,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    KnownEntry,
    Licence,
    ParsedEntry,
    ParsedFeed,
    Redirect,
    Source,
    SourceHealth,
    SourceState,
    Validators,
)
from veille.model.tags import Evidence, Fact, Origin, Scheme, StructuredFacts, Tag, Tagged, TextToTag
from veille.model.work import Work

__all__ = [
    "FAILURES",
    "RHYTHMS",
    "SIZES",
    "Bulletin",
    "CrawlReport",
    "Delivery",
    "DeliveryState",
    "Drafted",
    "Eligibility",
    "EntryIntent",
    "Evidence",
    "ExportedEntry",
    "Fact",
    "FetchFailed",
    "FetchFault",
    "FetchOutcome",
    "Fetched",
    "Issue",
    "IssueState",
    "Item",
    "ItemSource",
    "KnownEntry",
    "Licence",
    "Line",
    "Match",
    "Member",
    "Origin",
    "OutgoingMail",
    "ParsedEntry",
    "ParsedFeed",
    "Reason",
    "Redirect",
    "Scheme",
    "Section",
    "SeenItem",
    "Selected",
    "SendOutcome",
    "Source",
    "SourceHealth",
    "SourceState",
    "StructuredFacts",
    "Subscriber",
    "Tag",
    "Tagged",
    "TextToTag",
    "Validators",
    "Verdict",
    "Work",
]
