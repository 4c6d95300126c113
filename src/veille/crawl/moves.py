"""Where a source really is: permanent moves are believed when repeated, and given up when they fail (pure).

They live in the state of a source, never in sources.yaml: what a person wrote stays what a person wrote.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from veille.crawl.health import Diagnosis
from veille.model import FetchOutcome, SourceHealth, SourceState, Validators

#: A permanent move is believed when seen again, unchanged, this long after (flameeyes 2017: servers err for minutes).
MOVE_PROOF = timedelta(minutes=30)
#: 410 of the place that a source had moved to is no word of the address that a person wrote.
GONE_ELSEWHERE = Diagnosis(
    SourceHealth.FAILING,
    "l'adresse où cette source avait déménagé n'existe plus (HTTP 410)",
    "rien à faire : l'adresse de sources.yaml sera redemandée",
    410,
)


def follow_move(after: SourceState, before: SourceState, outcome: FetchOutcome, now: datetime) -> SourceState:
    """Store a permanent move (301, 308) at its second identical sighting; 302, 303 and 307 end the part that counts.

    Only for an answer that led to a source that can be read.
    """
    target = permanent_target(outcome)
    if target is None or (target == before.feed and before.moved_to is None):
        return replace(after, move_candidate=None, move_seen_at=None)
    if before.move_candidate != target or before.move_seen_at is None:
        return replace(after, move_candidate=target, move_seen_at=now)
    if now - before.move_seen_at < MOVE_PROOF:
        return after
    home = target == before.feed
    return replace(after, moved_to=None if home else target, move_candidate=None, move_seen_at=None)


def permanent_target(outcome: FetchOutcome) -> str | None:
    """Return where the permanent beginning of a redirect chain leads (RFC 9110 §15.4), None if it does not begin so."""
    target = None
    for hop in outcome.redirects:
        if not hop.permanent:
            break
        if hop.url.startswith("https:") and not hop.target.startswith("https:"):
            return None  # a downgrade is followed, never remembered
        target = hop.target
    return target


def is_away(state: SourceState) -> bool:
    """Say whether a source is asked elsewhere than where a person wrote."""
    return state.moved_to is not None or state.found_feed is not None


def back_home(state: SourceState) -> SourceState:
    """Give up where a source had moved to; validators are of the address that gave them."""
    if not is_away(state):
        return state
    return replace(state, moved_to=None, validators=Validators(), body_hash=None)
