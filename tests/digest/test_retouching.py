"""An edit of the draft makes again only what it can change, and what it makes is what a whole new draft would hold."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.digest.builders import item, match, store_items
from tests.digest.house import House, digest_yaml, of
from tests.digest.ledger import members_of
from veille.digest.choosing.together import same_address, with_others
from veille.digest.desk import Built
from veille.digest.making import Maker
from veille.digest.runner import Digests
from veille.errors import InputError
from veille.model import Drafted, Item, Match, Member, Subscriber
from veille.protocols import Candidate, Judge
from veille.storage.db import Database
from veille.testing import JudgeOfAll

SECTORS = ("sante", "robots", "textile")
TYPES = ("appel-a-projets", "reglementation", "actualite", "appel-partenaires")


class Counting(JudgeOfAll):
    """Counts the members whose candidates were looked at: those who were chosen for anew."""

    looked: set[int] = set()  # noqa: RUF012 - one count for the judges that a test makes

    def candidates(self, member: Member) -> Sequence[Candidate]:
        Counting.looked.add(member.id)
        return super().candidates(member)


@pytest.fixture
def crowded(sqlite_database: Database, house: House) -> House:
    """Forty organisations of three trades, some with the same reader, sixty items of four types, their own scores."""
    draw = random.Random(7)
    pairs = [
        (
            Member(organisation=f"Membre {n}", sectors=tuple(draw.sample(SECTORS, draw.choice((1, 1, 2))))),
            [Subscriber(email=f"m{n % 34}@exemple.fr", sections_off=("network",) if n % 9 == 0 else ())],
        )
        for n in range(40)
    ]
    members_of(sqlite_database).save(pairs, origin="test", now=house.clock.now())
    store_items(
        sqlite_database,
        [
            item(n, draw.choice(TYPES), sector=draw.choice(SECTORS), source=f"s{n % 7}", deadline="2027-02-15")
            for n in range(20, 80)
        ],
    )

    def judge_for(items: Sequence[Item], _today: date) -> Judge:
        def judge(one: Item, member: Member) -> Match:
            shared = {tag.term for tag in one.tags} & set(member.sectors)
            score = ((one.id * 7919 + member.id * 104729) % 997) / 997 if shared else None
            return match(one.id, score, member.id, gate=None if shared else "gate:off-topic")

        return Counting(items, judge)

    house.desk = replace(house.desk, matcher=judge_for)
    return house


def whole(house: House, built: Built) -> list[Drafted]:
    """Return what a draft made anew, from everything, would hold."""
    maker, definition = Maker(house.desk), house.desk.one("hebdo")
    _, drafted, _ = maker._again(definition, house.desk.issues.get(built.issue.id), "all", whole=True)
    return [replace(one, calls=0, calls_shown=0) for one in sorted(drafted, key=lambda one: one.subscriber.id)]


def stored(house: House, built: Built) -> list[Drafted]:
    return list(house.desk.issues.drafted(built.issue.id))


@pytest.mark.parametrize("seed", range(4))
def test_any_edits_in_any_order_give_what_a_whole_draft_gives(crowded: House, seed: int) -> None:
    draw, hand = random.Random(seed), crowded.digests.curation
    (built,) = crowded.digests.build("hebdo")
    for _ in range(7):
        number = draw.randrange(20, 80)
        act = draw.choice(("pin", "own", "section", "drop", "note", "common", "order", "undo", "word"))
        try:
            built = {
                "pin": lambda n=number: hand.pin(n, by="C"),
                "own": lambda n=number: hand.pin(n, by="C", member=f"Membre {n % 40}"),
                "section": lambda n=number: hand.pin(n, by="C", section=draw.choice(("network", "understand"))),
                "drop": lambda n=number: hand.drop(n, by="C"),
                "note": lambda n=number: hand.note(n, "Un mot. " * draw.randrange(1, 30), by="C"),
                "common": lambda n=number: hand.common(draw.sample(range(20, 80), draw.randrange(3)), by="C"),
                "order": lambda n=number: hand.order(draw.sample(range(20, 80), draw.randrange(4)), by="C"),
                "undo": lambda n=number: hand.undo(n, by="C"),
                "word": lambda n=number: hand.word("Bonjour.", by="C"),
            }[act]()
        except InputError:
            continue
        assert stored(crowded, built) == whole(crowded, built), act
        assert not crowded.desk.issues.get(built.issue.id).behind


def test_only_whom_the_item_can_concern_is_chosen_for_anew(crowded: House) -> None:
    (built,) = crowded.digests.build("hebdo")
    robots = next(one for one in crowded.desk.items.items() if one.id >= 20 and "robots" in {t.term for t in one.tags})
    robotic = {one.id for one in crowded.desk.audience.members() if "robots" in one.sectors}
    people = crowded.desk.audience.subscribers()
    concerned = with_others((one.id for one in people if one.member_id in robotic), same_address(people))
    theirs = {one.member_id for one in people if one.id in concerned}
    Counting.looked = set()
    crowded.digests.curation.drop(robots.id, by="Claire")
    assert Counting.looked
    assert Counting.looked <= theirs
    Counting.looked = set()
    crowded.digests.curation.word("Une semaine riche.", by="Claire")
    assert Counting.looked == set()
    assert len(stored(crowded, built)) == len(built.drafted)


def test_a_word_about_the_most_read_item_chooses_for_nobody_anew(crowded: House) -> None:
    (built,) = crowded.digests.build("hebdo")
    readers = Counter(line.item_id for one in built.drafted for line in one.selection)
    most, count = readers.most_common(1)[0]
    assert count > 10
    for words in ("Un mot.", "Un mot de plus."):
        again = crowded.digests.curation.note(most, words, by="Claire")
        shown = [line for one in again.drafted if one.bulletin for line in one.bulletin.lines if line.item_id == most]
        assert [line.comment for line in shown] == [words] * count
        assert stored(crowded, built) == whole(crowded, built)
    Counting.looked = set()
    crowded.digests.curation.note(most, "Un mot de plus encore.", by="Claire")
    assert Counting.looked == set()


def test_a_word_too_long_for_a_full_bulletin_shortens_it_as_a_whole_draft_does(crowded: House) -> None:
    digest_yaml(crowded, "max_words: 650", "max_words: 330")
    (built,) = crowded.digests.build("hebdo")
    most = Counter(line.item_id for one in built.drafted for line in one.selection).most_common(1)[0][0]
    for length in (5, 30, 55, 2):
        crowded.digests.curation.note(most, "mot " * length, by="Claire")
        assert stored(crowded, built) == whole(crowded, built), length


def test_whatever_else_changed_makes_the_whole_draft_again(crowded: House) -> None:
    crowded.digests.build("hebdo")
    store_items(crowded.database, [item(90, sector="textile", deadline="2027-02-15")])
    built = crowded.digests.curation.note(25, "Un mot.", by="Claire")
    assert stored(crowded, built) == whole(crowded, built)
    assert any(90 in {number for number, _ in one.offered} for one in built.drafted)


def test_draft_whose_edit_was_cut_short_is_made_again_before_it_is_signed(house: House) -> None:
    """Killed between the choice and the draft: the choice is durable, and is in what is approved."""
    (built,) = house.digests.build()
    killed = replace(house.desk, matcher=_killed)
    with pytest.raises(KeyboardInterrupt):
        Digests(killed).curation.drop(1, by="Claire")
    assert house.desk.issues.get(built.issue.id).behind
    assert 1 in of(house.desk.issues.drafted(built.issue.id), "anne")
    rendered, _ = house.digests.preview("Phytalis")
    assert "https://exemple.fr/1 " not in f"{rendered.text} "
    (issue,) = house.digests.approve(by="Paul")
    assert 1 not in of(house.desk.issues.drafted(issue.id), "anne")


def _killed(*_: object) -> Judge:
    raise KeyboardInterrupt


def test_fallback_holds_what_staff_chose_last(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    (built,) = house.digests.build()
    with pytest.raises(KeyboardInterrupt):
        Digests(replace(house.desk, matcher=_killed)).curation.drop(1, by="Claire")
    house.clock.advance(timedelta(days=2))
    assert "édition hebdo 2026-W48 : 2 mails remis sur 2" in list(house.digests.run_due())
    assert 1 not in of(house.desk.issues.drafted(built.issue.id), "anne")


def test_edit_during_an_approval_is_not_signed_without(house: House) -> None:
    """The choice is written while the mails are drawn, its draft is not made yet."""
    house.digests.build()
    house.digests.curation.note(3, "Déjà retouchée.", by="Claire")

    def edited() -> None:
        with pytest.raises(KeyboardInterrupt):
            Digests(replace(house.desk, matcher=_killed)).curation.drop(1, by="Claire")

    with pytest.raises(InputError, match="a changé pendant"):
        Digests(replace(house.desk, signer=edited)).approve(by="Paul")  # type: ignore[arg-type]
    (issue,) = house.digests.approve(by="Paul")
    assert 1 not in of(house.desk.issues.drafted(issue.id), "anne")


def test_two_edits_at_once_are_both_in_the_draft(house: House) -> None:
    """One is written and made while the other is being made: the second does not undo the first."""
    house.digests.build()
    done: list[bool] = []

    def slow(items: Sequence[Item], today: date) -> Judge:
        if not done:
            done.append(True)
            house.digests.curation.drop(3, by="Paul")
        return judge(items, today)

    judge = house.desk.matcher
    Digests(replace(house.desk, matcher=slow)).curation.drop(1, by="Claire")
    (issue,) = house.digests.approve(by="Anne")
    assert not {1, 3} & set(of(house.desk.issues.drafted(issue.id), "anne"))
