from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from veille.model import Evidence, Fact, Licence, Origin, Scheme, Tag, Tagged
from veille.storage.item_store import SqlItemStore
from veille.storage.tables import EntryRow, ItemRow, SourceStateRow, TaggingRow
from veille.storage.tag_store import SqlTagStore

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WORDS = (Evidence(text="Appel à projets", where="title", start=0, end=15),)


def add_source(database, source_id="region"):
    with database.write() as session:
        session.add(
            SourceStateRow(
                source_id=source_id, title="Région", feed="https://r.example/f", territory="fr:region:84",
                default_type="appel-a-projets", sectors=["eau"], language="fr", licence="public", health="ok",
                sentence="", next_step="", skip_hours=[],
            )
        )  # fmt: skip


def add_item(database, item_id, *, version=1, title="Appel à projets eau", source_id="region"):
    seen = NOW + timedelta(minutes=item_id)
    with database.write() as session:
        session.add(
            ItemRow(
                id=item_id, identity=f"i{item_id}", version=version, title=title, text="Le texte.", url=None,
                lang=None, published=None, first_seen=seen, updated=seen, content_hash="h", source_id=source_id,
                licence="public",
            )
        )  # fmt: skip


def add_entry(database, item_id, source_id, key="k"):
    with database.write() as session:
        session.add(
            EntryRow(
                source_id=source_id, key=f"{key}{item_id}", item_id=item_id, guid=None, title="t",
                link=f"https://{source_id}.example/{item_id}", text="", author=None, categories=[], published=NOW,
                updated=None, content_hash="h", first_seen=NOW, last_changed=NOW,
            )
        )  # fmt: skip


def amend(database, item_id):
    with database.write() as session:
        session.get(ItemRow, item_id).version += 1


def said(deadline="2026-12-15"):
    return Tagged(
        id="x",
        lang="fr",
        tags=(
            Tag(scheme=Scheme.SECTOR, term="eau", score=0.9, origin=Origin.CUE, evidence=WORDS),
            Tag(scheme=Scheme.SECTOR, term="energies", score=0.5, origin=Origin.CUE),
            Tag(scheme=Scheme.TERRITORY, term="fr:region:84", score=0.4, origin=Origin.SOURCE, scope="mentioned"),
        ),
        facts=(Fact(name="deadline", value=deadline, origin=Origin.CUE, evidence=WORDS),),
    )


@pytest.fixture
def store(database):
    add_source(database)
    return SqlTagStore(database)


def test_what_was_saved_is_read_back_best_first_with_its_words(database, store):
    add_item(database, 1)
    store.save("p@1", [(1, 1, said())], NOW)
    item = SqlItemStore(database).item(1)
    assert [tag.term for tag in item.of(Scheme.SECTOR)] == ["eau", "energies"]
    assert item.of(Scheme.SECTOR)[0].evidence == WORDS
    assert item.of(Scheme.TERRITORY)[0].scope == "mentioned"
    assert item.fact("deadline").evidence == WORDS
    assert item.lang == "fr"
    assert item.licence is Licence.PUBLIC


def test_texts_carry_what_the_source_says_of_itself(database, store):
    add_item(database, 1)
    [(item_id, version, text)] = store.texts("p@1", [1])
    assert (item_id, version) == (1, 1)
    assert (text.source_title, text.source_territory, text.source_type) == ("Région", "fr:region:84", "appel-a-projets")
    assert text.source_sectors == ("eau",)
    assert text.lang == "fr"


def test_an_item_of_a_source_without_state_can_still_be_tagged(database, store):
    add_item(database, 1, source_id="inconnue")
    assert store.texts("p@1", [1])[0][2].source_title is None


def test_only_untagged_amended_or_otherwise_tagged_items_wait(database, store):
    for number in (1, 2, 3):
        add_item(database, number)
    assert store.waiting("p@1") == [3, 2, 1]
    store.save("p@1", [(1, 1, said()), (2, 1, said()), (3, 1, said())], NOW)
    assert store.waiting("p@1") == []
    amend(database, 2)
    assert store.waiting("p@1") == [2]
    assert store.waiting("p@2") == [3, 2, 1]
    assert store.texts("p@1", [1, 2, 3])[0][0] == 2


def test_an_amended_deadline_keeps_its_earlier_value(database, store):
    add_item(database, 1)
    items = SqlItemStore(database)
    store.save("p@1", [(1, 1, said("2026-12-15"))], NOW)
    assert items.item(1).previous == {}
    amend(database, 1)
    store.save("p@1", [(1, 2, said("2027-01-15"))], NOW)
    assert items.item(1).deadline.isoformat() == "2027-01-15"
    assert items.item(1).previous == {"deadline": "2026-12-15"}


def test_a_better_pipeline_is_not_an_amendment(database, store):
    add_item(database, 1)
    store.save("p@1", [(1, 1, said("2026-12-15"))], NOW)
    store.save("p@2", [(1, 1, said("2027-01-15"))], NOW)
    assert SqlItemStore(database).item(1).previous == {}


def test_an_amendment_that_leaves_the_deadline_alone_keeps_the_last_change(database, store):
    add_item(database, 1)
    for version, deadline in ((1, "2026-12-15"), (2, "2027-01-15"), (3, "2027-01-15")):
        if version > 1:
            amend(database, 1)
        store.save("p@1", [(1, version, said(deadline))], NOW)
    assert SqlItemStore(database).item(1).previous == {"deadline": "2026-12-15"}


def test_saving_twice_changes_nothing(database, store):
    add_item(database, 1)
    store.save("p@1", [(1, 1, said())], NOW)
    store.save("p@1", [(1, 1, said("2030-01-01"))], NOW + timedelta(hours=1))
    assert SqlItemStore(database).item(1).deadline.year == 2026
    with database.read() as session:
        assert session.scalar(select(TaggingRow.tagged_at)) == NOW


def test_a_late_result_for_an_earlier_version_is_not_written_over_a_newer_one(database, store):
    add_item(database, 1, version=2)
    store.save("p@1", [(1, 2, said("2027-01-15"))], NOW)
    store.save("p@1", [(1, 1, said("2026-12-15"))], NOW)
    assert SqlItemStore(database).item(1).deadline.isoformat() == "2027-01-15"


def test_results_of_a_vanished_item_are_dropped(database, store):
    store.save("p@1", [(99, 1, said())], NOW)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(TaggingRow)) == 0


def test_the_same_tag_twice_is_one_row(database, store):
    add_item(database, 1)
    once = said()
    store.save("p@1", [(1, 1, replace(once, tags=once.tags + once.tags))], NOW)
    assert len(SqlItemStore(database).item(1).tags) == 3


def test_items_come_newest_first_and_untagged_ones_do_not(database, store):
    for number in (1, 2, 3):
        add_item(database, number)
    store.save("p@1", [(1, 1, said()), (2, 1, said())], NOW)
    items = SqlItemStore(database)
    assert [item.id for item in items.items()] == [2, 1]
    assert [item.id for item in items.items(since=NOW + timedelta(minutes=2))] == [2]
    assert items.item(3) is None


def test_an_item_lists_each_of_its_sources_once(database, store):
    add_item(database, 1)
    add_entry(database, 1, "region")
    add_entry(database, 1, "region", key="z")
    add_entry(database, 1, "ademe")
    store.save("p@1", [(1, 1, said())], NOW)
    found = SqlItemStore(database).item(1).sources
    assert [(one.source_id, one.title) for one in found] == [("region", "Région"), ("ademe", "ademe")]
    assert found[0].link == "https://region.example/1"


def test_reading_many_items_takes_the_same_number_of_queries(database, store):
    for number in range(1, 31):
        add_item(database, number)
        add_entry(database, number, "region")
    store.save("p@1", [(number, 1, said()) for number in range(1, 31)], NOW)
    queries = []

    def count(connection, cursor, statement, *rest):
        queries.append(statement)

    event.listen(database.reader, "before_cursor_execute", count)
    assert len(SqlItemStore(database).items()) == 30
    event.remove(database.reader, "before_cursor_execute", count)
    assert len([one for one in queries if one.lstrip().upper().startswith("SELECT")]) == 7


def test_a_fact_that_an_amendment_says_for_the_first_time_is_a_change(database, store):
    add_item(database, 1)
    bare = Tagged(id="1", lang="fr")
    store.save("p@1", [(1, 1, bare)], NOW)
    amend(database, 1)
    store.save("p@1", [(1, 2, said("2027-01-15"))], NOW)
    assert SqlItemStore(database).item(1).previous == {"deadline": ""}
