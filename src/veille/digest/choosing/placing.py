"""Where an item goes in a digest, as far as it does not depend on who reads it (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from veille.config.digests import Digest, SectionPlan
from veille.digest.editions import Edition
from veille.model import Item, Match, Scheme

#: Sections of what one answers.
ANSWERED = frozenset({"seize", "partners"})
#: Days that answering a call takes at least: one shown later was shown too late.
IN_TIME = timedelta(days=10)


def in_time(item: Item, day: date) -> bool:
    """Tell whether what closes leaves enough days to be answered from that day on."""
    return item.deadline is not None and item.deadline - day >= IN_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The sections that one item may go to in one issue."""

    #: That which a person put it in, else that of its type; None where it has none.
    home: SectionPlan | None
    #: A person put it there.
    forced: bool
    #: Where it goes to whoever follows a name in it, and as what crosses from another trade, if it can.
    followed: SectionPlan | None
    window: SectionPlan | None
    #: A call that leaves enough days now; and one that does not in the next issue.
    in_time: bool
    last: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of these sections."""
        return tuple(plan.kind for plan in self._plans)

    @property
    def least(self) -> float:
        """The score below which none of these sections takes it; 0 where a person put it there."""
        return 0.0 if self.forced else min((plan.least for plan in self._plans), default=0.0)

    @property
    def _plans(self) -> Iterator[SectionPlan]:
        return (plan for plan in (self.home, self.followed, self.window) if plan is not None)

    def by_match(self, match: Match) -> SectionPlan | None:
        """Return the section in which it is shown to whom a match is for."""
        if self.followed is not None and any(reason.kind == "follow" for reason in match.reasons):
            return self.followed
        if self.window is not None and any(reason.kind == "bridge" for reason in match.reasons):
            return self.window
        return self.home


def shelf_of(digest: Digest, when: Edition, item: Item) -> Shelf:
    """Return where an item goes."""
    types = item.of(Scheme.TYPE)
    home = digest.section(home_section(digest, item) or "")
    answered = home is not None and home.kind in ANSWERED
    window = digest.section("window")
    soon = answered and in_time(item, when.day)
    return Shelf(
        home=home,
        forced=digest.section(item.section) is not None,
        followed=digest.section("followed") if types and not answered else None,
        window=window if window is not None and types and types[0].term in window.types else None,
        in_time=soon,
        last=soon and not in_time(item, when.next_day),
    )


def home_section(digest: Digest, item: Item) -> str | None:
    """Return the kind of the section that a person put an item in, else that of its type."""
    if digest.section(item.section) is not None:
        return item.section
    types = item.of(Scheme.TYPE)
    plan = next((s for s in digest.sections if types and types[0].term in s.types and s.kind != "window"), None)
    return plan.kind if plan is not None else None
