"""What is remembered of a watched page between two visits (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self

#: A line that comes back after this is news again.
LASTING = timedelta(days=30)
#: Lines and changes remembered (the busiest page met moves 40 lines a month), and characters that one added or removed.
_MOVES, _TOLD, _LONGEST = 1_000, 30, 50_000
#: How a memory is written; one written otherwise is none.
_FORM = 1


@dataclass(frozen=True, slots=True)
class Move:
    """A line that came or went lately."""

    #: It is on the page now.
    here: bool
    #: How often it came or went.
    times: int
    last: datetime
    #: The change that told of it, and what it said: the line is there, or it is not.
    change: str = ""
    told: bool = False

    @property
    def open(self) -> bool:
        """What was told of it is no longer so."""
        return bool(self.change) and self.told != self.here


@dataclass(frozen=True, slots=True)
class Told:
    """One change, as its item tells it."""

    at: datetime
    title: str
    text: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def of(cls, at: datetime, title: str, text: str, added: Sequence[str], removed: Sequence[str]) -> Self:
        """Return a change, what it added and removed within bounds."""
        return cls(at, title, text, _bounded(added), _bounded(removed))


@dataclass(frozen=True, slots=True)
class Held:
    """A page that lost most of its lines: an outage until it is seen again and again."""

    lines: tuple[str, ...]
    since: datetime
    visits: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The page as it was last believed, and what moved on it."""

    lines: tuple[str, ...]
    #: When the lines were read: dates of that day are masked in them.
    read: datetime
    #: When the page began to be watched, and how often it was read and recognised since.
    born: datetime
    readings: int = 0
    #: Changes ever told: a part of their ids.
    count: int = 0
    #: By the mark of the line.
    moves: Mapping[str, Move] = field(default_factory=dict)
    #: By the id of the change.
    told: Mapping[str, Told] = field(default_factory=dict)
    held: Held | None = None

    @classmethod
    def born_with(cls, lines: list[str], now: datetime) -> Self:
        """Return the memory of a page at its first visit."""
        return cls(lines=tuple(lines), read=now, born=now)

    def pruned(self, now: datetime) -> "Memory":
        """Return a memory without what is over."""
        young = {key: move for key, move in self.moves.items() if now - move.last < LASTING}
        newest = sorted(young, key=lambda key: young[key].last, reverse=True)[:_MOVES]
        kept = {key: young[key] for key in newest}
        speaking = {move.change for move in kept.values()}
        lately = sorted(self.told, key=lambda key: self.told[key].at, reverse=True)[:_TOLD]
        return replace(self, moves=kept, told={key: self.told[key] for key in lately if key in speaking})

    def written(self) -> dict[str, Any]:
        """Return a form that JSON can hold."""
        return {"form": _FORM, **_plain(asdict(self))}

    @classmethod
    def read_from(cls, written: Mapping[str, Any] | None) -> Self | None:
        """Return the memory that `written` made; None for one of another form, or none."""
        if written is None or written.get("form") != _FORM:
            return None
        held = written["held"]
        return cls(
            lines=tuple(written["lines"]),
            read=_instant(written["read"]),
            born=_instant(written["born"]),
            readings=written["readings"],
            count=written["count"],
            moves={key: Move(**{**one, "last": _instant(one["last"])}) for key, one in written["moves"].items()},
            told={key: _told(one) for key, one in written["told"].items()},
            held=Held(tuple(held["lines"]), _instant(held["since"]), held["visits"]) if held else None,
        )


def _bounded(lines: Sequence[str]) -> tuple[str, ...]:
    kept, room = [], _LONGEST
    for line in lines:
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return tuple(kept)


def _told(one: Mapping[str, Any]) -> Told:
    values = {name.name: one[name.name] for name in fields(Told)}
    return Told(**{
        **values, "at": _instant(one["at"]), "added": tuple(one["added"]), "removed": tuple(one["removed"])
    })  # fmt: skip


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
