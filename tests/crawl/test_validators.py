"""Validators; one test a rule of the literature (C01–C17)."""

import pytest

from tests.crawl.builders import entry, failed, feed, fetched
from veille.crawl.validators import kept_validators
from veille.errors import ParseError
from veille.model import FetchOutcome, ParsedFeed, Validators

OLD = Validators('"ancien"', "Mon, 16 Nov 2026 06:00:00 GMT")
GOOD = feed(entry())


def kept(outcome: FetchOutcome, read: ParsedFeed | ParseError | None = GOOD, *, same_body: bool = False) -> Validators:
    return kept_validators(OLD, outcome, read if isinstance(read, ParsedFeed) else None, same_body=same_body)


@pytest.mark.parametrize("etag", ['"fort"', 'W/"faible"', "sans-guillemets", '"é,\t"', '""'])
def test_any_etag_is_kept_verbatim(etag: str) -> None:
    assert kept(fetched(etag=etag)).etag == etag


@pytest.mark.parametrize(
    "date", ["Mon, 16 Nov 2026 06:00:00 GMT", "2026-11-16", "Sun, 01 Jan 2041 00:00:00 GMT", "hier"]
)
def test_any_last_modified_is_kept_verbatim(date: str) -> None:
    assert kept(fetched(last_modified=date)).last_modified == date


def test_both_are_kept_when_both_were_served() -> None:
    assert kept(fetched(etag='"n"', last_modified="m")) == Validators('"n"', "m")


def test_none_is_invented() -> None:
    assert kept(fetched(date="Mon, 23 Nov 2026 08:00:00 GMT", expires="x", age="3")) == Validators()


def test_a_new_etag_beside_the_same_date_is_stored() -> None:
    assert kept(fetched(etag='"neuf"', last_modified=OLD.last_modified or "")).etag == '"neuf"'


def test_new_validators_of_the_same_body_are_stored() -> None:
    assert kept(fetched(etag='"neuf"'), None, same_body=True) == Validators('"neuf"', None)


def test_a_304_refreshes_what_it_carries() -> None:
    assert kept(fetched(304, etag='"neuf"'), None) == Validators('"neuf"', OLD.last_modified)


def test_a_bare_304_erases_nothing() -> None:
    assert kept(fetched(304), None) == OLD


def test_a_304_to_an_unconditional_request_teaches_nothing() -> None:
    assert kept_validators(Validators(), fetched(304, etag='"x"'), None) == Validators()


def test_validators_gone_from_a_200_are_forgotten() -> None:
    assert kept(fetched()) == Validators()
    assert kept(fetched(etag='"seul"')) == Validators('"seul"', None)


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_an_error_changes_nothing(status: int) -> None:
    assert kept(fetched(status, etag='"erreur"'), None) == OLD


def test_no_answer_changes_nothing() -> None:
    assert kept(failed(), None) == OLD


def test_a_document_cut_short_changes_nothing() -> None:
    assert kept(fetched(etag='"coupé"'), feed(entry(), complete=False)) == OLD


def test_an_html_page_changes_nothing() -> None:
    assert kept(fetched(etag='"html"'), ParseError("page HTML")) == OLD


@pytest.mark.parametrize("etag", ['"' + "x" * 1_000_000 + '"', '"a\r\nX: y"', '"\x00"'])
def test_an_absurd_etag_is_not_kept(etag: str) -> None:
    assert kept(fetched(etag=etag)).etag is None
