"""What a new reading of a watched page means: nothing, a change, the end of one, or a page that is not itself (pure).

A line that comes back, or goes again, within a month is no news: it belongs to the change that told of it, which is
told anew once the line has stayed as it is for a day. A page that lost most of its lines is an outage until it has been
seen so for most of a day; then it was made anew.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from veille.crawl.feeds import SOURCE_ZONE
from veille.crawl.watch.comparing import Difference, compare, weight
from veille.crawl.watch.memory import Held, Memory, Move, Told
from veille.crawl.watch.noise import mark
from veille.crawl.watch.wording import REDONE, UNDONE, text_of, title_of

#: Lines below which a page is too small to tell an outage from a change, and the share that an outage leaves.
_FEW, _LEFT = 5, 0.3
#: How long, and how often again, a page that is not itself must be seen before that is its new self.
_CONFIRMED, _AGAIN = timedelta(hours=20), 2
#: Share of lines by which two sights of such a page are the same.
_SAME = 0.7
#: A page that changes so soon after its first visit, and was never recognised, was not itself at that visit.
_YOUNG = timedelta(days=2)
#: How long a line must stay as it is before a change is told anew.
_SETTLED = timedelta(hours=24)
#: Comings and goings in a month from which on a line is one that turns: nobody waits for it to settle.
_TURNS = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit gave."""

    memory: Memory
    #: Ids of changes that are new, or told anew.
    changed: tuple[str, ...] = ()
    #: French, what the state of the source says.
    sentence: str = ""
    #: Something waits to be confirmed: the page must be read again though it does not change.
    waiting: bool = False


def seen(memory: Memory | None, lines: Sequence[str], now: datetime, *, least: int) -> Outcome:
    """Judge a reading against what is remembered; None at the first visit."""
    if memory is None:
        return Outcome(Memory.born_with(list(lines), now), sentence=f"{_read(lines)} : état de départ enregistré")
    memory = memory.pruned(now)
    found = compare(memory.lines, _day(memory.read), lines, _day(now))
    if found.known >= _FEW and found.kept < _LEFT * found.known:
        return _unlike_itself(memory, lines, found, now)
    memory = replace(memory, held=None, readings=memory.readings + 1, lines=tuple(lines), read=now)
    memory, fresh = _moved(memory, found, now, least)
    memory, again = _settled(memory, now)
    changed = (*fresh, *again)
    waiting = any(move.open and move.times < _TURNS for move in memory.moves.values())
    said = "un changement" if fresh else "changement précédent mis à jour" if again else "aucun changement"
    return Outcome(memory, changed, f"{_read(lines)} : {said}", waiting)


def _day(moment: datetime) -> date:
    """Return the day that a French page prints."""
    return moment.astimezone(SOURCE_ZONE).date()


def _read(lines: Sequence[str]) -> str:
    return f"page lue, {len(lines)} ligne{'s' if len(lines) > 1 else ''}"


# ── a page that is not itself ───────────────────────────────────────────────────────────────────────────────────────
def _unlike_itself(memory: Memory, lines: Sequence[str], found: Difference, now: datetime) -> Outcome:
    if memory.readings == 0 and now - memory.born < _YOUNG:
        return Outcome(Memory.born_with(list(lines), now), sentence=f"{_read(lines)} : nouvel état de départ")
    held = _held(memory.held, lines, now)
    if held.visits > _AGAIN and now - held.since >= _CONFIRMED:
        return _made_anew(memory, lines, found, now)
    sentence = (
        f"la page ne montre plus que {found.kept} de ses {found.known} lignes : panne ou refonte, attendu avant d'en"
        " tirer quoi que ce soit"
    )
    return Outcome(replace(memory, held=held), sentence=sentence, waiting=True)


def _held(before: Held | None, lines: Sequence[str], now: datetime) -> Held:
    if before is not None:
        found = compare(before.lines, _day(before.since), lines, _day(now))
        if found.kept >= _SAME * max(1, found.known):
            return Held(tuple(lines), before.since, before.visits + 1)
    return Held(tuple(lines), now)


def _made_anew(memory: Memory, lines: Sequence[str], found: Difference, now: datetime) -> Outcome:
    """Tell in one change that a page was made anew; what moved on the old one is forgotten."""
    told = Told.of(now, REDONE, text_of(found.added), found.added, found.removed)
    name = _name(memory.count, found.added, found.removed)
    fresh = Memory(lines=tuple(lines), read=now, born=memory.born, count=memory.count + 1, told={name: told})
    return Outcome(fresh, (name,), f"{_read(lines)} : la page a été refaite")


# ── lines that come and go ──────────────────────────────────────────────────────────────────────────────────────────
def _moved(memory: Memory, found: Difference, now: datetime, least: int) -> tuple[Memory, list[str]]:
    """Note what moved; return the id of the change that tells of what moved for the first time, if it matters."""
    moves = dict(memory.moves)
    fresh_added = [line for line in found.added if mark(line) not in moves]
    fresh_removed = [line for line in found.removed if mark(line) not in moves]
    for lines, here in ((found.added, True), (found.removed, False)):
        for line in lines:
            if mark(line) in moves:
                before = moves[mark(line)]
                moves[mark(line)] = replace(before, here=here, times=before.times + 1, last=now)
    if not (fresh_added or fresh_removed) or weight(fresh_added, fresh_removed) < least:
        return replace(memory, moves=moves), []
    name = _name(memory.count, fresh_added, fresh_removed)
    moves |= {mark(line): Move(True, 1, now, name, told=True) for line in fresh_added}
    moves |= {mark(line): Move(False, 1, now, name, told=False) for line in fresh_removed}
    title, text = title_of(fresh_added, fresh_removed), text_of(fresh_added)
    told = {**memory.told, name: Told.of(now, title, text, fresh_added, fresh_removed)}
    return replace(memory, moves=moves, told=told, count=memory.count + 1), [name]


def _settled(memory: Memory, now: datetime) -> tuple[Memory, list[str]]:
    """Tell anew the changes whose lines have settled in another way than was told."""
    over = {key: one for key, one in memory.moves.items() if one.open and now - one.last >= _SETTLED}
    names = [name for name in dict.fromkeys(one.change for one in over.values()) if name in memory.told]
    moves = {**memory.moves, **{key: replace(one, told=one.here) for key, one in over.items()}}
    told = {**memory.told, **{name: _told_anew(memory.told[name], moves) for name in names}}
    return replace(memory, moves=moves, told=told), names


def _told_anew(told: Told, moves: Mapping[str, Move]) -> Told:
    """Return a change without what was undone; one that was undone as a whole keeps its words and says so."""
    added = tuple(line for line in told.added if _is(moves, line, here=True))
    removed = tuple(line for line in told.removed if _is(moves, line, here=False))
    if not added and not removed:
        return replace(told, title=told.title.removesuffix(UNDONE) + UNDONE)
    return replace(told, title=title_of(added, removed), text=text_of(added))


def _is(moves: Mapping[str, Move], line: str, *, here: bool) -> bool:
    move = moves.get(mark(line))
    return move is None or move.here == here


def _name(count: int, added: Iterable[str], removed: Iterable[str]) -> str:
    """Return the id of a change: which it is of its page, and what it says."""
    said = "\x1f".join([*map(mark, added), "\x1e", *map(mark, removed)])
    return f"watch:{count + 1}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
