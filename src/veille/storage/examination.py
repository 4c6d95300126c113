"""A database as an operator sees it: made or brought up to date, and looked at without changing it."""

from collections.abc import Sequence
from dataclasses import dataclass

from veille.clock import SystemClock
from veille.model import Delivery
from veille.storage import schema
from veille.storage.db import Database
from veille.storage.integrity import quick_check
from veille.storage.ledger import SqlLedger
from veille.storage.mail_reading import doubtful_mails
from veille.storage.tag_store import untagged


def prepare(url: str, *, upgrade: bool) -> str:
    """Make the database at this URL where there is none (or bring it up to date); return one French sentence."""
    database = Database(url)
    try:
        made = schema.upgrade(database) if upgrade else schema.create(database)
    finally:
        database.close()
    if made.before is None:
        return f"base créée : {database.place}"
    if made.before == made.after:
        return f"base à jour : {database.place}"
    return f"base mise à niveau de {made.before} à {made.after} : {database.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHealth:
    """A database that serves."""

    #: What messages may call it.
    place: str
    #: False: it is too large to have been read whole in a few seconds.
    read_whole: bool
    #: (stage, key, error) of work that was set aside.
    quarantined: Sequence[tuple[str, str, str]]
    #: Mails of which nobody knows whether they left.
    doubtful: Sequence[Delivery]
    #: Items that nothing has tagged at their present version.
    untagged: int


def examine(url: str, cluster_id: str) -> StoreHealth:
    """Look at the database at this URL; raises StoreError where it cannot serve."""
    database = Database(url)
    try:
        schema.require_current(database)
        return StoreHealth(
            place=database.place,
            read_whole=quick_check(database),
            quarantined=SqlLedger(database, SystemClock()).quarantined(),
            doubtful=doubtful_mails(database, cluster_id),
            untagged=untagged(database),
        )
    finally:
        database.close()
