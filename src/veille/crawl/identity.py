"""Which entry of a feed is which entry of the store, though ids go missing, are reused, or change (pure).

Per entry, never per feed: a feed that switches its ids by itself must not bring its whole history back as new
(FreshRSS#5329, #4487). An entry is first looked for under its strongest name, then by its id, then by its link.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from veille.crawl.normalize import canonical_guid, identifying_link, key, normal_title
from veille.model import KnownEntry, ParsedEntry


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of the feed with its names, and the stored entry it is, if any."""

    entry: ParsedEntry
    #: Key in the store: the known entry's, or the new one's.
    key: str
    #: Identity of the item it opens or joins when new.
    item_key: str
    known: KnownEntry | None


@dataclass(frozen=True, slots=True)
class _Names:
    guid: str | None
    link: str | None
    title: str
    day: str


def identify(
    source_id: str, entries: Sequence[ParsedEntry], known: Mapping[str, KnownEntry], *, linked: bool = True
) -> list[Named]:
    """Name each distinct entry of a feed, in order; entries that the feed repeats are dropped.

    With `linked=False` a link names nothing: all entries share that of the page they are about.
    """
    return list(_Identification(source_id, entries, known, linked=linked).named())


class _Identification:
    """One feed against one source's history; each stored entry is claimed once."""

    def __init__(
        self, source_id: str, entries: Sequence[ParsedEntry], known: Mapping[str, KnownEntry], *, linked: bool
    ) -> None:
        self._source_id = source_id
        self._linked = linked
        self._known = known
        self._pairs = _distinct([(entry, _names(entry, self._link(entry.link))) for entry in entries])
        self._shared_guids = _shared((names.guid, names.link or names.title) for _, names in self._pairs)
        self._shared_links = _shared((names.link, f"{names.guid}\n{names.title}") for _, names in self._pairs)
        self._by_guid: dict[str, list[KnownEntry]] = defaultdict(list)
        self._by_link: dict[str, list[KnownEntry]] = defaultdict(list)
        for stored in known.values():
            self._by_guid[canonical_guid(stored.guid) or ""].append(stored)
            self._by_link[self._link(stored.link) or ""].append(stored)
        #: Place in the feed → the stored entry it is.
        self._found: dict[int, KnownEntry] = {}
        self._claimed: set[str] = set()

    def named(self) -> Iterator[Named]:
        searches = (self._search_key, self._search_guid, self._search_link) if self._known else ()
        for search in searches:
            for place, (entry, names) in enumerate(self._pairs):
                if place not in self._found:
                    self._claim(place, search(entry, names))
        taken = set(self._known)
        for place, (entry, names) in enumerate(self._pairs):
            stored = self._found.get(place)
            own = stored.key if stored else next(name for name in self._keys(names) if name not in taken)
            taken.add(own)
            yield Named(entry, own, self._item_key(names, own), stored)

    def _claim(self, place: int, candidates: Iterable[KnownEntry]) -> None:
        for stored in candidates:
            if stored.key not in self._claimed:
                self._claimed.add(stored.key)
                self._found[place] = stored
                return

    def _search_key(self, entry: ParsedEntry, names: _Names) -> Iterator[KnownEntry]:
        stored = self._known.get(next(self._keys(names)))
        if stored is not None and not self._is_reused(entry, names, stored):
            yield stored

    def _search_guid(self, entry: ParsedEntry, names: _Names) -> Iterator[KnownEntry]:
        for stored in self._by_guid[names.guid] if names.guid else ():
            same_link = self._link(stored.link) == names.link
            if same_link or (names.guid not in self._shared_guids and not self._is_reused(entry, names, stored)):
                yield stored

    def _search_link(self, _entry: ParsedEntry, names: _Names) -> Iterator[KnownEntry]:
        if names.link and names.link not in self._shared_links:
            yield from self._by_link[names.link]

    def _link(self, url: str | None) -> str | None:
        return identifying_link(url) if self._linked else None

    def _is_reused(self, entry: ParsedEntry, names: _Names, stored: KnownEntry) -> bool:
        return self._linked and _reused(entry, names, stored)

    def _keys(self, names: _Names) -> Iterator[str]:
        """Yield the keys an entry may bear, strongest first; the last ones are always free."""
        guid, link = names.guid, names.link
        if guid and guid not in self._shared_guids:
            yield key("guid", guid)
        if guid and link:
            yield key("guid+link", guid, link)
        if link and link not in self._shared_links:
            yield key("link", link)
        yield key("title", guid or "", link or "", names.title, names.day)
        for again in range(len(self._known) + len(self._pairs) + 1):
            yield key("again", guid or "", link or "", names.title, names.day, str(again))

    def _item_key(self, names: _Names, own: str) -> str:
        if names.link and names.link not in self._shared_links:
            return key("link", names.link)
        return key("source", self._source_id, own)


def _names(entry: ParsedEntry, link: str | None) -> _Names:
    day = entry.published or entry.updated
    return _Names(
        canonical_guid(entry.guid),
        link,
        normal_title(entry.title),
        day.date().isoformat() if day else "",
    )


def _distinct(pairs: Sequence[tuple[ParsedEntry, _Names]]) -> list[tuple[ParsedEntry, _Names]]:
    """Drop what a feed says twice, same id and link or same link and title; keep the first."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for entry, names in pairs:
        marks = {("title", names.link or names.guid or names.day, names.title)}
        if names.guid:
            marks.add(("guid", names.guid, names.link or names.title))
        if not marks & seen:
            kept.append((entry, names))
        seen |= marks
    return kept


def _shared(pairs: Iterable[tuple[str | None, str]]) -> set[str]:
    """Return the first halves that stand with more than one second half."""
    counts = Counter(first for first, _ in set(pairs) if first)
    return {first for first, count in counts.items() if count > 1}


def _reused(entry: ParsedEntry, names: _Names, stored: KnownEntry) -> bool:
    """Say whether an id now means another thing: link, title and date all differ."""
    other_link = identifying_link(stored.link) != names.link
    other_title = normal_title(stored.title) != names.title
    return other_link and other_title and (entry.published is None or entry.published != stored.published)
