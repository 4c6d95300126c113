"""Bulletins of tests/data/judgements/network: what the program reads, ranks and selects, beside a keyword-only list.

    python benchmarks/relevance.py [--half open|closed|late|again|all] [--faults]

Three lists for each member on the day of judgement: `bulletin` (as sent, « L'essentiel » first), `ranked` (the matcher
alone, twelve items) and `keywords`. Then six weekly editions are replayed: repeats, and calls not shown in time.
`--faults` names every wrong or missed item. The last line is one JSON object.
"""

import argparse
import json
import math
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.network import CALLS, DAY, Judged, again, items, late, members, places, rows, taxonomy

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.choosing.labels import ShortLabels
from veille.digest.editions import edition
from veille.matching.context import prepare
from veille.matching.relevance import match, rank
from veille.matching.shortlist import Judge
from veille.model import Drafted, Reason, SeenItem, Subscriber
from veille.text import fold

ZONE = ZoneInfo("Europe/Paris")
#: Members graded against the same items later.
LATER: dict[str, Callable[[], Sequence[Judged]]] = {"late": late, "again": again}
#: A bulletin holds twelve items.
SHOWN = 12
#: Days that a call must leave to the reader to count as shown in time.
IN_TIME = timedelta(days=10)
#: Editions replayed, the day of judgement among them.
FRIDAYS = tuple(DAY + timedelta(weeks=week) for week in range(-3, 3))


@dataclass(frozen=True)
class Shown:
    """One item of a list, with the kinds of its reasons, best first."""

    item: int
    reasons: tuple[str, ...] = ()


@dataclass
class Replay:
    """What six weekly editions showed to one member."""

    first: dict[int, date] = field(default_factory=dict)
    lines: int = 0
    #: Items shown again unchanged, beside the one recall that a digest allows.
    repeats: int = 0


def bulletins(day: date, chosen: Sequence[Judged], seen: dict[int, dict[int, SeenItem]]) -> dict[int, Drafted]:
    """Draft the edition of a Friday from what was published by then: member id → what it holds."""
    digest = load_digest([shipped() / "digests"], "hebdo").digest
    known = [item for item in items() if item.first_seen.date() < day]
    context = prepare(known, today=day, places=places(), taxonomy=taxonomy())
    people = [Subscriber(id=one.member.id, member_id=one.member.id, email=f"{one.key}@example.fr") for one in chosen]
    drafted = draft(
        digest,
        edition(digest, datetime(day.year, day.month, day.day, 6, 30, tzinfo=UTC), ZONE),
        known,
        Readers(members=[one.member for one in chosen], subscribers=people, seen=seen),
        matcher=Judge(context),
        labels=ShortLabels(taxonomy(), places()),
        zone=ZONE,
    )
    return {one.subscriber.member_id: one for one in drafted}


def as_read(drafted: Drafted) -> list[Shown]:
    """Return a bulletin's items as a reader meets them."""
    stars = [line.item_id for line in drafted.bulletin.stars] if drafted.bulletin else []
    order = sorted(drafted.selection, key=lambda one: (one.item_id not in stars, one.rank))
    return [Shown(one.item_id, _kinds(one.reasons)) for one in order]


def ranked(judged: Judged) -> list[Shown]:
    """Rank by the matcher alone."""
    context = prepare(items(), today=DAY, places=places(), taxonomy=taxonomy())
    return [Shown(one.item_id, _kinds(one.reasons)) for one in rank(items(), judged.member, context)]


def keywords(judged: Judged) -> list[Shown]:
    """Rank by how many words of the profile stand in it, as a keyword alert does; what is read as closed is out."""
    member = judged.member
    phrases = (*member.activity, *member.skills, *member.needs, *member.follows)
    wanted = {word for phrase in phrases for word in fold(phrase).split() if len(word) > 3}
    counts = {
        item.id: len(wanted & set(fold(f"{item.title} {item.text}").split()))
        for item in items()
        if item.deadline is None or item.deadline >= DAY
    }
    return [Shown(one) for one in sorted(counts, key=lambda one: (-counts[one], one)) if counts[one]]


def _kinds(reasons: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(one.kind for one in reasons)


def right(judged: Judged, shown: Shown) -> bool:
    """Tell whether the first reason given, « pour tous » apart, is one that the judge would give."""
    own = [kind for kind in shown.reasons if kind not in {"common", "deadline", "source", "eligible"}]
    first = own[0] if own else next(iter(shown.reasons), "")
    return first in judged.of(shown.item).kinds


def figures(whole: Sequence[Shown], judged: Judged) -> dict[str, float]:
    """Measure one list of one member."""
    shown = whole[:SHOWN]
    grades = [judged.of(one.item).grade for one in shown]
    ideal = sorted((line.grade for line in judged.lines.values()), reverse=True)
    fit = [one for one in shown if judged.of(one.item).grade]
    calls = wanted(judged)
    return {
        "p3": sum(grade >= 2 for grade in grades[:3]) / 3,
        "ndcg10": _dcg(grades[:10]) / _dcg(ideal[:10]),
        "shown": len(shown),
        "embarrassing": grades.count(0),
        "calls": len(calls),
        "missed": len(calls - {one.item for one in shown}),
        "fit": len(fit),
        "right": sum(right(judged, one) for one in fit),
    }


def wanted(judged: Judged) -> set[int]:
    """Return the open calls that suit a member (grade 2 and more)."""
    return {item for item, line in judged.lines.items() if line.grade >= 2 and rows()[item]["kind"] in CALLS}


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def summed(table: Sequence[dict[str, float]]) -> dict[str, float | None]:
    """Average P@3 and nDCG over members; shares are of all their lines together."""
    total = {key: sum(row[key] for row in table) for key in table[0]}
    return {
        "p3": round(statistics.mean(row["p3"] for row in table), 3),
        "ndcg10": round(statistics.mean(row["ndcg10"] for row in table), 3),
        "shown": total["shown"],
        "embarrassing": total["embarrassing"],
        "calls": total["calls"],
        "missed_share": round(total["missed"] / total["calls"], 3),
        "reason_right": round(total["right"] / total["fit"], 3) if total["right"] else None,
    }


def replay(chosen: Sequence[Judged]) -> dict[int, Replay]:
    """Send six weekly editions on paper, the journal kept between them."""
    seen: dict[int, dict[int, SeenItem]] = {one.member.id: {} for one in chosen}
    told = {one.member.id: Replay() for one in chosen}
    for friday in FRIDAYS:
        for member, drafted in bulletins(friday, chosen, seen).items():
            for one in drafted.selection:
                _note(told[member], seen[member], one.item_id, one.section, friday)
    return told


def _note(told: Replay, journal: dict[int, SeenItem], number: int, section: str, friday: date) -> None:
    item, before = next(item for item in items() if item.id == number), journal.get(number)
    told.lines += 1
    told.repeats += before is not None and (section != "deadlines" or before.times > 1)
    told.first.setdefault(number, friday)
    at = datetime(friday.year, friday.month, friday.day, 6, 30, tzinfo=UTC)
    times = before.times + 1 if before else 1
    journal[number] = SeenItem(item_id=number, item_version=1, deadline=item.deadline, at=at, times=times)


def in_time(judged: Judged, told: Replay) -> tuple[int, int]:
    """Return how many calls that suit a member were shown with enough days left, of how many that could have been."""
    shown = possible = 0
    for item in wanted(judged):
        closes, published = rows()[item]["closes"], rows()[item]["published"]
        days = [friday for friday in FRIDAYS if friday > published and closes - friday >= IN_TIME]
        possible += bool(days)
        shown += bool(days) and told.first.get(item, date.max) <= days[-1]
    return shown, possible


def print_faults(name: str, judged: Judged, whole: Sequence[Shown]) -> None:
    """Name each wrong item shown, each wrong first reason, and each call left out with the gate that refused it."""
    for place, one in enumerate(whole[:SHOWN], 1):
        grade, title = judged.of(one.item), rows()[one.item]["title"][:70]
        if not grade.grade:
            print(f"  {name} {judged.key} wrong at {place}: {'/'.join(grade.kinds)} [{one.item}] {title} {one.reasons}")
        elif one.reasons and not right(judged, one):
            print(
                f"  {name} {judged.key} reason at {place}: [{one.item}] {title} {one.reasons}, not {set(grade.kinds)}"
            )
    context = prepare(items(), today=DAY, places=places(), taxonomy=taxonomy())
    for number in sorted(wanted(judged) - {one.item for one in whole[:SHOWN]}):
        found = match(next(item for item in items() if item.id == number), judged.member, context)
        gate = found.gate.kind if found.gate else f"score {found.score}"
        print(f"  {name} {judged.key} missed: [{number}] {rows()[number]['title'][:70]} ({gate})")


def measured(
    name: str, by: Callable[[Judged], list[Shown]], chosen: Sequence[Judged], *, faults: bool
) -> list[dict[str, float]]:
    """Print a line for each member, and faults if asked; return the figures of each."""
    table = []
    for judged in chosen:
        shown = by(judged)
        table.append(figures(shown, judged))
        print(f"{name:9} {judged.key:15} " + "  ".join(f"{key} {value:.2f}" for key, value in table[-1].items()))
        if faults and name != "keywords":
            print_faults(name, judged, shown)
    return table


def causes(by: Callable[[Judged], list[Shown]], chosen: Sequence[Judged]) -> dict[str, int]:
    """Count why lines would embarrass."""
    shown = [judged.of(one.item) for judged in chosen for one in by(judged)[:SHOWN]]
    return dict(Counter(kind for one in shown if not one.grade for kind in one.kinds))


def ahead(mine: Sequence[dict[str, float]], base: Sequence[dict[str, float]]) -> list[float]:
    """Return where 95 % of the mean leads in nDCG lie when members are drawn again 2,000 times (paired bootstrap)."""
    leads = [one["ndcg10"] - other["ndcg10"] for one, other in zip(mine, base, strict=True)]
    draw = random.Random(20261127)
    means = sorted(statistics.mean(draw.choices(leads, k=len(leads))) for _ in range(2000))
    return [round(means[50], 3), round(means[-51], 3)]


def replayed(chosen: Sequence[Judged]) -> dict[str, float]:
    """Return the figures of the replay over all members."""
    told = replay(chosen)
    counts = [in_time(judged, told[judged.member.id]) for judged in chosen]
    lines, possible = sum(one.lines for one in told.values()), sum(possible for _, possible in counts)
    return {
        "editions": len(FRIDAYS),
        "lines": lines,
        "repeat_rate": round(sum(one.repeats for one in told.values()) / lines, 3),
        "calls": possible,
        "deadline_recall": round(sum(shown for shown, _ in counts) / possible, 3),
    }


def main() -> None:
    """Print every member, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", *LATER, "all"), default="open")
    parser.add_argument("--faults", action="store_true")
    asked = parser.parse_args()
    chosen = LATER.get(asked.half, lambda: [one for one in members() if asked.half in {one.half, "all"}])()
    drafted = bulletins(DAY, chosen, {})
    lists: dict[str, Callable[[Judged], list[Shown]]] = {
        "bulletin": lambda one: as_read(drafted[one.member.id]),
        "ranked": ranked,
        "keywords": keywords,
    }
    result: dict[str, object] = {"half": asked.half, "members": len(chosen), "items": len(items())}
    tables = {name: measured(name, by, chosen, faults=asked.faults) for name, by in lists.items()}
    result |= {name: {**summed(table), "faults": causes(lists[name], chosen)} for name, table in tables.items()}
    result["ndcg10_ahead"] = ahead(tables["bulletin"], tables["keywords"])
    print(json.dumps(result | {"replay": replayed(chosen)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
