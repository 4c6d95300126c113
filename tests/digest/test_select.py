from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.digest.builders import NOW, digest, hebdo, item, match, seen
from veille.digest.choosing.hand import Hand
from veille.digest.choosing.select import Offer, choose, common_items, offer
from veille.digest.editions import edition
from veille.model import Licence, Reason

ZONE = ZoneInfo("Europe/Paris")
WHEN = edition(digest(), NOW, ZONE)


def offers(*pairs: tuple[int, float | None], kind: str = "appel-a-projets") -> list[Offer]:
    made = [offer(digest(), WHEN, item(number, kind), match(number, score), None) for number, score in pairs]
    return [one for one in made if one is not None]


def test_edition_is_the_iso_week_of_now_and_counts_days_from_its_sending():
    assert WHEN.period == "2026-W48"
    assert WHEN.day == date(2026, 11, 27)
    assert WHEN.next_day == date(2026, 12, 4)


def test_edition_made_after_its_hour_is_dated_from_then():
    late = edition(digest(), NOW + timedelta(days=4), ZONE)
    assert late.period == "2026-W48"
    assert late.day == date(2026, 11, 30)  # made on a Sunday: it leaves on Monday


def test_expired_call_is_never_offered():
    assert offer(digest(), WHEN, item(deadline="2026-11-26"), match(), None) is None


def test_call_that_closes_while_the_issue_may_still_leave_is_not_offered():
    assert offer(digest(), WHEN, item(deadline="2026-11-28"), match(), None) is None
    assert offer(digest(), WHEN, item(deadline="2026-11-29"), match(), None) is not None


def test_event_is_offered_until_its_day_and_not_after():
    past = item(kind="evenement", deadline=None, facts={"event_date": "2026-11-26"})
    coming = item(kind="evenement", deadline=None, facts={"event_date": "2026-12-10"})
    assert offer(digest(), WHEN, past, match(), None) is None
    assert offer(digest(), WHEN, coming, match(), None) is not None


def test_item_refused_by_a_gate_is_not_offered():
    assert offer(digest(), WHEN, item(), match(score=None, gate="gate:territory"), None) is None


def test_results_of_a_call_belong_to_no_section():
    assert offer(digest(), WHEN, item(kind="laureats-attributions", deadline=None), match(), None) is None


def test_old_news_is_left_out_but_an_open_call_has_no_age():
    old = NOW - timedelta(days=60)
    assert offer(digest(), WHEN, item(kind="actualite", deadline=None, published=old), match(), None) is None
    assert offer(digest(), WHEN, item(published=old, deadline=None), match(), None) is not None


def test_already_sent_and_unchanged_is_not_offered_again():
    assert offer(digest(), WHEN, item(), match(), seen()) is None


def test_new_version_whose_change_cannot_be_named_is_not_offered_again():
    assert offer(digest(), WHEN, item(version=2), match(), seen()) is None


def test_moved_deadline_is_offered_again_with_its_change():
    one = offer(digest(), WHEN, item(version=2, deadline="2027-01-15"), match(), seen())
    assert one is not None
    assert one.changed == ("deadline",)
    assert one.section == "seize"


@pytest.mark.parametrize(
    ("deadline", "times", "recalled"),
    [
        ("2026-12-01", 1, True),  # J-4, next issue would leave -3 days
        ("2026-11-30", 1, True),  # J-3, the least
        ("2026-11-29", 1, False),  # J-2: too late
        ("2026-12-07", 1, False),  # the next issue still leaves three days
        ("2026-12-01", 2, False),  # one recall only
    ],
)
def test_one_recall_in_the_last_issue_that_leaves_three_days(deadline: str, times: int, recalled: bool):
    known = seen(deadline=date.fromisoformat(deadline), times=times)
    one = offer(digest(), WHEN, item(deadline=deadline), match(), known)
    assert (one is not None and one.section == "deadlines" and one.recall) is recalled


def test_bridge_to_another_sector_goes_to_the_window_which_holds_one():
    bridge = (Reason(kind="bridge", text="pont : « encapsulation » dans votre profil", weight=0.1),)
    made = [
        offer(digest(), WHEN, item(n, "innovation-techno", deadline=None), match(n, reasons=bridge), None)
        for n in (1, 2)
    ]
    chosen = choose(digest(), [one for one in made if one] + offers((3, 0.9)), frozenset())
    assert [one.section for one in chosen.offers] == ["seize", "window"]


def test_window_keeps_its_place_when_calls_abound():
    bridge = (Reason(kind="bridge", text="pont : « encapsulation » dans votre profil", weight=0.1),)
    window = offer(digest(), WHEN, item(90, "innovation-techno", deadline=None), match(90, 0.05, reasons=bridge), None)
    assert window is not None
    many = offers(*[(n, 0.9) for n in range(1, 10)]) + offers(*[(n, 0.9) for n in range(10, 20)], kind="reglementation")
    chosen = choose(digest(max_items=7), [*many, window], frozenset())
    assert [one.section for one in chosen.offers] == ["seize"] * 6 + ["window"]


def test_network_news_of_our_own_source_reaches_all_others_need_a_match():
    refused = match(score=None, gate="gate:off-topic")
    own = item(kind="vie-du-cluster", deadline=None, licence=Licence.OWN)
    assert offer(digest(), WHEN, own, refused, None) is not None
    assert offer(digest(), WHEN, item(kind="vie-du-cluster", deadline=None), refused, None) is None
    assert offer(digest(), WHEN, own, match(score=None, gate="gate:territory"), None) is None


def test_common_items_are_those_most_readers_share():
    shared, rare = offers((1, 0.3), kind="reglementation")[0], offers((2, 0.9), kind="reglementation")[0]
    assert common_items(digest(), [[shared], [shared, rare], [shared]]) == {1}


def test_what_is_pinned_for_one_member_is_not_for_all():
    pinned = replace(offers((1, 0.9), kind="reglementation")[0], pinned=0)
    assert common_items(digest(), [[pinned], []]) == frozenset()


def test_common_items_keep_their_place_when_calls_abound():
    calls = offers(*[(n, 0.9) for n in range(1, 15)])
    shared = offers((20, 0.3), (21, 0.3), kind="reglementation")
    chosen = choose(digest(), calls + shared, frozenset({20, 21}))
    assert {one.item.id for one in chosen.offers if one.common} == {20, 21}


def test_bulletin_holds_twelve_items_at_most_within_section_quotas():
    many = offers(*[(n, 0.5) for n in range(1, 30)])
    many += offers(*[(n, 0.5) for n in range(30, 60)], kind="reglementation")
    many += offers(*[(n, 0.5) for n in range(60, 90)], kind="vie-du-cluster")
    chosen = choose(digest(max_items=8), many, frozenset())
    assert len(chosen.offers) == 8
    assert sum(one.section == "seize" for one in chosen.offers) == 6


def test_one_source_never_floods():
    many = [offer(digest(), WHEN, item(n, source="bavard"), match(n, 0.9), None) for n in range(1, 10)]
    chosen = choose(digest(), [one for one in many if one] + offers((50, 0.1)), frozenset())
    assert sum(one.item.sources[0].source_id == "bavard" for one in chosen.offers) == 4
    assert 50 in {one.item.id for one in chosen.offers}


def test_three_best_calls_are_starred():
    chosen = choose(digest(), offers((1, 0.1), (2, 0.9), (3, 0.5), (4, 0.7)), frozenset())
    assert [one.item.id for one in chosen.offers if one.star] == [2, 4, 3]


@pytest.mark.parametrize(("kind", "score", "shown"), [
    ("reglementation", 0.24, False), ("reglementation", 0.25, True), ("vie-du-cluster", 0.24, False),
    ("appel-a-projets", 0.32, False), ("appel-a-projets", 0.33, True), ("appel-partenaires", 0.05, True),
])  # fmt: skip
def test_each_section_asks_for_a_score_of_its_own(kind: str, score: float, shown: bool):
    assert (offer(hebdo().digest, WHEN, item(1, kind, deadline=None), match(1, score), None) is not None) is shown


def test_who_was_sent_a_call_is_told_what_changed_whatever_it_scores_since():
    moved = item(1, version=2, deadline="2027-01-15")
    told = offer(hebdo().digest, WHEN, moved, match(1, 0.3), seen(1))
    assert told is not None
    assert (told.section, told.changed) == ("seize", ("deadline",))
    recalled = offer(
        hebdo().digest, WHEN, item(2, deadline="2026-11-30"), match(2, 0.3), seen(2, deadline=date(2026, 11, 30))
    )
    assert recalled is not None
    assert recalled.section == "deadlines"


def test_what_somebody_answers_for_needs_no_score():
    news = item(1, "reglementation", deadline=None)
    weak = match(1, 0.05)
    for hand in (Hand(pinned=0), Hand(common=True), Hand(section="understand")):
        assert offer(digest(), WHEN, news, weak, None, hand) is not None
    assert offer(digest(), WHEN, replace(news, section="understand"), weak, None) is not None
    own = item(1, "vie-du-cluster", deadline=None, licence=Licence.OWN)
    assert offer(digest(), WHEN, own, weak, None) is not None


def test_what_a_name_or_another_sector_brings_needs_no_score():
    for kind, section in (("follow", "followed"), ("bridge", "window")):
        said = (Reason(kind=kind, text="« encapsulation »", weight=0.05),)
        found = offer(digest(), WHEN, item(1, "innovation-techno", deadline=None), match(1, 0.04, reasons=said), None)
        assert found is not None
        assert found.section == section


def stars(found: list[Offer], common: frozenset[int] = frozenset()) -> set[int]:
    return {one.item.id for one in choose(digest(), found, common).offers if one.star}


def test_the_essential_is_the_best_of_all_sections():
    found = offers((1, 0.8), (2, 0.5), (3, 0.3)) + offers((11, 0.6), (12, 0.4), kind="reglementation")
    assert stars([*found, *offers((21, 0.7), kind="vie-du-cluster")]) == {1, 21, 11}


@pytest.mark.parametrize(("score", "told"), [(0.68, True), (0.65, False)])
def test_what_is_only_read_must_be_a_tenth_better_to_stand_above_what_can_be_seized(score: float, told: bool):
    news = offers((11, score), kind="reglementation")
    assert (11 in stars([*offers((1, 0.8), (2, 0.7), (3, 0.6)), *news])) is told


def test_what_all_share_is_never_above_what_is_better_for_a_member():
    found = offers((1, 0.8), (2, 0.5), (3, 0.45)) + offers((11, 0.44), kind="reglementation")
    assert stars(found, frozenset({11})) == {1, 2, 3}
    assert stars(found[:2] + found[3:], frozenset({11})) == {1, 2, 11}


def test_a_name_that_a_member_follows_keeps_its_place_in_a_full_bulletin():
    said = (Reason(kind="follow", text="nom suivi : Nutrabel", weight=0.4),)
    named = offer(digest(), WHEN, item(90, "actualite", deadline=None), match(90, 0.3, reasons=said), None)
    assert named is not None
    better = [
        *offers(*((n, 0.9) for n in range(1, 7))),
        *offers(*((n, 0.9) for n in range(11, 14)), kind="reglementation"),
    ]
    chosen = choose(digest(max_items=8, per_source=20), [*better, named], frozenset())
    assert (len(chosen.offers), named.item.id in {one.item.id for one in chosen.offers}) == (8, True)


def test_what_staff_put_first_is_in_the_essential_whatever_its_score():
    pinned = replace(offers((11, 0.3), kind="reglementation")[0], pinned=0)
    assert stars([*offers((1, 0.8), (2, 0.7), (3, 0.6)), pinned]) == {11, 1, 2}


def test_news_of_a_name_or_of_another_sector_is_read_in_its_own_section_only():
    named = (Reason(kind="follow", text="nom suivi : Nutrabel", weight=0.9),)
    news = offer(digest(), WHEN, item(9, "signal-affaires", deadline=None), match(9, 0.9, reasons=named), None)
    assert news is not None
    assert news.section == "followed"
    assert stars([*offers((1, 0.8), (2, 0.7), (3, 0.6)), news]) == {1, 2, 3}


@pytest.mark.parametrize(("score", "told"), [(0.5, True), (0.3, False)])
def test_a_call_that_changed_since_it_was_sent_is_worth_a_quarter_more_in_the_essential(score: float, told: bool):
    moved = offer(digest(), WHEN, item(9, version=2, deadline="2027-01-15"), match(9, score), seen(9))
    assert moved is not None
    assert (9 in stars([*offers((1, 0.8), (2, 0.7), (3, 0.6)), moved])) is told


def test_nothing_to_say_gives_no_bulletin_and_a_reason():
    assert choose(digest(), [], frozenset()).skipped == "aucun contenu nouveau et ouvert ne correspond à ce profil"
    own = item(kind="vie-du-cluster", deadline=None, licence=Licence.OWN)
    only_common = offer(digest(), WHEN, own, match(score=None, gate="gate:off-topic"), None)
    assert only_common is not None
    assert "communes" in choose(digest(), [only_common], frozenset({1})).skipped


def test_same_offers_in_any_order_give_the_same_bulletin():
    made = offers((1, 0.5), (2, 0.5), (3, 0.9), (4, 0.2))
    ids = [[one.item.id for one in choose(digest(), order, frozenset()).offers] for order in (made, made[::-1])]
    assert ids[0] == ids[1]
