"""The latest wall time an instance has seen, so that `--now` cannot send it back. Sole writer of that table."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from veille.errors import DiskFull, InputError, StoreBusy
from veille.storage.db import Database, upsert
from veille.storage.tables import InstanceRow

#: Several commands in a row are given the same `--now` and each runs on from there; less than that is no journey back.
#: It also spares the write lock: a time is recorded only when it is that much later.
SLACK = timedelta(minutes=5)

_ONLY = 1
#: Seconds: not worth more, the next command will record it.
_WAIT = 0.2
_PARIS = ZoneInfo("Europe/Paris")

_log = logging.getLogger(__name__)


class InstanceGuard:
    """Refuses a time before one the instance has already lived."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self) -> datetime | None:
        """Return the latest time recorded."""
        with self._database.read() as session:
            return session.scalar(select(InstanceRow.latest_seen).where(InstanceRow.id == _ONLY))

    def observe(self, now: datetime, *, given: bool) -> None:
        """Record `now`; where it was `given` by `--now`, raise InputError if the instance has seen a later time.

        The machine's own clock, set back, is only logged: it must not stop the watch.
        """
        latest = self.latest()
        if latest is None or now > latest + SLACK:
            self._record(now)
        elif now < latest - SLACK:
            seen = latest.astimezone(_PARIS).isoformat(timespec="minutes")
            if given:
                raise InputError(
                    f"--now est antérieur à ce que cette instance a déjà vécu ({seen})",
                    cure="donnez un instant postérieur, ou faites une instance neuve (veille init DOSSIER)",
                )
            _log.warning("l'horloge de la machine est en retard sur la dernière exécution", extra={"latest": seen})

    def _record(self, now: datetime) -> None:
        """Write it unless the database cannot be written just now: the next command will."""
        try:
            with self._database.write(wait=_WAIT) as session:
                known = session.scalar(select(InstanceRow.latest_seen).where(InstanceRow.id == _ONLY))
                if known is None or known < now:
                    row = {"id": _ONLY, "latest_seen": now}
                    upsert(session, InstanceRow, [row], keys=("id",), update=("latest_seen",))
        except (StoreBusy, DiskFull) as error:
            _log.warning("instant non enregistré : %s", error)
