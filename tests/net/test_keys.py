"""Keys reach the service they are for, in a header, and nothing else: no log, no message, no other origin."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crawl.site import Page, serve
from tests.crawl.site import Request as Seen
from veille.config.settings import Fetch
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, TokenRequest, Validators
from veille.net.fetcher import UNCONDITIONAL, GuardedFetcher
from veille.net.headers import FEED_TYPES
from veille.net.keys import Keyed
from veille.testing import FrozenClock

SECRET = "s3cret-0123456789"
URL = "https://api.exemple/v1/aids"
KEYED = Request(url=URL, headers=(("X-IDC", "${VEILLE_KEY_A}"),))
TOKEN = TokenRequest(url="https://api.exemple/connexion/", headers=(("X-AUTH-TOKEN", "${VEILLE_KEY_A}"),))


@dataclass
class Web:
    """A web that answers from a list and keeps what it was asked."""

    answers: list[FetchOutcome] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        return await self.send(Request(url=url), validators, accept=accept)

    async def send(
        self, request: Request, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        self.sent.append(request)
        return self.answers.pop(0) if self.answers else answer()

    async def aclose(self) -> None:
        self.answers.clear()


def answer(status: int = 200, body: bytes = b"{}", url: str = URL, **headers: str) -> Fetched:
    return Fetched(url=url, final_url=url, status=status, headers=headers, body=body)


def ask(web: Web, request: Request, keys: Mapping[str, str], clock: FrozenClock | None = None) -> FetchOutcome:
    return asyncio.run(Keyed(web, keys, clock or FrozenClock()).send(request))


def test_a_key_takes_the_place_of_its_name() -> None:
    web = Web()
    request = Request(url=URL, headers=(("Authorization", "Basic ${VEILLE_KEY_A}"), ("X-Two", "${VEILLE_KEY_B}")))
    ask(web, request, {"VEILLE_KEY_A": f" {SECRET}\n", "VEILLE_KEY_B": "b"})
    assert web.sent[0].headers == (("Authorization", f"Basic {SECRET}"), ("X-Two", "b"))


def test_a_missing_key_is_named_and_nothing_is_asked() -> None:
    web = Web()
    outcome = ask(web, KEYED, {"VEILLE_KEY_B": SECRET, "VEILLE_KEY_A": "  "})
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.KEY
    assert outcome.sentence.startswith("clé absente")
    assert "VEILLE_KEY_A" in outcome.sentence
    assert web.sent == []


@pytest.mark.parametrize(
    "name", ["VEILLE_DATABASE_URL", "PATH", "AWS_SECRET_ACCESS_KEY", "veille_key_a", "VEILLE_KEY_"]
)
def test_other_variables_stay_what_they_are(name: str) -> None:
    web = Web()
    ask(web, Request(url=URL, headers=(("X-A", f"${{{name}}}"),)), {name: SECRET})
    assert web.sent[0].headers == (("X-A", f"${{{name}}}"),)


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "clé\u2019", "a\x00b", "x" * 5000])
def test_a_key_that_no_header_can_carry_is_not_sent(value: str) -> None:
    web = Web()
    outcome = ask(web, KEYED, {"VEILLE_KEY_A": value})
    assert isinstance(outcome, FetchFailed)
    assert "VEILLE_KEY_A" in outcome.sentence
    assert value not in outcome.sentence
    assert web.sent == []


@pytest.mark.parametrize("url", ["http://api.exemple/v1", "http://10.0.0.1/v1"])
def test_a_key_never_travels_in_clear(url: str) -> None:
    web = Web()
    for request in (Request(url=url, headers=KEYED.headers), Request(url=url, token=TOKEN)):
        outcome = ask(web, request, {"VEILLE_KEY_A": SECRET})
        assert isinstance(outcome, FetchFailed)
        assert "https" in outcome.sentence
    assert web.sent == []


def test_a_key_is_exchanged_once_for_a_token_that_later_requests_carry() -> None:
    web, clock = Web([answer(body=b'{"token": "jwt-1", "expires_in": 3600}')]), FrozenClock()
    keyed = Keyed(web, {"VEILLE_KEY_A": SECRET}, clock)
    request = Request(url=URL, token=TOKEN)

    async def twice_then_later() -> None:
        await keyed.send(request)
        await keyed.send(request)
        clock.advance(timedelta(hours=1))
        web.answers = [answer(body=b'{"token": "jwt-2"}')]
        await keyed.send(request)

    asyncio.run(twice_then_later())
    exchange, first, second, again, third = web.sent
    assert exchange == Request(url=TOKEN.url, headers=(("X-AUTH-TOKEN", SECRET),), body=b"")
    assert first.headers == second.headers == (("Authorization", "Bearer jwt-1"),)
    assert again.url == TOKEN.url
    assert third.headers == (("Authorization", "Bearer jwt-2"),)


def test_without_its_key_an_optional_token_is_left_out_and_a_refusal_says_so() -> None:
    request = Request(url=URL, token=TokenRequest(url=TOKEN.url, headers=TOKEN.headers, optional=True))
    web = Web([answer(body=b"[]")])
    assert isinstance(ask(web, request, {}), Fetched)
    assert [one.url for one in web.sent] == [URL]
    outcome = ask(Web([answer(401)]), request, {})
    assert isinstance(outcome, FetchFailed)
    assert (outcome.fault, outcome.status) == (FetchFault.KEY, 401)
    assert "VEILLE_KEY_A" in outcome.sentence


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (answer(401), "clé refusée"),
        (answer(200, b"{}"), "« token »"),
        (answer(200, b"[" * 100_000), "« token »"),
        (answer(200, b'{"token": "a\\nb"}'), "« token »"),
        (answer(200, b'{"token": ["x"]}'), "« token »"),
        (answer(200, b"<html>"), "« token »"),
        (FetchFailed(url=URL, fault=FetchFault.TIMEOUT, sentence="le site n'a pas répondu"), "jeton non obtenu"),
    ],
)
def test_a_token_that_cannot_be_had_is_a_state(exchange: FetchOutcome, said: str) -> None:
    web = Web([exchange])
    outcome = ask(web, Request(url=URL, token=TOKEN), {"VEILLE_KEY_A": SECRET})
    assert isinstance(outcome, FetchFailed)
    assert said in outcome.sentence
    assert SECRET not in outcome.sentence
    assert len(web.sent) == 1, "what the token is for is not asked without it"


def test_patience_asked_at_the_exchange_is_told_as_it_came() -> None:
    outcome = ask(Web([answer(429, **{"retry-after": "60"})]), Request(url=URL, token=TOKEN), {"VEILLE_KEY_A": SECRET})
    assert isinstance(outcome, Fetched)
    assert outcome.headers["retry-after"] == "60"


def test_a_token_refused_is_forgotten() -> None:
    good = answer(body=b'{"token": "jwt-1"}')
    web = Web([good, answer(401), good, answer()])
    keyed = Keyed(web, {"VEILLE_KEY_A": SECRET}, FrozenClock())

    async def twice() -> list[FetchOutcome]:
        return [await keyed.send(Request(url=URL, token=TOKEN)) for _ in range(2)]

    refused, accepted = asyncio.run(twice())
    assert isinstance(refused, FetchFailed)
    assert "jeton refusé" in refused.sentence
    assert isinstance(accepted, Fetched)
    assert [one.url for one in web.sent] == [TOKEN.url, URL, TOKEN.url, URL]


def test_a_key_stays_with_its_origin_and_out_of_logs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    seen: list[Seen] = []

    def keep(request: Seen) -> Page:
        seen.append(request)
        return Page(b"{}")

    with serve() as other, serve("localhost") as site:
        other.pages = {"/aids": keep}
        site.pages = {"/aids": Page(status=302, headers={"Location": other.url("/aids")})}
        request = Request(url=site.url("/aids"), headers=(("X-IDC", "${VEILLE_KEY_A}"),))
        settings = Fetch(allow=("127.0.0.0/8", "::1/128"))  # type: ignore[arg-type]  # parsed by pydantic
        web = GuardedFetcher(settings, contact="x", clock=FrozenClock())

        async def fetch() -> FetchOutcome:
            async with web:
                return await Keyed(web, {"VEILLE_KEY_A": SECRET}, FrozenClock()).send(request)

        outcome = asyncio.run(fetch())
        assert isinstance(outcome, Fetched)
        assert outcome.status == 200
        assert site.asked("/aids")[0].headers["x-idc"] == SECRET
        assert "x-idc" not in seen[0].headers
    printed = capfd.readouterr()
    assert SECRET not in caplog.text + printed.out + printed.err + repr(outcome)
