"""What is open and can wait is kept for poor weeks, as far as its deadline allows (pure).

Calls come in bursts: a reader who is shown all that suits them at once has nothing to read a month later. So a bulletin
that holds enough keeps back part of what later editions can still show in time.
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence

from veille.config.digests import Digest
from veille.digest.choosing.placing import ANSWERED, IN_TIME
from veille.digest.choosing.select import Offer
from veille.digest.editions import Edition
from veille.model import Item

#: A third of the stock goes into each edition, three calls at least. A quarter fed the last of twelve replayed weeks of
#: five invented clusters better by two points, and showed one point less of what closed in time (benchmarks/supply.py).
_EDITIONS, _LEAST = 3, 3
#: The best calls never wait, as many as « L'essentiel » holds: what is kept for later is what matters less.
_AT_ONCE = 3
#: What is likely to be useful goes before what is only tolerable, however soon that closes (an expectation).
_USEFUL = 0.5


def paced(digest: Digest, when: Edition, offers: Sequence[Offer], common: Collection[int]) -> list[Offer]:
    """Return the offers of one edition without those that wait: those that close last, the best never."""
    patient = [one for one in offers if one.item.id not in common and editions(one, when) > 1]
    spent = _spent(digest, when, patient, offers)
    if not digest.enough or spent >= len(patient):
        return list(offers)
    patient.sort(key=lambda one: (-one.score, one.item.id))
    rest = sorted(
        patient[_AT_ONCE:], key=lambda one: (one.score < _USEFUL, editions(one, when), -one.score, one.item.id)
    )
    # What staff wrote a word about never waits, and makes nothing else wait or go.
    waiting = {one.item.id for one in [*patient[:_AT_ONCE], *rest][spent:] if not one.note}
    return [one for one in offers if one.item.id not in waiting]


def editions(one: Offer, when: Edition) -> float:
    """Return how many editions, this one among them, can show a call in time; one where it is not to wait.

    What staff put first was chosen for this edition, and what changed is news now.
    """
    if one.section not in ANSWERED or one.seen is not None or one.pinned is not None:
        return 1
    return left(one.item, when)


def left(item: Item, when: Edition) -> float:
    """Return how many editions, this one among them, leave enough days to answer a call."""
    if item.due is None:
        return math.inf
    length = max((when.next_day - when.day).days, 1)
    return max((item.due - when.day - IN_TIME).days // length + 1, 1)


def _spent(digest: Digest, when: Edition, patient: Sequence[Offer], offers: Sequence[Offer]) -> int:
    """Return how many of those that can wait go now: to hold enough, to last some editions, to be shown in time all."""
    left = Counter(editions(one, when) for one in patient if one.item.due is not None)
    in_time = max((math.ceil(sum(left[n] for n in left if n <= most) / most) for most in left), default=0)
    return max(_LEAST, digest.enough - _others(digest, patient, offers), math.ceil(len(patient) / _EDITIONS), in_time)


def _others(digest: Digest, patient: Sequence[Offer], offers: Sequence[Offer]) -> int:
    """Return how many new lines there are for this reader beside what can wait, within the places of each section."""
    waiting = {one.item.id for one in patient}
    new = Counter(one.section for one in offers if one.seen is None and one.for_them and one.item.id not in waiting)
    return sum(min(new[plan.kind], plan.max) for plan in digest.sections)
