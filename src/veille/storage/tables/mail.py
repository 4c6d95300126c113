"""Tables of what mail brings: where a letter's opaque links lead, and what people forwarded."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base, Key


class FollowedLinkRow(Base):
    """What became of a link that only its sender's server could translate: it is never asked a second time.

    `link` is a hash: the link itself names its recipient.
    """

    __tablename__ = "followed_link"
    link: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: asked (no answer was recorded) | found | lost | unreached
    state: Mapped[str] = mapped_column(String(16))
    target: Mapped[str | None]
    asked_at: Mapped[datetime]
    #: Tries that never reached the server.
    attempts: Mapped[int] = mapped_column(default=0)


class SuggestionRow(Base):
    """What somebody forwarded to the cluster's box, until staff decide."""

    __tablename__ = "suggestion"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cluster_id: Mapped[str] = mapped_column(String(64))
    #: Message-ID and place in the message, as a hash: the same mail read again suggests nothing new.
    key: Mapped[str] = mapped_column(String(64))
    source_id: Mapped[str] = mapped_column(String(128))
    message_id: Mapped[str]
    suggested_by: Mapped[str] = mapped_column(String(320))
    comment: Mapped[str]
    title: Mapped[str]
    link: Mapped[str | None]
    text: Mapped[str]
    #: When it was forwarded, as its mail says.
    sent: Mapped[datetime | None]
    received: Mapped[datetime]
    #: waiting | accepted | refused
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    decided_at: Mapped[datetime | None]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    __table_args__ = (UniqueConstraint("cluster_id", "key"),)
