"""Phytalis's table and « must not appear » list of the judged pool, figures of the open half, truth of every reason."""

import re
from pathlib import Path

import pytest
from benchmarks.matching import figures, keywords, ours

from veille.matching.professions import profession_of
from veille.matching.relevance import match, rank
from veille.matching.trades import named_trades, trade_of
from veille.matching.words import Words
from veille.model import Item, Match, Member

from .judgements import Judged, context, items, profiles
from .network import Network

BY_ID = {item.id: item for item in items()}
PHYTALIS = next(judged for judged in profiles() if judged.key == "phytalis")
SHOWN = {found.item_id: found for found in rank(items(), PHYTALIS.member, context())}


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (1, "sarcopénie"),
        (2, "extraits végétaux"),
        (3, "sarcopenia"),
        (4, "compléments alimentaires"),
        (5, "enrobage sans dioxyde de titane"),
        (6, "ouvert aux PME"),
        (7, "sarcopénie"),
        (8, "extraits végétaux"),
        (9, "nom suivi : Nutrabel"),
        (10, "objectivation clinique"),
        (11, "pont : « encapsulation »"),
    ],
)
def test_line_of_the_product_s_table_is_there_with_its_reason(item: int, words: str) -> None:
    assert words in " ; ".join(reason.text for reason in SHOWN[item].reasons)


@pytest.mark.parametrize(
    ("item", "gate"),
    [
        (12, "off-topic"),
        (13, "off-topic"),
        (14, "territory"),
        (15, "off-topic"),
        (16, "noise"),
        (17, "territory"),
        (18, "expired"),
        (20, "off-topic"),
        (21, "off-topic"),
        (93, "off-topic"),
    ],
)
def test_what_must_not_appear_is_stopped_by_the_right_gate(item: int, gate: str) -> None:
    judged = match(BY_ID[item], PHYTALIS.member, context())
    assert judged.gate is not None
    assert judged.gate.kind == f"gate:{gate}"


def test_a_need_said_of_another_trade_stands_below_the_member_s_own() -> None:
    cats, own = (match(BY_ID[item], PHYTALIS.member, context()).score or 0.0 for item in (92, 1))
    assert cats < 0.5 < own


def test_the_call_of_the_region_comes_with_its_own_sentence() -> None:
    eligibility = SHOWN[1].eligibility
    assert eligibility is not None
    assert (eligibility.verdict, eligibility.quote) == (
        "éligible",
        "Peut candidater toute PME ayant un établissement dans la région.",
    )


def test_open_half_stays_above_its_floor_and_above_keywords() -> None:
    opened = [judged for judged in profiles() if judged.half == "open"]
    mine = [figures(ours(judged), judged) for judged in opened]
    base = [figures(keywords(judged), judged) for judged in opened]
    assert min(row["p3"] for row in mine) == 1
    assert sum(row["ndcg10"] for row in mine) / len(mine) >= 0.89
    assert sum(row["missed"] for row in mine) == 0
    assert sum(row["embarrassing"] for row in mine) * 4 <= sum(row["embarrassing"] for row in base)


def pairs() -> list[tuple[Judged, Match]]:
    return [(judged, found) for judged in profiles() for found in rank(items(), judged.member, context())]


def said_in(words: str, texts: tuple[str, ...]) -> bool:
    """Tell whether every content word stands in one of the texts, whatever its ending."""
    stems = set(Words(words).stems)
    return any(stems <= set(Words(text).stems) for text in texts)


def lines_of(member: Member) -> tuple[str, ...]:
    by_code = (words for expressions in profession_of(member.naf).values() for words in expressions.values())
    own = (*member.needs, *member.axes, *member.activity, *member.skills, *member.contributions, *member.follows)
    return (*own, *by_code, *trade_of(member.naf), *named_trades(member.organisation))


#: Of a trade, of what answers a need and of what is near a line, the item's words are quoted; the line is told.
NEAR = re.compile(
    r"« (?P<item>[^»]+) » : proche de votre [a-zéè-]+ « (?P<line>[^»]+) »(?: \((?:code NAF|votre nom)\))?"
)
AIM = re.compile(r"votre besoin « (?P<line>[^»]+) » : « (?P<item>[^»]+) »")
OF_A_TRADE = re.compile(r"(?P<items>.+) = votre métier \(.+\)")
QUOTES = re.compile(r"« ([^»]+) »(?: \(ici « ([^»]+) »\))?")


def quoted(text: str) -> list[tuple[str | None, str | None]]:
    """Return what a reason quotes: words of the profile, words of the item."""
    for told in (NEAR, AIM):
        if found := told.fullmatch(text):
            return [(found["line"], found["item"])]
    if found := OF_A_TRADE.fullmatch(text):
        return [(None, words) for words, _ in QUOTES.findall(found["items"])]
    return [
        (said, printed or (None if text.startswith("votre axe") else said)) for said, printed in QUOTES.findall(text)
    ]


def test_quoted_words_stand_in_the_profile_and_in_the_item() -> None:
    checked = 0
    for judged, found in pairs():
        item = BY_ID[found.item_id]
        for reason in found.reasons:
            for line, printed in quoted(reason.text):
                assert line is None or said_in(line, lines_of(judged.member)), reason.text
                texts = (item.title, item.text)
                # Half of an expression is not the expression, and may be quoted all the same.
                assert printed is None or printed in " ".join(texts) or said_in(printed, texts), reason.text
                checked += 1
    assert checked > 50


def test_every_match_has_a_reason_and_a_positive_score() -> None:
    for _, found in pairs():
        assert found.reasons
        assert found.score
        assert all(reason.weight > 0 for reason in found.reasons)


def test_whatever_passes_in_a_network_judged_by_others_has_a_reason_that_its_bulletin_can_tell() -> None:
    judged = Network(Path(__file__).parents[1] / "data" / "judgements" / "network2" / "textile-mode").members()
    told = [found for one in judged for found in rank(one.network.items, one.member, one.network.context)]
    assert all(any(reason.weight >= 0 and reason.text for reason in found.reasons) for found in told)
    assert all(found.reasons[0].kind not in {"deadline", "source"} for found in told)
    assert len(told) > 50


def test_unknown_profile_gets_no_refusal_for_eligibility() -> None:
    unknown = Member(id=99, organisation="Inconnue", needs=("sarcopénie", "usinage", "ossature bois"))
    gates = [match(item, unknown, context()).gate for item in items()]
    assert not [gate for gate in gates if gate is not None and gate.kind in {"gate:eligibility", "gate:territory"}]


def test_empty_profile_matches_nothing() -> None:
    assert rank(items(), Member(id=98, organisation="Vide"), context()) == []


def test_items_without_words_are_judged() -> None:
    def blank(item: Item) -> Item:
        from dataclasses import replace

        return replace(item, id=9999, title="—", text="", tags=(), facts=())

    assert match(blank(BY_ID[1]), PHYTALIS.member, context()).gate is not None


def test_ranking_leaves_out_only_what_the_gates_refuse() -> None:
    for judged in profiles():
        each = [match(item, judged.member, context()) for item in items()]
        passed = {one.item_id for one in each if one.score is not None}
        assert {one.item_id for one in rank(items(), judged.member, context())} == passed


def test_following_nothing_but_signs_names_nobody() -> None:
    assert rank(items(), Member(id=97, organisation="Signes", follows=("—", "&"), needs=("—",)), context()) == []
