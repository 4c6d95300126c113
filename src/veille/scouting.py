"""Composition for what looks outside and needs no database: searching an address for a source, probing sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from veille.clock import SystemClock
from veille.config.instance import definitions
from veille.config.settings import Settings
from veille.model import Scheme, Source, Tagged, TextToTag
from veille.protocols import Progress
from veille.text import fold, singular

if TYPE_CHECKING:
    from veille.config.taxonomy import Taxonomy, Term
    from veille.crawl.discovery.offers import Survey
    from veille.crawl.discovery.probing import Probe

#: Shorter words (« des », « aux ») name nothing.
_SHORTEST_NAME = 4
#: What a page says of itself in its title holds for all that it lists; words further down may hold for one entry.
_WHERE = "title"


@dataclass(frozen=True, slots=True)
class Hint:
    """A value for a key of a source, and the words that say so."""

    value: str | list[str]
    words: str


def search(settings: Settings, url: str, *, kind: str = "", now: datetime | None = None) -> "Survey":
    """Search an address for what a watch could follow."""
    from veille.crawl.discovery.surveying import survey
    from veille.net.way_out import way_out

    clock = SystemClock(now)
    return survey(url, way_out(settings, clock), clock, settings.fetch, kind=kind)


def probe(
    settings: Settings, sources: Sequence[Source], progress: Progress | None = None, *, now: datetime | None = None
) -> "Sequence[Probe]":
    """Ask every source once, as the crawl would, and write nothing."""
    from veille.crawl.discovery.probing import probe_sources
    from veille.net.way_out import way_out

    clock = SystemClock(now)
    return probe_sources(sources, way_out(settings, clock), clock, settings.fetch, progress)


def look(settings: Settings, url: str, *, now: datetime | None = None) -> TextToTag:
    """Read a page or a PDF as it stands now, and write nothing; raises InputError where it cannot be read."""
    from veille.crawl.details.looking import look as look_at
    from veille.net.way_out import way_out

    clock = SystemClock(now)
    return look_at(url, way_out(settings, clock), clock, host_delay=settings.fetch.host_delay)


def hints(settings: Settings, title: str) -> Mapping[str, Hint]:
    """Return what the title of a page proves of its source: territory, type, sectors; nothing that is only likely."""
    from veille.nlp.tagger import load_tagger

    tagger = load_tagger(definitions(settings.home))
    (tagged,) = tagger.tag([TextToTag(id="page", title=title, text="", lang="fr")])
    found = {
        key: hint for key, scheme in _KEYS.items() if (hint := next(_proved(tagged, scheme, tagger.taxonomy), None))
    }
    sectors = list(_proved(tagged, Scheme.SECTOR, tagger.taxonomy))
    if sectors:
        words = ", ".join(dict.fromkeys(hint.words for hint in sectors))
        found["sectors"] = Hint([str(hint.value) for hint in sectors], words)
    return found


_KEYS = {"territory": Scheme.TERRITORY, "type": Scheme.TYPE}


def _proved(tagged: Tagged, scheme: Scheme, taxonomy: "Taxonomy") -> Iterator[Hint]:
    """Yield the terms of a scheme that words of the title prove.

    A type holds for a whole list only where the title names it: « Guide des aides » lists aids, « Actualités » all.
    """
    for tag in tagged.of(scheme):
        words = next((evidence.text for evidence in tag.evidence if evidence.where == _WHERE), "")
        if not words or tag.scope != "main":
            continue
        if scheme is not Scheme.TYPE or _is_named(taxonomy.of(scheme)[tag.term], words):
            yield Hint(tag.term, words)


def _is_named(term: "Term", words: str) -> bool:
    names = set(singular(fold(f"{term.label} {term.id.replace('-', ' ')}")).split())
    said = {word for word in singular(fold(words)).split() if len(word) >= _SHORTEST_NAME}
    return term.actionable and bool(names & said)
