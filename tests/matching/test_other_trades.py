"""What another trade says with the member's own words: a whole line is wanted, or two of them."""

from typing import Any

import pytest

from veille.model import Match

from .build import a_member, an_item, judge

#: A call of a filière that no member here shares.
ELSEWHERE: dict[str, Any] = {"sectors": ["aeronautique-spatial"], "text": ""}


def told(member: dict[str, Any], **item: Any) -> Match:
    bare = a_member(**({"sectors": ("textile-mode-luxe",), "activity": (), "needs": ()} | member))
    return judge(an_item(**({"sectors": ["textile-mode-luxe"], "text": ""} | item)), bare)


def refused(match: Match) -> bool:
    return match.gate is not None and match.gate.kind == "gate:off-topic"


@pytest.mark.parametrize("line", ["recyclage de textiles", "tri automatique des fibres", "location de voiliers"])
def test_what_is_done_to_a_thing_says_nothing_without_the_thing(line: str) -> None:
    action = line.partition(" ")[0]
    assert refused(told({"activity": (line,)}, title=f"{action} du verre : appel à projets"))
    assert not refused(told({"activity": (line,)}, title=f"{line} : appel à projets"))


def test_an_action_alone_says_the_trade_where_the_line_names_nothing_else() -> None:
    assert not refused(told({"activity": ("polissage automatisé",)}, title="Polissage : appel à projets"))


def test_half_of_a_need_is_another_matter_in_another_filiere() -> None:
    need = {"needs": ("recyclage des chutes de fibre de carbone",)}
    assert refused(told(need, title="Recyclage des fibres courtes", **ELSEWHERE))
    assert not refused(told(need, title="Recyclage des chutes de fibre de carbone", **ELSEWHERE))


def test_a_title_with_every_word_of_a_need_answers_it_in_any_filiere_and_order() -> None:
    need = {"needs": ("décarbonation de nos étuves",)}
    title = "Fours, étuves et séchoirs : une aide à la décarbonation"
    assert not refused(told(need, title=title, **ELSEWHERE))
    assert refused(told(need, title="Une aide à la décarbonation", **ELSEWHERE))


def test_a_need_parted_between_title_and_first_lines_is_answered() -> None:
    need = {"needs": ("récupération de chaleur de nos séchoirs",)}
    call = ELSEWHERE | {"title": "Fours et séchoirs : une aide", "text": "Pour la récupération de chaleur."}
    assert not refused(told(need, **call))
    assert refused(told(need, **(call | {"title": "Fours : une aide"})))


@pytest.mark.parametrize(
    ("need", "title", "longer"),
    [
        ("réduire les fuites", "Leaks from the cabinet", None),
        ("IA embarquée", "Intelligence agencies concluded", "Embedded artificial intelligence"),
        ("fabrication additive", "Manufacturing slows down", "Additive manufacturing"),
    ],
)
def test_one_english_word_in_no_filiere_of_the_member_is_chance(need: str, title: str, longer: str | None) -> None:
    news = {"type": "actualite", "sectors": [], "facts": {}, "lang": "en"}
    assert refused(told({"needs": (need,)}, title=title, **news))
    if longer is not None:
        assert not refused(told({"needs": (need,)}, title=longer, **news))


def test_two_lines_of_the_profile_speak_without_the_title() -> None:
    lines = {"activity": ("micromécanique pour l'horlogerie",), "needs": ("vers les instruments chirurgicaux",)}
    text = "Pour la micromécanique et l'horlogerie qui se tournent vers les instruments chirurgicaux."
    call = ELSEWHERE | {"title": "Aide à la diversification", "text": text}
    assert not refused(told(lines, **call))
    assert refused(told({"activity": lines["activity"]}, **call))
    assert refused(told({"activity": lines["activity"], "skills": lines["activity"]}, **call))


def test_a_post_elsewhere_is_shown_for_a_followed_name_only() -> None:
    post = {"type": "emploi", "title": "Nutrabel recrute un technicien de filage", "facts": {}}
    spinner = {"activity": ("filage",)}
    assert refused(told(spinner, **post))
    assert told(spinner | {"follows": ("Nutrabel",)}, **post).gate is None


@pytest.mark.parametrize(
    ("size", "title", "shown"),
    [
        ("labo", "Filage de coton", False),
        ("labo", "Étude sur le filage de coton", True),
        ("pme", "Filage de coton", True),
    ],
)
def test_a_laboratory_answers_tenders_of_study(size: str, title: str, *, shown: bool) -> None:
    found = told({"size": size, "activity": ("filage",)}, type="marche-public", title=title)
    assert refused(found) is not shown


def test_money_of_an_authority_that_france_has_none_of_is_for_elsewhere() -> None:
    call = {"main": [], "text": "Pour la filature.", "title": "Aide cantonale à la filature"}
    found = told({"activity": ("filature",)}, **call)
    assert found.gate is not None
    assert found.gate.kind == "gate:territory"
    assert told({"activity": ("filature",)}, **(call | {"title": "Aide à la filature"})).gate is None
