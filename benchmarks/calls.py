"""Calls of our own (tests/data/calls.yaml): until when, how much, for whom and where, as the pipeline reads them.

    python benchmarks/calls.py [--half open|closed|fresh|all] [--show]

`--show` prints what was read otherwise (never look at `fresh` while rules are written). A wrong deadline is a date
said that is not the one printed, over all calls. An amount is exact, for a call that has some, where its most, envelope
and rate are all as expected. A verdict is one of five profiles before one call; false « non » and false « éligible »
are over all verdicts. The last line is one JSON object.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from veille.config.gazetteer import load_gazetteer
from veille.config.instance import shipped
from veille.config.taxonomy import load_taxonomy
from veille.matching.context import MatchContext, prepare
from veille.matching.eligibility import judge
from veille.model import Item, ItemSource, Licence, Member, Scheme, Tagged, TextToTag, Verdict
from veille.nlp.jsonl import ELIGIBILITY
from veille.nlp.tagger import load_tagger

FILE = Path(__file__).resolve().parents[1] / "tests" / "data" / "calls.yaml"
#: `open` and `closed` were used while rules were written, `fresh` never.
HALVES = ("open", "closed", "fresh")
#: Day of publication where a call gives none.
_TODAY = date(2026, 11, 20)
_LETTERS = {Verdict.YES: "Y", Verdict.CHECK: "?", Verdict.NO: "N"}
#: Key of an amount → name of its fact.
_AMOUNTS = {"m": "amount_max", "t": "amount_total", "r": "rate"}
#: Key of what is told of a deadline → name of its fact.
_TOLD = {"h": "deadline_time", "o": "opening", "k": "deadline_kind", "s": "deadline_state"}


@cache
def load_calls() -> dict[str, Any]:
    """Return the file: `profiles`, and calls by half."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def _context() -> MatchContext:
    folders = [shipped()]
    return prepare((), today=_TODAY, places=load_gazetteer(folders), taxonomy=load_taxonomy(folders))


@cache
def _members() -> tuple[Member, ...]:
    return tuple(Member(id=rank, **row) for rank, row in enumerate(load_calls()["profiles"], 1))


def tag_calls(half: str) -> list[tuple[dict[str, Any], Tagged]]:
    """Tag the calls of one half, or all."""
    calls = load_calls()
    rows = [row for name in HALVES if half in {name, "all"} for row in calls[name]]
    texts = [TextToTag(id=str(rank), title=row["title"], text=row["text"], published=_when(row), lang=row.get("lang"))
             for rank, row in enumerate(rows)]  # fmt: skip
    return list(zip(rows, load_tagger([shipped()]).tag(texts), strict=True))


def _when(row: dict[str, Any]) -> datetime:
    return datetime.combine(row.get("p", _TODAY), time(9), tzinfo=UTC)


def _value(tagged: Tagged, name: str) -> str | None:
    fact = tagged.fact(name)
    return fact.value if fact else None


def verdicts(row: dict[str, Any], tagged: Tagged) -> str:
    """Return a letter for each profile."""
    item = Item(
        id=1, version=1, title=row["title"], text=row["text"], url=None, lang=tagged.lang, published=_when(row),
        first_seen=_when(row), updated=_when(row), licence=Licence.PUBLIC, tags=tagged.tags, facts=tagged.facts,
        sources=(ItemSource(source_id="x", title="x", link=None, published=_when(row)),),
    )  # fmt: skip
    context = _context()
    view = context.view(item)
    return "".join(_LETTERS[judge(view, context.profile(member)).verdict] for member in _members())


def measure(read: list[tuple[dict[str, Any], Tagged]], *, show: bool = False) -> dict[str, float]:
    """Return the figures of these calls, in 0 to 1; counts end in `_n`."""
    count: Counter[str] = Counter()
    for row, tagged in read:
        for name, said, wanted in chain.from_iterable(grade(row, tagged, count) for grade in _GRADES):
            if show:
                print(f"{name:9} wanted {wanted}, said {said}\n    {row['title']}: {row['text']}")
    return _figures(count)


Miss = tuple[str, object, object]


def _dates(row: dict[str, Any], tagged: Tagged, count: Counter[str]) -> Iterator[Miss]:
    said, wanted = _value(tagged, "deadline"), row["d"].isoformat() if row["d"] else None
    count["calls"] += 1
    count["dated"] += wanted is not None
    count["exact"] += wanted is not None and said == wanted
    count["wrong"] += said is not None and said != wanted
    if said != wanted:
        yield "deadline", said, wanted
    for key, name in _TOLD.items():
        if key in row and row[key] != "any":
            told, expected = _value(tagged, name), str(row[key])
            count["told"] += 1
            count["told_right"] += told == expected
            if told != expected:
                yield name, told, expected


def _sums(row: dict[str, Any], tagged: Tagged, count: Counter[str]) -> Iterator[Miss]:
    graded = {key: name for key, name in _AMOUNTS.items() if row.get(key) != "any"}
    wrong = [(key, said) for key, name in graded.items() if (said := _number(_value(tagged, name))) != row.get(key)]
    some = any(row.get(key) is not None for key in graded)
    count["with_sums"] += some
    count["sums_right"] += some and not wrong
    count["sums_invented"] += any(row.get(key) is None and said is not None for key, said in wrong)
    for key, said in wrong:
        yield _AMOUNTS[key], said, row.get(key)


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _for_whom(row: dict[str, Any], tagged: Tagged, count: Counter[str]) -> Iterator[Miss]:
    if row["v"] == "any" or row.get("any") == "v":
        return
    said = verdicts(row, tagged)
    for told, wanted in zip(said, row["v"], strict=True):
        count["verdicts"] += 1
        count["verdicts_right"] += told == wanted
        count["false_no"] += told == "N" != wanted
        count["false_yes"] += told == "Y" != wanted
    if said != row["v"]:
        facts = {fact.name: fact.value for fact in tagged.facts if fact.name in ELIGIBILITY}
        yield "verdict", (said, facts), row["v"]


def _areas(row: dict[str, Any], tagged: Tagged, count: Counter[str]) -> Iterator[Miss]:
    aimed = {tag.term for tag in tagged.of(Scheme.TERRITORY) if tag.scope == "main"}
    wrong = [*set(row.get("main", ())) - aimed, *aimed & set(row.get("by", ()))]
    count["areas"] += len(row.get("main", ())) + len(row.get("by", ()))
    count["areas_wrong"] += len(wrong)
    if wrong:
        yield "area", sorted(aimed), (row.get("main"), row.get("by"))


_GRADES = (_dates, _sums, _for_whom, _areas)


def _figures(count: Counter[str]) -> dict[str, float]:
    shares = {
        "deadline_exact": ("exact", "dated"),
        "deadline_wrong": ("wrong", "calls"),
        "hour_opening_kind": ("told_right", "told"),
        "amount_exact": ("sums_right", "with_sums"),
        "amount_invented": ("sums_invented", "calls"),
        "verdict_right": ("verdicts_right", "verdicts"),
        "false_no": ("false_no", "verdicts"),
        "false_yes": ("false_yes", "verdicts"),
        "area_wrong": ("areas_wrong", "areas"),
    }
    figures = {name: round(count[part] / max(count[whole], 1), 4) for name, (part, whole) in shares.items()}
    return {**figures, **{f"{name}_n": count[name] for name in ("calls", "dated", "with_sums", "verdicts", "areas")}}


def main() -> None:
    """Print the figures, then one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=(*HALVES, "all"), default="all")
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    figures = measure(tag_calls(asked.half), show=asked.show)
    for name, value in figures.items():
        print(f"{name:<20} {value}")
    print(json.dumps({"half": asked.half, **figures}))


if __name__ == "__main__":
    main()
