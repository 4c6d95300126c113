"""What waits to be read, what was read, and what goes: on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.crawl.builders import NOW, entry, feed, known, source
from veille.crawl.decide import decide_entries
from veille.crawl.details.planning import with_wishes
from veille.model import Evidence, Fact, Licence, Origin, Scheme, Source, SourceState, Tagged
from veille.model.details import DocumentRead, DocumentWish, DueRead, Given, Outcome, PageRead, ReadState
from veille.storage.db import Database
from veille.storage.detail_store import SqlDetailStore
from veille.storage.item_store import SqlItemStore
from veille.storage.source_store import SqlSourceStore
from veille.storage.tables import DetailRow, ItemRow
from veille.storage.tag_store import SqlTagStore

PAGE = source("liste", kind="page", url="https://pole.exemple/liste", licence=Licence.PUBLIC)
READ = PageRead(title="Le titre de la page", text="Le texte de la page.", published=NOW - timedelta(days=3))
RULES = DocumentWish(key="k1", url="https://pole.exemple/r.pdf", host="pole.exemple", name="r.pdf")
LATER = NOW + timedelta(days=1)


class Stores:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.sources = SqlSourceStore(database)
        self.details = SqlDetailStore(database)
        self.tags = SqlTagStore(database)
        self.items = SqlItemStore(database)

    def crawl(self, of: Source, *entries: object) -> None:
        """Record one fetch of a source, as crawl does."""
        before = self.sources.known(of.id)
        intents = with_wishes(of, decide_entries(of, feed(*entries), before))  # type: ignore[arg-type]
        self.sources.record(of, SourceState(source_id=of.id, feed=of.url), intents, NOW)

    def due(self, of: Source = PAGE, *, now: datetime = NOW, limit: int = 99) -> list[DueRead]:
        found = self.details.due("pole.exemple", now, pages_of={of.id}, documents_of={of.id}, limit=limit)
        return list(found)

    def text(self) -> object:
        ((_, _, text),) = self.tags.texts("p@1", [1])
        return text

    def save(self, deadline: str, *, version: int = 1, reading: int = 0) -> None:
        said = Evidence(text=f"Date limite : {deadline}.", where="text", start=0, end=5)
        fact = Fact(name="deadline", value=deadline, origin=Origin.CUE, evidence=(said,))
        self.tags.save("p@1", [(1, version, Tagged(id="1", lang="fr", facts=(fact,), reading=reading))], NOW)


@pytest.fixture
def stores(database: Database) -> Stores:
    return Stores(database)


def read(page: PageRead = READ, **fields: object) -> Outcome:
    return Outcome(state=ReadState.READ, page=page, **fields)  # type: ignore[arg-type]


def test_a_new_entry_makes_its_page_wait_in_its_own_transaction(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    assert stores.details.has_work(NOW)
    (waiting,) = stores.details.waiting(NOW)
    assert (waiting.host, waiting.source_id, waiting.document, waiting.count) == ("pole.exemple", "liste", False, 1)
    (due,) = stores.due()
    assert (due.url, due.title, due.tries, due.again) == ("https://pole.exemple/a", "Appel à projets", 0, False)


def test_recording_the_same_fetch_twice_makes_one_wait(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    intents = with_wishes(PAGE, decide_entries(PAGE, feed(entry()), {}))
    stores.sources.record(PAGE, SourceState(source_id=PAGE.id, feed=PAGE.url), intents, NOW)
    assert len(stores.due()) == 1
    assert known(intents)


def test_what_was_read_is_recorded_once(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    (due,) = stores.due()
    assert stores.details.record(due, read(), NOW)
    assert not stores.details.record(due, read(replace(READ, text="Autre")), NOW)
    assert not stores.details.has_work(LATER)
    found = stores.details.page_of(1)
    assert found is not None
    assert (found.state, found.text, found.tries) == (ReadState.READ, "Le texte de la page.", 1)


def test_a_page_whose_list_changed_meanwhile_is_read_again(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    (due,) = stores.due()
    stores.crawl(PAGE, entry(text="Un autre résumé."))
    assert not stores.details.record(due, read(), NOW)
    (again,) = stores.due()
    assert again.content_hash != due.content_hash
    assert stores.details.record(again, read(), NOW)


def test_what_failed_waits_until_its_time(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    (due,) = stores.due()
    stores.details.record(due, Outcome(state=ReadState.WAITING, sentence="en panne", next_at=LATER), NOW)
    assert stores.due() == []
    assert not stores.details.has_work(NOW)
    (again,) = stores.due(now=LATER)
    assert again.tries == 1


def test_what_never_failed_comes_first_then_the_newest(stores: Stores) -> None:
    for n in range(3):
        stores.crawl(PAGE, entry(f"T{n}", f"https://pole.exemple/{n}", published=NOW - timedelta(days=10 - n)))
    newest = stores.due()[0]
    assert newest.title == "T2"
    stores.details.record(newest, Outcome(state=ReadState.WAITING, next_at=NOW), NOW)
    assert [one.title for one in stores.due()] == ["T1", "T0", "T2"]
    assert [one.title for one in stores.due(limit=1)] == ["T1"]


def test_a_host_can_be_put_off(stores: Stores) -> None:
    for n in range(2):
        stores.crawl(PAGE, entry(f"T{n}", f"https://pole.exemple/{n}"))
    assert stores.details.put_off("pole.exemple", LATER, NOW) == 2
    assert stores.details.put_off("pole.exemple", LATER, NOW) == 0
    assert stores.due() == []
    assert len(stores.due(now=LATER)) == 2


def test_documents_come_after_pages_and_may_be_named_only(stores: Stores) -> None:
    stores.crawl(PAGE, entry(), entry("B", "https://pole.exemple/b"))
    left = DocumentWish(key="k2", url="https://pole.exemple/d.docx", host="pole.exemple", name="d.docx", left="non lu")
    stores.details.record(stores.due()[0], read(replace(READ, documents=(RULES, left))), NOW)
    assert [one.document_id is None for one in stores.due()] == [True, False]
    item = next(one.item_id for one in stores.due() if one.document_id)
    assert [(one.name, one.state) for one in stores.details.documents_of(item)] == [
        ("r.pdf", ReadState.WAITING), ("d.docx", ReadState.LEFT),
    ]  # fmt: skip


def test_a_document_read_lately_is_known_by_its_key(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(replace(READ, documents=(RULES,))), NOW)
    (due,) = stores.due()
    document = DocumentRead(title="Règlement", page_count=2, pages=("un", "deux"))
    stores.details.record(due, Outcome(state=ReadState.READ, document=document), NOW)
    assert stores.details.same_document("k1", NOW - timedelta(days=1)) == document
    assert stores.details.same_document("k1", NOW + timedelta(days=1)) is None
    assert stores.details.same_document("k9", NOW - timedelta(days=1)) is None


# ── what later stages see ───────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_completes_what_the_list_says(stores: Stores) -> None:
    stores.crawl(PAGE, entry(text="Le résumé.", published=None))
    stores.details.record(stores.due()[0], read(), NOW)
    text = stores.text()
    assert text.text == "Le résumé.\nLe texte de la page."  # type: ignore[attr-defined]
    assert text.title == "Appel à projets"  # type: ignore[attr-defined]
    assert text.published == READ.published  # type: ignore[attr-defined]
    assert text.reading == 1  # type: ignore[attr-defined]


def test_a_page_that_repeats_its_summary_replaces_it(stores: Stores) -> None:
    stores.crawl(PAGE, entry(text="Le résumé."))
    stores.details.record(stores.due()[0], read(repeats=True), NOW)
    assert stores.text().text == "Le texte de la page."  # type: ignore[attr-defined]


def test_a_page_of_the_press_is_not_shown_under_anothers_licence(stores: Stores) -> None:
    public = source("api", kind="json", url="https://api.exemple/x", licence=Licence.PUBLIC)
    press = replace(PAGE, licence=Licence.PRESS, url="https://journal.exemple/liste")
    stores.crawl(public, entry(text="Texte public."))
    stores.crawl(press, entry(text="Texte de presse."))
    stores.details.record(stores.due(press)[0], read(), NOW)
    stores.save("2027-03-15", reading=1)
    shown = stores.items.item(1)
    assert shown is not None
    assert shown.text == "Texte public."
    ((_, _, text),) = stores.tags.texts("p@2", [1])
    assert "Le texte de la page." in text.text


def test_reading_a_page_or_a_document_has_the_item_tagged_again_without_amending_it(stores: Stores) -> None:
    stores.crawl(PAGE, entry(text="Date limite : 2027-01-01."))
    stores.save("2027-01-01")
    assert stores.tags.waiting("p@1") == []
    stores.details.record(stores.due()[0], read(replace(READ, documents=(RULES,))), NOW)
    assert stores.tags.waiting("p@1") == [1]
    stores.save("2027-03-15", reading=1)
    assert stores.tags.waiting("p@1") == []
    document = DocumentRead(page_count=1, pages=("x",))
    stores.details.record(stores.due()[0], Outcome(state=ReadState.READ, document=document), NOW)
    assert stores.tags.waiting("p@1") == [1]
    stores.save("2027-03-16", reading=2)
    found = stores.items.item(1)
    assert found is not None
    assert (found.version, found.previous) == (1, {})


def test_a_page_that_changed_with_its_list_amends_what_was_read(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(), NOW)
    stores.save("2027-03-15", reading=1)
    stores.crawl(PAGE, entry("Appel à projets [PROLONGÉ]"))
    stores.save("2027-03-15", version=2, reading=1)  # tagged before its page was read again
    stores.details.record(stores.due()[0], read(replace(READ, text="Reporté.")), NOW)
    stores.save("2027-04-30", version=2, reading=2)
    found = stores.items.item(1)
    assert found is not None
    assert found.previous == {"deadline": "2027-03-15"}


def test_a_document_that_waits_to_be_read_again_still_says_what_it_said(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(replace(READ, documents=(RULES,))), NOW)
    document = DocumentRead(page_count=1, pages=("Date limite : 2027-03-15.",))
    stores.details.record(stores.due()[0], Outcome(state=ReadState.READ, document=document), NOW)
    stores.crawl(PAGE, entry("Appel à projets bis"))
    stores.details.record(stores.due()[0], read(replace(READ, documents=(RULES,))), NOW)
    assert [one.document_id is None for one in stores.due()] == [False]
    assert [one.name for one in stores.text().documents] == ["r.pdf"]  # type: ignore[attr-defined]
    stores.details.record(stores.due()[0], Outcome(state=ReadState.LEFT, sentence="HTTP 404"), NOW)
    assert [one.name for one in stores.text().documents] == ["r.pdf"]  # type: ignore[attr-defined]


def test_the_time_of_a_text_is_not_forgotten_when_its_page_is_gone(stores: Stores) -> None:
    press = replace(PAGE, licence=Licence.PRESS)
    stores.crawl(press, entry())
    stores.details.record(stores.due(press)[0], read(keep_until=LATER), NOW)
    stores.crawl(press, entry("Appel à projets bis"))
    stores.details.record(stores.due(press)[0], Outcome(state=ReadState.LEFT, sentence="HTTP 404"), NOW)
    assert stores.details.purge(LATER) == 1


def test_a_page_read_again_that_says_the_same_amends_nothing(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(), NOW)
    stores.crawl(PAGE, entry("Appel à projets bis"))
    stores.details.record(stores.due()[0], read(), NOW)
    with stores.database.read() as session:
        assert session.scalars(select(DetailRow.amending)).all() == [0]


def test_a_result_read_before_the_page_came_does_not_hide_it(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(), NOW)
    stores.save("2027-01-01", reading=0)
    assert stores.tags.waiting("p@1") == [1]


def test_a_later_reading_is_not_overwritten_by_an_earlier_one(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(), NOW)
    stores.save("2027-03-15", reading=1)
    stores.save("2027-01-01", reading=0)
    found = stores.items.item(1)
    assert found is not None
    assert found.fact("deadline").value == "2027-03-15"  # type: ignore[union-attr]


def test_what_a_person_gave_reaches_the_tagger(stores: Stores) -> None:
    of = replace(PAGE, id="manuel")
    intents = with_wishes(of, decide_entries(of, feed(entry()), {}))
    given = Given(type="ami", territory="fr:region:53", sectors=("bois-foret",), note="vu")
    page = replace(intents[0].page, given=given)  # type: ignore[type-var]
    stores.sources.record(of, SourceState(source_id="manuel", feed=""), [replace(intents[0], page=page)], NOW)
    text = stores.text()
    assert set(text.given) == {  # type: ignore[attr-defined]
        (Scheme.SECTOR, "bois-foret"), (Scheme.TYPE, "ami"), (Scheme.TERRITORY, "fr:region:53"),
    }  # fmt: skip
    found = stores.details.page_of(1)
    assert found is not None
    assert found.note == "vu"


def test_a_known_item_names_its_sources(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.crawl(source("autre", kind="page", url="https://autre.exemple/"), entry())
    with stores.database.read() as session:
        identity = session.scalar(select(ItemRow.identity)) or ""
    found = stores.details.known_item(identity)
    assert found is not None
    assert (found.id, len(found.sources)) == (1, 1)  # both are called « Pôle Exemple »
    assert stores.details.known_item("x" * 64) is None


# ── what goes ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_text_whose_time_is_over_leaves_an_extract_and_what_proves_its_facts(stores: Stores) -> None:
    press = replace(PAGE, licence=Licence.PRESS)
    stores.crawl(press, entry(text=""))
    long = "Une phrase de la page qui sera oubliée. " * 60 + "Date limite : 2027-03-15."
    over = NOW + timedelta(days=30)
    stores.details.record(stores.due(press)[0], read(replace(READ, text=long), keep_until=over), NOW)
    stores.save("2027-03-15", reading=1)
    assert stores.details.purge(over - timedelta(seconds=1)) == 0
    assert stores.details.has_work(over)
    assert stores.details.purge(over) == 1
    found = stores.details.page_of(1)
    assert found is not None
    assert found.text.endswith("Date limite : 2027-03-15.")
    assert len(found.text) < 230
    assert stores.details.purge(over) == 0
    assert stores.tags.waiting("p@1") == []


def test_a_document_whose_time_is_over_keeps_its_proofs_on_their_page(stores: Stores) -> None:
    press = replace(PAGE, licence=Licence.PRESS)
    stores.crawl(press, entry())
    stores.details.record(stores.due(press)[0], read(replace(READ, documents=(RULES,))), NOW)
    document = DocumentRead(page_count=2, pages=("Première page.", "Deuxième page. Date limite : 2027-03-15."))
    stores.details.record(stores.due(press)[0], Outcome(state=ReadState.READ, document=document, keep_until=LATER), NOW)
    said = Evidence(text="Date limite : 2027-03-15.", where="r.pdf, p. 2", start=15, end=40)
    fact = Fact(name="deadline", value="2027-03-15", origin=Origin.CUE, evidence=(said,))
    stores.tags.save("p@1", [(1, 1, Tagged(id="1", lang="fr", facts=(fact,), reading=2))], NOW)
    assert stores.details.purge(LATER) == 1
    assert stores.details.documents_of(1)[0].pages == ("", "Date limite : 2027-03-15.")


def test_times_are_kept_aware(stores: Stores) -> None:
    stores.crawl(PAGE, entry())
    stores.details.record(stores.due()[0], read(), NOW)
    found = stores.details.page_of(1)
    assert found is not None
    assert found.fetched_at == NOW.astimezone(UTC)
