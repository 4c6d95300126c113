"""W01: a page given as a feed. W02 to W06 stand in `programs`."""

from tests.conformance.documents import PLAIN
from tests.conformance.rules import Case, Feed, rule
from tests.conformance.server import always, reply

_DECLARES = (
    '<!DOCTYPE html><html><head><title>Réseau</title><link rel="stylesheet" href="/s.css">'
    '<link rel="alternate" type="application/rss+xml" title="Actualités" href="fil.rss"></head><body></body></html>'
)


@rule(
    "W01",
    "SHOULD",
    Feed(
        always(reply(_DECLARES, content_type="text/html")),
        path="/actus/",
        more={"/actus/fil.rss": always(reply(PLAIN))},
    ),
)
def autodiscovery(case: Case) -> None:
    """A page that declares a feed is followed to it in the same run; later runs ask the feed alone."""
    assert [request.path for request in case.requests(1)] == ["/actus/", "/actus/fil.rss"]
    assert case.titles(1) == ["Article 1", "Article 2"]
    assert [request.path for request in case.requests(2)] == ["/actus/fil.rss"]
    assert {entry["feed"].rpartition("/actus")[2] for entry in case.entries(3)} == {"/"}
