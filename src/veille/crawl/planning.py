"""Which sources a pass asks, out of any number: only those that may be due are looked at closely."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from veille.crawl.decide import is_due, may_be_forced
from veille.crawl.kinds import definition
from veille.crawl.politeness import asked_url, host_of
from veille.model import Source, SourcePlace, SourceState
from veille.protocols import CrawlOptions, SourceStore


def plan(
    sources: Sequence[Source], store: SourceStore, options: CrawlOptions, now: datetime
) -> tuple[list[Source], Mapping[str, SourceState]]:
    """Return the sources of a pass, in their order, and what is known of each.

    Those named, else those due, or with `force` all that may be asked.
    """
    if options.only:
        named = [source for source in sources if source.id in options.only]
        return named, store.states([source.id for source in named])
    enabled = [source for source in sources if source.enabled]
    likely = enabled if options.force else _likely(enabled, store.waiting(now))
    states = store.states([source.id for source in likely])
    due = may_be_forced if options.force else is_due
    return [source for source in likely if due(source, states.get(source.id), now)], states


def _likely(sources: Iterable[Source], waiting: Mapping[str, tuple[str, str]]) -> list[Source]:
    """Return the sources worth a closer look: whose check has come, or that were never read as they are defined now."""
    return [source for source in sources if waiting.get(source.id) != (source.url, definition(source))]


def everywhere(sources: Iterable[Source], places: Mapping[str, SourcePlace]) -> dict[str, list[Source]]:
    """Return all enabled sources by the host that they are asked at."""
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        if source.enabled:
            hosts.setdefault(host_of(asked_url(source, places.get(source.id))), []).append(source)
    return hosts
