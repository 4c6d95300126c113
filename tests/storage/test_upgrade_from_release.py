"""A database that the second release filled is brought up to date: its rows stay, nothing is sent twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select

from tests.digest.builders import item, store_items
from tests.digest.ledger import mails_of, members_of
from tests.digest.test_runner import House
from tests.linking.stored import call, gathered, link
from tests.storage.releases import fill, tables
from veille.digest.choosing.drafting import journal
from veille.model import Judgement, Member, Review, Subscriber
from veille.storage import schema
from veille.storage.db import Database, create_file
from veille.storage.review_store import SqlReviewStore

#: Its schema.
RELEASED = "0002"


@pytest.fixture
def lived(sqlite_database: Database, tmp_path: Path) -> House:
    """An instance that has sent one of two calls which are one thing, when nothing compared them."""
    reader = (Member(organisation="Phytalis", sectors=("sante",)), [Subscriber(email="anne@phytalis.example.fr")])
    house = House(sqlite_database, tmp_path / "maison")
    members_of(sqlite_database).save([reader], origin="test", now=house.clock.now())
    first = call(1, sector="sante", deadline="2027-02-01")
    store_items(sqlite_database, [first])
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    store_items(sqlite_database, [replace(first, id=2, url="https://relais.example/2"), item(3, sector="eau")])
    return house


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, tmp_path: Path, lived: House) -> Iterator[Database]:
    """A database of that release with the rows of that instance."""
    file = tmp_path / "old.sqlite"
    create_file(file)
    postgres = request.param == "postgres"
    database = Database(request.getfixturevalue("new_postgres")("template0") if postgres else f"sqlite:///{file}")
    fill(database, lived.database, RELEASED)
    yield database
    database.close()


def _rows(database: Database, queries: list[tuple[str, Select[Any]]]) -> dict[str, list[str]]:
    with database.read() as session:
        return {
            name: sorted(json.dumps(line._asdict(), default=str, sort_keys=True) for line in session.execute(query))
            for name, query in queries
        }


def test_every_row_stays_and_what_is_new_is_empty(old: Database) -> None:
    queries = tables(old)
    before = _rows(old, queries)
    assert {"item", "entry", "tagging", "item_tag", "subscriber", "issue", "delivery", "seen"} <= {
        name for name, rows in before.items() if rows
    }
    done = schema.upgrade(old)
    assert (done.before, done.after) == (RELEASED, schema.HEAD)
    assert _rows(old, queries) == before
    new = {name: rows for name, rows in _rows(old, tables(old)).items() if name not in before}
    assert {"item_link", "review", "tag_decision"} <= new.keys()
    assert not any(new.values())


def test_what_was_sent_before_is_known_of_the_thing_that_is_found_after(old: Database) -> None:
    schema.upgrade(old)
    assert link(old) == 3
    one = next(found for found in gathered(old).items() if 1 in {found.id, *found.also})
    assert {one.id, *one.also} == {1, 2}
    (reader,) = members_of(old).subscribers()
    seen = journal(replace(one, id=2, also=(1,)), mails_of(old).seen([reader.id])[reader.id])
    assert seen is not None
    assert (seen.item_id, seen.times) == (2, 1)


def test_items_of_before_are_judged_like_new_ones(old: Database) -> None:
    schema.upgrade(old)
    judged = Review(item_id=3, judgement=Judgement.REJECTED, by="Ana", at=item().first_seen)
    SqlReviewStore(old, "pole").record(judged)
    assert SqlReviewStore(old, "pole").standing() == {3: judged}
