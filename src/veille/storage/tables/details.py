"""What is read besides the lists: the own pages of entries, and the documents attached to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class DetailRow(Base):
    """The own page of an item: waiting for its turn, read, reserved by its site, or left with a reason.

    An item of which only documents are wanted has a row too, whose page is left.
    """

    __tablename__ = "detail"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    #: The source whose entry asked for it.
    source_id: Mapped[str] = mapped_column(String(128))
    url: Mapped[str]
    host: Mapped[str] = mapped_column(String(255))
    #: Hash of the entry that asked for it: with another one the page is to be read again.
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    sentence: Mapped[str]
    tries: Mapped[int]
    next_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    #: Grows with each page or document read: the item is then tagged again, though nobody amended anything.
    reading: Mapped[int]
    #: The last `reading` that changed what was read before: that is an amendment. 0 = none.
    amending: Mapped[int]
    #: html or pdf; null before it was read.
    format: Mapped[str | None] = mapped_column(String(8))
    #: Where the list gave none worth showing.
    title: Mapped[str | None]
    published: Mapped[datetime | None]
    language: Mapped[str | None] = mapped_column(String(8))
    text: Mapped[str]
    #: The page says all that the list said.
    repeats: Mapped[bool]
    facts: Mapped[dict[str, Any] | None]
    licence: Mapped[str] = mapped_column(String(16))
    #: What the person who added the item by hand said of it; null for what was collected.
    given: Mapped[dict[str, Any] | None]
    #: When the text goes, down to an extract and what proves facts; null = kept.
    keep_until: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (Index(None, "state", "host"),)


class DocumentRow(Base):
    """A document attached to an item."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    source_id: Mapped[str] = mapped_column(String(128))
    #: Hash of its canonical link: the same document attached to several items is fetched once.
    key: Mapped[str] = mapped_column(String(64), index=True)
    url: Mapped[str]
    host: Mapped[str] = mapped_column(String(255))
    #: As shown: « reglement.pdf ».
    name: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    sentence: Mapped[str]
    tries: Mapped[int]
    next_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    #: What it calls itself.
    title: Mapped[str | None]
    #: Pages of the document, whether read or not.
    page_count: Mapped[int | None]
    #: Text of each page read, in order.
    pages: Mapped[list[Any]]
    licence: Mapped[str] = mapped_column(String(16))
    keep_until: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("item_id", "key"), Index(None, "state", "host"))
