"""Awards told by their form: a winner and its town between what is bought and the court of appeal."""

import pytest

from veille.config.gazetteer import load_gazetteer
from veille.config.instance import shipped
from veille.model import Scheme, TextToTag
from veille.nlp.labels.awarded import AwardReader

TITLE = "Réfection de la toiture du gymnase des Tilleuls"
HEAD = f"Ville de Roanne\nRoanne\n{TITLE}\nDépose de l'ancienne couverture, pose de bacs acier et d'un isolant.\n"
APPEALS = "\nTribunal administratif de Lyon\nLyon Cedex 03"


@pytest.fixture(scope="module")
def awards() -> AwardReader:
    return AwardReader(load_gazetteer([shipped()]))


@pytest.mark.parametrize(
    ("between", "winner"),
    [
        ("Toitures du Forez\nFeurs", "Toitures du Forez"),
        ("Lot 1: couverture\nCouvreurs associés de la Loire\nSaint-Étienne Cedex 2", "Couvreurs associés de la Loire"),
        ("Atelier Brique (mandataire) — Bureau Poutre, cotraitant\nSt Chamond", None),
        ("SARL Martin et filles", "SARL Martin et filles"),
        ("Marché déclaré infructueux", "Marché déclaré infructueux"),
        ("Déclaration sans suite pour motif d'intérêt général: le projet est abandonné.", None),
    ],
)
def test_a_notice_that_names_its_winner_is_an_award(awards, between, winner):
    [told] = awards.read(TITLE, HEAD + between + APPEALS).awarded
    assert told.text == (winner or between.split("\n", maxsplit=1)[0])
    assert (HEAD + between + APPEALS)[told.start : told.end] == told.text


@pytest.mark.parametrize(
    "between",
    [
        "Lot 1: couverture\nLot 2: zinguerie",
        "Feurs",
        "Secteur Roanne centre\nRoanne",
        "Gymnase des Tilleuls\nRoanne.",
        "Les candidats remettent leurs offres par voie électronique.\nMontbrison",
        "La procédure peut être déclarée sans suite à tout moment.",
        "Si un lot est infructueux, il est relancé.",
    ],
    ids=["lots", "a place", "a sector", "a sentence", "how to apply", "may be called off", "if nobody answers"],
)
def test_a_call_is_no_award(awards, between):
    assert awards.read(TITLE, HEAD + between + APPEALS).awarded == ()


def test_towns_of_the_buyer_and_of_the_court_are_no_winners(awards):
    assert awards.read(TITLE, HEAD.strip() + APPEALS).awarded == ()
    assert awards.read(TITLE, "Toitures du Forez\nFeurs\nUne page sans forme d'avis.") is None
    assert awards.read("", "\n" * 50 + "Toitures du Forez\nFeurs" + APPEALS) is None


def test_an_award_read_by_its_form_is_never_an_open_tender(tagger):
    text = HEAD + "Marché à bons de commande.\nToitures du Forez\nFeurs" + APPEALS
    [tagged] = tagger.tag([TextToTag(id="1", title=TITLE, text=text)])
    [only] = tagged.of(Scheme.TYPE)
    assert only.term == "laureats-attributions"
    assert only.evidence[0].text == "Toitures du Forez"
    [call] = tagger.tag([TextToTag(id="1", title=TITLE, text=HEAD + "Marché à bons de commande." + APPEALS)])
    assert call.of(Scheme.TYPE)[0].term == "marche-public"
