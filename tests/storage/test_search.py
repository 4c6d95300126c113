"""Looking for items by words, on both databases."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from tests.bad_inputs import cases, value_of
from tests.crawl.builders import DAY, NOW, entry, feed, source, state
from veille.crawl.decide import decide_entries
from veille.errors import InputError
from veille.model import Licence, Scheme
from veille.model.searching import FoundIn, SearchFilters
from veille.storage import schema
from veille.storage.db import Database, create_file
from veille.storage.search import SqlSearchStore
from veille.storage.search_query import MAX_TERMS, for_postgres, for_sqlite, parse
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import DetailRow, DocumentRow, EntryRow, EntryVersionRow, ItemRow, ItemTagRow


@pytest.fixture
def search(database: Database) -> SqlSearchStore:
    return SqlSearchStore(database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that has no table yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'old' / 'veille.sqlite'}"
    url: str = request.getfixturevalue("new_postgres")("template0")
    return url


def publish(database: Database, title: str, body: str = "", *, of: str = "pole", days: int = 0, number: int = 0) -> int:
    """Let a source publish one entry; the same number changes it. Return its item."""
    store, which = SqlSourceStore(database), source(of, url=f"https://{of}.exemple/flux", title=of.title())
    link = f"https://{of}.exemple/{number or abs(hash(title))}"
    one = entry(title, link, text=body, guid=link, published=NOW + days * DAY)
    intents = decide_entries(which, feed(one), store.known(of))
    store.record(which, state(of, feed=which.url), intents, NOW + days * DAY)
    with database.read() as session:
        return session.query(ItemRow.id).filter(ItemRow.url == link).scalar()


def found(search: SqlSearchStore, query: str, **filters: Any) -> list[str]:
    return [item.title for item in search.search(query, SearchFilters(**filters)).found]


# ── French words ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("L’aide à l’investissement", "l'aide"),
        ("L'aide à l'investissement", "aide investissement"),
        ("L’AIDE à l’innovation", "l’aide"),
        ("Programme C++ embarqué", "C++"),
        ("Région Île-de-France", "Île-de-France"),
        ("Région Île-de-France", "ile de france"),
        ("Région ILE DE FRANCE", "Île-de-France"),
        ("Œuvres et cœur de métier", "oeuvre coeur"),
        ("Oeuvres et coeur de metier", "œuvre cœur"),
        ("ŒUVRE", "oeuvre"),
        ("Éco-activités", "ECO activites"),
        ("Chargé·e·s de mission", "chargé"),
        ("Appels à projets", "appel projet"),
        ("Appel à projet", "appels projets"),
        ("Réseaux de chaleur", "réseau"),
        ("Aides aux TPE/PME", "pme"),
        ("Straße und Łódź", "strasse lodz"),
        ("Méthanisation agricole", "méthan*"),
        ("Loi n° 2026-145", "2026-145"),
        ("Financement : 1,5 M€", "1,5"),
        ("Le n_gramme", "gramme"),
        ("Aujourd’hui", "aujourd'hui"),
        ("Ce qu\u2019il faut sçavoir", "sçavoir"),
        ("e\u0301nergie", "énergie"),
        ("Ministère de l\u02bcéducation", "éducation"),
    ],
)
def test_words_are_found_as_they_are_said_in_french(
    search: SqlSearchStore, database: Database, title: str, query: str
) -> None:
    publish(database, title)
    publish(database, "Tout autre chose")
    assert len(found(search, query)) == 1, query


@pytest.mark.parametrize("query", ["aide bois", "appel aide", "ai", "aidé-bois", "« aide à »"])
def test_all_words_must_stand_there(search: SqlSearchStore, database: Database, query: str) -> None:
    publish(database, "Une aide", "pour la mécanique")
    assert found(search, query) == []


def test_a_phrase_stands_as_such(search: SqlSearchStore, database: Database) -> None:
    publish(database, "Appel à projets bois")
    publish(database, "Projets : un appel à la prudence")
    assert found(search, '"appel à projets"') == ["Appel à projets bois"]
    assert found(search, "« appel à projets »") == ["Appel à projets bois"]
    assert len(found(search, "appel à projets")) == 2


def test_a_word_may_be_left_out(search: SqlSearchStore, database: Database) -> None:
    publish(database, "Appel bois")
    publish(database, "Appel eau")
    assert found(search, "appel -bois") == ["Appel eau"]
    assert found(search, "-bois") == []
    assert found(search, "appel-bois") == ["Appel bois"]


# ── hostile queries ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("case", cases("web", classes={"search", "sql"}))
def test_a_hostile_query_is_words_like_any_other(search: SqlSearchStore, database: Database, case: Any) -> None:
    publish(database, "Une aide à l'Île-de-France : œuvre")
    publish(database, "Autre chose")
    start = time.perf_counter()
    assert len(found(search, value_of(case))) <= 1
    assert time.perf_counter() - start < 1


def test_a_query_without_end_is_cut(search: SqlSearchStore, database: Database) -> None:
    """WEB-054."""
    publish(database, "Une aide")
    start = time.perf_counter()
    assert found(search, "aide " * 30_000) == ["Une aide"]
    found(search, " ".join(f"mot{number}" for number in range(5_000)))
    assert time.perf_counter() - start < 1
    assert len(parse(" ".join(f"m{number}" for number in range(99)))) <= MAX_TERMS


@given(st.text(max_size=40) | st.from_regex(r'\A[-"*«»():^{}+~|&!<> a-zéœ0-9]{0,30}\Z'))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_query(search: SqlSearchStore, query: str) -> None:
    search.search(query)


def test_terms_reach_a_database_as_words_only() -> None:
    terms = parse('aide* OR title:bois NEAR(a b) "x\' & y" -z')
    assert for_sqlite(terms).replace('"', "").isprintable()
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789 &|!():*<->")
    assert set(for_postgres(terms)) <= allowed


# ── ranks, pages, filters ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_word_of_a_title_counts_more_than_one_of_a_text(search: SqlSearchStore, database: Database) -> None:
    publish(database, "Autre chose", "Le bois est cité une fois parmi d'autres mots.")
    publish(database, "Bois", "Autre texte parmi d'autres mots, sans rien de plus.")
    assert found(search, "bois")[0] == "Bois"


def test_pages_follow_each_other_without_gap_or_repeat(search: SqlSearchStore, database: Database) -> None:
    for number in range(1, 8):
        publish(database, f"Aide {number}", number=number, days=number)
    first = search.search("aide", limit=3)
    second = search.search("aide", cursor=first.cursor, limit=3)
    third = search.search("aide", cursor=second.cursor, limit=3)
    titles = [item.title for page in (first, second, third) for item in page.found]
    assert sorted(titles) == [f"Aide {number}" for number in range(1, 8)]
    assert (first.total, third.cursor) == (7, None)
    assert first.found[0].first_seen > first.found[1].first_seen


@pytest.mark.parametrize("cursor", ["", "3", "p", "p-1", "p0", "p99999999", "p1; DROP TABLE item", "é"])
def test_a_cursor_of_nobody_is_refused(search: SqlSearchStore, cursor: str) -> None:
    with pytest.raises(InputError, match="page de résultats"):
        search.search("aide", cursor=cursor)


def test_what_is_found_says_where_it_comes_from(search: SqlSearchStore, database: Database) -> None:
    item_id = publish(database, "Aide", "texte", number=1)
    (one,) = search.search("aide").found
    assert (one.id, one.url, one.source_id, one.source_title) == (item_id, "https://pole.exemple/1", "pole", "Pole")
    assert (one.licence, one.published, one.first_seen, one.where) == (Licence.PRESS, NOW, NOW, FoundIn.LIST)


def test_filters_narrow_a_search(search: SqlSearchStore, database: Database) -> None:
    old = publish(database, "Aide ancienne", of="region")
    publish(database, "Aide récente", days=9)
    with database.write() as session:
        session.add(
            ItemTagRow(
                item_id=old, scheme="sector", term="bois", rank=1, score=1, origin="cue", scope="main", evidence=[]
            )
        )
    assert found(search, "aide", since=NOW + timedelta(days=1)) == ["Aide récente"]
    assert found(search, "aide", source_ids=("region",)) == ["Aide ancienne"]
    assert found(search, "aide", tags=((Scheme.SECTOR, "bois"),)) == ["Aide ancienne"]
    assert found(search, "aide", tags=((Scheme.SECTOR, "bois"), (Scheme.TYPE, "aap"))) == []


# ── the index follows ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_change_is_found_and_what_it_replaced_is_not(search: SqlSearchStore, database: Database) -> None:
    publish(database, "Appel bois", "Clôture en décembre.", number=1)
    publish(database, "Appel forêt", "Clôture en janvier.", number=1, days=1)
    assert found(search, "bois") == found(search, "décembre") == []
    assert found(search, "forêt janvier") == ["Appel forêt"]


def test_pages_and_documents_of_items_are_found_too(search: SqlSearchStore, database: Database) -> None:
    item_id = publish(database, "Appel", number=1)
    common = {
        "item_id": item_id,
        "source_id": "pole",
        "url": "u",
        "host": "h",
        "state": "lu",
        "sentence": "",
        "tries": 1,
    }
    with database.write() as session:
        page = DetailRow(
            **common,
            content_hash="h",
            reading=1,
            amending=0,
            text="Le mot acoustique.",
            repeats=False,
            licence="presse",
        )
        document = DocumentRow(
            **common, key="k", name="r.pdf", pages=["Page un.", "Le mot vibration."], licence="presse"
        )
        session.add_all([page, document])
    assert [(one.id, one.where) for one in search.search("acoustique").found] == [(item_id, FoundIn.PAGE)]
    assert [(one.id, one.where) for one in search.search("vibration").found] == [(item_id, FoundIn.DOCUMENT)]
    with database.write() as session:
        session.get_one(DetailRow, item_id).text = "Purgé."
        session.query(DocumentRow).one().pages = []
    assert found(search, "acoustique") == found(search, "vibration") == []
    assert found(search, "purgé") == ["Appel"]


def test_nothing_is_found_of_what_is_gone(search: SqlSearchStore, database: Database) -> None:
    publish(database, "Appel bois")
    with database.write() as session:
        for table in (EntryVersionRow, EntryRow, ItemRow):
            session.execute(delete(table))
    assert search.search("bois").total == 0


def test_a_rolled_back_item_is_not_found(
    search: SqlSearchStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veille.storage.entry_store.add_wishes", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish(database, "Appel bois")
    assert search.search("bois").total == 0


def test_what_an_older_database_holds_is_found_once_it_is_upgraded(empty_url: str) -> None:
    old = Database(empty_url)
    if old.file is not None:
        create_file(old.file)
    with old.migrate() as connection:
        config = Config()
        config.set_main_option("script_location", schema.SCRIPTS)
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO item"
                " (id, identity, version, title, text, first_seen, updated, content_hash, source_id, licence)"
                " VALUES (7, 'i', 3, 'Appel à projets œuvre', 'Le texte.', :now, :now, 'h', 's', 'presse')"
            ),
            {"now": "2026-11-23 08:00:00.000000"},
        )
    schema.upgrade(old)
    assert [item.id for item in SqlSearchStore(old).search("appels oeuvre texte").found] == [7]
    old.close()
