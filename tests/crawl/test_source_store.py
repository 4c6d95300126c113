"""What crawl writes, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.crawl.builders import DAY, NOW, URL, entry, feed, source, state
from veille.crawl.decide import decide_entries
from veille.model import ParsedEntry, Source, SourceHealth, StructuredFacts, Validators
from veille.storage.db import Database
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import EntryRow, EntryVersionRow, ItemRow
from veille.storage.tag_store import SqlTagStore


@pytest.fixture
def store(database: Database) -> SqlSourceStore:
    return SqlSourceStore(database)


def crawl(store: SqlSourceStore, *entries: ParsedEntry, of: Source | None = None, days: int = 0) -> tuple[int, int]:
    """Decide on a feed and record it, `days` after NOW."""
    which = of or source()
    intents = decide_entries(which, feed(*entries), store.known(which.id))
    return store.record(which, state(which.id, feed=which.url), intents, NOW + days * DAY)


def rows(database: Database, table: type) -> list:
    with database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_a_state_comes_back_as_it_was_written(store: SqlSourceStore) -> None:
    written = state(
        health=SourceHealth.FAILING,
        sentence="le site est en panne",
        next_step="rien à faire",
        http_status=503,
        validators=Validators('W/"é"', "hier"),
        body_hash="h",
        checked_at=NOW,
        succeeded_at=NOW - DAY,
        changed_at=NOW - 2 * DAY,
        next_check_at=NOW + DAY,
        failures=3,
        interval=3_600,
        moved_to="https://b.exemple/",
        move_candidate="https://c.exemple/",
        move_seen_at=NOW,
        entries=12,
        ttl=60,
        skip_hours=frozenset({1, 23}),
        gap=7_200,
        definition="d",
        since=NOW - DAY,
        alarm=SourceHealth.BLOCKED,
        rebaseline=True,
        robots="interdit",
        reserved="en-tête",
    )
    store.record(source(), written, [], NOW)
    assert store.states() == {"pole": written}


def test_new_entries_are_counted_once(store: SqlSourceStore) -> None:
    entries = [entry(f"T{n}", f"https://a.exemple/{n}") for n in range(3)]
    assert crawl(store, *entries) == (3, 0)
    assert crawl(store, *entries) == (0, 0)


def test_recording_the_same_intents_twice_writes_nothing_more(store: SqlSourceStore, database: Database) -> None:
    intents = decide_entries(source(), feed(entry(guid="1"), entry("B", "https://a.exemple/b")), {})
    assert store.record(source(), state(), intents, NOW) == (2, 0)
    assert store.record(source(), state(), intents, NOW) == (0, 0)
    assert len(rows(database, EntryRow)) == len(rows(database, ItemRow)) == 2


def test_a_change_keeps_the_earlier_version_and_says_what_changed(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry("Clôture le 15 décembre", guid="1"))
    assert crawl(store, entry("Clôture le 15 janvier", guid="1"), days=1) == (0, 1)
    (version,) = rows(database, EntryVersionRow)
    assert (version.version, version.title, version.changed) == (1, "Clôture le 15 décembre", ["title"])
    (stored,) = rows(database, EntryRow)
    assert (stored.version, stored.title, stored.last_changed) == (2, "Clôture le 15 janvier", NOW + DAY)


def test_a_changed_entry_makes_a_new_version_of_its_item(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry("Un", guid="1"))
    crawl(store, entry("Un bis", guid="1"), days=1)
    (item,) = rows(database, ItemRow)
    assert (item.version, item.title, item.first_seen, item.updated) == (2, "Un bis", NOW, NOW + DAY)


def test_a_second_source_joins_the_item_and_does_not_change_it(store: SqlSourceStore, database: Database) -> None:
    other = source("autre", url="https://autre.exemple/flux")
    crawl(store, entry("Appel", "https://x.exemple/appel?utm_source=pole"))
    crawl(store, entry("Appel (reprise)", "http://x.exemple/appel"), of=other)
    crawl(store, entry("Appel (reprise, corrigée)", "http://x.exemple/appel"), of=other)
    (item,) = rows(database, ItemRow)
    assert (item.title, item.version, item.source_id) == ("Appel", 1, "pole")
    assert [(row.source_id, row.version) for row in rows(database, EntryRow)] == [("pole", 1), ("autre", 2)]


def test_a_future_date_does_not_pin_the_item_on_top(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(published=NOW + 30_000 * DAY))
    assert rows(database, ItemRow)[0].published == NOW
    assert rows(database, EntryRow)[0].published == NOW + 30_000 * DAY


def test_an_empty_feed_deletes_nothing(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry())
    crawl(store)
    assert len(rows(database, EntryRow)) == len(rows(database, ItemRow)) == 1


def test_a_failed_write_leaves_neither_entries_nor_state(store: SqlSourceStore, database: Database) -> None:
    intents = decide_entries(source(), feed(entry()), {})
    broken = replace(state(), checked_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="naive"):
        store.record(source(), broken, intents, NOW)
    assert store.states() == {}
    assert rows(database, EntryRow) == rows(database, ItemRow) == []


def test_hostile_text_is_the_same_row_on_both_databases(store: SqlSourceStore) -> None:
    store_text = "a\ufffdb « œ » 𝄞 \u0627"
    crawl(store, entry(store_text, guid="g'; DROP TABLE entry; --", text=store_text * 1000))
    (exported,) = store.export()
    assert exported.title == store_text


def test_postponing_only_ever_lengthens(store: SqlSourceStore) -> None:
    for name, due in (("a", NOW), ("b", NOW + 9 * DAY), ("c", None)):
        store.record(source(name), state(name, next_check_at=due), [], NOW)
    store.record(source("d"), state("d", health=SourceHealth.STOPPED), [], NOW)
    store.postpone(["a", "b", "c", "d", "jamais-vue"], NOW + DAY)
    due = {name: found.next_check_at for name, found in store.states().items()}
    assert due == {"a": NOW + DAY, "b": NOW + 9 * DAY, "c": NOW + DAY, "d": None}


def test_a_renamed_source_keeps_its_history(store: SqlSourceStore) -> None:
    crawl(store, entry())
    store.rename("pole", "pole-nouveau")
    assert list(store.states()) == ["pole-nouveau"]
    assert crawl(store, entry(), of=source("pole-nouveau")) == (0, 0)


def test_a_rename_never_overwrites_a_history(store: SqlSourceStore) -> None:
    crawl(store, entry())
    crawl(store, entry("B"), of=source("autre"))
    store.rename("pole", "autre")
    assert sorted(store.states()) == ["autre", "pole"]


def test_export_gives_every_entry_oldest_first_with_the_address_as_written(store: SqlSourceStore) -> None:
    crawl(store, entry("Un", None, published=None), days=0)
    moved = replace(state(), moved_to="https://ailleurs.exemple/")
    store.record(source(), moved, decide_entries(source(), feed(entry("Deux")), store.known("pole")), NOW + DAY)
    first, second = store.export()
    assert (first.title, first.link, first.date, first.seen) == ("Un", None, None, NOW)
    assert (second.title, second.date, second.seen) == ("Deux", NOW - DAY, NOW + DAY)
    assert {first.feed, second.feed} == {URL}
    assert first.item != second.item


def test_export_falls_back_on_the_date_of_the_update(store: SqlSourceStore) -> None:
    crawl(store, entry(published=None, updated=NOW - timedelta(hours=1)))
    (exported,) = store.export()
    assert exported.date == NOW - timedelta(hours=1)


def test_export_pages_through_many_entries(store: SqlSourceStore, database: Database) -> None:
    for batch in range(5):
        crawl(
            store,
            *(entry(f"T{batch}-{n}", f"https://a.exemple/{batch}/{n}") for n in range(450)),
            of=source(f"s{batch}"),
        )
    assert len({exported.title for exported in store.export()}) == 2_250
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ItemRow)) == 2_250


FACTS = StructuredFacts(
    cpv=("45000000",),
    naf=("16.10A",),
    nuts=("FRK26",),
    deadline=date(2026, 12, 15),
    amount=50_000.0,
    financer="Région Exemple",
    call=False,
)


def told(database: Database) -> list[StructuredFacts]:
    """Return the facts that the tagger would be given, item by item."""
    tags = SqlTagStore(database)
    return [text.facts for _, _, text in tags.texts("p@1", tags.waiting("p@1"))]


def test_facts_that_a_source_states_reach_the_tagger_whole(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(facts=FACTS))
    assert told(database) == [FACTS]
    assert next(iter(store.known("pole").values())).facts == FACTS
    assert crawl(store, entry(facts=FACTS)) == (0, 0)


def test_an_amended_deadline_is_a_change_and_the_earlier_one_stays(store: SqlSourceStore, database: Database) -> None:
    crawl(store, entry(facts=FACTS))
    later = replace(FACTS, deadline=date(2026, 12, 31))
    assert crawl(store, entry(facts=later), days=1) == (0, 1)
    (version,) = rows(database, EntryVersionRow)
    assert version.changed == ["deadline"]
    assert version.facts["deadline"] == "2026-12-15"
    assert told(database) == [later]


def test_an_item_that_another_source_opened_takes_the_facts_of_the_one_that_states_them(
    store: SqlSourceStore, database: Database
) -> None:
    crawl(store, entry())
    crawl(store, entry(facts=FACTS), of=source("api"))
    assert told(database) == [FACTS]
    (item,) = rows(database, ItemRow)
    assert item.version == 2  # to be tagged again
