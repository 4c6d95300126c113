"""A small site with one call on its list, and a house that reads it."""

from collections.abc import Iterator

import pytest

from tests.crawl.details.house import CALL, LONG, House, listing, page, page_source
from tests.crawl.site import Page, Site, serve
from veille.storage.db import Database


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as found:
        found.pages["/liste"] = Page(listing(CALL))
        found.pages["/a"] = page("Appel à projets", LONG, "Dépôt jusqu'au 15 mars 2027.")
        yield found


@pytest.fixture
def house(site: Site, sqlite_database: Database) -> House:
    return House(sqlite_database, page_source(site))
