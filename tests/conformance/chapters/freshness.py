"""T: when to come back (RFC 9110 §10.2.3, RFC 9111, RSS 2.0). Runs are at 08:05, 09:05 and 11:05 UTC."""

from tests.conformance.documents import PLAIN, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Reply, always, by_run, reply

TEN = "Wed, 13 Jan 2027 10:00:00 GMT"


def _busy(status: int, retry_after: str | None = None) -> Reply:
    return reply("doucement", status, {"Retry-After": retry_after} if retry_after else {}, content_type="text/plain")


def _wants(head: str = "", **fields: str) -> Feed:
    said = {name.replace("_", "-"): value for name, value in fields.items()}
    return Feed(always(reply(rss("<item><title>Un</title><guid>1</guid></item>", head=head), fields=said)))


def _asked(case: Case, name: str | None = None) -> list[int]:
    return [len(case.requests(run, name)) for run in (1, 2, 3)]


@rule(
    "T01",
    "MUST",
    Feed(by_run(_busy(429, "7200"), reply(PLAIN)), "secondes"),
    Feed(by_run(_busy(429, TEN), reply(PLAIN)), "date"),
)
def too_many(case: Case) -> None:
    """Retry-After of a 429 is obeyed, in seconds and as a date; then the feed is asked again."""
    assert _asked(case, "secondes") == [1, 0, 1]
    assert _asked(case, "date") == [1, 0, 1]


@rule(
    "T02",
    "MUST",
    Feed(by_run(_busy(503, "7200"), reply(PLAIN)), "secondes"),
    Feed(by_run(_busy(503, TEN), reply(PLAIN)), "date"),
)
def unavailable(case: Case) -> None:
    """Retry-After of a 503 is obeyed too (NetNewsWire#4224)."""
    assert _asked(case, "secondes") == [1, 0, 1]
    assert _asked(case, "date") == [1, 0, 1]


@rule("T03", "MUST", Feed(always(_busy(429))))
def no_retry_429(case: Case) -> None:
    """A 429 is not asked again at once."""
    assert len(case.requests(1)) == 1


@rule("T04", "MUST", Feed(always(reply("panne", 500, content_type="text/plain"))))
def no_retry_500(case: Case) -> None:
    """A 500 is not asked again at once."""
    assert max(_asked(case)) == 1


@rule("T05", "SHOULD", _wants(Cache_Control="public, max-age=7200"))
def max_age(case: Case) -> None:
    """max-age is a « not before »."""
    assert _asked(case) == [1, 0, 1]


@rule("T06", "SHOULD", _wants(Expires=TEN))
def expires(case: Case) -> None:
    """Expires is one too."""
    assert _asked(case) == [1, 0, 1]


@rule("T07", "SHOULD", _wants(Cache_Control="max-age=86400, no-cache"))
def no_cache(case: Case) -> None:
    """no-cache beats max-age."""
    assert _asked(case) == [1, 1, 1]


@rule("T08", "SHOULD", _wants("<ttl>120</ttl>"))
def ttl(case: Case) -> None:
    """The feed's own ttl is obeyed."""
    assert _asked(case) == [1, 0, 1]


@rule("T09", "SHOULD", _wants("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"))
def update_period(case: Case) -> None:
    """sy:updatePeriod and sy:updateFrequency are obeyed."""
    assert _asked(case) == [1, 0, 0]


@rule("T10", "SHOULD", _wants("<skipHours><hour>9</hour><hour>10</hour></skipHours>"))
def skip_hours(case: Case) -> None:
    """skipHours are left in peace."""
    assert _asked(case) == [1, 0, 1]


@rule("T11", "MUST", Feed(by_run(reply(PLAIN), reply("parti", 410, content_type="text/plain"))))
def gone(case: Case) -> None:
    """410 stops a source for good, and takes no entry away (RFC 9110 §15.5.11)."""
    assert _asked(case) == [1, 1, 0]
    assert case.titles(3) == ["Article 1", "Article 2"]


@rule("T12", "SHOULD", Feed(always(reply("introuvable", 404, content_type="text/plain"))))
def not_found(case: Case) -> None:
    """404 backs off: the second one in a row is not asked again two hours later."""
    assert _asked(case) == [1, 1, 0]


@rule("T13", "MUST", Feed(always(reply(PLAIN))))
def one_get(case: Case) -> None:
    """One GET per feed and run, the first run included; nobody else's feed is asked twice either."""
    assert _asked(case) == [1, 1, 1]
    asked = [(request.run, request.host, request.path) for request in case.evidence.log]
    assert len(asked) == len(set(asked))
    assert {request.method for request in case.evidence.log} == {"GET"}
