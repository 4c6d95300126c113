import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.nlp.stored import add_items
from veille.engine.direct import DirectEngine
from veille.nlp.runner import tag_waiting
from veille.storage.ledger import SqlLedger
from veille.storage.tables import ItemRow, ItemTagRow, TaggingRow, WorkRow
from veille.storage.tag_store import SqlTagStore
from veille.testing import FakeTagger, FrozenClock


def run(database, tagger, clock=None):
    clock = clock or FrozenClock()
    return tag_waiting(SqlTagStore(database), DirectEngine(SqlLedger(database, clock), clock), tagger, clock)


def taggings(database):
    with database.read() as session:
        return dict(session.execute(select(TaggingRow.item_id, TaggingRow.pipeline)).all())


def test_every_waiting_item_is_tagged_once(database):
    add_items(database, 250)
    tagger = FakeTagger()
    assert run(database, tagger) == 250
    assert sorted(map(int, tagger.tagged)) == list(range(1, 251))
    assert run(database, tagger) == 0
    assert len(tagger.tagged) == 250


def test_a_new_pipeline_tags_everything_again(database):
    add_items(database, 3)
    run(database, FakeTagger())
    assert run(database, FakeTagger(sector="sante", pipeline="fake@2")) == 3
    assert set(taggings(database).values()) == {"fake@2"}
    with database.read() as session:
        assert set(session.scalars(select(ItemTagRow.term))) == {"sante"}


def test_an_item_amended_meanwhile_is_tagged_again(database):
    add_items(database, 2)
    tagger = FakeTagger()
    run(database, tagger)
    with database.write() as session:
        session.get(ItemRow, 2).version = 2
    assert run(database, tagger) == 1
    assert tagger.tagged[-1] == "2"


def test_work_left_for_an_item_already_tagged_costs_nothing(database):
    add_items(database, 1)
    tagger = FakeTagger()
    run(database, tagger)
    clock = FrozenClock()
    engine = DirectEngine(SqlLedger(database, clock), clock)
    engine.deposit("tag", ["1"])
    assert tag_waiting(SqlTagStore(database), engine, tagger, clock) == 1
    assert tagger.tagged == ["1"]


#: A process that kills itself at a chosen call.
KILLED = """
import sys
from tests.killing import deadly
from veille.engine.direct import DirectEngine
from veille.nlp.runner import tag_waiting
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.tag_store import SqlTagStore
from veille.testing import FakeTagger, FrozenClock

url, where, after = sys.argv[1], sys.argv[2], int(sys.argv[3])
database, clock, tagger = Database(url), FrozenClock(), FakeTagger()
store, ledger = SqlTagStore(database), SqlLedger(database, clock)
if where == "texts":
    store.texts = deadly(store.texts, after, before=True)
elif where == "tag":
    tagger.tagged = type("L", (list,), {"append": deadly(list.append, after, before=True)})()
elif where == "before save":
    store.save = deadly(store.save, after, before=True)
elif where == "after save":
    store.save = deadly(store.save, after, before=False)
elif where == "finish":
    ledger.finish = deadly(ledger.finish, after, before=False)
tag_waiting(store, DirectEngine(ledger, clock), tagger, clock)
"""


@pytest.mark.parametrize(
    ("where", "after"),
    [("texts", 1), ("tag", 30), ("before save", 2), ("after save", 1), ("finish", 7), ("finish", 130)],
)
def test_a_run_killed_anywhere_is_carried_on_and_no_item_is_tagged_twice(sqlite_database, where, after):
    add_items(sqlite_database, 220)
    command = [sys.executable, "-c", KILLED, sqlite_database.url, where, str(after)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    before = taggings(sqlite_database)
    clock = FrozenClock()
    clock.advance(timedelta(minutes=5))
    tagger = FakeTagger()
    run(sqlite_database, tagger, clock)
    assert sorted([*map(int, tagger.tagged), *before]) == list(range(1, 221))
    assert len(taggings(sqlite_database)) == 220
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(WorkRow)) == 0
