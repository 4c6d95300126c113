"""Rows of crawl's tables ↔ the values of the model."""

from datetime import datetime, timedelta
from typing import Any

from veille.model import (
    EntryIntent,
    ExportedEntry,
    KnownEntry,
    Reservation,
    RobotsVerdict,
    Source,
    SourceEvent,
    SourceHealth,
    SourceState,
    SourceStatus,
    Validators,
)
from veille.storage.structured import facts_column, facts_of
from veille.storage.tables import SourceEventRow, SourceStateRow


def known_entry(
    key: str,
    link: str | None,
    title: str,
    content_hash: str,
    guid: str | None,
    published: datetime | None,
    facts: dict[str, Any] | None,
) -> KnownEntry:
    """Return what decide needs of a stored entry."""
    return KnownEntry(
        key=key,
        link=link,
        title=title,
        content_hash=content_hash,
        guid=guid,
        published=published,
        facts=facts_of(facts),
    )


def published_columns(intent: EntryIntent) -> dict[str, Any]:
    """Return the columns of an entry that its source wrote."""
    entry = intent.entry
    return {
        "guid": entry.guid,
        "title": entry.title,
        "link": entry.link,
        "text": entry.text,
        "author": entry.author,
        "categories": list(entry.categories),
        "published": entry.published,
        "updated": entry.updated,
        "facts": facts_column(entry.facts),
        "content_hash": intent.content_hash,
    }


def exported_entry(
    source: str,
    feed: str,
    title: str,
    link: str | None,
    published: datetime | None,
    updated: datetime | None,
    seen: datetime,
    item: int,
) -> ExportedEntry:
    """Return one line of the export."""
    return ExportedEntry(
        source=source, feed=feed, title=title, link=link, date=published or updated, seen=seen, item=item
    )


def state_of(row: SourceStateRow) -> SourceState:
    """Return what the store knows of a source."""
    return SourceState(
        source_id=row.source_id,
        health=SourceHealth(row.health),
        sentence=row.sentence,
        next_step=row.next_step,
        http_status=row.http_status,
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        checked_at=row.checked_at,
        succeeded_at=row.succeeded_at,
        changed_at=row.changed_at,
        next_check_at=row.next_check_at,
        failures=row.failures,
        interval=row.interval,
        moved_to=row.moved_to,
        found_feed=row.found_feed,
        move_candidate=row.move_candidate,
        move_seen_at=row.move_seen_at,
        entries=row.entries,
        feed=row.feed,
        ttl=row.ttl,
        skip_hours=frozenset(row.skip_hours),
        gap=row.gap,
        definition=row.definition,
        since=row.since,
        alarm=SourceHealth(row.alarm) if row.alarm else None,
        rebaseline=row.rebaseline,
        robots=row.robots,
        reserved=row.reserved,
        cut=row.cut,
    )


def state_values(source: Source, state: SourceState) -> dict[str, Any]:
    """Return a row: the source as it is defined now, and its state."""
    return {
        "source_id": source.id,
        "title": source.title,
        "feed": source.url,
        "territory": source.territory,
        "default_type": source.type,
        "sectors": list(source.sectors),
        "language": source.language,
        "licence": source.licence.value,
        "health": state.health.value,
        "sentence": state.sentence,
        "next_step": state.next_step,
        "http_status": state.http_status,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "checked_at": state.checked_at,
        "succeeded_at": state.succeeded_at,
        "changed_at": state.changed_at,
        "next_check_at": state.next_check_at,
        "failures": state.failures,
        "interval": state.interval,
        "moved_to": state.moved_to,
        "found_feed": state.found_feed,
        "move_candidate": state.move_candidate,
        "move_seen_at": state.move_seen_at,
        "entries": state.entries,
        "ttl": state.ttl,
        "skip_hours": sorted(state.skip_hours),
        "gap": state.gap,
        "definition": state.definition,
        "since": state.since,
        "alarm": state.alarm.value if state.alarm else None,
        "rebaseline": state.rebaseline,
        "robots": state.robots,
        "reserved": state.reserved,
        "cut": state.cut,
    }


def status_of(row: SourceStateRow) -> SourceStatus:
    """Return one row of the health of sources."""
    return SourceStatus(
        source_id=row.source_id,
        title=row.title,
        url=row.feed,
        health=SourceHealth(row.health),
        sentence=row.sentence,
        next_step=row.next_step,
        http_status=row.http_status,
        since=row.since,
        checked_at=row.checked_at,
        succeeded_at=row.succeeded_at,
        changed_at=row.changed_at,
        next_check_at=row.next_check_at,
        failures=row.failures,
        entries=row.entries,
        gap=None if row.gap is None else timedelta(seconds=row.gap),
        moved_to=row.moved_to,
        robots=RobotsVerdict(row.robots),
        reserved=Reservation(row.reserved),
    )


def event_of(row: SourceEventRow, title: str) -> SourceEvent:
    """Return what staff are told of a source."""
    return SourceEvent(
        id=row.id,
        source_id=row.source_id,
        title=title,
        health=SourceHealth(row.health),
        sentence=row.sentence,
        next_step=row.next_step,
        since=row.since,
        at=row.at,
        told_at=row.told_at,
    )


def event_values(event: SourceEvent) -> dict[str, Any]:
    """Return the row of a new event."""
    return {
        "source_id": event.source_id,
        "health": event.health.value,
        "since": event.since,
        "at": event.at,
        "sentence": event.sentence,
        "next_step": event.next_step,
    }
