"""Words beside a name: looked for over a few characters, found as over all of them."""

from re import _parser  # type: ignore[attr-defined]  # private: a test may measure a pattern

import pytest

from veille.nlp.places import place_context as context
from veille.nlp.places.nearby import Ending, Rare

_ENDINGS = {name: one for name, one in vars(context).items() if isinstance(one, Ending)}
_RARE = {name: one for name, one in vars(context).items() if isinstance(one, Rare)}
_FILLED = "les habitants et les acteurs du bassin, dont la liste suit et que chacun peut lire en mairie, "


@pytest.mark.parametrize("name", [name for name, one in _ENDINGS.items() if not one.far])
def test_an_ending_reaches_as_far_as_its_longest_match(name: str) -> None:
    ending = _ENDINGS[name]
    assert ending.reach >= _parser.parse(ending.pattern.pattern).getwidth()[1]
    assert ending.pattern.pattern.endswith("$") or "$|" in ending.pattern.pattern


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("COUNTY", "les chambres de metiers et la chambre des metiers et de l'artisanat suivants : de la "),
        ("COUNTY", "syndicat departemental des eaux, de l'energie et des reseaux de chaleur du "),
        ("STREET", "une zone d'activites de la "),
        ("STREET", "cop 12345678901234567890123456789 de "),
        ("AT", "situees sur "),
        ("POSTCODE", "f- 63 000 cedex "),
    ],
)
def test_an_ending_finds_what_the_whole_pattern_finds(name: str, said: str) -> None:
    ending, before = _ENDINGS[name], _FILLED + said
    found, whole = ending.search(before), ending.pattern.search(before)
    assert found is not None
    assert whole is not None
    assert found.span() == whole.span()


def test_an_ending_sees_what_stands_right_before_it() -> None:
    ending = Ending(r"\bde la $", 6)
    assert ending.search("rue de la ")
    assert ending.search("monde la ") is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("OUTSIDE", "en dehors de"), ("OUTSIDE", "a l'exception de"), ("OUTSIDE", "exceptee"), ("OUTSIDE", "hormis"),
        ("OUTSIDE", "excluant"), ("OUTSIDE", "contrairement aux"), ("OUTSIDE", "outside"), ("OUTSIDE", "sauf"),
        ("TRAVEL", "a destination"), ("TRAVEL", "en provenance"), ("TRAVEL", "vers"), ("TRAVEL", "rejoindre"),
        ("GROUPINGS", "communautes urbaines de "), ("GROUPINGS", "agglomerations d'"), ("GROUPINGS", "metropoles de "),
        ("PARTNER", "aux cotes "), ("PARTNER", "en partenariat etroite avec "), ("PARTNER", "soutien technique "),
    ],
)  # fmt: skip
def test_a_rare_word_is_found(name: str, said: str) -> None:
    rare = _RARE[name]
    assert rare.search(said)
    assert [found.span() for found in rare.finditer(f"..{said}", 2, len(said) + 2)]


def test_a_rare_word_is_not_looked_for_where_none_stands() -> None:
    rare = Rare(r"\w+", ["zinc"])
    assert rare.search("le cuivre") is None
    assert list(rare.finditer("zinc, cuivre", 4, 12)) == []
    assert rare.search("le zinc") is not None
