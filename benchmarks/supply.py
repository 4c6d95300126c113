"""Replay twelve weekly editions of one cluster as items arrive in bursts: enough to read every week, nothing twice.

    python benchmarks/supply.py [--members 40] [--weeks 12] [--sources 200] [--trades 8] [--seed 7]

Members and items are made up (tests/matching/crowd.py): a cluster of a few trades. Half its sources publish calls in
bursts, 0 to 17 a week, nothing in nine weeks of twenty-six (design: product, « Supply »), half publish news steadily.
Useful = shown for this member, new to it. Calls that could be answered = those that the judge passes with ten days left
on some Friday. The last line is one JSON object.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.crowd import crowd
from tests.matching.judgements import TODAY, places, taxonomy

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.choosing.labels import ShortLabels
from veille.digest.choosing.placing import ANSWERED, IN_TIME
from veille.digest.choosing.variety import likeness
from veille.digest.editions import edition
from veille.matching.context import prepare
from veille.matching.shortlist import Judge
from veille.model import Drafted, Item, ItemSource, Member, Scheme, SeenItem, Subscriber

PARIS = ZoneInfo("Europe/Paris")
#: Weeks in which a member must find something, and how much (design: product).
LOOKED_AT, ENOUGH = (3, 8, 12), 4
#: A burst: nothing in nine weeks of twenty-six, else up to seventeen, few most often (mean about 4 a week).
QUIET, MOST = 9 / 26, 17
#: Weeks of stock that stand there when the first edition is made.
STOCK = 12


@dataclass
class Told:
    """What twelve editions showed to one member."""

    useful: list[int] = field(default_factory=list)
    lines: int = 0
    repeats: int = 0
    first: dict[int, date] = field(default_factory=dict)
    open_calls: dict[int, date] = field(default_factory=dict)
    likeness: list[float] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


def arrivals(draw: random.Random, sources: int, weeks: int) -> list[tuple[int, str, bool]]:
    """Return (week, source, whether a call) of each item, in order of time; week 1 is the first edition's."""
    found = []
    for week in range(1 - STOCK, weeks + 1):
        for number in range(sources):
            calls = number % 2 == 0
            count = _burst(draw) if calls else draw.randint(0, 3)
            found += [(week, f"source-{number}", calls)] * count
    return found


def _burst(draw: random.Random) -> int:
    return 0 if draw.random() < QUIET else round(MOST * draw.random() ** 3)


def world(
    members: int, sources: int, trades: int, weeks: int, seed: int
) -> tuple[list[Member], list[tuple[int, Item]]]:
    """Return members and items with the week in which each arrives."""
    draw = random.Random(seed)
    when = arrivals(draw, sources, weeks)
    people, made = crowd(members, len(when) * 2, seed, trades_known=trades)
    calls = [one for one in made if one.fact("deadline")]
    news = [one for one in made if not one.fact("deadline") and one.of(Scheme.TYPE)]
    items = []
    for number, (week, source, is_call) in enumerate(when, 1):
        item = draw.choice(calls if is_call else news)
        day = TODAY + timedelta(weeks=week - weeks, days=-draw.randint(1, 6))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        closes = (day + timedelta(days=draw.randint(21, 100))).isoformat()
        facts = tuple(replace(one, value=closes) if one.name == "deadline" else one for one in item.facts)
        shown = ItemSource(source_id=source, title=source, link=None, published=at)
        items.append((week, replace(item, id=number, published=at, first_seen=at, updated=at, facts=facts,
                                    url=f"https://sources.example/{number}", sources=(shown,))))  # fmt: skip
    return people, items


def edition_of(week: int, weeks: int, people: Sequence[Member], known: Sequence[Item],
               seen: dict[int, dict[int, SeenItem]], told: dict[int, Told]) -> list[Drafted]:  # fmt: skip
    """Draft one Friday's edition, and note which calls could be answered then."""
    digest = load_digest([shipped() / "digests"], "hebdo").digest
    day = TODAY + timedelta(weeks=week - weeks)
    judge = Judge(prepare(known, today=day, places=places(), taxonomy=taxonomy()))
    by_id = {item.id: item for item in known}
    types = {term for plan in digest.sections if plan.kind in ANSWERED for term in plan.types}
    for member in people:
        for one in judge.candidates(member):
            item = by_id[one.item_id]
            kinds = item.of(Scheme.TYPE)
            calls, deadline = told[member.id].open_calls, item.deadline
            in_time = kinds and kinds[0].term in types and deadline is not None and deadline - day >= IN_TIME
            if in_time and (item.id in calls or judge(item, member).score is not None):
                calls[item.id] = deadline
    return draft(
        digest,
        edition(digest, datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC), PARIS),
        known,
        Readers(
            members=people,
            subscribers=[Subscriber(id=one.id, member_id=one.id, email=f"p{one.id}@exemple.fr") for one in people],
            seen=seen,
        ),
        matcher=judge,
        labels=ShortLabels(taxonomy(), places()),
        zone=PARIS,
    )


def note(one: Drafted, told: Told, journal: dict[int, SeenItem], day: date, known: dict[int, Item]) -> None:
    """Write what was sent in the journal, and count."""
    useful = 0
    for line in one.selection:
        before, item = journal.get(line.item_id), known[line.item_id]
        useful += before is None and line.score > 0
        told.lines += 1
        told.repeats += before is not None and (line.section != "deadlines" or before.times > 1)
        told.first.setdefault(line.item_id, day)
        told.sources.update(source.source_id for source in item.sources)
        at = datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC)
        times = before.times + 1 if before else 1
        journal[item.id] = SeenItem(item_id=item.id, item_version=1, deadline=item.deadline, at=at, times=times)
    told.useful.append(useful)
    titles = [known[line.item_id].title for line in one.selection]
    told.likeness += [likeness(a, b) for a, b in itertools.combinations(titles, 2)]


def figures(told: Sequence[Told], weeks: int) -> dict[str, object]:
    """Sum up over members."""
    looked = [week for week in LOOKED_AT if week <= weeks]
    enough = {f"week_{week}": statistics.mean(one.useful[week - 1] >= ENOUGH for one in told) for week in looked}
    lines, calls = sum(one.lines for one in told), sum(len(one.open_calls) for one in told)
    late = [closes for one in told for item, closes in one.open_calls.items()
            if closes - one.first.get(item, date.max) < IN_TIME]  # fmt: skip
    pairs = [pair for one in told for pair in one.likeness]
    by_week = Counter({week: sum(one.useful[week - 1] for one in told) for week in range(1, weeks + 1)})
    return {
        "members_with_enough": {name: round(share, 3) for name, share in enough.items()},
        "useful_a_member": [round(by_week[week] / len(told), 1) for week in range(1, weeks + 1)],
        "repeat_rate": round(sum(one.repeats for one in told) / lines, 4),
        "calls": calls,
        "coverage": round(1 - len(late) / calls, 3),
        "mean_likeness": round(statistics.mean(pairs), 4),
        "near_identical_pairs": round(statistics.mean(pair > 0.8 for pair in pairs), 4),
        "sources_shown_a_member": round(statistics.mean(len(one.sources) for one in told), 1),
    }


def main() -> None:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=40)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--trades", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    people, items = world(asked.members, asked.sources, asked.trades, asked.weeks, asked.seed)
    told: dict[int, Told] = defaultdict(Told)
    seen: dict[int, dict[int, SeenItem]] = {one.id: {} for one in people}
    for week in range(1, asked.weeks + 1):
        known = {item.id: item for at, item in items if at <= week}
        day = TODAY + timedelta(weeks=week - asked.weeks)
        for one in edition_of(week, asked.weeks, people, list(known.values()), seen, told):
            note(one, told[one.subscriber.id], seen[one.subscriber.id], day, known)
        useful = [each.useful[-1] for each in told.values()]
        print(f"week {week:2}: {len(known):5} items, useful a member {statistics.mean(useful):.1f}", flush=True)
    a_week = len(items) / (asked.weeks + STOCK)
    shape = {"members": asked.members, "trades": asked.trades, "weeks": asked.weeks, "items_a_week": round(a_week)}
    print(json.dumps(shape
                     | figures(list(told.values()), asked.weeks)))  # fmt: skip


if __name__ == "__main__":
    main()
