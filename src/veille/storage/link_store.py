"""Where opaque links of letters lead: sole writer of followed_link. A link is claimed before it is asked."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update

from veille.model.letters import FollowedLink, LinkState
from veille.protocols.letters import FollowedLinks
from veille.storage.db import Database, upsert
from veille.storage.tables import FollowedLinkRow

#: A link whose server could not be reached is asked again at later visits, this many times in all.
MAX_ATTEMPTS = 3


class SqlLinkStore:
    """Followed links in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, links: Collection[str]) -> Mapping[str, FollowedLink]:
        """Return what is known of these links, given and found by hash."""
        row = FollowedLinkRow
        with self._database.read() as session:
            found = session.scalars(select(row).where(row.link.in_(links)))
            return {one.link: _link(one) for one in found}

    def claim(self, link: str, now: datetime) -> bool:
        """Write that a link is being asked; False where it was asked before, or in vain too often."""
        row = FollowedLinkRow
        values = {"link": link, "state": LinkState.ASKED.value, "target": None, "asked_at": now, "attempts": 1}
        again = (row.link == link, row.state == LinkState.UNREACHED.value, row.attempts < MAX_ATTEMPTS)
        with self._database.write() as session:
            if upsert(session, row, [values], keys=["link"]):
                return True
            more = {"state": LinkState.ASKED.value, "asked_at": now, "attempts": row.attempts + 1}
            return session.scalar(update(row).where(*again).values(more).returning(row.link)) is not None

    def settle(self, link: str, state: LinkState, target: str | None) -> None:
        """Write what came of a claimed link."""
        with self._database.write() as session:
            row = FollowedLinkRow
            session.execute(update(row).where(row.link == link).values(state=state.value, target=target))


def _link(row: FollowedLinkRow) -> FollowedLink:
    state = LinkState(row.state)
    if state is LinkState.UNREACHED and row.attempts >= MAX_ATTEMPTS:
        state = LinkState.LOST
    return FollowedLink(link=row.link, state=state, target=row.target, attempts=row.attempts)


_store: type[FollowedLinks] = SqlLinkStore
