"""The double that other rooms use."""

import asyncio

import pytest

from veille.model import Fetched, FetchFailed, FetchFault, Validators
from veille.testing import FakeFetcher, answer

URL = "https://feeds.example/rss"


def test_it_answers_from_its_table_and_remembers_what_was_asked() -> None:
    failure = FetchFailed(url="https://x.example/", fault=FetchFault.DNS, sentence="…")
    fetcher = FakeFetcher({URL: answer(URL, b"<rss/>", headers={"etag": '"a"'}), failure.url: failure})
    outcome = asyncio.run(fetcher.fetch(URL))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body, outcome.final_url) == (200, b"<rss/>", URL)
    assert asyncio.run(fetcher.fetch(failure.url, Validators('"b"'))) is failure
    assert fetcher.asked == [(URL, Validators()), (failure.url, Validators('"b"'))]
    asyncio.run(fetcher.aclose())


def test_it_may_decide_by_the_validators() -> None:
    def unchanged(url: str, validators: Validators) -> Fetched:
        return answer(url, status=304 if validators.etag == '"a"' else 200)

    fetcher = FakeFetcher({URL: unchanged})
    statuses = [asyncio.run(fetcher.fetch(URL, Validators(etag))).status for etag in (None, '"a"')]
    assert statuses == [200, 304]


def test_a_url_that_was_not_prepared_is_a_mistake() -> None:
    with pytest.raises(LookupError, match=r"feeds\.example"):
        asyncio.run(FakeFetcher({}).fetch(URL))
