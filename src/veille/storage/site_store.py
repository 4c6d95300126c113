"""What sites ask of programs, between two passes. Sole writer of `site`."""

from sqlalchemy import select

from veille.model import Site
from veille.protocols import SiteStore
from veille.storage.db import Database, upsert
from veille.storage.tables import SiteRow

#: A longer name is of no real site: it is asked again at each pass.
_LONGEST = 300


class SqlSiteStore:
    """robots.txt and tdmrep.json of sites in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def site(self, site: str) -> Site | None:
        """Return what is remembered of a site."""
        with self._database.read() as session:
            row = session.scalar(select(SiteRow).where(SiteRow.site == site))
        return None if row is None else _site(row)

    def remember(self, site: Site) -> None:
        """Write what a site asks, over what it asked before."""
        if len(site.site) > _LONGEST:
            return
        values = {
            "site": site.site,
            "asked_at": site.asked_at,
            "robots": site.robots,
            "learnt_at": site.learnt_at,
            "down": site.down,
            "down_since": site.down_since,
            "reserved": site.reserved,
        }
        with self._database.write() as session:
            upsert(session, SiteRow, [values], keys=["site"], update=[*values][1:])


def _site(row: SiteRow) -> Site:
    return Site(
        site=row.site,
        asked_at=row.asked_at,
        robots=row.robots,
        learnt_at=row.learnt_at,
        down=row.down,
        down_since=row.down_since,
        reserved=row.reserved,
    )


_store: type[SiteStore] = SqlSiteStore
