"""One thing under several names: families of words, expressions and acronyms, English calls before French profiles."""

import pytest

from veille.matching.words import Words, cognate, generic_stems, is_expression, lexicon, stem

from .build import a_member, an_item, case_of, judge, score_of


def test_no_general_word_leads_a_family_and_no_word_is_in_two() -> None:
    owners: dict[tuple[str, ...], str] = {}
    for line in lexicon("families.txt"):
        for name in line.split():
            stems = tuple(stem(part) for part in name.split("_"))
            assert len(stems) > 1 or stems[0] not in generic_stems(), name
            assert owners.setdefault(tuple(name.split("_")), line) == line, name
    assert len(owners) > 300


def test_english_words_are_single_and_given_once() -> None:
    pairs = [line.split() for line in lexicon("english.txt")]
    assert all(len(pair) == 2 and pair[1].isalpha() for pair in pairs)
    assert len({english for english, _ in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("sciage", "Modernisation des scieries"),
        ("fabrication additive", "Impression 3D : un atelier partagé"),
        ("intelligence artificielle", "L'IA au banc d'essai"),
        ("viticulture", "Aide aux vignerons"),
        ("vêtements", "Prêt-à-porter : une collection"),
        ("dispositifs médicaux", "Medtech : un guichet"),
        ("gamme pour personnes âgées", "Seniors : le goût d'abord"),
    ],
)
def test_the_same_thing_is_met_under_another_name(said: str, found: str) -> None:
    member = a_member(activity=(said,), needs=(), sectors=("agroalimentaire",))
    assert judge(an_item(title=found, text=""), member).gate is None


def test_other_name_is_quoted_as_each_side_prints_it() -> None:
    member = a_member(activity=("fabrication additive de pièces",), needs=())
    texts = [reason.text for reason in judge(an_item(title="Impression 3D de pièces", text=""), member).reasons]
    assert "« fabrication additive de pièces » (ici « Impression 3D de pièces ») = votre activité" in texts


def test_english_expression_is_read_the_other_way_round() -> None:
    assert is_expression(Words("medical devices", english=True).stems[0])
    assert Words("medical devices", english=True).stems == Words("dispositifs médicaux").stems


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("sarcopeni", "sarcopenia", True),
        ("electron", "electrolys", False),
        ("thermoplast", "thermoform", False),
        ("bois", "boist", False),
    ],
)
def test_learned_words_share_more_than_what_they_begin_with(one: str, other: str, shared: bool) -> None:
    assert (cognate(one) != "" and cognate(one) == cognate(other)) is shared


def test_an_expression_of_another_thing_is_no_trade() -> None:
    lines = lexicon("expressions.txt")
    assert len(lines) > 150
    for line in lines:
        words = line.split("_")
        assert not all(stem(word) in generic_stems() for word in words), line
        assert len(set(Words(" ".join(words)).stems)) == 1, line


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("transports routiers", "Transporteurs membranaires : une thèse"),
        ("caisses en bois", "Caisses de retraite : les comptes"),
        ("maçonnerie", "Franc-maçonnerie et cité : conférence"),
        ("réseaux d'antennes", "Antennes régionales : les horaires"),
        ("port de commerce", "Portes coupe-feu : la norme"),
        ("terres agricoles", "Terrasses de café : le règlement"),
    ],
)
def test_words_written_alike_are_not_the_same_trade(said: str, title: str) -> None:
    member = a_member(activity=(said,), needs=(), sectors=("agroalimentaire",))
    alike, own = an_item(title=title, text=""), an_item(title=f"{said} : appel à projets", text="")
    assert not case_of(alike, member).concerned
    assert score_of(alike, member) < 0.5 * score_of(own, member)
