"""Who reads what: staff's picks, the welcome bulletin, what the first look spares, and nobody for nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.digest.builders import NOW, digest, item, match, member, seen, subscriber
from tests.digest.house import Labels
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.editions import edition
from veille.model import Drafted, Handpicked, Item, Licence, Match, Member
from veille.protocols import Candidate
from veille.testing import JudgeOfAll

PARIS = ZoneInfo("Europe/Paris")


def suits_all(one: Item, who: Member) -> Match:
    """Better the lower the number."""
    return match(one.id, round(1.0 / (1 + one.id), 4), who.id)


def off_topic(one: Item, who: Member) -> Match:
    return match(one.id, None, who.id, gate="gate:off-topic")


def drafted(items: list[Item], *, by: Any = suits_all, picked: Handpicked | None = None, **changes: Any) -> Drafted:
    values: dict[str, Any] = {"members": [member()], "subscribers": [subscriber()], "seen": {1: {900: seen(900)}}}
    settings = {"enough": 0, **changes.pop("settings", {})}  # what waits for a later week has its own tests
    judge = by if hasattr(by, "candidates") else JudgeOfAll(items, by)
    (made,) = draft(
        digest(**settings),
        edition(digest(), NOW, PARIS),
        items,
        Readers(**{**values, **changes}),
        matcher=judge,
        labels=Labels(),
        zone=PARIS,
        handpicked=picked,
    )
    return made


def ids(made: Drafted) -> list[int]:
    return [line.item_id for line in made.bulletin.lines] if made.bulletin else []


def calls(*numbers: int) -> list[Item]:
    return [item(number, title=f"Sujet {number * 7919} propre {number * 104729}") for number in numbers]


def news(number: int, **changes: Any) -> Item:
    return item(number, "reglementation", deadline=None, **changes)


# ── staff's hand ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_pinned_comes_first_in_its_order_and_in_the_essential():
    made = drafted(calls(*range(1, 10)), picked=Handpicked(pins=(9, 7)))
    assert ids(made)[:3] == [9, 7, 1]
    assert made.bulletin is not None
    assert next(line.item_id for line in made.bulletin.stars) == 9


def test_a_pin_of_one_organisation_comes_before_and_for_no_other():
    picked = Handpicked(pins=(9,), own={1: (8,), 2: (7,)})
    assert ids(drafted(calls(*range(1, 10)), picked=picked))[:3] == [8, 9, 1]


def test_a_pin_opens_no_gate_but_one_of_an_organisation_opens_that_of_its_trade():
    assert drafted(calls(1), by=off_topic, picked=Handpicked(pins=(1,))).bulletin is None

    def judge(one: Item, who: Member) -> Match:
        return suits_all(one, who) if one.id == 2 else off_topic(one, who)

    made = drafted(calls(1, 2), by=judge, picked=Handpicked(own={1: (1,)}))
    assert ids(made) == [1, 2]
    assert made.bulletin is not None
    assert made.bulletin.lines[0].reasons == ("choisi pour vous par l'équipe",)


def test_the_record_of_what_was_chosen_is_in_the_order_in_which_it_is_read():
    made = drafted([*calls(2, 3, 4, 5), news(1)])
    assert ids(made) == [2, 3, 4, 5, 1]
    assert [(line.item_id, line.rank) for line in made.selection] == [(2, 1), (3, 2), (1, 3), (4, 4), (5, 5)]
    assert {line.item_id for line in made.bulletin.stars} == {1, 2, 3}  # type: ignore[union-attr]


def test_what_is_dropped_is_shown_to_nobody():
    assert ids(drafted(calls(1, 2), picked=Handpicked(dropped=frozenset({1})))) == [2]


def test_the_tronc_commun_by_hand_reaches_whom_it_does_not_suit():
    def judge(one: Item, who: Member) -> Match:
        return match(one.id, None, who.id, gate="gate:territory") if one.id == 5 else suits_all(one, who)

    old = datetime(2026, 6, 1, tzinfo=UTC)
    made = drafted([*calls(1), news(5, published=old)], by=judge, picked=Handpicked(common=(5,)))
    assert ids(made) == [1, 5]
    assert made.bulletin is not None
    assert made.bulletin.lines[1].reasons == ("pour tous les membres du réseau",)


@pytest.mark.parametrize("gate", ["gate:eligibility", "gate:muted", "gate:rejected", "gate:expired"])
def test_no_hand_opens_a_gate_that_protects_the_reader(gate: str):
    def judge(one: Item, who: Member) -> Match:
        return match(one.id, None, who.id, gate=gate) if one.id == 5 else suits_all(one, who)

    assert ids(drafted([*calls(1), news(5)], by=judge, picked=Handpicked(common=(5,)))) == [1]


def test_the_tronc_commun_by_hand_replaces_the_program_s_and_is_filled_up_by_it():
    items = [*calls(1), *(news(number) for number in (2, 3, 13))]
    chosen = drafted(items, picked=Handpicked(common=(13,)))
    assert chosen.bulletin is not None
    common = {line.item_id for line in chosen.bulletin.lines if "pour tous les membres du réseau" in line.reasons}
    assert common == {2, 13}


def test_what_was_sent_is_not_common_again_and_what_has_closed_is_not_shown():
    items = [*calls(1), news(5), item(6, deadline="2026-11-20")]
    picked = Handpicked(common=(5, 6, 4_000), pins=(6,))
    assert ids(drafted(items, picked=picked, seen={1: {5: seen(5, deadline=None)}})) == [1]


def test_staff_s_choice_of_an_item_holds_for_the_one_that_it_was_gathered_into():
    gathered = replace(item(3, title="Un sujet"), also=(8,))
    made = drafted([*calls(1, 2), gathered], picked=Handpicked(pins=(8,), notes={8: "À lire  vite"}))
    assert ids(made)[0] == 3
    assert made.bulletin is not None
    assert made.bulletin.lines[0].comment == "À lire vite"


def test_staff_choose_the_section():
    made = drafted(calls(1, 2), picked=Handpicked(pins=(2,), sections={2: "network"}))
    assert made.bulletin is not None
    assert [(section.kind, [line.item_id for line in section.lines]) for section in made.bulletin.sections] == [
        ("seize", [1]), ("network", [2]),
    ]  # fmt: skip


# ── the welcome bulletin ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_first_bulletin_holds_up_to_ten_open_items_and_says_so():
    made = drafted(calls(*range(1, 20)), seen={})
    assert made.bulletin is not None
    assert ids(made) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert made.bulletin.opening.startswith("Bienvenue. Pour commencer, voici les huit possibilités ouvertes")
    partners = [item(number, "appel-partenaires", title=f"Partenaire {number * 7919}") for number in (30, 31, 32)]
    assert len(ids(drafted([*calls(*range(1, 20)), *partners], seen={}))) == 10


def test_the_next_bulletin_is_an_ordinary_one():
    made = drafted(calls(*range(1, 20)))
    assert made.bulletin is not None
    assert (len(ids(made)), made.bulletin.opening) == (6, "")


def test_open_calls_of_any_age_are_stock_for_a_newcomer():
    old = datetime(2026, 3, 1, tzinfo=UTC)
    assert ids(drafted([replace(one, published=old) for one in calls(1, 2)], seen={})) == [1, 2]


def test_who_was_profiled_anew_is_welcomed_again_without_what_was_sent():
    sent = seen(1, at=datetime(2026, 11, 6, 6, 30, tzinfo=UTC))
    who = member(profiled_at=datetime(2026, 11, 10, tzinfo=UTC))
    made = drafted(calls(*range(1, 12)), members=[who], seen={1: {1: sent}})
    assert made.bulletin is not None
    assert ids(made) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert made.bulletin.opening.startswith("Votre profil a changé : voici les huit possibilités ouvertes")
    before = member(profiled_at=datetime(2026, 11, 1, tzinfo=UTC))
    assert len(ids(drafted(calls(*range(1, 12)), members=[before], seen={1: {1: sent}}))) == 6


def test_a_digest_may_welcome_nobody():
    made = drafted(calls(*range(1, 12)), seen={}, settings={"welcome": 0})
    assert made.bulletin is not None
    assert (len(ids(made)), made.bulletin.opening) == (6, "")


# ── the first look ──────────────────────────────────────────────────────────────────────────────────────────────────
class Counting:
    """A judge that knows the scores beforehand and counts what it is asked."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)
        self.asked: list[int] = []

    def __call__(self, item: Item, member: Member) -> Match:
        self.asked.append(item.id)
        return suits_all(item, member)

    def candidates(self, member: Member) -> list[Candidate]:
        return [Candidate(one.id, 1.0 / (1 + one.id)) for one in sorted(self.items, key=lambda one: one.id)]


def test_no_more_is_judged_than_a_bulletin_can_need_and_nothing_is_lost():
    items = calls(*range(1, 400))
    judge = Counting(items)
    assert ids(drafted(items, by=judge)) == ids(drafted(items))
    assert len(judge.asked) < 60


def test_people_of_one_organisation_share_what_was_judged():
    judge = Counting(calls(1, 2, 3))
    people = [subscriber(1), replace(subscriber(2), member_id=1), replace(subscriber(3), member_id=1, muted=("eau",))]
    made = draft(
        digest(),
        edition(digest(), NOW, PARIS),
        judge.items,
        Readers(members=[member()], subscribers=people, seen={}),
        matcher=judge,
        labels=Labels(),
        zone=PARIS,
    )
    assert [len(one.selection) for one in made] == [3, 3, 3]
    assert sorted(judge.asked) == [1, 1, 2, 2, 3, 3]


def test_what_was_sent_and_did_not_change_is_not_judged():
    judge = Counting(calls(1, 2))
    drafted(judge.items, by=judge, seen={1: {1: seen(1)}})
    assert judge.asked == [2]


def test_news_of_the_network_reaches_all_though_no_candidate():
    class Nobody(Counting):
        def candidates(self, member: Member) -> list[Candidate]:
            return [one for one in super().candidates(member) if one.item_id == 1]

    own = item(7, "vie-du-cluster", deadline=None, licence=Licence.OWN)
    assert ids(drafted([*calls(1), own], by=Nobody([*calls(1), own]))) == [1, 7]


def test_a_source_that_floods_leaves_room_for_weaker_ones():
    flood = [replace(one, sources=item(1, source="bavard").sources) for one in calls(*range(1, 60))]
    shown = ids(drafted([*flood, *calls(80, 81)]))
    assert shown == [1, 2, 3, 4, 80, 81]


def test_a_recall_is_one_line_with_one_reason():
    closing = item(1, deadline="2026-12-01")
    made = drafted([closing, *calls(2)], seen={1: {1: seen(1, deadline=closing.deadline)}})
    assert made.bulletin is not None
    recall = next(line for line in made.bulletin.lines if line.item_id == 1)
    assert recall.reasons == ("dernier rappel",)
    assert recall.recall == "déjà vu le 23\u00a0octobre"


def test_coverage_counts_calls_that_leave_ten_days_shown_now_or_before():
    late = item(3, deadline="2026-12-06", title="Neuf jours")
    items = [*calls(*range(10, 18)), late, item(2, title="Déjà vu")]
    made = drafted(items, seen={1: {2: seen(2)}})
    assert (made.calls, made.calls_shown) == (9, 6)


def test_nothing_to_say_is_no_mail_and_a_reason_by_name():
    made = drafted(calls(1), by=off_topic)
    assert made.bulletin is None
    assert (made.subscriber.email, made.skipped) == (
        "personne1@exemple.fr", "aucun contenu nouveau et ouvert ne correspond à ce profil",
    )  # fmt: skip
