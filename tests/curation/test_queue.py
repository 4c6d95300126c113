"""What is worth a look first, and what a correction writes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.digest.builders import item as built
from tests.nlp.conftest import ROOT
from veille.config.gazetteer import load_gazetteer
from veille.config.taxonomy import OFF_TOPIC, Taxonomy, Term, load_taxonomy
from veille.curation.deciding import Correction, Speaker, Vocabulary, decisions, read_tag
from veille.curation.queue import queue
from veille.errors import InputError
from veille.model import Decision, Judgement, Origin, Review, Scheme, Tag

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SPEAKER = Speaker("Ana", NOW, "vu au salon")


@pytest.fixture(scope="module")
def known():
    shipped = load_taxonomy([ROOT])
    axes = {name: Term(scheme=Scheme.AXIS, id=name, label=name.title()) for name in ("muscle", "formes", OFF_TOPIC)}
    return Vocabulary(Taxonomy({**shipped.terms, Scheme.AXIS: axes}), load_gazetteer([ROOT]))


def tag(scheme, term, score=0.95, origin=Origin.CUE):
    return Tag(scheme=scheme, term=term, score=score, origin=origin)


def item(number, kind="appel-a-projets", sector=0.95, *, deadline="2027-01-15", **values):
    tags = [tag(Scheme.TYPE, kind), tag(Scheme.HORIZON, "operationnelle"), tag(Scheme.AXIS, "formes")]
    tags += [tag(Scheme.SECTOR, "eau", sector)] if sector else []
    return built(number, tags=tags, deadline=deadline, **values)


def order(known, *items):
    return [one.item.id for one in queue(items, known.taxonomy, TODAY)]


def test_what_is_doubtful_comes_before_what_is_sure(known):
    assert order(known, item(1), item(2, sector=0.3), item(3, sector=0)) == [3, 2, 1]


def test_what_can_be_seized_comes_before_news(known):
    assert order(known, item(1, "actualite", 0.6, deadline=None), item(2, sector=0.6)) == [2, 1]


def test_a_call_that_closes_within_days_comes_first(known):
    soon = (TODAY + timedelta(days=5)).isoformat()
    assert order(known, item(1, sector=0.6), item(2, sector=0.6, deadline=soon)) == [2, 1]


def test_what_is_closed_judged_or_archive_does_not_wait(known):
    judged = Review(item_id=2, judgement=Judgement.ACCEPTED, by="Ana", at=NOW)
    old = datetime(2026, 9, 1, tzinfo=UTC)
    archive = item(3, "actualite", deadline=None, baseline=True, published=old)
    assert order(known, item(1, deadline="2026-11-22"), replace(item(2), review=judged), archive) == []


def test_an_open_call_that_was_there_from_the_start_waits_too(known):
    assert order(known, item(1, baseline=True)) == [1]


def test_a_person_s_word_leaves_no_doubt(known):
    doubted = item(1, sector=0)
    settled = replace(doubted, id=2, tags=(*doubted.tags, tag(Scheme.SECTOR, "eau", 1.0, Origin.PERSON)))
    first, second = queue([settled, doubted], known.taxonomy, TODAY)
    assert (first.item.id, first.doubts) == (1, ("filière : aucune",))
    assert second.doubts == ()


# ── what a correction writes ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("sector:eau", (Scheme.SECTOR, "eau")),
        ("filière:Eau", (Scheme.SECTOR, "eau")),
        ("axe:hors-sujet", (Scheme.AXIS, OFF_TOPIC)),
        ("axis:Formes", (Scheme.AXIS, "formes")),
        ("territoire:Ain", (Scheme.TERRITORY, "fr:departement:01")),
        ("territory:fr:region:84", (Scheme.TERRITORY, "fr:region:84")),
        ("type:evenement", (Scheme.TYPE, "evenement")),
    ],
)
def test_a_tag_is_named_by_id_or_label_in_english_or_french(known, said, name):
    assert read_tag(said, known) == name


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("eau", "SORTE:ÉTIQUETTE"),
        ("couleur:bleu", "SORTE:ÉTIQUETTE"),
        ("axis:", "SORTE:ÉTIQUETTE"),
        ("axis:forme", "vouliez-vous « formes »"),
        ("type:évènemen", "vouliez-vous"),
        ("sector:o", "o"),
    ],
)
def test_a_tag_that_is_none_is_refused_with_the_nearest(known, said, words):
    with pytest.raises(InputError) as caught:
        read_tag(said, known)
    assert words in str(caught.value)


def written(known, one, **asked):
    asked = {key: [read_tag(said, known) for said in values] for key, values in asked.items()}
    made = decisions(one, Correction(**asked), SPEAKER, known)
    assert all((row.by, row.why, row.at, row.item_id) == ("Ana", "vu au salon", NOW, one.id) for row in made)
    return {f"{row.scheme}:{row.term}": row.decision for row in made}


def test_off_topic_takes_the_axes_away_and_an_axis_takes_off_topic_away(known):
    assert written(known, item(1), add=["axis:hors-sujet"]) == {
        "axis:hors-sujet": Decision.ADDED,
        "axis:formes": Decision.REJECTED,
    }
    off = replace(item(1), tags=(tag(Scheme.AXIS, OFF_TOPIC),))
    assert written(known, off, add=["axis:muscle"]) == {
        "axis:muscle": Decision.ADDED,
        "axis:hors-sujet": Decision.REJECTED,
    }
    assert written(known, item(1), add=["axis:muscle"]) == {"axis:muscle": Decision.ADDED}


def test_the_horizon_follows_the_main_type(known):
    assert written(known, item(1), add=["type:reglementation"], remove=["type:appel-a-projets"]) == {
        "type:reglementation": Decision.ADDED,
        "type:appel-a-projets": Decision.REJECTED,
        "horizon:operationnelle": Decision.REJECTED,
        "horizon:prospective": Decision.ADDED,
    }
    assert written(known, item(1), add=["type:ami"]) == {"type:ami": Decision.ADDED}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"add": ["sector:eau"], "remove": ["sector:eau"]}, "deux fois"),
        ({"remove": ["sector:energies"]}, "il a : sector:eau"),
        ({"remove": ["theme:decarbonation"]}, "aucune de cette sorte"),
        ({"add": ["axis:hors-sujet", "axis:formes"]}, "hors sujet n'a pas d'axe"),
    ],
)
def test_a_correction_that_contradicts_itself_is_refused(known, asked, words):
    with pytest.raises(InputError) as caught:
        written(known, item(1), **asked)
    assert words in str(caught.value)
