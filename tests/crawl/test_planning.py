"""Which sources a pass asks, and that the others cost next to nothing."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.crawl.builders import DAY, NOW, source, state
from veille.crawl.decide import is_due
from veille.crawl.planning import everywhere, plan
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.model import Expect, Fetched, FetchOutcome, Source, SourceHealth, SourceState, Validators
from veille.protocols import CrawlOptions, VisitRecord
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.source_store import SqlSourceStore
from veille.testing import FakeFetcher, FrozenClock

COUNT = 2_000


@pytest.fixture
def store(database: Database) -> SqlSourceStore:
    return SqlSourceStore(database)


def feed(number: int) -> Source:
    return source(f"s{number}", url=f"https://h{number // 10}.exemple/{number}.xml")


def remember(store: SqlSourceStore, states: Mapping[Source, SourceState]) -> None:
    """Record states, each under the address that it is about."""
    written = [VisitRecord(source=replace(one, url=known.feed), state=known) for one, known in states.items()]
    store.record_all(written, NOW)


def odd_state(one: Source, dice: random.Random) -> SourceState:
    """Return a state such as a long life may leave."""
    return state(
        one.id,
        feed=dice.choice([one.url, one.url, one.url, "https://ancien.exemple/"]),
        definition=dice.choice(["", "", "", "autre"]),
        health=dice.choice([SourceHealth.OK, SourceHealth.FAILING, SourceHealth.STOPPED]),
        next_check_at=dice.choice([None, NOW - DAY, NOW, NOW + timedelta(seconds=1), NOW + DAY]),
        skip_hours=dice.choice([frozenset(), frozenset({NOW.hour})]),
        checked_at=NOW - DAY,
    )


def test_a_plan_is_what_looking_at_every_source_would_say(store: SqlSourceStore) -> None:
    dice = random.Random(7)
    every = [feed(number) for number in range(400)]
    every += [replace(feed(900), enabled=False), source("page", kind="page", expect=Expect(min_items=3))]
    states = {one: odd_state(one, dice) for one in every if dice.random() < 0.9}
    remember(store, states)
    planned, known = plan(every, store, CrawlOptions(), NOW)
    assert planned == [one for one in every if one.enabled and is_due(one, states.get(one), NOW)]
    assert 0 < len(planned) < len(every)
    assert all(known.get(one.id) == states.get(one) for one in planned)


def test_named_sources_are_planned_whenever_they_are_due(store: SqlSourceStore) -> None:
    every = [feed(0), replace(feed(1), enabled=False), feed(2)]
    remember(store, {one: state(one.id, feed=one.url, next_check_at=NOW + DAY) for one in every})
    planned, _ = plan(every, store, CrawlOptions(only=("s2", "s1")), NOW)
    assert [one.id for one in planned] == ["s1", "s2"]
    assert plan(every, store, CrawlOptions(), NOW)[0] == []
    assert [one.id for one in plan(every, store, CrawlOptions(force=True), NOW)[0]] == ["s0", "s2"]


def test_a_source_is_on_the_host_that_it_is_asked_at(store: SqlSourceStore) -> None:
    at_home, moved, renamed, off = feed(0), feed(10), feed(20), replace(feed(30), enabled=False)
    remember(
        store,
        {
            moved: state(moved.id, feed=moved.url, moved_to="https://h0.exemple/nouveau"),
            renamed: state(renamed.id, feed="https://ancien.exemple/", moved_to="https://h0.exemple/x"),
        },
    )
    hosts = everywhere([at_home, moved, renamed, off], store.places())
    assert hosts == {"h0.exemple": [at_home, moved], "h2.exemple": [renamed]}


class Unchanged(FakeFetcher):
    """Every feed, and nothing new in any."""

    async def fetch(self, url: str, validators: Validators = Validators(), *, accept: str = "") -> FetchOutcome:  # noqa: B008 - frozen
        self.asked.append((url, validators))
        return Fetched(url=url, final_url=url, status=304, headers={})


@pytest.fixture
def rows_read() -> Any:
    """Count the statements that read whole states."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "source_state.sentence" in statement:
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def test_a_tick_asks_what_is_due_and_reads_nothing_else_closely(
    store: SqlSourceStore, database: Database, rows_read: list[str]
) -> None:
    clock, fetcher = FrozenClock(NOW), Unchanged({})
    every = [feed(number) for number in range(COUNT)]
    due = {one: NOW + timedelta(minutes=number) for number, one in enumerate(every)}
    remember(store, {one: waiting(one, due[one]) for one in every})
    engine = DirectEngine(SqlLedger(database, clock), clock)
    crawler = FeedCrawler(sources=every, store=store, fetcher=fetcher, engine=engine, clock=clock, host_delay=0)
    for _ in range(4):
        rows_read.clear()
        fetcher.asked.clear()
        clock.advance(timedelta(minutes=5))
        reports = crawler.crawl()
        expected = [one for one in every if clock.now() - timedelta(minutes=5) < due[one] <= clock.now()]
        if clock.now() == NOW + timedelta(minutes=5):
            expected.insert(0, every[0])
        assert [report.id for report in reports] == [one.id for one in expected]
        assert sorted(url for url, _ in fetcher.asked) == sorted(one.url for one in expected)
        assert len(rows_read) <= 3
        assert all(" IN (" in statement for statement in rows_read)


def waiting(one: Source, until: datetime) -> SourceState:
    return state(
        one.id,
        feed=one.url,
        health=SourceHealth.UNCHANGED,
        validators=Validators('"a"'),
        checked_at=NOW - DAY,
        succeeded_at=NOW - DAY,
        entries=9,
        interval=86_400,
        next_check_at=until,
    )
