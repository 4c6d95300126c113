"""What mail leaves in the database, on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import insert

from veille.model import ParsedEntry
from veille.model.letters import LinkState, Suggested, SuggestionState
from veille.storage.db import Database
from veille.storage.link_store import MAX_ATTEMPTS, SqlLinkStore
from veille.storage.suggestion_store import SqlSuggestionStore
from veille.storage.tables import ItemRow

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LINK = "a" * 64


def suggested(guid: str = "1", title: str = "Appel à projets Forêt") -> Suggested:
    entry = ParsedEntry(guid=guid, title=title, link="https://region.exemple/foret", text="Texte", published=NOW)
    return Suggested(entry=entry, message_id="<1@membre.exemple>", by="luc@membre.exemple", comment="À voir !")


def item(database: Database) -> int:
    values = {
        "identity": "i", "version": 1, "title": "t", "text": "", "first_seen": NOW, "updated": NOW,
        "content_hash": "h", "source_id": "s", "licence": "presse",
    }  # fmt: skip
    with database.write() as session:
        found: int = session.execute(insert(ItemRow).values(values).returning(ItemRow.id)).scalar_one()
    return found


def test_a_link_is_claimed_once_and_its_target_remembered(database: Database) -> None:
    store = SqlLinkStore(database)
    assert store.known([LINK]) == {}
    assert store.claim(LINK, NOW)
    assert store.known([LINK])[LINK].state is LinkState.ASKED
    assert not store.claim(LINK, NOW)
    store.settle(LINK, LinkState.FOUND, "https://region.exemple/foret")
    assert store.known([LINK, "b" * 64])[LINK].target == "https://region.exemple/foret"
    assert not store.claim(LINK, NOW)


def test_a_link_whose_server_was_never_reached_may_be_asked_again_and_then_given_up(database: Database) -> None:
    store = SqlLinkStore(database)
    for attempt in range(MAX_ATTEMPTS):
        assert store.claim(LINK, NOW), attempt
        store.settle(LINK, LinkState.UNREACHED, None)
    assert not store.claim(LINK, NOW)
    assert store.known([LINK])[LINK].state is LinkState.LOST


def test_the_same_mail_read_again_suggests_nothing_new(database: Database) -> None:
    store = SqlSuggestionStore(database, "pole")
    assert store.add("boite", [suggested(), suggested("2")], NOW) == 2
    assert store.add("boite", [suggested(), suggested("3")], NOW) == 1
    first = store.waiting()[0]
    assert (first.suggested_by, first.comment, first.title) == (
        "luc@membre.exemple",
        "À voir !",
        "Appel à projets Forêt",
    )
    assert store.add("boite", [], NOW) == 0


def test_another_cluster_has_its_own_queue(database: Database) -> None:
    mine, other = SqlSuggestionStore(database, "pole"), SqlSuggestionStore(database, "grappe")
    mine.add("boite", [suggested()], NOW)
    assert other.add("boite", [suggested()], NOW) == 1
    (one,) = mine.waiting()
    assert other.get(one.id) is None
    assert not other.refuse(one.id, NOW)
    assert len(mine.waiting()) == 1


def test_a_decision_is_made_once(database: Database) -> None:
    store = SqlSuggestionStore(database, "pole")
    store.add("boite", [suggested(), suggested("2")], NOW)
    first, second = store.waiting()
    known = item(database)
    assert store.accept(first.id, known, NOW)
    assert not store.refuse(first.id, NOW)
    assert store.refuse(second.id, NOW)
    assert not store.accept(second.id, known, NOW)
    assert store.waiting() == []
    decided = store.get(first.id)
    assert decided is not None
    assert (decided.state, decided.item_id) == (SuggestionState.ACCEPTED, known)
    assert store.add("boite", [suggested()], NOW) == 0
