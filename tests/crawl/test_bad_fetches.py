"""The hostile answers of shared/bad_inputs.yaml that a crawl judges: what becomes of the source and of its entries."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.bad_inputs import cases
from tests.crawl.builders import DAY, NOW, fetched, item, rss, source
from tests.crawl.test_rhythm import wait
from tests.crawl.test_runner import FORCE, House
from veille.crawl.decide import Visit
from veille.crawl.rhythm import MAX_RETRY_AFTER, retry_after
from veille.model import (
    Fetched,
    FetchFailed,
    FetchFault,
    FetchOutcome,
    Reservation,
    SourceHealth,
    Validators,
)
from veille.storage.db import Database
from veille.storage.tables import ItemRow
from veille.testing import FakeFetcher, answer

URL = "https://pole.exemple/flux.xml"
TDM = "https://pole.exemple/.well-known/tdmrep.json"


class Feed:
    """One source whose answer each test sets."""

    def __init__(self, database: Database) -> None:
        self.fetcher = FakeFetcher({})
        self.house = House(database, self.fetcher, source(url=URL))
        self.database = database

    def answers(self, *found: FetchOutcome) -> list[SourceHealth]:
        """Give these answers, one a pass; return the states."""
        states = []
        for one in found:
            self.fetcher.answers[URL] = replace(one, url=URL)
            states.append(self.house.crawl(FORCE)["pole"].state)
        return states

    def items(self) -> list[ItemRow]:
        with self.database.read() as session:
            return list(session.scalars(select(ItemRow)))


@pytest.fixture
def feed(sqlite_database: Database) -> Feed:
    return Feed(sqlite_database)


def good(**headers: str) -> Fetched:
    return answer(URL, rss(item("Un", description="Un texte entier.")), headers=headers)


def failed(fault: FetchFault) -> FetchFailed:
    return FetchFailed(url=URL, fault=fault, sentence="réponse tronquée")


def retry_after_is_clamped(_: Feed) -> None:
    for asked in ("999999999999", "-5", "Wed, 21 Oct 2099 07:28:00 GMT", "abc", "NaN", "1" + "0" * 12):
        until = retry_after(fetched(429, retry_after=asked), NOW)
        assert until is not None
        assert NOW <= until <= NOW + MAX_RETRY_AFTER
        assert wait(Visit(fetched(429, retry_after=asked), None)) <= 7 * DAY


def truncated_deletes_nothing(feed: Feed) -> None:
    states = feed.answers(good(etag='"1"'), failed(FetchFault.TRUNCATED))
    assert states == [SourceHealth.OK, SourceHealth.FAILING]
    assert [one.title for one in feed.items()] == ["Un"]
    assert feed.house.store.states()["pole"].validators == Validators('"1"')


def wrong_coding_is_said(feed: Feed) -> None:
    assert feed.answers(failed(FetchFault.ENCODING)) == [SourceHealth.FAILING]
    (status,) = feed.house.store.statuses()
    assert status.sentence
    assert status.next_step


def unasked_304_is_an_error_then_all_is_asked_again(feed: Feed) -> None:
    states = feed.answers(answer(URL, status=304), good())
    assert states == [SourceHealth.FAILING, SourceHealth.OK]
    assert [validators for _, validators in feed.fetcher.asked] == [Validators(), Validators()]


def header_keeps_title_and_link_only(feed: Feed) -> None:
    feed.answers(good(**{"tdm-reservation": "1"}))
    (one,) = feed.items()
    assert (one.title, one.text, one.reserved) == ("Un", "", True)
    assert one.url is not None
    (status,) = feed.house.store.statuses()
    assert status.reserved is Reservation.HEADER


def file_does_so_too_and_a_header_overrides_it(feed: Feed) -> None:
    feed.fetcher.answers[TDM] = answer(TDM, b'[{"location": "/", "tdm-reservation": 1}]')
    feed.answers(good())
    assert [(one.text, one.reserved) for one in feed.items()] == [("", True)]
    feed.answers(replace(good(**{"tdm-reservation": "0"}), body=rss(item("Un bis", description="Un texte entier."))))
    assert [(one.text, one.reserved) for one in feed.items()] == [("Un texte entier.", False)]


def refused_certificate_is_said(feed: Feed) -> None:
    assert feed.answers(failed(FetchFault.TLS)) == [SourceHealth.FAILING]
    (status,) = feed.house.store.statuses()
    assert "certificat" in status.next_step


def bomb_is_a_state_of_its_source_alone(feed: Feed) -> None:
    other = "https://autre.exemple/flux"
    feed.house.sources = (*feed.house.sources, source("autre", url=other))
    feed.fetcher.answers[other] = answer(other, rss(item("Deux", "https://autre.exemple/2")))
    assert feed.answers(failed(FetchFault.TOO_BIG)) == [SourceHealth.INVALID]
    assert [one.title for one in feed.items()] == ["Deux"]


#: Case → what it must come to here; the wire itself is judged in tests/net/test_bad_inputs.py.
OUTCOMES: dict[str, Callable[[Feed], None]] = {
    "FET-109": bomb_is_a_state_of_its_source_alone,
    "FET-117": wrong_coding_is_said,
    "FET-118": truncated_deletes_nothing,
    "FET-122": retry_after_is_clamped,
    "FET-128": header_keeps_title_and_link_only,
    "FET-129": file_does_so_too_and_a_header_overrides_it,
    "FET-131": unasked_304_is_an_error_then_all_is_asked_again,
    "FET-133": refused_certificate_is_said,
}


@pytest.mark.parametrize("case", [case for case in cases("fetch") if case.id in {*OUTCOMES, "absent"}])
def test_a_hostile_answer_comes_to_what_its_case_states(case: dict[str, Any], feed: Feed) -> None:
    OUTCOMES[case["id"]](feed)
