import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.linking.stored import HOUBLON, add, call, gathered, groups, link
from veille.linking.sketch import METHOD
from veille.storage.cluster_store import SqlClusterStore
from veille.storage.tables import ItemLinkRow, ItemRow, ItemSketchRow, TaggingRow, WorkRow
from veille.testing import FrozenClock

ELSEWHERE = call(
    9,
    "Maintenance des ascenseurs de Lys Habitat",
    text="Consultation LYS-2026-12 : entretien et dépannage de 96 ascenseurs, quatre ans.",
    deadline="2026-12-04",
)


def test_two_portals_that_show_one_call_are_one_thing(database):
    add(database, call(1), call(2, "Aide houblonnières et malterie – Doubs (25)"), ELSEWHERE)
    assert link(database) == 3
    assert groups(database) == {(1, 2)}


def test_nothing_waits_once_all_is_compared(database):
    add(database, call(1), call(2))
    link(database)
    assert link(database) == 0


def test_a_new_item_is_compared_with_those_of_earlier_runs(database):
    add(database, call(1), ELSEWHERE)
    link(database)
    add(database, call(2))
    assert link(database) == 1
    assert groups(database) == {(1, 2)}


def test_an_item_that_changed_is_compared_again_and_leaves_its_group(database):
    add(database, call(1), call(2))
    link(database)
    with database.write() as session:
        session.execute(
            update(ItemRow).where(ItemRow.id == 2).values(version=2, title=ELSEWHERE.title, text=ELSEWHERE.text)
        )
        session.execute(update(TaggingRow).where(TaggingRow.item_id == 2).values(item_version=2))
    assert link(database) == 1
    assert groups(database) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Houblon local 2026 : brasseries du Doubs"}, {"title": "Houblon local 2025 : brasseries du Doubs"}),
        ({"title": "Malt, lot n° 1", "kind": "marche-public"}, {"title": "Malt, lot n° 2", "kind": "marche-public"}),
        ({"title": "Lettre du houblon n° 12"}, {"title": "Lettre du houblon n° 13"}),
        ({"deadline": "2026-09-30"}, {"deadline": "2026-11-30"}),
        ({"title": "Houblon local, première relève"}, {"title": "Houblon local, seconde relève"}),
        ({}, {"kind": "laureats-attributions"}),
        ({}, {"kind": "evenement", "deadline": None, "facts": {"event_date": "2026-10-12"}}),
        ({"facts": {"reference": "26-118204"}}, {"facts": {"reference": "26-118377"}}),
    ],
)  # fmt: skip
def test_what_differs_by_one_thing_that_counts_is_two_things(sqlite_database, one, other):
    add(sqlite_database, call(1, **one), call(2, **other))
    link(sqlite_database)
    assert groups(sqlite_database) == set()


def test_a_day_put_off_is_the_same_call_and_shows_the_new_day(sqlite_database):
    later = f"Initialement fixée au 30 septembre 2026, la date limite est reportée au 30 novembre 2026. {HOUBLON}"
    add(sqlite_database, call(1), call(2, text=later, deadline="2026-11-30"))
    link(sqlite_database)
    assert groups(sqlite_database) == {(1, 2)}
    assert [one.id for one in gathered(sqlite_database).items()] == [2]


def test_what_parts_two_of_a_series_is_told_in_french(sqlite_database):
    add(sqlite_database, call(1, "Houblon local, première relève"), call(2, "Houblon local, seconde relève"))
    link(sqlite_database)
    (found,) = gathered(sqlite_database).bonds(1).links
    assert found.reason == "autre rang d'une série (relève 1 et relève 2)"


def test_two_editions_are_not_joined_through_a_newsletter_that_resembles_both(sqlite_database):
    add(
        sqlite_database,
        call(1, "Houblon local 2025 : aide aux brasseries du Doubs", deadline=None),
        call(2, "Houblon local 2026 : aide aux brasseries du Doubs", deadline=None),
        call(3, "Houblon local : aide aux brasseries du Doubs", deadline=None),
    )
    link(sqlite_database)
    assert all(not {1, 2} <= set(group) for group in groups(sqlite_database))


def test_a_template_that_hundreds_share_costs_no_more_than_its_block(sqlite_database):
    add(sqlite_database, *(call(number) for number in range(1, 121)))
    link(sqlite_database)
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(ItemLinkRow)) < 120 * 60


@pytest.mark.parametrize(
    "title",
    ["", "x" * 20_000, "😀" * 300, "\u202eلا إله", "a " * 5_000, "1/1/1/1" * 900, "A-1-" * 900, "(((((", "\n" * 99],
)
def test_hostile_titles_and_texts_are_compared_like_others(sqlite_database, title):
    add(
        sqlite_database,
        call(1, title, text=title * 50, url="http://[::bad"),
        call(2, title, text="", url=None),
        call(3),
    )
    assert link(sqlite_database) == 3


KILLED = """
import sys
from tests.killing import deadly
from tests.linking.stored import link
from veille.storage.cluster_store import SqlClusterStore
from veille.storage.ledger import SqlLedger
from veille.storage.db import Database

url, where, after = sys.argv[1], sys.argv[2], int(sys.argv[3])
owner = SqlLedger if where == "finish" else SqlClusterStore
setattr(owner, where, deadly(getattr(owner, where), after, before=sys.argv[4] == "before"))
link(Database(url))
"""


@pytest.mark.parametrize(
    ("where", "after", "when"),
    [
        ("place", 1, "before"),
        ("near", 1, "after"),
        ("save", 2, "before"),
        ("finish", 130, "after"),
    ],
)
def test_a_run_killed_anywhere_is_carried_on_and_finds_the_same(sqlite_database, where, after, when):
    pairs = [one for number in range(1, 151, 2) for one in twins(number)]
    add(sqlite_database, *pairs)
    command = [sys.executable, "-c", KILLED, sqlite_database.url, where, str(after), when]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    clock = FrozenClock()
    clock.advance(timedelta(minutes=5))
    link(sqlite_database, clock)
    assert groups(sqlite_database) == {(number, number + 1) for number in range(1, 151, 2)}
    assert SqlClusterStore(sqlite_database).waiting(METHOD) == []
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(WorkRow)) == 0
        assert session.scalar(select(func.count()).select_from(ItemSketchRow)) == 150


def twins(number):
    """Return two items that are one thing, and like no other pair."""
    word = "".join(chr(97 + (number * 7 + place * 5) % 26) for place in range(8))
    title = f"Appel {word} : soutien aux ateliers {word[::-1]}"
    text = f"Les ateliers {word[::-1]} reçoivent {number * 1000} euros pour leurs projets {word}."
    day = f"2026-{number % 12 + 1:02d}-{number % 27 + 1:02d}"
    return call(number, title, text=text, deadline=day), call(number + 1, title, text=text, deadline=day)
