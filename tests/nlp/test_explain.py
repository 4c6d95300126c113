"""Why a text got its tags: the words with their places, what was left out, and the marks on the text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from veille.demo.corpus import corpus
from veille.model import DocumentText, Origin, Scheme, StructuredFacts, TextToTag
from veille.nlp.explain import Means, Refusal
from veille.nlp.marks import DENIED, FACT, GAP, marks, segments, shown

TITLE = "Appel à projets : hydrogène et tissu économique en Bretagne"
BODY = (
    "La Région soutient les PME de l'hydrogène. Les dossiers sont à déposer avant le 15 mars 2027. Le taux est de 40 %."
)


def explained(tagger, title=TITLE, body=BODY, **more):
    return tagger.explain(TextToTag(id="1", title=title, text=body, **more))


def parts_of(found, scheme, term):
    return next(one.parts for one in found.of(scheme) if one.tag.term == term)


def test_what_is_explained_is_what_is_tagged(tagger):
    source = TextToTag(id="1", title=TITLE, text=BODY)
    [tagged] = tagger.tag([source])
    assert tagger.explain(source).tagged == tagged
    assert tuple(one.tag for one in tagger.explain(source).tags) == tagged.tags


def test_a_cue_is_told_with_its_weight_and_every_place(tagger):
    [cue, *_] = parts_of(explained(tagger), Scheme.THEME, "hydrogene-stockage")
    assert (cue.means, cue.says, cue.weight) == (Means.CUE, "hydrogene*", 3.0)
    assert [(said.where, said.text) for said in cue.evidence] == [("title", "hydrogène"), ("text", "hydrogène")]


def test_the_model_s_word_is_told_beside_the_cues(tagger):
    parts = parts_of(explained(tagger), Scheme.SECTOR, "energies")
    assert {Means.CUE, Means.MODEL} <= {part.means for part in parts}
    model = next(part for part in parts if part.means is Means.MODEL)
    assert 0 < model.weight <= 1
    assert model.evidence


def test_words_that_say_what_it_is_not_are_told(tagger):
    left = {(one.term, one.refusal): one for one in explained(tagger).left_out}
    denied = left["textile-mode-luxe", Refusal.DENIED]
    assert [said.text for said in denied.evidence] == ["tissu économique"]


def test_results_close_a_call_and_it_is_said(tagger):
    found = explained(
        tagger, "Lauréats du concours d'innovation", "L'appel à projets a reçu 80 dossiers. Marché public."
    )
    assert found.of(Scheme.TYPE)[0].tag.term == "laureats-attributions"
    refused = {one.refusal for one in found.left_out if one.scheme is Scheme.TYPE}
    assert refused in ({Refusal.CLOSED}, {Refusal.CLOSED, Refusal.WEAK}, set())


def test_codes_and_the_source_are_told_as_such(tagger):
    coded = explained(tagger, "Fourniture, lot 3", "Livraison.", facts=StructuredFacts(cpv=("15882000",)))
    [stated, *_] = [part for part in parts_of(coded, Scheme.SECTOR, "agroalimentaire") if part.means is Means.STATED]
    assert (stated.says, stated.evidence[0].text) == ("cpv", "15882000")
    quiet = explained(tagger, "Numéro 12", "Bonne lecture.", source_sectors=("bois-foret",), source_title="Le Bois")
    assert parts_of(quiet, Scheme.SECTOR, "bois-foret")[0].means is Means.SOURCE


def test_words_of_a_document_bear_its_page(tagger):
    pages = ("Préambule.", "Le visa soutient la photonique et les lasers. Les PME de la photonique peuvent candidater.")
    found = explained(tagger, "Visa", "", documents=(DocumentText(name="regles.pdf", pages=pages),))
    [cue, *_] = [part for part in parts_of(found, Scheme.SECTOR, "electronique-photonique") if part.means is Means.CUE]
    said = cue.evidence[0]
    assert said.where == "regles.pdf, p. 2"
    assert pages[1][said.start : said.end] == said.text
    assert marks(found, "text") == []


def test_marks_stand_on_the_very_words(tagger):
    found = explained(tagger)
    by_kind = {mark.kind: BODY[mark.start : mark.end] for mark in marks(found, "text")}
    assert by_kind["audience"] == "PME"
    assert by_kind[FACT] in {"15 mars 2027", "40 %"}
    denied = next(mark for mark in marks(found, "title") if mark.kind == DENIED)
    assert TITLE[denied.start : denied.end] == "tissu économique"


def test_segments_make_the_text_again(tagger):
    found = explained(tagger)
    assert "".join(part.text for part in segments(BODY, marks(found, "text"))) == BODY


def test_a_long_or_protected_text_shows_only_the_sentences_that_speak(tagger):
    idle = "Il fait beau ce matin et le jardin sent bon. " * 200
    body = f"{idle}Le taux est de 40 % pour les PME. {idle}"
    found = explained(tagger, body=body)
    parts = shown(body, marks(found, "text"), sparing=False)
    said = "".join(part.text for part in parts)
    assert parts[0] == parts[-1] == GAP
    assert "Le taux est de 40 % pour les PME." in said
    assert "jardin" not in said
    assert shown(BODY, marks(explained(tagger), "text"), sparing=True)[-1].text.endswith(".")


def evidenced(found):
    """Yield the tags that nothing explains."""
    for one in found.tags:
        said = any(part.evidence or part.means in {Means.SOURCE, Means.PERSON} for part in one.parts)
        if not said:
            yield one.tag


def test_every_tag_of_the_demonstration_says_why(tagger):
    told = 0
    for source in corpus():
        for item in source.items:
            found = explained(tagger, item.title, item.text, source_title=source.title)
            assert list(evidenced(found)) == []
            assert all(fact.evidence for fact in found.tagged.facts)
            told += len(found.tags)
    assert told > 200


@pytest.mark.parametrize("name", ["tee", "idf", "ted_fr", "aides_jeunes"])
def test_every_tag_of_real_records_says_why(tagger, name):
    lines = shared("gold", f"{name}.jsonl").read_text("utf-8").splitlines()[:25]
    for line in lines:
        record = json.loads(line)
        found = explained(tagger, record["title"], record["text"], source_title="Portail")
        assert list(evidenced(found)) == []


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=500))
def test_any_text_is_explained(tagger, title, body):
    found = explained(tagger, title, body)
    for where, text in (("title", found.text.title), ("text", found.text.text)):
        parts = segments(text, marks(found, where))
        assert "".join(part.text for part in parts) == text
    assert list(evidenced(found)) == []
    assert all(one.tag.origin in Origin for one in found.tags)
