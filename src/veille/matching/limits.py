"""What « pas pour moi » forbids or holds back from then on, by its reason, and the sentence that says so (pure).

A limit is of the organisation (the reasons read « trop gros pour nous »), holds twenty-four weeks, and ends at once
where the opinion is taken back. It narrows only: what a gate refuses, no opinion lets through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from textwrap import shorten

from veille.config.taxonomy import Taxonomy
from veille.french import french_day
from veille.matching.traits import Size, Standpoint, quoted_line, size_of, size_words, sizes_of
from veille.model import Item, Scheme

#: Two half-lives of an opinion: what was said half a year ago must be said again.
HELD = timedelta(weeks=24)
#: Characters of a title that a reason quotes.
_TITLE = 80
#: Names that a sentence quotes at most.
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one person said of an item, « utile » or « pas pour moi »."""

    subscriber_id: int
    #: As it stands now.
    item: Item
    useful: bool
    #: A key of REFUSALS, or empty.
    reason: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one refusal keeps from a member; one of `size`, `places` and `words` is set."""

    since: datetime
    #: Title of what was refused.
    title: str
    size: Size | None = None
    places: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    #: Filières in which the words are held back; empty = in items of no filière.
    sectors: frozenset[str] = frozenset()

    def holds(self, today: date) -> bool:
        """Say whether it is still to be kept."""
        return today < self.until

    @property
    def until(self) -> date:
        """The first day on which it holds no more."""
        return (self.since + HELD).date()

    def forbids(self, seen: Standpoint) -> str | None:
        """Return why an item is not to be shown, in French, or None."""
        if self.size is not None and self.too_big(seen.view.item):
            words = size_words(self.size.fact, self.size.floor)
            return f"vous avez dit « trop gros » d'un appel {words} : « {self.title} »"
        if self.places and seen.aimed and all(self._covers(one, seen) for one in seen.aimed):
            return f"vous avez dit « hors de notre zone » de « {self.title} »"
        return None

    def holds_back(self, seen: Standpoint) -> bool:
        """Say whether an item speaks only of words said to be another trade's, in the same filière."""
        same = not self.sectors.isdisjoint(seen.view.sectors) if self.sectors else not seen.view.sectors
        return bool(self.words) and same and bool(seen.said) and self.words.issuperset(seen.said)

    def too_big(self, item: Item) -> bool:
        """Say whether an item is of the refused size or above, by the same fact."""
        floor = self.size
        return floor is not None and any(one.fact == floor.fact and one.value >= floor.floor for one in sizes_of(item))

    def _covers(self, aimed: frozenset[str], seen: Standpoint) -> bool:
        """Say whether a territory aimed at is a refused one, or lies in one."""
        return all(place in self.places or not self.places.isdisjoint(seen.places.ancestors(place)) for place in aimed)


def limits(votes: Sequence[tuple[Vote, Standpoint]], today: date) -> list[Limit]:
    """Return what a member's opinions (oldest first) limit as of a day; a later « utile » lifts what it contradicts."""
    kept: list[Limit] = []
    for vote, seen in votes:
        if vote.useful:
            kept = [one for one in kept if one.forbids(seen) is None and not one.holds_back(seen)]
        elif (limit := limit_of(vote, seen)) is not None and limit.holds(today):
            kept.append(limit)
    return kept


def limit_of(vote: Vote, seen: Standpoint) -> Limit | None:
    """Return what a refusal limits beyond its own item, None where it only weighs, or says nothing more."""
    size, title = size_of(vote.item), shorten(vote.item.title, _TITLE, placeholder="…")
    if vote.reason == "too_big" and size is not None and size.floor:
        return Limit(since=vote.at, title=title, size=size)
    if vote.reason == "out_of_area" and seen.distant:
        return Limit(since=vote.at, title=title, places=seen.distant)
    if vote.reason == "other_trade" and seen.said:
        return Limit(since=vote.at, title=title, words=frozenset(seen.said), sectors=seen.view.sectors)
    return None


def promise(vote: Vote, seen: Standpoint, taxonomy: Taxonomy, organisation: str) -> Iterator[str]:
    """Yield French sentences that say what an opinion changes from the next bulletin on: exactly that."""
    if vote.useful:
        yield f"Dans vos prochains bulletins, ce qui lui ressemble montera un peu, pour {organisation}."
        return
    yield "Cet article ne vous sera plus proposé, ni ses reprises par d'autres sources."
    limit = limit_of(vote, seen)
    if limit is not None:
        until = french_day(limit.until)
        yield f"Dès le prochain bulletin de {organisation}, {_limited(limit, seen, taxonomy)} (jusqu'au {until})."
    elif weighed := _weighed(vote, seen, taxonomy):
        yield f"Dès le prochain bulletin de {organisation}, {weighed} plus bas."
    else:
        yield "Rien d'autre ne change."


def _limited(limit: Limit, seen: Standpoint, taxonomy: Taxonomy) -> str:
    if limit.size is not None:
        return f"plus aucun appel {size_words(limit.size.fact, limit.size.floor)}"
    if limit.places:
        names = [seen.places.name(place) for place in sorted(limit.places)]
        return f"plus rien qui ne vise que {_listed(names, 'ou')}"
    words = [f"« {quoted_line(segment)} »" for segment in seen.said.values()]
    sectors = [taxonomy.label(Scheme.SECTOR, sector) for sector in sorted(limit.sectors)]
    where = f"en filière {_listed(sectors, 'ou')}" if sectors else "sans filière"
    return f"ce qui, {where}, ne parle que de {_listed(words, 'et')} passera après tout le reste"


def _weighed(vote: Vote, seen: Standpoint, taxonomy: Taxonomy) -> str:
    if vote.reason == "known":
        names = [f"« {source.title} »" for source in vote.item.sources[:1]]
        return f"les annonces de {names[0]} passeront très légèrement" if names else ""
    if vote.reason == "too_big":
        return ""
    if vote.reason == "out_of_area":
        said = {"national": "les annonces nationales", "union": "les annonces européennes"}.get(seen.reach or "", "")
        return f"{said} passeront un peu" if said else ""
    if vote.reason == "other_trade":
        sectors = [taxonomy.label(Scheme.SECTOR, sector) for sector in sorted(seen.view.sectors)]
        return f"les annonces de la filière {_listed(sectors, 'ou')} passeront un peu" if sectors else ""
    return "ce qui lui ressemble passera un peu"


def _listed(names: Sequence[str], last: str) -> str:
    shown = list(names[:_NAMED]) + (["…"] if len(names) > _NAMED else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"
