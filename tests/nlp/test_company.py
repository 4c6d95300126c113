"""Being near what a sector says of itself, without one word of it."""

import pytest

from veille.config.instance import shipped
from veille.config.taxonomy import load_taxonomy
from veille.model import Scheme, TextToTag
from veille.nlp.cues import CueAutomaton
from veille.nlp.labels.company import load_company
from veille.nlp.reading import Reading


@pytest.fixture(scope="module")
def near():
    company = load_company([shipped()], load_taxonomy([shipped()]).of(Scheme.SECTOR).values())
    none = CueAutomaton([])
    return lambda title, text="": company.near(Reading(TextToTag(id="1", title=title, text=text), none))


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("Remplacement des radiateurs et des chaudières de l'école", "energies"),
        ("Molécules ciblant des récepteurs pour traiter la dépression", "sante"),
        ("Un service en ligne qui relie développeurs et entreprises", "numerique-confiance"),
    ],
)
def test_words_of_a_trade_lie_near_its_sector(near, title, sector):
    told = near(title)
    assert sector in sorted(told, key=told.get, reverse=True)[:3]
    assert all(0 <= value <= 1.001 for value in told.values())


@pytest.mark.parametrize("title", ["", "…", "x" * 5000, "😀 😀", "كلمات غير معروفة"])
def test_a_text_without_a_known_word_is_near_nothing(near, title):
    assert set(near(title).values()) == {0.0}
