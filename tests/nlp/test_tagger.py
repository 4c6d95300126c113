import importlib.metadata
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.config.taxonomy import load_taxonomy
from veille.errors import ConfigError
from veille.model import Origin, Scheme, StructuredFacts, TextToTag
from veille.nlp.cues import CueAutomaton
from veille.nlp.tagger import load_tagger

ROOT = Path(__file__).resolve().parents[2]


def text(title="", body="", **more):
    return TextToTag(id="1", title=title, text=body, **more)


def tag(tagger, *args, **more):
    [tagged] = tagger.tag([text(*args, **more)])
    return tagged


def terms(tagged, scheme):
    return [one.term for one in tagged.of(scheme)]


def test_the_pipeline_is_named_with_its_version_and_the_seal_of_its_definitions(tagger):
    name, _, seal = tagger.pipeline.partition("+")
    assert name.startswith("veille@")
    assert len(seal) == 10
    assert load_tagger([ROOT]).pipeline == tagger.pipeline


def test_an_instance_that_adds_a_cue_has_another_pipeline_and_uses_it_at_once(tagger, tmp_path):
    own = tmp_path / "pipelines" / "taxonomy" / "filieres.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(
        "version: 1\nscheme: sector\nterms:\n- id: sarcopenie\n  label: Sarcopénie\n  broader: agroalimentaire\n"
        "  cues: [sarcopénie, masse musculaire]\n",
        encoding="utf-8",
    )
    other = load_tagger([tmp_path, ROOT])
    assert other.pipeline != tagger.pipeline
    assert terms(tag(other, "Sarcopénie des seniors"), Scheme.SECTOR)[:2] == ["sarcopenie", "agroalimentaire"]


def test_our_components_are_found_through_entry_points():
    found = {one.name for one in importlib.metadata.entry_points(group="spacy_factories")}
    assert {"veille_cues", "veille_sector", "veille_opportunity_type", "veille_territory", "veille_facts"} <= found


def test_every_tag_from_the_text_quotes_the_words_printed_there(tagger):
    body = "La Région soutient les PME de l’hydrogène et des réseaux d’eau potable. " * 3
    tagged = tag(tagger, "Appel à projets : hydrogène et eaux usées", body)
    assert {Scheme.SECTOR, Scheme.TYPE, Scheme.THEME, Scheme.AUDIENCE, Scheme.HORIZON} <= {
        t.scheme for t in tagged.tags
    }
    for one in tagged.tags:
        assert one.evidence, one
        for said in one.evidence:
            field = {"title": "Appel à projets : hydrogène et eaux usées", "text": body}[said.where]
            assert field[said.start : said.end] == said.text != ""


def test_tags_of_a_scheme_come_best_first_and_scores_stay_between_0_and_1(tagger):
    tagged = tag(tagger, "Hydrogène", "Photonique. Hydrogène et électrolyseurs. Capteurs photoniques. Laser. Optique.")
    scores = [one.score for one in tagged.of(Scheme.SECTOR)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert len(scores) <= 3


def test_a_cpv_code_is_trusted_before_the_text(tagger):
    facts = StructuredFacts(cpv=("15882000",))
    tagged = tag(tagger, "Fourniture de produits, lot 3", "Livraison en entrepôt.", facts=facts)
    first = tagged.of(Scheme.SECTOR)[0]
    assert (first.term, first.origin) == ("agroalimentaire", Origin.FACT)
    assert first.evidence[0].text == "15882000"


def test_the_longest_code_prefix_wins(tagger):
    facts = StructuredFacts(naf=("20.42Z",))
    assert terms(tag(tagger, "Annonce", facts=facts), Scheme.SECTOR) == ["cosmetique-parfumerie"]


def test_the_source_speaks_when_the_text_is_silent(tagger):
    tagged = tag(
        tagger, "Numéro 12", "Bonne lecture.", source_sectors=("bois-foret", "inconnu"), source_title="Le Bois"
    )
    [sector] = tagged.of(Scheme.SECTOR)
    assert (sector.term, sector.origin, sector.evidence[0].text) == ("bois-foret", Origin.SOURCE, "Le Bois")


def test_the_usual_type_of_the_source_is_a_prior_not_a_verdict(tagger):
    quiet = tag(tagger, "Plastiques 2030", "", source_type="appel-a-projets")
    assert terms(quiet, Scheme.TYPE) == ["appel-a-projets"]
    assert quiet.of(Scheme.TYPE)[0].origin is Origin.SOURCE
    clear = tag(tagger, "Webinaire : les plastiques en 2030", "", source_type="appel-a-projets")
    assert terms(clear, Scheme.TYPE)[0] == "evenement"


def test_results_are_never_an_open_call(tagger):
    for title in ("Lauréats de l'AMI Territoires", "Avis d'attribution : travaux", "Palmarès du concours i-Nov"):
        found = terms(tag(tagger, title, "L'appel à projets a reçu 80 dossiers. Marché public."), Scheme.TYPE)
        assert found[0] == "laureats-attributions"
        assert not set(found) & {"ami", "appel-a-projets", "marche-public", "concours-prix"}


def test_regulation_is_to_understand_and_a_call_is_to_seize(tagger):
    assert terms(tag(tagger, "Décret sur les emballages"), Scheme.HORIZON) == ["prospective"]
    assert terms(tag(tagger, "Appel à projets emballages"), Scheme.HORIZON) == ["operationnelle"]


def test_an_english_call_gets_the_same_tags(tagger):
    tagged = tag(
        tagger,
        "Call for proposals: renewable energy and hydrogen storage",
        "The call is open to small and medium enterprises and to universities in the Union.",
    )
    assert tagged.lang == "en"
    assert terms(tagged, Scheme.SECTOR)[0] == "energies"
    assert terms(tagged, Scheme.TYPE)[0] == "appel-a-projets"
    assert {"pme", "recherche"} <= set(terms(tagged, Scheme.AUDIENCE))


def test_english_cues_do_not_speak_in_french_text(tagger):
    tagged = tag(tagger, "Les rails de la sagesse", "Un train d'avance dans la culture du don et de la danse")
    assert "ferroviaire" not in terms(tagged, Scheme.SECTOR) or tagged.lang == "fr"
    assert tagged.lang == "fr"


def test_case_of_acronyms_counts(tagger):
    assert "ami" in terms(tag(tagger, "AMI logistique"), Scheme.TYPE)
    assert "ami" not in terms(tag(tagger, "Un ami logisticien"), Scheme.TYPE)
    assert "agriculture-vegetal" not in terms(tag(tagger, "Un pack complet"), Scheme.SECTOR)


HOSTILE = {
    "nothing": "",
    "spaces": " \n\t\u00a0 ",
    "one word of a megabyte": "a" * 1_000_000,
    "one cue of a megabyte": "eau " * 250_000,
    "only emojis": "😀👍🏽🇫🇷" * 500,
    "right to left": "\u202eفرنسا مشروع\u202c " * 200,
    "lone surrogates": "eau \ud800 potable \udfff",
    "controls": "eau\x00 potable\x1b[31m",
    "combining marks": "e" + "\u0301" * 5000,
    "markup": "<p>" * 5000 + "eau potable",
    "base64": "QUJD" * 50_000,
    "stops": "." * 20_000,
    "quotes": "«’» " * 10_000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_in_little_time(tagger, content):
    start = time.perf_counter()
    tag(tagger, content[:3000], content)
    assert time.perf_counter() - start < 3


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=600))
def test_any_text_is_tagged_once_and_alike(tagger, title, body):
    one = tag(tagger, title, body)
    assert one == tag(tagger, title, body)
    for said in one.tags:
        assert said.evidence


def test_texts_come_back_in_order_and_lazily(tagger):
    asked = []

    def endless():
        for number in range(100_000):
            asked.append(number)
            yield replace(text("Eau potable"), id=str(number))

    found = tagger.tag(endless())
    assert [next(found).id for _ in range(300)] == [str(number) for number in range(300)]
    assert len(asked) < 1000


def test_the_automaton_is_built_in_a_blink():
    taxonomy = load_taxonomy([ROOT])
    start = time.perf_counter()
    CueAutomaton(taxonomy)
    assert time.perf_counter() - start < 0.5


def test_new_words_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("veille.nlp.tagger._LEXEMES", 5000)
    fresh = load_tagger([ROOT])
    invented = (text(" ".join(f"mot{n}x{k}" for k in range(40))) for n in range(1000))
    assert len(list(fresh.tag(invented))) == 1000
    assert len(fresh._nlp.vocab) < 20_000
    assert len(fresh._nlp.vocab.strings) < 20_000


def test_a_missing_pipeline_says_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="veille init"):
        load_tagger([tmp_path])


def test_a_broken_pipeline_is_a_configuration_error(tmp_path):
    config = tmp_path / "pipelines" / "veille" / "configs" / "config.cfg"
    config.parent.mkdir(parents=True)
    config.write_text('[nlp]\nlang = "xx"\npipeline = ["cues"]\n[components]\n[components.cues]\nfactory = "nope"\n')
    with pytest.raises(ConfigError, match="refusée"):
        load_tagger([tmp_path, ROOT])
