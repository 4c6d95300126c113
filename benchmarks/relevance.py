"""Bulletins of judged networks: what the program reads, ranks and selects, beside a keyword-only list.

    python benchmarks/relevance.py [--half open|closed|late|again|all] [--set FOLDER …] [--faults]

Three lists for each member on the day of judgement: `bulletin` (as sent, « L'essentiel » first), `ranked` (the matcher
alone, twelve items) and `keywords`. Then six weekly editions are replayed: repeats, and calls not shown in time.
Without `--set`, a half of tests/data/judgements/network; with it, folders of the same form (one items.yaml will do; an
item's `ref` names a real record, read beside this checkout), each apart and all together. `--faults` names every wrong
or missed item. The last line is one JSON object.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.grading import SHOWN, Shown, ahead, causes, figures, right, summed, wanted
from tests.matching.network import DAY, Judged, Network, again, late, members, places, taxonomy

from veille.config.digests import load_digest
from veille.config.instance import shipped
from veille.digest.choosing.drafting import Readers, draft
from veille.digest.choosing.labels import ShortLabels
from veille.digest.editions import edition
from veille.matching.context import prepare
from veille.matching.relevance import match, rank
from veille.matching.shortlist import Judge
from veille.model import Drafted, Item, Reason, SeenItem, Subscriber
from veille.text import fold

ZONE = ZoneInfo("Europe/Paris")
#: Members graded against the same items later.
LATER: dict[str, Callable[[], Sequence[Judged]]] = {"late": late, "again": again}
#: Days that a call must leave to the reader to count as shown in time.
IN_TIME = timedelta(days=10)
#: Editions replayed, the day of judgement among them.
FRIDAYS = tuple(DAY + timedelta(weeks=week) for week in range(-3, 3))


@dataclass
class Replay:
    """What six weekly editions showed to one member."""

    first: dict[int, date] = field(default_factory=dict)
    lines: int = 0
    #: Items shown again unchanged, beside the one recall that a digest allows.
    repeats: int = 0


def bulletins(day: date, chosen: Sequence[Judged], seen: dict[int, dict[int, SeenItem]]) -> dict[int, Drafted]:
    """Draft for members of one network the edition of a Friday from what was out by then: member id → what it holds."""
    digest = load_digest([shipped() / "digests"], "hebdo").digest
    known = [item for item in chosen[0].network.items if item.first_seen.date() < day]
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
    network = judged.network
    return [Shown(one.item_id, _kinds(one.reasons)) for one in rank(network.items, judged.member, network.context)]


def keywords(judged: Judged) -> list[Shown]:
    """Rank by how many words of the profile stand in it, as a keyword alert does; what is read as closed is out."""
    member = judged.member
    phrases = (*member.activity, *member.skills, *member.needs, *member.follows)
    wanted = {word for phrase in phrases for word in fold(phrase).split() if len(word) > 3}
    counts = {
        item.id: len(wanted & set(fold(f"{item.title} {item.text}").split()))
        for item in judged.network.items
        if item.deadline is None or item.deadline >= DAY
    }
    return [Shown(one) for one in sorted(counts, key=lambda one: (-counts[one], one)) if counts[one]]


def _kinds(reasons: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(one.kind for one in reasons)


def replay(chosen: Sequence[Judged]) -> dict[int, Replay]:
    """Send six weekly editions on paper, the journal kept between them."""
    seen: dict[int, dict[int, SeenItem]] = {one.member.id: {} for one in chosen}
    told = {one.member.id: Replay() for one in chosen}
    for friday in FRIDAYS:
        for member, drafted in bulletins(friday, chosen, seen).items():
            for one in drafted.selection:
                _note(told[member], seen[member], chosen[0].network.item(one.item_id), one.section, friday)
    return told


def _note(told: Replay, journal: dict[int, SeenItem], item: Item, section: str, friday: date) -> None:
    before = journal.get(item.id)
    told.lines += 1
    told.repeats += before is not None and (section != "deadlines" or before.times > 1)
    told.first.setdefault(item.id, friday)
    at = datetime(friday.year, friday.month, friday.day, 6, 30, tzinfo=UTC)
    times = before.times + 1 if before else 1
    journal[item.id] = SeenItem(item_id=item.id, item_version=1, deadline=item.deadline, at=at, times=times)


def in_time(judged: Judged, told: Replay) -> tuple[int, int]:
    """Return how many calls that suit a member were shown with enough days left, of how many that could have been."""
    shown = possible = 0
    for item in wanted(judged):
        closes, published = judged.network.rows[item]["closes"], judged.network.rows[item]["published"]
        if closes is None:
            continue
        days = [friday for friday in FRIDAYS if friday > published and closes - friday >= IN_TIME]
        possible += bool(days)
        shown += bool(days) and told.first.get(item, date.max) <= days[-1]
    return shown, possible


def print_faults(name: str, judged: Judged, whole: Sequence[Shown]) -> None:
    """Name each wrong item shown, each wrong first reason, and what suits and was left out, with the gate."""
    shown, rows = whole[:SHOWN], judged.network.rows
    for place, one in enumerate(shown, 1):
        grade, title = judged.of(one.item), rows[one.item]["title"][:70]
        if not grade.grade:
            print(f"  {name} {judged.key} wrong at {place}: {'/'.join(grade.kinds)} [{one.item}] {title} {one.reasons}")
        elif one.reasons and not right(judged, one):
            print(
                f"  {name} {judged.key} reason at {place}: [{one.item}] {title} {one.reasons}, not {set(grade.kinds)}"
            )
    calls = wanted(judged)
    for number in sorted({item for item, line in judged.lines.items() if line.grade > 1} - {one.item for one in shown}):
        found = match(judged.network.item(number), judged.member, judged.network.context)
        gate = f"{found.gate.kind} {found.gate.text}" if found.gate else f"score {found.score}"
        lack = "missed" if number in calls else "left out"
        grade = judged.of(number)
        print(
            f"  {name} {judged.key} {lack} ({grade.grade} {'/'.join(grade.kinds)}): "
            f"[{number}] {rows[number]['title'][:90]} ({gate})"
        )


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


def replayed(chosen: Sequence[Judged]) -> dict[str, float | None]:
    """Return the figures of the replay over all members."""
    told = replay(chosen)
    counts = [in_time(judged, told[judged.member.id]) for judged in chosen]
    lines, possible = sum(one.lines for one in told.values()), sum(possible for _, possible in counts)
    return {
        "editions": len(FRIDAYS),
        "lines": lines,
        "repeat_rate": round(sum(one.repeats for one in told.values()) / lines, 3),
        "calls": possible,
        "deadline_recall": round(sum(shown for shown, _ in counts) / possible, 3) if possible else None,
    }


Table = list[dict[str, float]]


def report(name: str, chosen: Sequence[Judged], *, faults: bool) -> tuple[dict[str, object], Table]:
    """Print every member of one network; return its figures, and those of each member's bulletin."""
    drafted = bulletins(DAY, chosen, {})
    lists: dict[str, Callable[[Judged], list[Shown]]] = {
        "bulletin": lambda one: as_read(drafted[one.member.id]),
        "ranked": ranked,
        "keywords": keywords,
    }
    tables = {name: measured(name, by, chosen, faults=faults) for name, by in lists.items()}
    result: dict[str, object] = {"half": name, "members": len(chosen), "items": len(chosen[0].network.items)}
    result |= {name: {**summed(table), "faults": causes(lists[name], chosen)} for name, table in tables.items()}
    result["ndcg10_ahead"] = ahead(tables["bulletin"], tables["keywords"])
    return result | {"replay": replayed(chosen)}, tables["bulletin"]


def main() -> None:
    """Print every member, then one JSON line for each network, and one for all where there are several."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("open", "closed", *LATER, "all"), default="open")
    parser.add_argument("--set", dest="sets", type=Path, action="append", help="folder of a judged network")
    parser.add_argument("--faults", action="store_true")
    asked = parser.parse_args()
    half = LATER.get(asked.half, lambda: [one for one in members() if asked.half in {one.half, "all"}])
    chosen = {str(path): Network(path).members() for path in asked.sets} if asked.sets else {asked.half: half()}
    together: Table = []
    for name, judged in chosen.items():
        try:
            found, table = report(name, judged, faults=asked.faults)
        except FileNotFoundError as absent:
            print(json.dumps({"half": name, "skipped": str(absent)}, ensure_ascii=False))
            continue
        together += table
        print(json.dumps(found, ensure_ascii=False))
    if len(chosen) > 1 and together:
        print(json.dumps({"half": "mean", "members": len(together), "bulletin": summed(together)}))


if __name__ == "__main__":
    main()
