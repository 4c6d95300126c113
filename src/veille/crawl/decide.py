"""New, changed or same, per entry; state and next check, per source (pure: `now` is passed in)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from veille.crawl.alarm import watched
from veille.crawl.blockers import Blocker
from veille.crawl.health import Diagnosis, diagnose
from veille.crawl.identity import Named, identify
from veille.crawl.kinds import KINDS, definition
from veille.crawl.moves import GONE_ELSEWHERE, back_home, follow_move, is_away
from veille.crawl.normalize import canonical_link, content_hash, normal_title
from veille.crawl.politeness import GIVEN_UP
from veille.crawl.rhythm import next_check, outside, unresolved
from veille.crawl.validators import kept_validators
from veille.errors import ParseError
from veille.model import (
    FAILURES,
    EntryIntent,
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    KnownEntry,
    ParsedEntry,
    ParsedFeed,
    Reservation,
    RobotsVerdict,
    Source,
    SourceHealth,
    SourceState,
    Validators,
)

#: The newest gaps of a feed speak for its rhythm; older ones for its past.
_GAPS = 20
_ENOUGH_GAPS = 4


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of one source, with what reading its body gave."""

    outcome: FetchOutcome
    #: None where there was no body to read, or the very body that was read before.
    reading: ParsedFeed | ParseError | None
    #: Hash of the body, where it was read.
    body_hash: str | None = None
    #: The body is the one that `state.body_hash` names.
    same_body: bool = False
    #: The feed that was read in place of the page that declares it.
    found_feed: str | None = None
    #: What stood in the place of a document that could not be read.
    blocker: Blocker | None = None
    #: What the site's robots.txt says of the address, and where it reserves its text, where something was read.
    robots: RobotsVerdict | None = None
    reserved: Reservation | None = None

    @property
    def feed(self) -> ParsedFeed | None:
        """What was read, if it is a feed."""
        return self.reading if isinstance(self.reading, ParsedFeed) else None


def current(source: Source, state: SourceState | None) -> SourceState:
    """Return what is known of a source under the URL and recipe it has now: new ones in sources.yaml start afresh."""
    how = definition(source)
    if state is None:
        return SourceState(source_id=source.id, feed=source.url, definition=how)
    if state.feed not in {"", source.url}:
        return SourceState(
            source_id=source.id, feed=source.url, definition=how, changed_at=state.changed_at, gap=state.gap
        )
    if state.definition == how:
        return replace(state, feed=source.url)
    # read in another way: the same bytes may say other things, and their number is a new one
    return replace(
        state,
        feed=source.url,
        definition=how,
        validators=Validators(),
        body_hash=None,
        entries=0,
        next_check_at=None,
        rebaseline=True,
    )


def is_baseline(state: SourceState) -> bool:
    """Say whether what the next answer brings was there before the source was watched, or read in this way."""
    return state.succeeded_at is None or state.rebaseline


def decide_entries(
    source: Source, feed: ParsedFeed, known: Mapping[str, KnownEntry], *, baseline: bool = False
) -> list[EntryIntent]:
    """Return what to write: new and changed entries, oldest first; what did not change is left out.

    `baseline` marks the new ones as having been there before.
    """
    named = identify(source.id, feed.entries, known, linked=not KINDS[source.kind].remembers)
    changes = {place: _changed(one.entry, one.known) for place, one in enumerate(named) if one.known}
    redated = [place for place, fields in changes.items() if fields == ("published",)]
    if len(redated) > 1 and 2 * len(redated) >= len(changes):
        # Dates that all move at once are written by the generator at each request: nobody edited anything.
        changes.update(dict.fromkeys(redated, ()))
    written = [(one, changes.get(place)) for place, one in enumerate(named) if changes.get(place, True)]
    return [_intent(one, changed, baseline=baseline and changed is None) for one, changed in written[::-1]]


def _intent(one: Named, changed: tuple[str, ...] | None, *, baseline: bool) -> EntryIntent:
    return EntryIntent(
        key=one.key,
        entry=one.entry,
        content_hash=_digest(one.entry),
        item_key=one.item_key,
        changed=changed,
        baseline=baseline,
    )


def _changed(entry: ParsedEntry, known: KnownEntry | None) -> tuple[str, ...]:
    """Name the fields in which a known entry differs; empty if none."""
    if known is None or known.content_hash == _digest(entry):
        return ()
    fields = []
    if normal_title(entry.title) != normal_title(known.title):
        fields.append("title")
    if _canonical(entry.link) != _canonical(known.link):
        fields.append("link")
    if entry.published != known.published:
        fields.append("published")
    if entry.facts.deadline != known.facts.deadline:
        fields.append("deadline")
    if entry.facts.status != known.facts.status:
        fields.append("status")
    if replace(entry.facts, deadline=None, status=None) != replace(known.facts, deadline=None, status=None):
        fields.append("facts")
    if known.content_hash != content_hash(known.title, known.link, known.published, entry.text, known.facts):
        fields.append("text")
    return tuple(fields)


def _digest(entry: ParsedEntry) -> str:
    return content_hash(entry.title, entry.link, entry.published, entry.text, entry.facts)


def _canonical(link: str | None) -> str:
    return canonical_link(link) if link else ""


def next_state(
    source: Source, state: SourceState, visit: Visit, *, novel: bool, started: datetime, now: datetime
) -> SourceState:
    """Return the state after a visit; `started` is when the pass began, `novel` says that entries came or changed."""
    after = _remember(state, visit, novel=novel, now=now)
    asked = state.validators != Validators()
    diagnosis = diagnose(
        after,
        visit.outcome,
        visit.reading,
        had_validators=asked,
        same_body=visit.same_body,
        now=now,
        blocker=visit.blocker,
        patient=KINDS[source.kind].remembers,
    )
    if state.cut and visit.same_body:
        diagnosis = replace(diagnosis, sentence=f"{diagnosis.sentence} ; flux toujours coupé avant sa fin")
    gone_elsewhere = diagnosis.health is SourceHealth.STOPPED and is_away(state)
    reached = not unresolved(visit.outcome)
    after = _count(after, GONE_ELSEWHERE if gone_elsewhere else diagnosis, now, reached=reached)
    after = watched(state, after, now, reached=reached)
    if _unchanged(visit) or (visit.feed is not None and visit.feed.entries):
        after = follow_move(after, state, visit.outcome, now)
    elif after.failures >= GIVEN_UP or gone_elsewhere:
        after = back_home(after)
    interval, due = next_check(source, after, visit.outcome, novel=novel, started=started, now=now)
    return replace(after, interval=interval, next_check_at=due)


def _unchanged(visit: Visit) -> bool:
    not_modified = isinstance(visit.outcome, Fetched) and visit.outcome.status == 304  # noqa: PLR2004 - RFC 9110
    return visit.same_body or not_modified


def _remember(state: SourceState, visit: Visit, *, novel: bool, now: datetime) -> SourceState:
    """Take over what the answer and the feed say, and keep the rest."""
    whole_again = visit.same_body and not state.cut
    validators = kept_validators(state.validators, visit.outcome, visit.feed, same_body=whole_again)
    after = replace(state, validators=validators, checked_at=now)
    feed = visit.feed
    if feed is None:
        return replace(after, robots=_barred(visit.outcome) or state.robots)
    # once each: the articles of one letter come together, which says nothing of how often letters come
    times = sorted(
        {time for entry in feed.entries if (time := entry.published or entry.updated) and time <= now}, reverse=True
    )
    gap = _usual_gap(times)
    # what was there before we came says how long it has been silent, if it also says how often it speaks
    news = times[0] if is_baseline(state) and gap is not None else now
    return replace(
        after,
        found_feed=visit.found_feed or state.found_feed,
        body_hash=visit.body_hash if (feed.complete or feed.cut) and not feed.again else None,
        cut=feed.cut,
        entries=len(feed.entries) + feed.dropped if feed.listed is None else feed.listed,
        ttl=feed.ttl,
        skip_hours=feed.skip_hours,
        gap=gap or _observed_gap(state, now, novel=novel),
        changed_at=news if novel else state.changed_at,
        rebaseline=is_baseline(state) and not feed.complete,
        robots=state.robots if visit.robots is None else visit.robots.value,
        reserved=state.reserved if visit.reserved is None else visit.reserved.value,
    )


def _barred(outcome: FetchOutcome) -> str:
    """Return what robots.txt said where it kept us from asking."""
    if not isinstance(outcome, FetchFailed):
        return ""
    said = {FetchFault.ROBOTS: RobotsVerdict.FORBIDDEN, FetchFault.ROBOTS_DOWN: RobotsVerdict.UNREACHABLE}
    return said.get(outcome.fault, RobotsVerdict.UNASKED).value


def _usual_gap(times: Sequence[datetime]) -> int | None:
    """Return the median time between the newest entries, seconds; None where they are too few to tell."""
    recent = times[: _GAPS + 1]
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(recent)]
    return (int(median(gaps)) or None) if len(gaps) >= _ENOUGH_GAPS else None


def _observed_gap(state: SourceState, now: datetime, *, novel: bool) -> int | None:
    """Return the usual gap of a source without dates, from when it brought something; a quarter is the latest one."""
    if not novel or is_baseline(state) or state.changed_at is None:
        return state.gap
    latest = max(0, int((now - state.changed_at).total_seconds()))
    return latest if state.gap is None else (3 * state.gap + latest) // 4


def _count(state: SourceState, diagnosis: Diagnosis, now: datetime, *, reached: bool) -> SourceState:
    failed = diagnosis.health in FAILURES
    failures = state.failures + reached if failed else 0
    return replace(
        state,
        health=diagnosis.health,
        sentence=diagnosis.sentence,
        next_step=diagnosis.next_step,
        http_status=diagnosis.http_status,
        failures=failures,
        succeeded_at=state.succeeded_at if failed else now,
    )


def is_due(source: Source, state: SourceState | None, now: datetime) -> bool:
    """Say whether a source is to be fetched now of its own accord."""
    found = current(source, state)
    if found.health is SourceHealth.STOPPED:
        return False
    due = found.next_check_at
    if due is None:
        return True
    # a pass that only ever runs in hours to be skipped asks all the same, once it is a day late
    quiet = outside(found.skip_hours, now) != now and now < due + timedelta(days=1)
    return due <= now and not quiet


def may_be_forced(source: Source, state: SourceState | None, now: datetime) -> bool:
    """Say whether `--force` may fetch it: not what is gone for good (410), nor what asked for patience (429, 503)."""
    found = current(source, state)
    asked_to_wait = found.http_status in {429, 503} and found.next_check_at is not None and found.next_check_at > now
    return found.health is not SourceHealth.STOPPED and not asked_to_wait
