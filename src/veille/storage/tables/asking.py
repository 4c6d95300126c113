"""What people ask of the data held of them."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from veille.storage.tables.base import Base


class ErasureRequestRow(Base):
    """A person who asked on their page that their data be erased; gone where they changed their mind."""

    __tablename__ = "erasure_request"
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    at: Mapped[datetime]
