"""What features and vetoes both ask of two sketches (pure)."""

from collections.abc import Collection
from datetime import date

from veille.linking.sketch import Sketch
from veille.linking.words import GENERIC, REMINDERS, total, weight

#: Characters of a number that names one thing wherever it is printed.
_LONG_CODE = 9


def likeness(one: Collection[str], other: Collection[str]) -> tuple[float, float]:
    """Return the weight of the common words over the mean of both sides, then over the shorter one."""
    mine, theirs = total(one), total(other)
    if not mine or not theirs:
        return 0.0, 0.0
    common = total(set(one) & set(other))
    return common / (mine * theirs) ** 0.5, common / min(mine, theirs)


def each_more(one: Collection[str], other: Collection[str], mine: Collection[str], theirs: Collection[str]) -> bool:
    """Say whether each has something that the other says nowhere: a slot of one template, filled in two ways."""
    return bool(set(one) - set(theirs)) and bool(set(other) - set(mine))


def each_has_a_word(
    one: Collection[str], other: Collection[str], mine: Collection[str], theirs: Collection[str]
) -> bool:
    """Say whether each title has words of its own that say what it is about; « rappel », « prolongé » do not."""
    return all(
        any(weight(stem) > GENERIC and stem not in REMINDERS for stem in set(title) - set(said))
        for title, said in ((one, theirs), (other, mine))
    )


def shared_code(one: Sketch, other: Sketch) -> str:
    """Return a number that both print: one of theirs, or one with letters; two notices may cite one decree."""
    common = set(one.codes) & set(other.codes)
    own = common & {*one.own_codes, *other.own_codes}
    return min(own or (code for code in common if code[0].isalpha() and len(code) >= _LONG_CODE), default="")


def one_page(one: Sketch, other: Sketch) -> bool:
    """Say whether two sources point to one page; two entries of one source that do are about other things on it."""
    return bool(one.link) and one.link == other.link and not set(one.sources) & set(other.sources)


def one_publisher(one: Sketch, other: Sketch) -> bool:
    """Say whether one site shows both, each on its own page or under its own title."""
    return bool(one.site) and one.site == other.site and not one_page(one, other)


def cites(one: Sketch, other: Sketch) -> bool:
    """Say whether one prints a number that is the other's own."""
    return bool(set(one.codes) & set(other.own_codes))


def shape(code: str) -> str:
    """Return a number with 0 for each figure of its last parts: what its publisher's numbers have in common."""
    return "".join("0" if character.isdigit() else character for character in code.upper())


def is_news(one: Sketch) -> bool:
    """Say whether it tells something rather than asks for answers."""
    return one.family in {"news", "law"}


def days_apart(one: str, other: str) -> int:
    """Return the days between two ISO days, 0 where one is unknown."""
    if not one or not other:
        return 0
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
