"""Validators are opaque: echoed as they came, and only those of a whole, good answer are kept (RFC 9110 §8.8; pure)."""

import re
from collections.abc import Mapping

from veille.model import Fetched, FetchOutcome, ParsedFeed, Validators

#: An ETag or a date is a few dozen bytes; more is an attack on the next request.
_LONGEST = 1_024
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def kept_validators(
    before: Validators, outcome: FetchOutcome, feed: ParsedFeed | None, *, same_body: bool = False
) -> Validators:
    """Return the validators to send next time.

    A good 200 replaces both, so one that vanished is forgotten; a 304 refreshes those it carries (RFC 9111 §4.3.4); an
    error, a page of HTML or a document cut short changes nothing.
    """
    if not isinstance(outcome, Fetched):
        return before
    if outcome.status == 304:  # noqa: PLR2004 - RFC 9110 §15.4.5
        if before == Validators():
            return before
        fresh = _read(outcome.headers)
        return Validators(fresh.etag or before.etag, fresh.last_modified or before.last_modified)
    if same_body or (feed is not None and feed.complete):
        return _read(outcome.headers)
    return before


def _read(headers: Mapping[str, str]) -> Validators:
    return Validators(_usable(headers.get("etag")), _usable(headers.get("last-modified")))


def _usable(value: str | None) -> str | None:
    if not value or len(value) > _LONGEST or _CONTROLS.search(value):
        return None
    return value
