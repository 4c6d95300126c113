"""Which sources a pass asks, out of any number: only those that may be due are looked at closely."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from veille.crawl.decide import is_due, may_be_forced
from veille.crawl.kinds import definition
from veille.crawl.politeness import asked_url, host_of
from veille.model import Source, SourcePlan, SourceState
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
    plans = {} if options.force else store.plans(now)
    likely = enabled if options.force else [source for source in enabled if may_be_due(source, plans.get(source.id))]
    states = store.states([source.id for source in likely])
    due = may_be_forced if options.force else is_due
    return [source for source in likely if due(source, states.get(source.id), now)], states


def may_be_due(source: Source, planned: SourcePlan | None) -> bool:
    """Say whether a source is worth a closer look: its check has come, or it was never read as it is defined now."""
    if planned is None or planned.due:
        return True
    return planned.feed not in {"", source.url} or planned.definition != definition(source)


def everywhere(sources: Iterable[Source], plans: Mapping[str, SourcePlan]) -> dict[str, list[Source]]:
    """Return all enabled sources by the host that they are asked at."""
    hosts: dict[str, list[Source]] = {}
    for source in sources:
        if source.enabled:
            hosts.setdefault(host_of(asked_url(source, plans.get(source.id))), []).append(source)
    return hosts
