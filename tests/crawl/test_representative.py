"""Which entry shows an item, what later stages make of another one that takes its place, and what is an amendment."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.crawl.builders import DAY, NOW, entry, feed, source, state
from veille.crawl.decide import decide_entries
from veille.model import (
    CallStatus,
    Evidence,
    Fact,
    Item,
    Licence,
    Origin,
    ParsedEntry,
    Source,
    SourceHealth,
    StructuredFacts,
    Tagged,
)
from veille.protocols import VisitRecord
from veille.storage.db import Database
from veille.storage.entry_store import SqlEntries
from veille.storage.item_store import SqlItemStore
from veille.storage.representative import rank, same_site
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import EntryRow, EntryVersionRow, ItemRow
from veille.storage.tag_store import SqlTagStore

LINK = "https://www.region.exemple/appels/bois"
ORIGIN = source("region", url="https://region.exemple/flux.xml", licence=Licence.PUBLIC)
RELAY = source("relais", url="https://relais.exemple/flux.xml", licence=Licence.PRESS)
FACTS = StructuredFacts(deadline=date(2026, 12, 15), amount=50_000.0)
PIPELINE = "p@1"


@pytest.fixture
def store(database: Database) -> SqlSourceStore:
    return SqlSourceStore(database)


def visit(store: SqlSourceStore, of: Source, *entries: ParsedEntry) -> VisitRecord:
    intents = decide_entries(of, feed(*entries), store.known(of.id))
    return VisitRecord(source=of, state=state(of.id, feed=of.url), intents=intents)


def crawl(store: SqlSourceStore, of: Source, *entries: ParsedEntry, days: int = 0) -> tuple[int, int]:
    return store.record_all([visit(store, of, *entries)], NOW + days * DAY)[0]


def said(title: str, text: str = "Texte.", **fields: Any) -> ParsedEntry:
    return entry(title, LINK, text=text, **fields)


def item_row(database: Database) -> ItemRow:
    with database.read() as session:
        return session.scalars(select(ItemRow)).one()


def tag(database: Database, *facts: tuple[str, str], at: datetime = NOW) -> Item:
    """Tag what waits, as if these facts had been read, and return the only item as later stages get it."""
    tags = SqlTagStore(database)
    evidence = (Evidence(text="x", where="text"),)
    read = tuple(Fact(name=name, value=value, origin=Origin.CUE, evidence=evidence) for name, value in facts)
    waiting = tags.texts(PIPELINE, tags.waiting(PIPELINE))
    tags.save(PIPELINE, [(i, version, Tagged(id=text.id, lang="fr", facts=read)) for i, version, text in waiting], at)
    (item,) = SqlItemStore(database).items()
    return item


# ── who shows it ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("first", [ORIGIN, RELAY], ids=["origin first", "relay first"])
def test_the_origin_shows_the_item_whoever_was_read_first(
    store: SqlSourceStore, database: Database, first: Source
) -> None:
    second = RELAY if first is ORIGIN else ORIGIN
    titles = {"region": "Appel à projets bois", "relais": "Vu ailleurs : appel bois"}
    crawl(store, first, said(titles[first.id]))
    crawl(store, second, said(titles[second.id]), days=1)
    row = item_row(database)
    assert (row.title, row.source_id, row.licence) == ("Appel à projets bois", "region", "public")
    assert row.first_seen == NOW


@pytest.mark.parametrize("order", [(ORIGIN, RELAY), (RELAY, ORIGIN)], ids=["origin first", "relay first"])
def test_two_sources_of_one_transaction_are_told_apart_too(
    store: SqlSourceStore, database: Database, order: tuple[Source, Source]
) -> None:
    counts = store.record_all([visit(store, of, said(of.id)) for of in order], NOW)
    assert list(counts) == [(1, 0), (1, 0)]
    assert item_row(database).title == "region"
    with database.read() as session:
        assert len({row.item_id for row in session.scalars(select(EntryRow))}) == 1


def test_between_two_relays_the_one_that_states_facts_shows_it(store: SqlSourceStore, database: Database) -> None:
    api = source("api", url="https://api.exemple/v1", licence=Licence.PRESS)
    crawl(store, RELAY, said("Un relais"))
    crawl(store, api, said("Une API", facts=FACTS), days=1)
    assert item_row(database).title == "Une API"


def test_between_two_equal_relays_the_first_stays(store: SqlSourceStore, database: Database) -> None:
    other = source("autre", url="https://autre.exemple/flux", licence=Licence.PRESS)
    crawl(store, RELAY, said("Le premier"))
    crawl(store, other, said("Le second"), days=1)
    row = item_row(database)
    assert (row.title, row.version, row.amended) == ("Le premier", 1, None)


def test_a_relay_that_begins_to_state_facts_comes_to_show_it(store: SqlSourceStore, database: Database) -> None:
    other = source("autre", url="https://autre.exemple/flux", licence=Licence.PRESS)
    crawl(store, RELAY, said("Le premier"))
    crawl(store, other, said("Le second"), days=1)
    crawl(store, other, said("Le second", facts=FACTS), days=2)
    assert item_row(database).title == "Le second"


def test_the_origin_keeps_the_facts_that_only_a_relay_states(store: SqlSourceStore, database: Database) -> None:
    crawl(store, RELAY, said("Relais", facts=FACTS))
    crawl(store, ORIGIN, said("Origine"), days=1)
    crawl(store, ORIGIN, said("Origine, corrigée"), days=2)
    row = item_row(database)
    assert (row.title, row.facts) == ("Origine, corrigée", {"deadline": "2026-12-15", "amount": 50_000.0})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://www.ademe.exemple/flux", "http://ademe.exemple/a", True),
        ("https://flux.ademe.exemple/", "https://www.ademe.exemple/a", True),
        ("https://ademe.exemple/", "https://agir.ademe.exemple/a", True),
        ("https://economie.gouv.exemple/", "https://culture.gouv.exemple/a", False),
        ("https://pademe.exemple/", "https://ademe.exemple/a", False),
        ("", "https://ademe.exemple/a", False),
        ("https://ademe.exemple/", "", False),
        ("http://[::1/", "https://ademe.exemple/a", False),
    ],
)
def test_a_site_is_a_host_and_what_is_below_it(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


def test_ranks_are_in_order() -> None:
    link = "https://a.exemple/1"
    origin = rank(feed="https://a.exemple/", licence="presse", link=link, facts=None)
    stated = rank(feed="https://b.exemple/", licence="presse", link=link, facts={"call": True})
    free = rank(feed="https://b.exemple/", licence="public", link=link, facts=None)
    plain = rank(feed="https://b.exemple/", licence="presse", link=link, facts={})
    assert origin > stated > free > plain


# ── what it is worth to later stages ────────────────────────────────────────────────────────────────────────────────
def test_another_representative_is_tagged_again_and_is_no_news(store: SqlSourceStore, database: Database) -> None:
    crawl(store, RELAY, said("Relais"))
    before = tag(database, ("deadline", "2026-12-15"), ("amount_max", "50000"))
    crawl(store, ORIGIN, said("Origine"), days=1)
    assert SqlTagStore(database).waiting(PIPELINE) == [before.id]
    after = tag(database, ("deadline", "2026-12-15"), ("amount_max", "80000"), at=NOW + DAY)
    assert (after.title, after.version, after.previous) == ("Origine", before.version, {})
    assert SqlTagStore(database).waiting(PIPELINE) == []


def test_an_amendment_after_that_is_news(store: SqlSourceStore, database: Database) -> None:
    crawl(store, RELAY, said("Relais"))
    sent = tag(database, ("deadline", "2026-12-15"))
    crawl(store, ORIGIN, said("Origine"), days=1)
    tag(database, ("deadline", "2026-12-15"))
    crawl(store, ORIGIN, said("Origine", "Reporté."), days=2)
    after = tag(database, ("deadline", "2027-01-31"), at=NOW + 2 * DAY)
    assert after.version > sent.version
    assert after.previous == {"deadline": "2026-12-15"}


def test_an_amendment_that_was_never_tagged_is_not_lost_when_another_comes_to_show_it(
    store: SqlSourceStore, database: Database
) -> None:
    crawl(store, RELAY, said("Relais"))
    sent = tag(database, ("deadline", "2026-12-15"))
    crawl(store, RELAY, said("Relais", "Reporté au 31 janvier."), days=1)
    crawl(store, ORIGIN, said("Origine", "Reporté au 31 janvier."), days=1)
    after = tag(database, ("deadline", "2027-01-31"), at=NOW + DAY)
    assert after.version > sent.version
    assert after.previous == {"deadline": "2026-12-15"}


def test_what_a_relay_changes_no_longer_touches_the_item(store: SqlSourceStore, database: Database) -> None:
    crawl(store, RELAY, said("Relais"))
    crawl(store, ORIGIN, said("Origine"), days=1)
    crawl(store, RELAY, said("Relais, corrigé"), days=2)
    row = item_row(database)
    assert (row.title, row.version, row.amended) == ("Origine", 2, 1)


# ── what changed is kept, and told ──────────────────────────────────────────────────────────────────────────────────
def test_each_change_is_a_version_that_says_what_changed(store: SqlSourceStore, database: Database) -> None:
    told = [
        said("Appel", facts=replace(FACTS, status=CallStatus.OPEN)),
        said("Appel", facts=replace(FACTS, status=CallStatus.OPEN, deadline=date(2027, 1, 31))),
        said("Appel", facts=replace(FACTS, status=CallStatus.CLOSED, deadline=date(2027, 1, 31))),
        said("Appel clos", "Autre texte.", facts=replace(FACTS, status=CallStatus.CLOSED, deadline=date(2027, 1, 31))),
    ]
    for days, one in enumerate(told):
        crawl(store, ORIGIN, one, days=days)
    with database.read() as session:
        versions = session.scalars(select(EntryVersionRow).order_by(EntryVersionRow.version)).all()
    assert [row.changed for row in versions] == [["deadline"], ["status"], ["title", "text"]]
    assert [row.version for row in versions] == [1, 2, 3]
    assert versions[0].facts["deadline"] == "2026-12-15"
    assert versions[1].facts["status"] == "open"


def test_an_amended_deadline_and_status_reach_the_tagger(store: SqlSourceStore, database: Database) -> None:
    tags = SqlTagStore(database)
    crawl(store, ORIGIN, said("Appel", facts=replace(FACTS, status=CallStatus.OPEN)))
    tag(database, ("deadline", "2026-12-15"), ("status", "open"))
    amended = replace(FACTS, deadline=date(2027, 1, 31), status=CallStatus.CLOSED)
    crawl(store, ORIGIN, said("Appel", facts=amended), days=1)
    ((_, _, text),) = tags.texts(PIPELINE, tags.waiting(PIPELINE))
    assert text.facts == amended
    after = tag(database, ("deadline", "2027-01-31"), ("status", "closed"), at=NOW + DAY)
    assert after.previous == {"deadline": "2026-12-15", "status": "open"}
    assert after.version == 2


# ── all or nothing ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_visits_of_one_transaction_are_written_all_or_none(
    store: SqlSourceStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = visit(store, ORIGIN, said("Un")), visit(store, RELAY, entry("Deux", "https://relais.exemple/2"))
    naive = replace(bad.state, checked_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="naive"):
        store.record_all([good, replace(bad, state=naive)], NOW)
    monkeypatch.setattr(SqlEntries, "record", lambda _self, _visits: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.record_all([good, bad], NOW)
    monkeypatch.undo()
    assert store.states() == {}
    assert list(store.export()) == []
    assert list(store.record_all([good, bad], NOW)) == [(1, 0), (1, 0)]
    assert list(store.record_all([good, bad], NOW)) == [(0, 0), (0, 0)]


def test_nothing_to_write_is_nothing_written(store: SqlSourceStore) -> None:
    assert list(store.record_all([], NOW)) == []


def test_what_waits_is_told_with_the_definition_this_is_about(store: SqlSourceStore) -> None:
    for name, due, how in (("a", NOW, ""), ("b", NOW + DAY, "h"), ("c", None, "")):
        one = source(name, url=f"https://{name}.exemple/")
        store.record(
            one, state(name, feed=one.url, next_check_at=due, definition=how, moved_to=f"https://{name}"), [], NOW
        )
    stopped = source("d")
    store.record(stopped, state("d", health=SourceHealth.STOPPED), [], NOW)
    assert store.waiting(NOW) == {"b": ("https://b.exemple/", "h"), "d": (stopped.url, "")}
    assert set(store.states(["a", "z"])) == {"a"}
    assert store.states([]) == {}
    assert store.places()["c"] == ("https://c.exemple/", "https://c", None, 0)
