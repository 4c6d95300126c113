"""Table of what relays and receivers were given lately: a restart does not open the tap anew."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base


class RateStateRow(Base):
    """One relay (« relay:smtp://host:25 ») or one family of receivers (« family:gmail »)."""

    __tablename__ = "rate_state"
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    #: Mails that may leave at once, as of `at`.
    tokens: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime]
    #: Slot of time → mails: what an hour and a day have had.
    given: Mapped[dict[str, Any]]
    #: Nothing before this, after it said « later ».
    held_until: Mapped[datetime | None]
    #: How often in a row it said so.
    strikes: Mapped[int] = mapped_column(default=0)
    #: Days on which mails left, and the last of them, ISO: how far a new sender has come.
    days: Mapped[int] = mapped_column(default=0)
    day: Mapped[str] = mapped_column(String(10), default="")
