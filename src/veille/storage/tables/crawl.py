"""What crawl writes: sources, items, entries and their versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


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
    found_feed: Mapped[str | None]
    entries: Mapped[int] = mapped_column(default=0)
    ttl: Mapped[int | None]
    skip_hours: Mapped[list[Any]]
    gap: Mapped[int | None]
    definition: Mapped[str] = mapped_column(String(64), default="")
    since: Mapped[datetime | None]
    alarm: Mapped[str | None] = mapped_column(String(16))
    rebaseline: Mapped[bool] = mapped_column(default=False, server_default=false())
    robots: Mapped[str] = mapped_column(String(16), default="", server_default="")
    reserved: Mapped[str] = mapped_column(String(16), default="", server_default="")
    #: The body that `body_hash` names stops before its end.
    cut: Mapped[bool] = mapped_column(default=False, server_default=false())


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
    #: The last version that its publishers changed, where another entry has since come to show it; null = `version`.
    amended: Mapped[int | None]
    #: Already there when each of its sources began to be watched.
    baseline: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Its site reserves its text from mining: title and link only.
    reserved: Mapped[bool] = mapped_column(default=False, server_default=false())


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
