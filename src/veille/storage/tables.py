"""Typed tables. One store class is the sole writer of each (`tests/storage/test_writers.py` checks it).

What people or sources wrote is Text, without a limit: only PostgreSQL would enforce one. String(n) is for values of
our own making, or checked where they come in.

Items, entries and tags are shared by all clusters of an installation; members, subscribers, issues and deliveries
carry `cluster_id` (a single-cluster install has exactly one).
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

#: Deterministic names, so that a migration can name what it drops (Alembic's documented convention).
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; naive values are refused at the door (SQLite drops offsets without a word)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Refuse naive values, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime refused: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """Give back aware UTC on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: SQLite only autoincrements INTEGER; PostgreSQL gets 64 bits.
Key = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Root of the tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        str: Text,
    }


# ── the house itself ────────────────────────────────────────────────────────────────────────────────────────────────
class InstanceRow(Base):
    """One row: the latest wall time this instance has seen, so that a clock moved back is refused."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    latest_seen: Mapped[datetime]


class WorkRow(Base):
    """The ledger. `token` changes at each claim; every finish is WHERE id = ? AND token = ?."""

    __tablename__ = "work"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    stage: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    #: waiting | running | quarantined (finished work leaves the table)
    state: Mapped[str] = mapped_column(String(16))
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(String(32))
    owner: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (UniqueConstraint("stage", "key"), Index(None, "stage", "state", "not_before"))


# ── crawl ───────────────────────────────────────────────────────────────────────────────────────────────────────────
class SourceStateRow(Base):
    """What crawl remembers of a source."""

    __tablename__ = "source_state"
    source_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    #: The source as it was defined when last recorded: later stages read title, territory, type, sectors, licence here.
    title: Mapped[str]
    feed: Mapped[str]
    territory: Mapped[str | None] = mapped_column(String(64))
    default_type: Mapped[str | None] = mapped_column(String(128))
    sectors: Mapped[list[Any]]
    language: Mapped[str | None] = mapped_column(String(8))
    licence: Mapped[str] = mapped_column(String(16))
    health: Mapped[str] = mapped_column(String(16))
    sentence: Mapped[str]
    next_step: Mapped[str]
    http_status: Mapped[int | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(64))
    checked_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    next_check_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    interval: Mapped[int | None]
    moved_to: Mapped[str | None]
    move_candidate: Mapped[str | None]
    move_seen_at: Mapped[datetime | None]
    entries: Mapped[int] = mapped_column(default=0)
    ttl: Mapped[int | None]
    skip_hours: Mapped[list[Any]]
    gap: Mapped[int | None]
    definition: Mapped[str] = mapped_column(String(64), default="")


class ItemRow(Base):
    """The thing, gathering entries. `identity` is the canonical link, or a source-bound key where there is none."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    identity: Mapped[str] = mapped_column(String(64), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str]
    text: Mapped[str]
    url: Mapped[str | None]
    lang: Mapped[str | None] = mapped_column(String(8))
    published: Mapped[datetime | None]
    first_seen: Mapped[datetime] = mapped_column(index=True)
    updated: Mapped[datetime] = mapped_column(index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    #: What a source stated in fields of their own; null if nothing.
    facts: Mapped[dict[str, Any] | None]
    #: The source whose entry gave title, text and url.
    source_id: Mapped[str] = mapped_column(String(128))
    licence: Mapped[str] = mapped_column(String(16))


class EntryRow(Base):
    """An entry as published by one source; `key` is its stable identity there (a hash)."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    source_id: Mapped[str] = mapped_column(String(128))
    key: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    guid: Mapped[str | None]
    title: Mapped[str]
    link: Mapped[str | None]
    text: Mapped[str]
    author: Mapped[str | None]
    categories: Mapped[list[Any]]
    published: Mapped[datetime | None]
    updated: Mapped[datetime | None]
    facts: Mapped[dict[str, Any] | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    first_seen: Mapped[datetime]
    last_changed: Mapped[datetime]
    __table_args__ = (UniqueConstraint("source_id", "key"),)


class EntryVersionRow(Base):
    """What an entry said before it changed, and what changed. Nothing is deleted by a crawl."""

    __tablename__ = "entry_version"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    version: Mapped[int]
    seen: Mapped[datetime]
    title: Mapped[str]
    link: Mapped[str | None]
    text: Mapped[str]
    published: Mapped[datetime | None]
    facts: Mapped[dict[str, Any] | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    #: Names of the fields in which the next version differs.
    changed: Mapped[list[Any]]
    __table_args__ = (UniqueConstraint("entry_id", "version"),)


# ── nlp ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
class ItemTagRow(Base):
    """A machine tag. Effective tags = these − rejected + added by people."""

    __tablename__ = "item_tag"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(128), primary_key=True)
    rank: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    origin: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(16), default="main")
    evidence: Mapped[list[Any]]
    __table_args__ = (Index(None, "scheme", "term"),)


class ItemFactRow(Base):
    """A fact read in an item; `previous` is its value before the last amendment, if one changed it."""

    __tablename__ = "item_fact"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str]
    previous: Mapped[str | None]
    origin: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[list[Any]]


class TaggingRow(Base):
    """Which pipeline tagged which version of an item: re-tagging is a query."""

    __tablename__ = "tagging"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    item_version: Mapped[int]
    #: name@version
    pipeline: Mapped[str] = mapped_column(String(128))
    lang: Mapped[str | None] = mapped_column(String(8))
    tagged_at: Mapped[datetime]


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class MemberRow(Base):
    """An organisation of the cluster."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    organisation: Mapped[str]
    siren: Mapped[str | None]
    naf: Mapped[str | None]
    naf_version: Mapped[str | None]
    size: Mapped[str | None]
    staff: Mapped[int | None]
    turnover_eur: Mapped[float | None] = mapped_column(Float)
    legal_form: Mapped[str | None]
    commune: Mapped[str | None]
    updated: Mapped[datetime]
    __table_args__ = (UniqueConstraint("cluster_id", "organisation"),)


class InterestRow(Base):
    """One line of a profile: sector, axis, activity, skill, need, contribution, country, follow, muted."""

    __tablename__ = "interest"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str]
    position: Mapped[int]
    __table_args__ = (UniqueConstraint("member_id", "kind", "value"),)


class SubscriberRow(Base):
    """A person who gets the mail; each address has basis, origin and date."""

    __tablename__ = "subscriber"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    email: Mapped[str] = mapped_column(String(320))
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    rhythm: Mapped[str] = mapped_column(String(16), default="weekly")
    basis: Mapped[str] = mapped_column(default="adhésion")
    origin: Mapped[str] = mapped_column(default="")
    added: Mapped[datetime]
    __table_args__ = (UniqueConstraint("cluster_id", "email"),)


class SuppressionRow(Base):
    """An address that must not be written to again, as a keyed hash that survives erasure."""

    __tablename__ = "suppression"
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]


# ── digest ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class IssueRow(Base):
    """One edition of a digest; unique by local period, so that nothing is made twice."""

    __tablename__ = "issue"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    built_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    send_at: Mapped[datetime]
    #: After this instant it must not leave any more.
    stale_at: Mapped[datetime]
    #: What every mail shares, frozen with the issue: templates, sender's identity, signing key id.
    frame: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("cluster_id", "digest", "period"),)


class BulletinRow(Base):
    """One subscriber's bulletin, frozen as JSON; `skipped` says in French why there is none."""

    __tablename__ = "bulletin"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    content: Mapped[dict[str, Any] | None]
    skipped: Mapped[str | None]


class SelectionRow(Base):
    """Which item stands where in whose bulletin, and why: the record behind `why` and `digest build --json`."""

    __tablename__ = "selection"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    item_version: Mapped[int]
    section: Mapped[str] = mapped_column(String(32))
    rank: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[Any]]


class DeliveryRow(Base):
    """One mail of one issue: its primary key is what forbids a second one."""

    __tablename__ = "delivery"
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(16), index=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    lease_until: Mapped[datetime | None]
    token: Mapped[str | None] = mapped_column(String(32))
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    smtp_code: Mapped[int | None]
    reply: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]


class AttemptRow(Base):
    """Append-only: what each try of each mail met."""

    __tablename__ = "attempt"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(255), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    smtp_code: Mapped[int | None]
    reply: Mapped[str]


class SeenRow(Base):
    """The journal: which version of which item a subscriber was sent; written from « sent » only."""

    __tablename__ = "seen"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    item_version: Mapped[int]
    #: The deadline that was shown, ISO, so that « échéance reportée » can say from when.
    deadline: Mapped[str | None] = mapped_column(String(10))
    at: Mapped[datetime]
