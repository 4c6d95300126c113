"""`veille why` names the whole way of an item to a reader's bulletin, or the step where it stops."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.digest.builders import NOW, item, match, store_items
from tests.digest.house import FRIDAY, House, digest_yaml
from tests.digest.ledger import members_of
from veille.digest.following import Following, Way
from veille.model import Item, Match, Member, SeenItem, Subscriber
from veille.protocols import Judge
from veille.testing import JudgeOfAll


def judged(house: House, **scores: float) -> None:
    """Let items n° score so much (n7=0.2), others as the house has it."""
    before = house.desk.matcher

    def judge_for(items: list[Item], today: object) -> Judge:
        plain = before(items, today)  # type: ignore[arg-type]

        def judge(one: Item, member: Member) -> Match:
            score = scores.get(f"n{one.id}")
            return plain(one, member) if score is None else match(one.id, score, member.id)

        return JudgeOfAll(items, judge)

    house.desk = replace(house.desk, matcher=judge_for)  # type: ignore[arg-type]


def way(house: House, number: int, who: str = "anne") -> Way:
    items = house.desk.items.items()
    (one,) = (one for one in items if one.id == number)
    (person,) = (one for one in house.desk.audience.subscribers() if one.email.startswith(who))
    (found,) = Following(house.desk).ways(one, person, items, house.desk.matcher(items, NOW.date()))
    assert isinstance(found, Way)
    return found


def veteran(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers were sent something since their profile was told: no newcomers, who are shown all there is."""
    seen = SeenItem(item_id=99, item_version=1, deadline=None, at=NOW + timedelta(minutes=1))
    monkeypatch.setattr(type(house.desk.mails), "seen", lambda _self, people: {one: {99: seen} for one in people})


def test_what_is_printed_is_named_with_its_place_and_day(house: House) -> None:
    house.digests.build()
    found = way(house, 1)
    assert found.course.stop == "in"
    assert "« À saisir », ligne 1, et dans « L’essentiel »" in found.course.said
    assert found.next.endswith("vendredi 27 novembre à 07:30 (à l'état de brouillon)")


def test_what_waits_for_a_poor_week_is_said_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    digest_yaml(house, "enough: 4", "enough: 1")
    store_items(house.database, [item(n, sector="sante", deadline="2027-06-15", source=f"s{n}") for n in range(20, 32)])
    veteran(house, monkeypatch)
    (built,) = house.digests.build("hebdo")
    shown = {line.item_id for one in built.drafted if one.subscriber.email.startswith("anne") for line in one.selection}
    stops = {number: way(house, number).course for number in range(20, 32)}
    assert {number for number, one in stops.items() if one.stop == "in"} == shown & set(stops)
    waits = [one for one in stops.values() if one.stop == "waits"]
    assert waits
    assert "attend une semaine creuse (enough)" in waits[0].said
    assert "encore à temps" in waits[0].said


def test_a_score_under_the_bar_of_its_section_is_said_with_both_numbers(house: House) -> None:
    judged(house, n9=0.18)
    course = way(house, 9).course
    assert course.stop == "bar"
    assert course.said == "sous le seuil de « À comprendre » : note 0,18, il faut 0,25 (least)"


def test_what_lost_its_place_is_said_to_whom(house: House) -> None:
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15", source=f"s{n}") for n in range(20, 40)])
    stops = [way(house, number).course for number in range(20, 40)]
    lost = [one for one in stops if one.stop == "quota"]
    assert lost
    assert any("« À saisir » est pleine" in one.said for one in lost)


def test_what_its_source_already_filled_is_said(house: House) -> None:
    digest_yaml(house, "per_source: 4", "per_source: 1")
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15", source="bavard") for n in (20, 21)])
    assert way(house, 20).course.stop == "in"
    assert "sa source a déjà 1 élément" in way(house, 21).course.said


def test_what_staff_left_out_and_what_closes_too_soon_are_said(house: House) -> None:
    house.digests.build()
    house.digests.curation.drop(3, by="Claire")
    assert way(house, 3).course.stop == "dropped"
    store_items(house.database, [item(20, sector="sante", deadline="2026-11-26")])
    assert way(house, 20).course.stop == "closed"


def test_a_gate_is_named_and_a_section_that_a_reader_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert way(house, 2).course.stop == "gate"
    people = [
        replace(one, sections_off=("seize",)) if one.email.startswith("anne") else one
        for one in house.desk.audience.subscribers()
    ]
    monkeypatch.setattr(type(house.desk.audience), "subscribers", lambda _self: people)
    assert way(house, 1).course.said == "ce lecteur a coupé la section « À saisir »"


def test_what_came_after_the_draft_says_so(house: House) -> None:
    house.digests.build()
    store_items(house.database, [item(20, sector="sante", deadline="2027-02-15", source="autre")])
    judged(house, n20=0.99)
    found = way(house, 20)
    assert found.course.stop == "in"
    assert "veille digest build" in found.next


def test_a_signed_issue_is_believed_and_the_rest_waits_for_the_next(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Paul")
    assert way(house, 1).next == "édition hebdo 2026-W48 approuvée"
    store_items(house.database, [item(20, sector="sante", deadline="2027-02-15", source="autre")])
    judged(house, n20=0.99)
    later = way(house, 20)
    assert (later.period, later.course.stop) == ("2026-W49", "in")
    assert "vendredi 4 décembre à 07:30 (brouillon pas encore fait)" in later.next
    house.clock.advance(FRIDAY)
    house.digests.send()
    assert way(house, 1).next == "édition hebdo 2026-W48 envoyée"


def test_what_a_cancelled_issue_held_is_in_the_next_one(house: House) -> None:
    house.digests.build()
    house.digests.living.cancel(by="Claire", why="rien de bon")
    found = way(house, 1)
    assert (found.period, found.course.stop) == ("2026-W49", "in")


def test_what_the_same_address_reads_for_another_organisation_is_said_to_be_there(house: House) -> None:
    pairs = [
        (Member(organisation=name, sectors=("sante",)), [Subscriber(email="lea@pole.example.fr")])
        for name in ("Arbois", "Belfort")
    ]
    members_of(house.database).save(pairs, origin="test", now=NOW)
    (built,) = house.digests.build()
    items = house.desk.items.items()
    judge, (one,) = house.desk.matcher(items, NOW.date()), (one for one in items if one.id == 1)
    stops = []
    for person in house.desk.audience.subscribers():
        if person.email.startswith("lea"):
            (found,) = Following(house.desk).ways(one, person, items, judge)
            assert isinstance(found, Way)
            stops.append(found.course)
    assert sorted(course.stop for course in stops) == ["elsewhere", "in"]
    assert any("que la même adresse lit pour" in course.said for course in stops)
    shown = [one.subscriber.email for one in built.drafted for line in one.selection if line.item_id == 1]
    assert shown.count("lea@pole.example.fr") == 1


def test_who_reads_no_bulletin_is_said_why(house: House) -> None:
    items = house.desk.items.items()
    (person,) = (one for one in house.desk.audience.subscribers() if one.email.startswith("dan"))
    judge = house.desk.matcher(items, NOW.date())
    assert list(Following(house.desk).ways(items[0], person, items, judge)) == ["abonnement en pause"]
