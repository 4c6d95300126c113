"""What people decided: of items, and of the tags that the machine gave them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class ReviewRow(Base):
    """One judgement of one item by somebody of the cluster; append-only, the last one counts."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    #: accepted | rejected | reopened
    judgement: Mapped[str] = mapped_column(String(16))
    #: What was judged: with other content the item returns to the queue.
    content_hash: Mapped[str] = mapped_column(String(64))
    item_version: Mapped[int]
    #: `detail.amending` at that time; 0 where no page was read.
    amending: Mapped[int]
    said_by: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (Index(None, "cluster_id", "item_id"),)


class TagDecisionRow(Base):
    """What a person said of one tag of one item: the last word. No crawl and no tagging touches it."""

    __tablename__ = "tag_decision"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(16), primary_key=True)
    term: Mapped[str] = mapped_column(String(128), primary_key=True)
    #: added | rejected | withdrawn
    decision: Mapped[str] = mapped_column(String(16))
    said_by: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (Index(None, "scheme", "term"),)
