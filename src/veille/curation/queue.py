"""What a person should look at first: what can still be seized, and where the machine doubts (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from veille.config.taxonomy import OFF_TOPIC, Taxonomy
from veille.model import Item, Origin, Scheme, Tag

#: What each doubt weighs: the type decides whether an item is seen at all, the filière and the axis by whom.
_TYPE, _SECTOR, _AXIS, _DEADLINE = 0.35, 0.35, 0.35, 0.2
#: Doubt where nothing was found: a text may well have no axis, hardly no filière.
_NO_SECTOR, _NO_AXIS, _NO_DEADLINE = 0.8, 0.5, 1.0
#: A doubt that is worth telling.
_TOLD = 0.4
#: What cannot be seized, and what is read as nobody's business, beside an open call.
_READ_ONLY, _OFF_TOPIC = 0.4, 0.3
#: Something to look at is worth that even where nothing is in doubt.
_SURE = 0.2
#: Days before it closes under which an open call cannot wait for next week's look.
_SOON = 10
_HURRIED = 1.3
#: What stood there when its source began to be watched is news if it was younger than this then (as for bulletins).
_NEWS_AT_FIRST = timedelta(days=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An item that nobody judged yet."""

    item: Item
    #: Higher gains more; no unit.
    gain: float
    #: What the machine is unsure of, in French.
    doubts: tuple[str, ...]


def queue(items: Iterable[Item], taxonomy: Taxonomy, today: date) -> list[Waiting]:
    """Return what waits for a judgement, what gains most first; nothing that is closed or was there from the start."""
    found = [_waiting(item, taxonomy, today) for item in items if _waits(item, taxonomy, today)]
    return sorted(found, key=lambda one: (-one.gain, -one.item.id))


def _waits(item: Item, taxonomy: Taxonomy, today: date) -> bool:
    if item.review is not None or (item.due is not None and item.due < today):
        return False
    return not item.baseline or _seizable(item, taxonomy) or _was_news(item)


def _was_news(item: Item) -> bool:
    return item.published is not None and item.first_seen - item.published <= _NEWS_AT_FIRST


def _seizable(item: Item, taxonomy: Taxonomy) -> bool:
    types = taxonomy.of(Scheme.TYPE)
    return any(tag.term in types and types[tag.term].actionable for tag in item.of(Scheme.TYPE)[:1])


def _waiting(item: Item, taxonomy: Taxonomy, today: date) -> Waiting:
    doubts = list(_doubts(item, taxonomy))
    sure = 1.0
    for _, doubt in doubts:
        sure *= 1 - doubt
    gain = (_SURE + 1 - sure) * _worth(item, taxonomy, today)
    told = sorted((one for one in doubts if one[0]), key=lambda one: -one[1])
    return Waiting(item=item, gain=round(gain, 4), doubts=tuple(words for words, _ in told))


def _worth(item: Item, taxonomy: Taxonomy, today: date) -> float:
    off = any(tag.term == OFF_TOPIC for tag in item.of(Scheme.AXIS))
    worth = _OFF_TOPIC if off else 1.0
    if _seizable(item, taxonomy):
        return worth * (_HURRIED if item.due is not None and (item.due - today).days <= _SOON else 1.0)
    return float(worth * _READ_ONLY * 0.5 ** (_age(item, today) / _half_life(item, taxonomy)))


def _age(item: Item, today: date) -> int:
    return max(0, (today - (item.published or item.first_seen).date()).days)


def _half_life(item: Item, taxonomy: Taxonomy) -> int:
    kind = next(iter(item.of(Scheme.TYPE)), None)
    term = taxonomy.of(Scheme.TYPE).get(kind.term) if kind else None
    return term.half_life_days if term else 30


def _doubts(item: Item, taxonomy: Taxonomy) -> Iterator[tuple[str, float]]:
    """Yield (French words or "", doubt from 0 to 1) for each thing that an item may be wrong about."""
    yield _doubt(item, Scheme.TYPE, taxonomy, "type", _TYPE, 1.0)
    yield _doubt(item, Scheme.SECTOR, taxonomy, "filière", _SECTOR, _NO_SECTOR)
    if taxonomy.of(Scheme.AXIS):
        yield _doubt(item, Scheme.AXIS, taxonomy, "axe", _AXIS, _NO_AXIS)
    kind = next(iter(item.of(Scheme.TYPE)), None)
    term = taxonomy.of(Scheme.TYPE).get(kind.term) if kind else None
    if term is not None and term.deadline == "required" and item.deadline is None:
        yield "échéance non lue", _DEADLINE * _NO_DEADLINE


def _doubt(
    item: Item, scheme: Scheme, taxonomy: Taxonomy, name: str, weight: float, absent: float
) -> tuple[str, float]:
    tags = item.of(scheme)
    if not tags:
        return f"{name} : aucun{'e' if scheme is Scheme.SECTOR else ''}", weight * absent
    best = tags[0]
    if best.origin is Origin.PERSON:
        return "", 0.0
    doubt = min(1.0, max(0.0, 1 - best.score))
    words = f"{name} : {taxonomy.label(scheme, best.term)} ?" if doubt >= _TOLD or _only_source(best) else ""
    return words, weight * doubt


def _only_source(tag: Tag) -> bool:
    return tag.origin is Origin.SOURCE
