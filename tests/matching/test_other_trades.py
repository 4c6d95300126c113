"""What another trade says with the member's own words: a whole line counts, or two of them, and a part far less."""

from typing import Any

import pytest

from veille.model import Item, Match, Member

from .build import a_member, an_item, case_of, judge, score_of

#: A call of a filière that no member here shares.
ELSEWHERE: dict[str, Any] = {"sectors": ["aeronautique-spatial"], "text": ""}


def pair(member: dict[str, Any], **item: Any) -> tuple[Item, Member]:
    bare = a_member(**({"sectors": ("textile-mode-luxe",), "activity": (), "needs": ()} | member))
    return an_item(**({"sectors": ["textile-mode-luxe"], "text": ""} | item)), bare


def told(member: dict[str, Any], **item: Any) -> Match:
    return judge(*pair(member, **item))


def concerned(member: dict[str, Any], **item: Any) -> bool:
    return case_of(*pair(member, **item)).concerned


def score(member: dict[str, Any], **item: Any) -> float:
    return score_of(*pair(member, **item))


def refused(match: Match) -> bool:
    return match.gate is not None and match.gate.kind == "gate:off-topic"


@pytest.mark.parametrize("line", ["recyclage de textiles", "tri automatique des fibres", "location de voiliers"])
def test_what_is_done_to_a_thing_says_little_without_the_thing(line: str) -> None:
    member, action = {"activity": (line,)}, line.partition(" ")[0]
    other, own = f"{action} du verre : appel à projets", f"{line} : appel à projets"
    assert not concerned(member, title=other)
    assert concerned(member, title=own)
    assert score(member, title=other) < 0.7 * score(member, title=own)


def test_an_action_alone_says_the_trade_where_the_line_names_nothing_else() -> None:
    assert concerned({"activity": ("polissage automatisé",)}, title="Polissage : appel à projets")


def test_half_of_a_need_is_another_matter_in_another_filiere() -> None:
    need = {"needs": ("recyclage des chutes de fibre de carbone",)}
    half, whole = "Recyclage des fibres courtes", "Recyclage des chutes de fibre de carbone"
    assert not concerned(need, title=half, **ELSEWHERE)
    assert concerned(need, title=whole, **ELSEWHERE)
    assert score(need, title=half, **ELSEWHERE) < score(need, title=whole, **ELSEWHERE) - 0.1


def test_a_title_with_every_word_of_a_need_answers_it_in_any_filiere_and_order() -> None:
    need = {"needs": ("décarbonation de nos étuves",)}
    half, whole = "Une aide à la décarbonation", "Fours, étuves et séchoirs : une aide à la décarbonation"
    assert concerned(need, title=whole, **ELSEWHERE)
    assert not concerned(need, title=half, **ELSEWHERE)
    assert score(need, title=half, **ELSEWHERE) < score(need, title=whole, **ELSEWHERE) - 0.1


def test_a_need_parted_between_title_and_first_lines_is_answered() -> None:
    need = {"needs": ("récupération de chaleur de nos séchoirs",)}
    call = ELSEWHERE | {"title": "Fours et séchoirs : une aide", "text": "Pour la récupération de chaleur."}
    half = call | {"title": "Fours : une aide"}
    assert concerned(need, **call)
    assert not concerned(need, **half)
    assert score(need, **half) < score(need, **call) - 0.1


@pytest.mark.parametrize(
    ("need", "title", "longer"),
    [
        ("réduire les fuites", "Leaks from the cabinet", None),
        ("IA embarquée", "Intelligence agencies concluded", "Embedded artificial intelligence"),
        ("fabrication additive", "Manufacturing slows down", "Additive manufacturing"),
    ],
)
def test_one_english_word_in_no_filiere_of_the_member_is_chance(need: str, title: str, longer: str | None) -> None:
    member, news = {"needs": (need,)}, {"type": "actualite", "sectors": [], "facts": {}, "lang": "en"}
    assert not concerned(member, title=title, **news)
    if longer is not None:
        assert concerned(member, title=longer, **news)
        assert score(member, title=title, **news) < score(member, title=longer, **news)


def test_two_lines_of_the_profile_speak_without_the_title() -> None:
    lines = {"activity": ("micromécanique pour l'horlogerie",), "needs": ("vers les instruments chirurgicaux",)}
    text = "Pour la micromécanique et l'horlogerie qui se tournent vers les instruments chirurgicaux."
    call = ELSEWHERE | {"title": "Aide à la diversification", "text": text}
    assert concerned(lines, **call)
    for one in ({"activity": lines["activity"]}, {"activity": lines["activity"], "skills": lines["activity"]}):
        assert not concerned(one, **call)
        assert score(one, **call) < score(lines, **call)


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
