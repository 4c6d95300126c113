"""C: validators are opaque bytes, echoed as they came (RFC 9110 §8.8, §13.1; rachelbythebay.com/fs/help)."""

from tests.conformance.documents import LONGER, PAGE, PLAIN
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import Behaviour, Reply, Request, always, by_run, conditional, reply

MODIFIED = "Wed, 13 Jan 2027 06:12:34 GMT"
ODD = "2027-01-13 06:12:34 +01"
FUTURE = "Sat, 12 Jan 2041 06:00:00 GMT"
BYTES = '"\xe9 {}%20;\\,=\'~\xff"'


def _etag(etag: str) -> Feed:
    return Feed(conditional(PLAIN, etag))


def _echoed(case: Case, etag: str | None, modified: str | None, run: int = 2) -> None:
    request = case.one(run)
    assert request.header("if-none-match") == etag
    assert request.header("if-modified-since") == modified


@rule("C01", "MUST", _etag('"fort-1"'))
def strong(case: Case) -> None:
    """A strong ETag is echoed verbatim, quotes included."""
    _echoed(case, '"fort-1"', None)


@rule("C02", "MUST", _etag('W/"faible-1"'))
def weak(case: Case) -> None:
    """A weak ETag is echoed verbatim, W/ included."""
    _echoed(case, 'W/"faible-1"', None)


@rule("C03", "MUST", _etag(BYTES))
def any_bytes(case: Case) -> None:
    """An ETag of odd bytes is echoed byte for byte."""
    _echoed(case, BYTES, None)


@rule("C04", "SHOULD", _etag("sans-guillemets"))
def unquoted(case: Case) -> None:
    """An invalid ETag without quotes is echoed all the same."""
    _echoed(case, "sans-guillemets", None)


@rule("C05", "MUST", Feed(conditional(PLAIN, modified=MODIFIED)))
def last_modified(case: Case) -> None:
    """Last-Modified is echoed verbatim."""
    _echoed(case, None, MODIFIED)


@rule("C06", "SHOULD", Feed(conditional(PLAIN, modified=ODD)))
def odd_date(case: Case) -> None:
    """A Last-Modified in an odd format is echoed, not rewritten."""
    _echoed(case, None, ODD)


@rule("C07", "SHOULD", Feed(conditional(PLAIN, modified=FUTURE)))
def future_date(case: Case) -> None:
    """A Last-Modified of the future is echoed (FreshRSS#1020, miniflux#51)."""
    _echoed(case, None, FUTURE)


@rule("C08", "MUST", Feed(conditional(PLAIN, '"deux"', MODIFIED)))
def both(case: Case) -> None:
    """Both validators are sent where both were served."""
    _echoed(case, '"deux"', MODIFIED)


@rule("C09", "MUST", Feed(always(reply(PLAIN, fields={"Date": MODIFIED}))))
def none_invented(case: Case) -> None:
    """No validator is made up from the feed, from Date or from the clock."""
    for run in (1, 2, 3):
        _echoed(case, None, None, run)


def _served(body: str, **validators: str) -> Reply:
    return reply(body, fields={name.replace("_", "-"): value for name, value in validators.items()})


@rule(
    "C10",
    "MUST",
    Feed(
        by_run(_served(PLAIN, ETag='"a"', Last_Modified=MODIFIED), _served(LONGER, ETag='"b"', Last_Modified=MODIFIED))
    ),
)
def new_etag(case: Case) -> None:
    """A new ETag is kept though Last-Modified stayed the same (miniflux#2675, newsboat#3340)."""
    _echoed(case, '"b"', MODIFIED, 3)


@rule("C11", "MUST", Feed(by_run(_served(PLAIN, ETag='"a"'), _served(PLAIN, ETag='"b"'))))
def same_body(case: Case) -> None:
    """New validators of an unchanged body are kept: no hash shortcut (FreshRSS#6723, NetNewsWire#4345)."""
    _echoed(case, '"b"', None, 3)


def _not_modified(**validators: str) -> Reply:
    fields = {name.replace("_", "-"): value for name, value in validators.items()}
    return reply(status=304, fields=fields, content_type=None)


@rule("C12", "SHOULD", Feed(by_run(_served(PLAIN, ETag='"a"'), _not_modified(ETag='W/"a"'))))
def refreshed(case: Case) -> None:
    """A 304 refreshes the validators it carries (RFC 9111 §3.2, §4.3.4)."""
    _echoed(case, 'W/"a"', None, 3)


@rule("C13", "MUST", Feed(by_run(_served(PLAIN, ETag='"a"', Last_Modified=MODIFIED), _not_modified())))
def bare(case: Case) -> None:
    """A bare 304 erases nothing."""
    _echoed(case, '"a"', MODIFIED, 3)


@rule(
    "C14",
    "MUST",
    Feed(by_run(_served(PLAIN, ETag='"a"', Last_Modified=MODIFIED), _served(LONGER)), "tous"),
    Feed(by_run(_served(PLAIN, ETag='"a"', Last_Modified=MODIFIED), _served(LONGER, ETag='"b"')), "un"),
)
def gone(case: Case) -> None:
    """A validator that has vanished from the 200 is forgotten."""
    both_gone, one_gone = case.one(3, "tous"), case.one(3, "un")
    assert both_gone.header("if-none-match") is None
    assert both_gone.header("if-modified-since") is None
    assert one_gone.header("if-none-match") == '"b"'
    assert one_gone.header("if-modified-since") is None


@rule("C15", "MUST", Feed(by_run(_served(PLAIN, ETag='"a"'), reply("panne", 500, {"ETag": '"p"'}), _not_modified())))
def after_500(case: Case) -> None:
    """A 500 takes no validator away and gives none."""
    _echoed(case, '"a"', None, 3)


def _cut(body: str, etag: str) -> Reply:
    return reply(body[: len(body) // 2], fields={"ETag": etag}, length=len(body.encode()))


def _cut_quietly(body: str, etag: str) -> Reply:
    return reply(body[: body.rindex("<item>") + 30], fields={"ETag": etag}, length=-1)


@rule(
    "C16",
    "MUST",
    Feed(by_run(_cut(PLAIN, '"coupe"'), reply(PLAIN)), "premier"),
    Feed(by_run(_served(PLAIN, ETag='"a"'), _cut(LONGER, '"coupe"'), reply(LONGER)), "suivant"),
    Feed(by_run(_served(PLAIN, ETag='"a"'), _cut_quietly(LONGER, '"coupe"'), reply(LONGER)), "fermeture"),
)
def truncated(case: Case) -> None:
    """The validator of a truncated body is not kept."""
    assert case.one(2, "premier").header("if-none-match") is None
    assert case.one(3, "suivant").header("if-none-match") in {None, '"a"'}
    assert case.one(3, "fermeture").header("if-none-match") in {None, '"a"'}
    for name in ("premier", "suivant", "fermeture"):
        assert "Article 2" in case.titles(3, name)


@rule(
    "C17",
    "MUST",
    Feed(
        by_run(
            _served(PLAIN, ETag='"a"'),
            reply(PAGE, fields={"ETag": '"page"', "Last-Modified": MODIFIED}, content_type="text/html"),
            reply(LONGER),
        )
    ),
)
def error_page(case: Case) -> None:
    """The validators of an HTML page served as 200 are not kept."""
    request = case.one(3)
    assert request.header("if-none-match") in {None, '"a"'}
    assert request.header("if-modified-since") is None
    assert case.titles(3) == ["Article 1", "Article 2", "Article 3"]


def _moved_for_now(request: Request) -> Reply:
    return (
        reply(status=302, fields={"Location": "/ailleurs"}) if request.run > 1 else conditional(PLAIN, '"a"')(request)
    )


_TARGET: Behaviour = conditional(PLAIN, '"a"')


@rule("C18", "SHOULD", Feed(_moved_for_now, more={"/ailleurs": _TARGET}))
def through_redirect(case: Case) -> None:
    """Conditional headers go with a temporary redirect."""
    assert case.one(2, path="/flux").header("if-none-match") == '"a"'
    assert case.one(2, path="/ailleurs").header("if-none-match") == '"a"'
