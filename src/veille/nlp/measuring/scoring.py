"""Figures of predictions against gold labels, as `score_tags.py` of the gold sets defines them (pure).

A record that the predictions lack counts as predicted empty. Sectors and types: any right label is a hit; the first,
one of the first three, and the share of those said that is right. Territories: every printed id found; of the ids said
at French levels, those that equal, contain or lie in a printed one. Deadlines: exact where the text prints it; wrong
over all that have one.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any

from veille.nlp.fitting.gold import Gold

#: What `veille tag --jsonl` says of one text.
Said = Mapping[str, Any]
#: (what, which) → how many.
Counts = Counter[tuple[str, str]]
#: figure → value, or None where nothing can be counted; `…_n` are sizes.
Row = dict[str, float | None]
#: Set (then ALL and MEAN) → its figures.
Table = dict[str, Row]

ALL, MEAN = "ALL", "MEAN"
LABELLED = ("sectors", "types")
#: A set counts in MEAN from that many records on.
_ENOUGH = 30
_FIRST = 3
#: A country is too easy: it is not counted.
_LEVELS = ("fr:region:", "fr:departement:", "fr:epci:", "fr:commune:")
#: Two-sided 95 % of the normal law.
_Z = 1.959964

#: figure → (hits, out of) in the counts.
RATES = {
    **{
        f"{key}_{what}": ((key, what), (key, "n")) for key in LABELLED for what in ("covered", "top1", "top3", "labels")
    },
    **{f"{key}_precision": ((key, "right"), (key, "labels")) for key in LABELLED},
    "territory_recall": (("territory", "found"), ("territory", "gold")),
    "territory_precision": (("territory", "ok"), ("territory", "said")),
    "deadline_exact": (("deadline", "exact"), ("deadline", "printed")),
    "deadline_wrong": (("deadline", "wrong"), ("deadline", "n")),
}
#: figure → the size that says how many records a set has for it.
_SIZES = {"territory": ("territory", "gold"), "deadline": ("deadline", "n")}


def counts_of(gold: Gold, said: Said, related: Callable[[str, str], bool]) -> Counts:
    """Return what one record adds; `related` tells whether two places are equal or one contains the other."""
    counts: Counts = Counter()
    for key in LABELLED:
        if right := getattr(gold, key):
            counts.update(_labels(key, right, terms(said, key)))
    if gold.territories:
        counts.update(_territories(gold.territories, said, related))
    if gold.deadline:
        counts.update(_deadline(gold, said.get("deadline")))
    return counts


def terms(said: Said, key: str) -> list[str]:
    """Return the labels said of a text, best first."""
    return [str(one["term"]) for one in said.get(key) or ()]


def _labels(key: str, right: frozenset[str], said: Sequence[str]) -> dict[tuple[str, str], int]:
    return {
        (key, "n"): 1,
        (key, "covered"): int(bool(said)),
        (key, "labels"): len(said),
        (key, "right"): len(right.intersection(said)),
        (key, "top1"): int(bool(said) and said[0] in right),
        (key, "top3"): int(not right.isdisjoint(said[:_FIRST])),
    }


def _territories(right: frozenset[str], said: Said, related: Callable[[str, str], bool]) -> dict[tuple[str, str], int]:
    codes = [code for one in said.get("territories") or () if (code := str(one["code"])).startswith(_LEVELS)]
    return {
        ("territory", "gold"): len(right),
        ("territory", "found"): len(right.intersection(codes)),
        ("territory", "said"): len(codes),
        ("territory", "ok"): sum(any(related(code, place) for place in right) for code in codes),
    }


def _deadline(gold: Gold, said: str | None) -> dict[tuple[str, str], int]:
    exact = bool(said) and str(said)[:10] == str(gold.deadline)[:10]
    return {
        ("deadline", "n"): 1,
        ("deadline", "wrong"): int(bool(said) and not exact),
        ("deadline", "printed"): int(gold.printed),
        ("deadline", "exact"): int(gold.printed and exact),
    }


def table_of(sets: Mapping[str, Counts]) -> Table:
    """Return the figures of each set, of all records together, and the plain mean over sets large enough."""
    total: Counts = Counter()
    for counts in sets.values():
        total.update(counts)
    table = {name: _row(counts) for name, counts in sets.items()}
    mean = _mean(table)
    return {**table, ALL: _row(total), MEAN: mean}


def _row(counts: Counts) -> Row:
    rates = {name: _rate(counts[hits], counts[out_of]) for name, (hits, out_of) in RATES.items()}
    return {**rates, **{name: float(counts[size]) for name, size in _sizes().items()}}


def _sizes() -> dict[str, tuple[str, str]]:
    return {
        **{f"{key}_n": (key, "n") for key in LABELLED},
        **{f"{group}_n": size for group, size in _SIZES.items()},
        "deadline_printed_n": ("deadline", "printed"),
    }


def _rate(hits: int, out_of: int) -> float | None:
    return round(hits / out_of, 3) if out_of else None


def _mean(table: Table) -> Row:
    mean: Row = {}
    for name in (*RATES, *_sizes()):
        values = [
            value
            for row in table.values()
            if (value := row[name]) is not None and (row[f"{name.split('_', 1)[0]}_n"] or 0) >= _ENOUGH
        ]
        whole = sum(values) if name.endswith("_n") else round(sum(values) / max(len(values), 1), 3)
        mean[name] = whole if values else None
    return mean


def interval(hits: int, out_of: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; (0, 1) where nothing was counted.

    >>> interval(8, 10)
    (0.49, 0.943)
    """
    if not out_of:
        return 0.0, 1.0
    share, square = hits / out_of, _Z * _Z
    middle = (share + square / (2 * out_of)) / (1 + square / out_of)
    half = _Z * sqrt(share * (1 - share) / out_of + square / (4 * out_of * out_of)) / (1 + square / out_of)
    return round(max(0.0, middle - half), 3), round(min(1.0, middle + half), 3)


def intervals_of(sets: Mapping[str, Counts]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the 95 % interval of each share: Wilson's for a set and ALL; for MEAN, normal, the sets' variances added.

    Records are taken for independent; of territories each id counts, and ids of one text are not quite that.
    """
    total: Counts = Counter()
    for counts in sets.values():
        total.update(counts)
    found = {
        name: {figure: interval(counts[hits], counts[n]) for figure, (hits, n) in shares.items() if counts[n]}
        for name, counts in (*sets.items(), (ALL, total))
        for shares in (_shares(),)
    }
    return {**found, MEAN: {name: both for name in _shares() if (both := _mean_interval(name, sets))}}


def _shares() -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
    """Return the figures that are shares of something (labels a record is none)."""
    return {name: both for name, both in RATES.items() if not name.endswith("_labels")}


def _mean_interval(name: str, sets: Mapping[str, Counts]) -> tuple[float, float] | None:
    hits, out_of = RATES[name]
    group = name.split("_", 1)[0]
    size = _SIZES.get(group, (group, "n"))
    told = [counts for counts in sets.values() if counts[size] >= _ENOUGH and counts[out_of]]
    if not told:
        return None
    shares = [(counts[hits] / counts[out_of], counts[out_of]) for counts in told]
    mean = sum(share for share, _ in shares) / len(shares)
    half = _Z * sqrt(sum(share * (1 - share) / n for share, n in shares)) / len(shares)
    return round(max(0.0, mean - half), 3), round(min(1.0, mean + half), 3)
