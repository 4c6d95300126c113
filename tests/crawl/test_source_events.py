"""What staff are told, what was there before, what is reserved: as the store keeps them, on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.crawl.builders import DAY, NOW, URL, entry, feed, source, state
from veille.crawl.decide import decide_entries
from veille.model import (
    ParsedEntry,
    Reservation,
    RobotsVerdict,
    Source,
    SourceEvent,
    SourceHealth,
    SourceState,
)
from veille.storage.db import Database
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import EntryVersionRow, ItemRow

DOWN = SourceEvent(
    source_id="pole",
    health=SourceHealth.FAILING,
    sentence="le site est en panne",
    next_step="rien à faire",
    since=NOW,
    at=NOW + DAY,
)


@pytest.fixture
def store(database: Database) -> SqlSourceStore:
    return SqlSourceStore(database)


def crawl(
    store: SqlSourceStore,
    *entries: ParsedEntry,
    of: Source | None = None,
    baseline: bool = False,
    after: SourceState | None = None,
) -> tuple[int, int]:
    which = of or source()
    intents = decide_entries(which, feed(*entries), store.known(which.id), baseline=baseline)
    return store.record(which, after or state(which.id, feed=which.url), intents, NOW)


def items(database: Database) -> list[ItemRow]:
    with database.read() as session:
        return list(session.scalars(select(ItemRow).order_by(ItemRow.id)))


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_event_is_kept_once_and_told_once(store: SqlSourceStore) -> None:
    for _ in range(3):
        store.record(source(), state(), [], NOW, DOWN)
    (found,) = store.events(untold=True)
    assert found == replace(DOWN, id=found.id, title="Pôle Exemple")
    store.tell([found.id], NOW + 2 * DAY)
    store.tell([found.id], NOW + 9 * DAY)
    store.record(source(), state(), [], NOW, DOWN)
    assert store.events(untold=True) == []
    (told,) = store.events()
    assert told.told_at == NOW + 2 * DAY


def test_another_kind_of_trouble_and_another_time_are_other_events(store: SqlSourceStore) -> None:
    for event in (DOWN, replace(DOWN, health=SourceHealth.BLOCKED), replace(DOWN, since=NOW + DAY)):
        store.record(source(), state(), [], NOW, event)
    assert len(store.events(untold=True)) == 3
    store.tell([], NOW)
    assert len(store.events(untold=True)) == 3


def test_a_renamed_source_keeps_what_was_told_of_it(store: SqlSourceStore) -> None:
    store.record(source(), state(), [], NOW, DOWN)
    store.rename("pole", "nouveau")
    assert [event.source_id for event in store.events()] == ["nouveau"]


def test_rows_for_the_console_say_how_each_source_is(store: SqlSourceStore) -> None:
    ill = state(health=SourceHealth.SILENT, since=NOW, gap=86_400, robots="interdit", reserved="tdmrep.json")
    store.record(source(), ill, [], NOW)
    (row,) = store.statuses()
    assert (row.source_id, row.title, row.url, row.health, row.since) == (
        "pole",
        "Pôle Exemple",
        URL,
        SourceHealth.SILENT,
        NOW,
    )
    assert (row.gap, row.robots, row.reserved) == (DAY, RobotsVerdict.FORBIDDEN, Reservation.FILE)


# ── what was there before ───────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_there_before_is_marked_and_what_comes_after_is_not(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry("Un", "https://a.exemple/1"), baseline=True)
    crawl(store, entry("Un", "https://a.exemple/1"), entry("Deux", "https://a.exemple/2"))
    assert [(item.title, item.baseline) for item in items(database)] == [("Un", True), ("Deux", False)]


def test_what_another_source_publishes_now_is_news_though_it_was_there_before(
    store: SqlSourceStore, database: Database
) -> None:
    crawl(store, entry("Un", "https://a.exemple/1"), baseline=True)
    other = source("autre", url="https://autre.exemple/flux")
    crawl(store, entry("Un", "https://a.exemple/1"), of=other)
    assert [item.baseline for item in items(database)] == [False]


def test_news_stays_news_where_a_new_source_had_it_too(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry("Un", "https://a.exemple/1"))
    other = source("autre", url="https://autre.exemple/flux")
    crawl(store, entry("Un", "https://a.exemple/1"), of=other, baseline=True)
    assert [item.baseline for item in items(database)] == [False]


def test_an_edit_of_what_was_there_before_is_no_news(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry("Un", "https://a.exemple/1"), baseline=True)
    assert crawl(store, entry("Un bis", "https://a.exemple/1")) == (0, 1)
    assert [item.baseline for item in items(database)] == [True]


# ── what is reserved ────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_item_says_that_its_text_is_reserved(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(text=""), after=state(reserved="en-tête"))
    assert [(item.reserved, item.text) for item in items(database)] == [(True, "")]


def test_text_that_is_reserved_from_now_on_is_not_kept_as_history(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(text="Un texte."))
    assert crawl(store, entry(text=""), after=state(reserved="page")) == (0, 1)
    with database.read() as session:
        assert list(session.scalars(select(EntryVersionRow.text))) == [""]
    (item,) = items(database)
    assert (item.reserved, item.text) == (True, "")


def test_text_that_is_free_again_comes_back(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(text=""), after=state(reserved="page"))
    crawl(store, entry(text="Un texte."))
    (item,) = items(database)
    assert (item.reserved, item.text) == (False, "Un texte.")
