"""What twelve weeks of opinions do to the order of items that nobody voted on, on tests/data/judgements/network.

    python benchmarks/votes.py [--half open|closed|all] [--seeds N] [--answers SHARE]

Half of the judged items come out anew in each of twelve weeks, from sources and with amounts drawn by lot; each week a
member reads the best twelve and says something of some (`--answers`): « utile » of what the judge graded 2 or 3,
« pas pour moi » of a 0, with the judge's reason where it has one. Then the other half, which nobody saw, is ranked with
and without what was learnt. Two truths: `judged`, the grades as they are; `tastes`, where each member has besides one
dislike that its profile does not tell (a kind of item, a source, a reach or a size), which lowers the grades of such
items by two. A case is a member in one draw; cases are drawn again 2,000 times for the interval (paired bootstrap). The
last line is one JSON object.
"""

import argparse
import json
import math
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.network import CALLS, DAY, Judged, items, members, places, rows, taxonomy

from veille.matching.context import MatchContext, prepare
from veille.matching.relevance import match
from veille.matching.traits import Standpoint, Trait
from veille.matching.votes import Vote, Votes
from veille.model import Fact, Item, ItemSource, Match, Origin

WEEKS, SHOWN = 12, 12
#: Copies of each unseen item that are ranked.
COPIES = 3
#: A copy's number is its item's, so many steps on.
STEP = 1_000_000
SOURCES, AMOUNTS = 8, ("20000", "80000", "200000", "800000", "3000000")
#: Families of traits in which a dislike is drawn.
_TASTES = ("type", "source", "reach", "size")
#: Why the judge gave a 0 → what the member would answer.
_REASONS = {"trade": "other_trade", "place": "out_of_area", "ineligible": "", "expired": ""}

#: (member, item) → grade, and why it is a 0.
Truth = Callable[[Judged, Item], tuple[int, str]]


def judged_truth(judged: Judged, item: Item) -> tuple[int, str]:
    """Return the judge's own grade."""
    line = judged.of(item.id % STEP)
    return line.grade, next((_REASONS[kind] for kind in line.kinds if kind in _REASONS), "")


def with_tastes(context: MatchContext, chosen: Sequence[Judged], draw: random.Random) -> Truth:
    """Return grades lowered by one dislike of each member, drawn among what the items that suit it are."""
    dislikes = {one.key: _dislike(context, one, draw) for one in chosen}

    def truth(judged: Judged, item: Item) -> tuple[int, str]:
        grade, reason = judged_truth(judged, item)
        trait = dislikes[judged.key]
        if trait is None or grade == 0 or trait not in standpoint(context, judged, item).traits:
            return grade, reason
        return max(0, grade - 2), "too_big" if trait[0] == "size" else ""

    return truth


def _dislike(context: MatchContext, judged: Judged, draw: random.Random) -> Trait | None:
    suits = [view.item for view in context.views.values() if judged_truth(judged, view.item)[0]]
    found = {trait for item in suits for trait in standpoint(context, judged, item).traits if trait[0] in _TASTES}
    return draw.choice(sorted(found)) if found else None


def standpoint(context: MatchContext, judged: Judged, item: Item) -> Standpoint:
    """Return an item as a member sees it."""
    return Standpoint(context.view(item), context.profile(judged.member), context.places)


def copies(some: Sequence[Item], first: int, times: int, draw: random.Random) -> Iterator[list[Item]]:
    """Yield `times` lists of the same items under new numbers, from other sources, with other amounts."""
    for turn in range(first, first + times):
        made = []
        for item in some:
            source = f"source {draw.randrange(SOURCES)}"
            facts = [fact for fact in item.facts if not fact.name.startswith("amount")]
            if rows()[item.id]["kind"] in CALLS:
                facts.append(Fact(name="amount_max", value=draw.choice(AMOUNTS), origin=Origin.CUE))
            told = (ItemSource(source_id=source, title=source, link=None, published=None),)
            made.append(replace(item, id=turn * STEP + item.id, sources=told, facts=tuple(facts)))
        yield made


def opinions(
    judged: Judged, weeks: Sequence[Sequence[Item]], matches: dict[int, Match], truth: Truth, say: Callable[[], bool]
) -> list[Vote]:
    """Return what a member said, week after week, of what it was shown."""
    said = []
    for number, week in enumerate(weeks):
        at = datetime(DAY.year, DAY.month, DAY.day, 9, tzinfo=UTC) - timedelta(weeks=WEEKS - number)
        for item in ordered(week, matches)[:SHOWN]:
            grade, reason = truth(judged, item)
            if grade != 1 and say():
                said.append(Vote(subscriber_id=0, item=item, useful=grade > 1, reason="" if grade else reason, at=at))
    return said


def ordered(some: Sequence[Item], matches: dict[int, Match]) -> list[Item]:
    """Return what passes the gates, best first."""
    passed = [item for item in some if matches[item.id].score is not None]
    return sorted(passed, key=lambda item: (-(matches[item.id].score or 0.0), item.id))


def ndcg(order: Sequence[Item], some: Sequence[Item], judged: Judged, truth: Truth) -> float | None:
    """Return nDCG@10 of an order of the held-out items, None where none of them suits."""
    ideal = sorted((truth(judged, item)[0] for item in some), reverse=True)[:10]
    if not any(ideal):
        return None
    return _dcg([truth(judged, item)[0] for item in order[:10]]) / _dcg(ideal)


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def leads(chosen: Sequence[Judged], *, tastes: bool, seed: int, answers: float) -> Iterator[tuple[float, float, int]]:
    """Yield (nDCG before, after, opinions said) of each member for one draw."""
    draw = random.Random(seed)
    mixed = draw.sample(items(), len(items()))
    seen, unseen = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    weeks = list(copies(seen, 1, WEEKS, draw))
    held = [item for turn in copies(unseen, WEEKS + 1, COPIES, draw) for item in turn]
    every = [*(item for week in weeks for item in week), *held]
    context = prepare(every, today=DAY, places=places(), taxonomy=taxonomy())
    truth = with_tastes(context, chosen, draw) if tastes else judged_truth
    matches = {one.key: {item.id: match(item, one.member, context) for item in every} for one in chosen}
    cast = {
        one.member.id: opinions(one, weeks, matches[one.key], truth, lambda: draw.random() < answers) for one in chosen
    }
    votes = Votes(context, cast, {one.member.id: one.member for one in chosen})
    for one in chosen:
        moved = {item.id: votes.sway(item, one.member, matches[one.key][item.id]) for item in held}
        before = ndcg(ordered(held, matches[one.key]), held, one, truth)
        after = ndcg(ordered(held, moved), held, one, truth)
        if before is not None and after is not None:
            yield before, after, len(cast[one.member.id])


def summed(found: Sequence[tuple[float, float, int]]) -> dict[str, object]:
    """Average, with where 95 % of the mean gains lie."""
    gains = [after - before for before, after, _ in found]
    draw = random.Random(20261127)
    means = sorted(statistics.mean(draw.choices(gains, k=len(gains))) for _ in range(2000))
    return {
        "before": round(statistics.mean(before for before, _, _ in found), 4),
        "after": round(statistics.mean(after for _, after, _ in found), 4),
        "gain": round(statistics.mean(gains), 4),
        "gain_95": [round(means[50], 4), round(means[-51], 4)],
        "opinions": round(statistics.mean(count for _, _, count in found), 1),
        "cases": len(found),
    }


def main() -> None:
    """Print one line a truth, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", "all"), default="open")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--answers", type=float, default=0.3)
    asked = parser.parse_args()
    chosen = [judged for judged in members() if asked.half in {judged.half, "all"}]
    draws = range(asked.seeds)
    found = {
        name: [
            case for seed in draws for case in leads(chosen, tastes=name == "tastes", seed=seed, answers=asked.answers)
        ]
        for name in ("judged", "tastes")
    }
    result = {name: summed(table) for name, table in found.items()}
    for name, row in result.items():
        print(f"{name:7} " + "  ".join(f"{key} {value}" for key, value in row.items()))
    print(
        json.dumps(
            {"half": asked.half, "members": len(chosen), "seeds": asked.seeds, "answers": asked.answers, **result}
        )
    )


if __name__ == "__main__":
    main()
