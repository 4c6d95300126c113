"""Types: what a title, a source, a code and a printed deadline each prove."""

import pytest

from veille.model import Origin, Scheme, StructuredFacts, TextToTag


def types(tagger, title, body="", **more):
    [tagged] = tagger.tag([TextToTag(id="1", title=title, text=body, **more)])
    return tagged.of(Scheme.TYPE)


@pytest.mark.parametrize(
    "title",
    [
        "Avis d’une agence sanitaire sur une allégation nutritionnelle",
        "Les halles ferment un an pour travaux",
        "Yaourts végétaux : un marché en hausse",
        "Drones : de nouveaux services dans le ciel",
        "Construction : les défaillances reculent",
        "Additifs : des colorants de remplacement à l’essai",
        "Assurance : les tarifs augmentent",
        "Marchés de Noël : où aller",
        "Lait : le prix payé aux producteurs baisse",
    ],
)
def test_a_common_word_in_a_title_makes_no_tender_and_no_prize(tagger, title):
    found = {tag.term for tag in types(tagger, title)}
    assert not found & {"marche-public", "concours-prix"}


@pytest.mark.parametrize(
    "more",
    [
        {"source_type": "marche-public"},
        {"facts": StructuredFacts(cpv=("45233140",))},
        {"body": "Accord-cadre à bons de commande."},
        {"body": "Date limite de dépôt : 15 mars 2027."},
    ],
    ids=["source", "code", "cue", "deadline"],
)
def test_a_common_word_counts_as_soon_as_something_backs_it(tagger, more):
    assert types(tagger, "Travaux de voirie", **more)[0].term == "marche-public"


def test_the_usual_type_of_the_source_wins_over_one_word(tagger):
    main = types(tagger, "Avis sur une allégation « os »", source_type="reglementation", source_title="Registre")[0]
    assert main.term == "reglementation"


def test_the_usual_type_of_the_source_is_there_when_the_text_is_silent(tagger):
    [only] = types(tagger, "Formulaire modifié", source_type="reglementation", source_title="Registre")
    assert (only.term, only.origin) == ("reglementation", Origin.SOURCE)
    assert only.evidence[0].text == "Registre"


def test_what_says_nothing_is_plain_news_of_its_source(tagger):
    [only] = types(tagger, "Le cidre sort de la niche", source_title="La Gazette")
    assert (only.term, only.origin) == ("actualite", Origin.SOURCE)


def test_a_printed_deadline_makes_a_call_of_what_says_nothing_else(tagger):
    main = types(tagger, "Décors virtuels", "Dépôt des dossiers avant le 15 février 2027.")[0]
    assert main.term == "appel-a-projets"
    assert main.origin is Origin.CUE


def test_a_word_that_labels_the_title_names_the_type(tagger):
    body = "Un diagnostic, un plan d’actions, puis des questions. Inscription gratuite."
    assert types(tagger, "Webinaire : le bilan carbone pas à pas", body)[0].term == "evenement"


def test_a_call_that_is_over_is_no_open_call(tagger):
    found = [tag.term for tag in types(tagger, "Assainissement : l’appel est clos", "Appel à projets clos.")]
    assert found[0] == "laureats-attributions"
    assert "appel-a-projets" not in found
