"""An address that reads for several organisations: what one of its bulletins shows, no other shows again (pure)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from veille.addresses import address_key
from veille.model import SeenItem, Subscriber

T = TypeVar("T")
#: Reader → the other readers of the same address, for those who have any.
Beside = Mapping[int, Collection[int]]


def same_address(people: Iterable[Subscriber]) -> dict[int, tuple[int, ...]]:
    """Return whose addresses are the same; those who are alone at theirs are left out."""
    readers: dict[str, list[int]] = defaultdict(list)
    for person in people:
        readers[address_key(person.email)].append(person.id)
    several = [numbers for numbers in readers.values() if len(numbers) > 1]
    return {one: tuple(other for other in numbers if other != one) for numbers in several for one in numbers}


def with_others(numbers: Iterable[int], beside: Beside) -> set[int]:
    """Return these readers and the others of their addresses."""
    return {one for number in numbers for one in (number, *beside.get(number, ()))}


def whole(kept: Mapping[int, T], readers: Collection[int], beside: Beside) -> dict[int, T]:
    """Leave out whoever shares an address with a reader who is not kept: what that one is shown may change theirs."""
    split = {number for number in kept if any(one in readers and one not in kept for one in beside.get(number, ()))}
    return {number: one for number, one in kept.items() if number not in split}


def told(number: int, seen: Mapping[int, Mapping[int, SeenItem]], beside: Beside) -> Mapping[int, SeenItem]:
    """Return item → what the address of a reader was last sent of it for any organisation, all showings counted."""
    found = dict(seen.get(number, {}))
    for other in beside.get(number, ()):
        for item, line in seen.get(other, {}).items():
            mine = found.get(item)
            last = line if mine is None or line.at > mine.at else mine
            found[item] = replace(last, times=line.times + (mine.times if mine is not None else 0))
    return found
