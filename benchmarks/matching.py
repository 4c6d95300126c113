"""Relevance on tests/data/judgements beside a keyword-only ranking of the same run, and speed on copies of its items.

    python benchmarks/matching.py [--half open|closed|all] [--items 5000]

The last line is one JSON object.
"""

import argparse
import codecs
import json
import math
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.matching.judgements import TODAY, Judged, context, items, places, profiles, taxonomy

from veille.matching.context import prepare
from veille.matching.relevance import rank
from veille.model import Item
from veille.text import fold

#: A bulletin holds twelve items.
SHOWN = 12


def ours(judged: Judged) -> list[int]:
    """Rank as veille does."""
    return [found.item_id for found in rank(items(), judged.member, context())]


def keywords(judged: Judged) -> list[int]:
    """Rank by how many words of the profile stand in the item, as a keyword alert does; open items only."""
    member = judged.member
    phrases = (*member.axes, *member.activity, *member.skills, *member.needs, *member.follows)
    wanted = {word for phrase in phrases for word in fold(phrase).split() if len(word) > 3}
    counts = {item.id: len(wanted & set(fold(f"{item.title} {item.text}").split())) for item in items()}
    is_open = {item.id for item in items() if item.deadline is None or item.deadline >= TODAY}
    return sorted(
        (one for one, count in counts.items() if count and one in is_open), key=lambda one: (-counts[one], one)
    )


def figures(ranked: list[int], judged: Judged) -> dict[str, float]:
    """Measure one ranking of one profile."""
    grades = [judged.grades.get(item, 0) for item in ranked[:SHOWN]]
    wanted = {item for item, grade in judged.grades.items() if grade == 3}
    return {
        "p3": sum(grade >= 2 for grade in grades[:3]) / 3,
        "ndcg10": _dcg(grades[:10]) / _dcg(sorted(judged.grades.values(), reverse=True)[:10]),
        "embarrassing": sum(grade == 0 for grade in grades),
        "shown": len(grades),
        "missed": len(wanted - set(ranked)) / max(len(wanted), 1),
    }


def _dcg(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def mean(rows: list[dict[str, float]]) -> dict[str, float]:
    """Average over profiles; counts are sums."""
    shown = sum(row["shown"] for row in rows)
    return {
        "p3": round(statistics.mean(row["p3"] for row in rows), 3),
        "ndcg10": round(statistics.mean(row["ndcg10"] for row in rows), 3),
        "embarrassing": sum(row["embarrassing"] for row in rows),
        "shown": shown,
        "missed3": round(statistics.mean(row["missed"] for row in rows), 3),
    }


def speed(count: int) -> dict[str, float]:
    """Measure CPU seconds of preparing `count` items of about 1,500 characters and judging each for eight members.

    One item in eight speaks of a judged trade; the words of the others are turned by 13 letters and match nobody.
    """
    base = items()
    many: list[Item] = []
    for number in range(count):
        item = base[number % len(base)]
        title, text = item.title, f"{item.text} " * 5
        if number % 8:
            title, text = (codecs.encode(part, "rot13") for part in (title, text))
        many.append(replace(item, id=number + 1, title=title, text=text))
    members = [judged.member for judged in profiles()]
    members = [replace(members[number % len(members)], id=number + 1) for number in range(8)]
    start = time.process_time()
    prepared = prepare(many, today=TODAY, places=places(), taxonomy=taxonomy())
    ready = time.process_time()
    passed = sum(len(rank(many, member, prepared)) for member in members)
    end = time.process_time()
    return {
        "items": count,
        "prepare_s": round(ready - start, 2),
        "eight_members_s": round(end - ready, 2),
        "passed": passed,
    }


def main() -> None:
    """Print every profile, then one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "closed", "all"), default="open")
    parser.add_argument("--items", type=int, default=5000)
    asked = parser.parse_args()
    chosen = [judged for judged in profiles() if asked.half in {judged.half, "all"}]
    table = {
        name: [figures(by(judged), judged) for judged in chosen]
        for name, by in (("veille", ours), ("keywords", keywords))
    }
    for name, rows in table.items():
        for judged, row in zip(chosen, rows, strict=True):
            print(f"{name:9} {judged.key:12} " + "  ".join(f"{key} {value:.2f}" for key, value in row.items()))
    result: dict[str, object] = {name: mean(rows) for name, rows in table.items()}
    veille, baseline = mean(table["veille"]), mean(table["keywords"])
    result["ratio"] = {key: round(veille[key] / baseline[key], 2) for key in ("p3", "ndcg10") if baseline[key]}
    result |= {"half": asked.half, "speed": speed(asked.items)}
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
