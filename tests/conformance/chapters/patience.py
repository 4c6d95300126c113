"""X20 to X29, beyond the checklist: whole hosts, clamps and recovery; the fourth run is eight days after the third."""

from tests.conformance.documents import LONGER, PAGE, PLAIN, item, rss
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, always, by_run, reply

#: Sixteen years (NetNewsWire#4478).
AGES = "504576000"


def _busy(status: int, retry_after: str | None) -> Reply:
    return reply("doucement", status, {"Retry-After": retry_after} if retry_after else {}, content_type="text/plain")


def _shared(answer: Behaviour, name: str) -> Feed:
    """Return one of three feeds of a host, of which the first one asked for patience."""
    return Feed(answer, name, f"/{name}", host="un")


def _host(status: int, retry_after: str | None) -> tuple[Feed, ...]:
    busy = by_run(_busy(status, retry_after), reply(PLAIN))
    return tuple(_shared(busy, name) for name in ("a", "b", "c"))


@rule("X20", "MUST", *_host(429, "7200"))
def host_of_a_429(case: Case) -> None:
    """Retry-After of a 429 holds for every feed of the host."""
    assert [len(case.requests(run)) for run in (1, 2, 3)] == [1, 0, 3]


@rule("X21", "MUST", *_host(503, "7200"))
def host_of_a_503(case: Case) -> None:
    """Retry-After of a 503 too."""
    assert [len(case.requests(run)) for run in (1, 2, 3)] == [1, 0, 3]


@rule("X22", "SHOULD", *_host(429, None))
def unstated(case: Case) -> None:
    """A 429 that names no time stops the host for this run."""
    assert [len(case.requests(run)) for run in (1, 2)] == [1, 3]


_WISHES: dict[str, Behaviour] = {
    "429": by_run(_busy(429, AGES), reply(PLAIN)),
    "503": by_run(_busy(503, "Wed, 21 Oct 2099 07:28:00 GMT"), reply(PLAIN)),
    "max-age": always(reply(PLAIN, fields={"Cache-Control": f"max-age={AGES}"})),
    "expires": always(reply(PLAIN, fields={"Expires": "Sat, 12 Jan 2041 06:00:00 GMT"})),
    "ttl": always(reply(rss(item("Un"), head="<ttl>999999999</ttl>"))),
    "hours": always(reply(rss(item("Un"), head=f"<skipHours>{'<hour>%d</hour>' * 24 % tuple(range(24))}</skipHours>"))),
}


@rule("X23", "MUST", *(Feed(answer, name) for name, answer in _WISHES.items()))
def clamped(case: Case) -> None:
    """What a server asks for is believed for a day, Retry-After for a week."""
    for name in _WISHES:
        assert len(case.requests(1, name)) == 1, name
        assert len(case.requests(4, name)) == 1, name
    for name in ("429", "503", "max-age", "expires", "ttl"):
        assert case.requests(2, name) == [], name


_TROUBLES: dict[str, Reply] = {
    "404": reply("introuvable", 404, content_type="text/plain"),
    "500": reply("panne", 500, content_type="text/plain"),
    "403": reply("interdit", 403, content_type="text/plain"),
    "html": reply(PAGE, content_type="text/html"),
}


@rule("X24", "MUST", *(Feed(by_run(bad, bad, bad, reply(LONGER)), name) for name, bad in _TROUBLES.items()))
def recovers(case: Case) -> None:
    """Whatever failed three times is asked again within a week, and recovers by itself; only 410 is for good."""
    for name in _TROUBLES:
        assert case.titles(4, name) == ["Article 1", "Article 2", "Article 3"], name


@rule("X25", "MUST", *(Feed(always(bad), name) for name, bad in _TROUBLES.items()))
def backs_off(case: Case) -> None:
    """What fails is asked less and less, never more."""
    for name in _TROUBLES:
        assert len(case.requests(1, name)) == 1, name
        assert all(len(case.requests(run, name)) <= 1 for run in (2, 3, 4)), name
    assert case.requests(3, "404") == []


_AWAY = {"Location": "/neuf"}


@rule(
    "X26",
    "SHOULD",
    Feed(
        by_run(*[reply("ailleurs", 301, _AWAY, content_type="text/plain")] * 3, reply(LONGER)),
        path="/vieux",
        more={"/neuf": by_run(reply(PLAIN), reply(PLAIN), reply("parti", 410, content_type="text/plain"))},
    ),
)
def gone_elsewhere(case: Case) -> None:
    """410 of the place that a feed had moved to leads back to the address that a person wrote."""
    assert [request.path for request in case.requests(3)] == ["/neuf"]
    assert [request.path for request in case.requests(4)] == ["/vieux"]
    assert case.titles(4) == ["Article 1", "Article 2", "Article 3"]


@rule("X27", "SHOULD", Feed(always(reply(rss(item("Un", date="Mon, 01 Jan 2099 00:00:00 GMT"))))))
def future(case: Case) -> None:
    """A date of the future is kept as it was published."""
    assert case.entry(1)["date"].startswith("2099-01-01T00:00")
