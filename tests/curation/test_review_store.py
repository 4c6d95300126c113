"""What people decided, kept beside what the machine says, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.nlp.test_tag_store import NOW, add_item, add_source, said
from veille.config.taxonomy import OFF_TOPIC
from veille.correcting import effective
from veille.errors import InputError
from veille.model import Decision, Judgement, Origin, Review, Scheme, Tag, TagDecision
from veille.model.searching import SearchFilters
from veille.storage.item_store import SqlItemStore
from veille.storage.review_store import SqlReviewStore
from veille.storage.search import SqlSearchStore
from veille.storage.tables import DetailRow, ItemRow, ReviewRow
from veille.storage.tag_store import SqlTagStore

LATER = NOW + timedelta(days=3)


@pytest.fixture
def store(database):
    add_source(database)
    add_item(database, 1)
    SqlTagStore(database).save("p@1", [(1, 1, said())], NOW)
    return SqlReviewStore(database, "grappe")


def decision(term, what, scheme=Scheme.SECTOR, **values):
    return TagDecision(
        **{"item_id": 1, "scheme": scheme, "term": term, "decision": what, "by": "Ana", "at": NOW, **values}
    )


def review(judgement=Judgement.ACCEPTED, **values):
    return Review(**{"item_id": 1, "judgement": judgement, "by": "Ana", "at": NOW, **values})


def item(database):
    return SqlItemStore(database, "grappe").item(1)


def sectors(database):
    return [tag.term for tag in item(database).of(Scheme.SECTOR)]


def change(database, **values):
    with database.write() as session:
        session.execute(update(ItemRow).where(ItemRow.id == 1).values(**values))


# ── tags ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_effective_tags_are_the_machine_s_less_the_rejected_with_the_added_first(database, store):
    store.decide([decision("eau", Decision.REJECTED), decision("textile", Decision.ADDED, why="tissu technique")])
    tags = item(database).of(Scheme.SECTOR)
    assert [(tag.term, tag.origin) for tag in tags] == [("textile", Origin.PERSON), ("energies", Origin.CUE)]
    assert tags[0].evidence[0].text == "tissu technique"


def test_tagging_again_never_undoes_a_person_s_decision(database, store):
    store.decide([decision("eau", Decision.REJECTED), decision("textile", Decision.ADDED)])
    for pipeline in ("p@2", "p@3"):
        SqlTagStore(database).save(pipeline, [(1, 1, said())], LATER)
        assert sectors(database) == ["textile", "energies"]
    change(database, version=2, content_hash="edited")
    SqlTagStore(database).save("p@3", [(1, 2, said())], LATER)
    assert sectors(database) == ["textile", "energies"]


def test_the_last_word_counts_and_a_withdrawn_one_leaves_the_machine_s(database, store):
    store.decide([decision("eau", Decision.REJECTED)])
    store.decide([decision("eau", Decision.ADDED, at=LATER)])
    assert sectors(database) == ["eau", "energies"]
    assert len(store.decisions(1)) == 1
    store.decide([decision("eau", Decision.WITHDRAWN, at=LATER)])
    assert store.decisions() == []
    assert item(database).of(Scheme.SECTOR)[0].origin is Origin.CUE


def test_a_confirmed_tag_keeps_the_words_that_the_machine_found(database, store):
    store.decide([decision("eau", Decision.ADDED)])
    confirmed = item(database).of(Scheme.SECTOR)[0]
    assert [said.text for said in confirmed.evidence] == ["Appel à projets", "selon Ana"]


def test_a_decision_on_one_unknown_item_writes_none(database, store):
    with pytest.raises(InputError, match="article inconnu : n° 99"):
        store.decide([decision("eau", Decision.REJECTED), decision("eau", Decision.REJECTED, item_id=99)])
    assert sectors(database) == ["eau", "energies"]


AXES = [Tag(scheme=Scheme.AXIS, term=term, score=0.5, origin=Origin.CUE) for term in ("muscle", "formes")]
OFF = [Tag(scheme=Scheme.AXIS, term=OFF_TOPIC, score=0.5, origin=Origin.CUE)]


@pytest.mark.parametrize(
    ("machine", "added", "left"),
    [
        (AXES, OFF_TOPIC, [OFF_TOPIC]),
        (OFF, "formes", ["formes"]),
        (AXES, "formes", ["formes", "muscle"]),
        (OFF, OFF_TOPIC, [OFF_TOPIC]),
    ],
)
def test_off_topic_and_axes_exclude_each_other_where_a_person_spoke(database, store, machine, added, left):
    said_so = decision(added, Decision.ADDED, Scheme.AXIS)
    assert [tag.term for tag in effective(machine, [said_so])] == left
    SqlTagStore(database).save("p@2", [(1, 1, said())], LATER)
    tagged = [*said().tags, *machine]
    SqlTagStore(database).save("p@3", [(1, 1, type(said())(id="1", lang="fr", tags=tuple(tagged)))], LATER)
    store.decide([said_so])
    for term in {tag.term for tag in (*AXES, *OFF)}:
        assert found(database, Scheme.AXIS, term) == (term in left)


def found(database, scheme, term):
    page = SqlSearchStore(database).search("projets", SearchFilters(tags=((scheme, term),)))
    return bool(page.found)


def test_a_search_by_tag_finds_what_people_say_it_is(database, store):
    assert found(database, Scheme.SECTOR, "eau")
    store.decide([decision("eau", Decision.REJECTED), decision("textile", Decision.ADDED)])
    assert not found(database, Scheme.SECTOR, "eau")
    assert found(database, Scheme.SECTOR, "textile")
    store.decide([decision("textile", Decision.WITHDRAWN)])
    assert not found(database, Scheme.SECTOR, "textile")


# ── reviews ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_judgement_stands_with_the_item_until_its_source_edits_it(database, store):
    assert item(database).review is None
    store.record(review(why="pour tous"))
    assert item(database).review == review(why="pour tous")
    change(database, version=2, content_hash="edited")
    assert item(database).review is None
    assert store.standing() == {}


def test_what_is_put_back_as_it_was_needs_no_second_judgement(database, store):
    store.record(review())
    change(database, version=3)
    assert item(database).review is not None


def test_another_source_that_comes_to_show_an_item_asks_for_no_second_judgement(database, store):
    store.record(review())
    change(database, version=2, content_hash="of the other", amended=1)
    assert item(database).review is not None


def test_a_page_that_changed_what_it_said_asks_for_a_second_judgement(database, store):
    with database.write() as session:
        session.add(page())
    store.record(review())
    assert item(database).review is not None
    with database.write() as session:
        session.execute(update(DetailRow).values(reading=2, amending=2))
    assert item(database).review is None


def page():
    return DetailRow(
        item_id=1, source_id="region", url="https://r.example/1", host="r.example", content_hash="h", state="lue",
        sentence="", tries=0, reading=1, amending=0, text="", repeats=False, licence="public",
    )  # fmt: skip


def test_judgements_are_only_ever_added_and_the_last_one_counts(database, store):
    for judgement in (Judgement.ACCEPTED, Judgement.REJECTED):
        store.record(review(judgement))
    assert item(database).review.judgement is Judgement.REJECTED
    store.record(review(Judgement.REOPENED))
    assert item(database).review is None
    assert [one.judgement for one in store.history(1)] == ["accepted", "rejected", "reopened"]
    with database.read() as session:
        assert session.scalars(select(ReviewRow.content_hash)).all() == ["h"] * 3


def test_each_cluster_judges_for_itself(database, store):
    store.record(review(Judgement.REJECTED))
    assert SqlItemStore(database, "autre").item(1).review is None


def test_an_unknown_item_cannot_be_judged(store):
    with pytest.raises(InputError, match="n° 42"):
        store.record(review(item_id=42))
