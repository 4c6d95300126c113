"""Validators are opaque: echoed as they came, and only those of a whole, good answer are kept (RFC 9110 §8.8; pure)."""

from veille.model import Fetched, FetchOutcome, ParsedFeed, Validators
from veille.net.headers import validators_of


def kept_validators(
    before: Validators, outcome: FetchOutcome, feed: ParsedFeed | None, *, same_body: bool = False
) -> Validators:
    """Return the validators to send next time.

    A good 200 replaces both, so one that vanished is forgotten; a 304 refreshes those it carries (RFC 9111 §4.3.4); an
    error, a page of HTML or a document cut short changes nothing. One that must be seen again is asked for whole.
    """
    if not isinstance(outcome, Fetched):
        return before
    if outcome.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
        if before == Validators():
            return before
        fresh = validators_of(outcome.headers)
        return Validators(fresh.etag or before.etag, fresh.last_modified or before.last_modified)
    if feed is not None and feed.again:
        return Validators()
    if same_body or (feed is not None and feed.complete):
        return validators_of(outcome.headers)
    return before
