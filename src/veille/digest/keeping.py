"""What a draft remembers of how it was made: so that an edit makes again only what it can have changed (pure).

It stands in the draft's frame: whose hand it holds, how many edits, and a hash of all else that it was made from.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from veille.digest.choosing.retouching import Before
from veille.model import Drafted, Handpicked, Issue

#: The keys of a frame that `holding` gives.
HELD = ("edits", "inputs", "hand")


def fingerprint(*parts: object) -> str:
    """Return a SHA-256 of values whose `repr` says all of them, alike in each process: no set of texts among them."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(f"{part!r}\0".encode("utf-8", "surrogatepass"))
    return whole.hexdigest()


def holding(hand: Handpicked | None, edits: int, inputs: str) -> dict[str, Any]:
    """Return what goes into a draft's frame."""
    return {"edits": edits, "inputs": inputs, "hand": hand_data(hand or Handpicked())}


def standing(issue: Issue, inputs: str, drafted: Callable[[int], Sequence[Drafted]]) -> Before | None:
    """Return a stored draft to go on from, or None where it was made from anything else than these inputs."""
    if issue.frame.get("inputs") != inputs or "hand" not in issue.frame:
        return None
    return Before({one.subscriber.id: one for one in drafted(issue.id)}, read_hand(issue.frame["hand"]))


def changed_since(before: Before, drafted: Sequence[Drafted]) -> list[Drafted]:
    """Return what readers get now and did not before."""
    return [one for one in drafted if one != before.drafted.get(one.subscriber.id)]


def hand_data(hand: Handpicked) -> dict[str, Any]:
    """Return staff's choices as plain data."""
    return {
        "pins": list(hand.pins),
        "common": list(hand.common),
        "dropped": sorted(hand.dropped),
        "notes": sorted(hand.notes.items()),
        "own": sorted((member, list(items)) for member, items in hand.own.items()),
        "sections": sorted(hand.sections.items()),
    }


def read_hand(data: dict[str, Any]) -> Handpicked:
    """Read back what `hand_data` gave."""
    return Handpicked(
        pins=tuple(data["pins"]),
        common=tuple(data["common"]),
        dropped=frozenset(data["dropped"]),
        notes=dict(data["notes"]),
        own={member: tuple(items) for member, items in data["own"]},
        sections=dict(data["sections"]),
    )
