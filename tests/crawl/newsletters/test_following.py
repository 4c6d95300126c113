"""Click servers are asked little: each link once whatever happens, few in a visit, a tired host not at all."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.crawl.newsletters.test_letters import follow, stored
from veille.crawl.newsletters.following import MAX_ASKED, MAX_SECONDS, Following, link_hash
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, ParsedEntry, ParsedFeed, Request
from veille.model.letters import LinkState, Suggested
from veille.storage.db import Database
from veille.storage.link_store import SqlLinkStore
from veille.testing import FrozenClock

TARGET = "https://region.exemple/appels/bois"


def link(number: int, host: str = "x.r.a.d.sendibm1.com") -> str:
    return f"https://{host}/mk/cl/f/sh/token{number}"


def feed(*links: str, text: str = "Texte") -> ParsedFeed:
    entries = tuple(
        ParsedEntry(guid=f"g{place}", title=f"Titre {place}", link=None, wrapped=one, text=text)
        for place, one in enumerate(links)
    )
    return ParsedFeed(entries=entries, listed=1)


class Server:
    """Answers every question alike, or by a function of the address."""

    def __init__(self, outcome: FetchOutcome | Callable[[str], FetchOutcome]) -> None:
        self.outcome = outcome
        self.asked: list[str] = []

    async def __call__(self, request: Request) -> FetchOutcome:
        self.asked.append(request.url)
        return self.outcome(request.url) if callable(self.outcome) else self.outcome


def moved(target: str, status: int = 302, **headers: str) -> Fetched:
    return Fetched(url="", final_url=link(1), status=status, headers={"location": target, **headers})


def page(body: str, status: int = 200) -> Fetched:
    return Fetched(url="", final_url=link(1), status=status, headers={}, body=body.encode())


def failed(fault: FetchFault) -> FetchFailed:
    return FetchFailed(url="", fault=fault, sentence="non")


def once(outcome: FetchOutcome, database: Database, wrapped: str = "", **fields: Any) -> ParsedFeed:
    return follow(feed(wrapped or link(1), **fields), Server(outcome), database)


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        (moved(TARGET), TARGET),
        (moved(TARGET, 301), TARGET),
        (moved(TARGET, 308), TARGET),
        (moved(f"{TARGET}?utm_source=nl&mc_eid=0f9d"), TARGET),
        (
            Fetched(url="", final_url="https://blog.exemple/?a=b", status=302, headers={"location": "/robots/"}),
            "https://blog.exemple/robots/",
        ),
        (moved(f"https://www.google.com/url?q={TARGET}"), TARGET),
        (page(f'<meta http-equiv="refresh" content="0; url={TARGET}">'), TARGET),
        (page(f"<html><head><link rel='canonical' href='{TARGET}'></head>"), TARGET),
        (page(f'<meta property="og:url" content="{TARGET}">'), TARGET),
    ],
)
def test_where_an_answer_points(answer: FetchOutcome, target: str, sqlite_database: Database) -> None:
    (entry,) = once(answer, sqlite_database).entries
    assert (entry.link, entry.wrapped) == (target, None)


@pytest.mark.parametrize(
    "answer",
    [
        moved("javascript:alert(1)"),
        moved("http://user:pass@region.exemple/"),
        moved(""),
        moved(link(2)),
        moved("https://lettre.region.exemple/u/veille%40pole.exemple/a"),
        page("<html>Bienvenue</html>"),
        page(f"<link rel='canonical' href='{link(1)}'>"),
        page("absent", 404),
        page("en panne", 500),
        page("patience", 429),
        failed(FetchFault.REFUSED_ADDRESS),
        failed(FetchFault.TIMEOUT),
        failed(FetchFault.TOO_BIG),
    ],
)
def test_an_answer_without_a_target_that_may_be_kept_leaves_an_entry_without_link(
    answer: FetchOutcome, sqlite_database: Database
) -> None:
    read = once(answer, sqlite_database)
    assert [(entry.title, entry.link, entry.wrapped) for entry in read.entries] == [("Titre 0", None, None)]
    assert read.complete
    server = Server(moved(TARGET))
    assert follow(feed(link(1)), server, sqlite_database) == read
    assert server.asked == []


@pytest.mark.parametrize(
    "target",
    [
        "https://region.exemple/lettre/unsubscribe?id=1",
        "https://www.linkedin.com/company/region",
        "https://region.exemple/newsletter/confirm",
        "https://region.exemple/mentions-legales",
    ],
)
def test_what_leads_to_no_content_is_no_entry(target: str, sqlite_database: Database) -> None:
    assert once(moved(target), sqlite_database).entries == ()
    assert once(moved(TARGET), sqlite_database).entries == ()  # and stays none


def test_a_logo_is_no_entry_but_an_article_about_the_site_is(sqlite_database: Database) -> None:
    assert once(moved("https://region.exemple/"), sqlite_database, text="").entries == ()
    assert len(once(moved("https://region.exemple/"), sqlite_database).entries) == 1


def test_a_shortener_that_does_not_answer_is_kept_as_it_is(sqlite_database: Database) -> None:
    (entry,) = once(page("", 404), sqlite_database, wrapped="https://bit.ly/3xYz").entries
    assert entry.link == "https://bit.ly/3xYz"


def test_few_are_asked_in_one_visit_and_the_others_in_the_next(sqlite_database: Database) -> None:
    links = [link(number) for number in range(MAX_ASKED + 30)]
    server = Server(lambda url: moved(f"https://region.exemple/{url[-6:]}"))
    first = follow(feed(*links), server, sqlite_database)
    assert len(server.asked) == MAX_ASKED
    assert not first.complete
    assert "30 liens à suivre à la prochaine relève" in first.remark
    second = follow(feed(*links), server, sqlite_database)
    assert second.complete
    assert len(second.entries) == len(links)
    assert len(server.asked) == len(set(server.asked)) == len(links)


def test_a_visit_ends_in_time_even_if_each_answer_is_slow(sqlite_database: Database) -> None:
    clock = FrozenClock()

    async def slow(request: Request) -> FetchOutcome:
        clock.advance(timedelta(seconds=MAX_SECONDS / 4))
        return moved(TARGET)

    following = Following(SqlLinkStore(sqlite_database), ask=slow, stored=stored, clock=clock)
    read = asyncio.run(following.resolved(feed(*(link(number) for number in range(20)))))
    assert not read.complete
    assert "16 liens" in read.remark


def test_a_host_that_fails_or_asks_for_patience_is_left_in_peace(sqlite_database: Database) -> None:
    links = [*(link(number) for number in range(10)), *(link(number, "y.r.a.d.sendibm2.com") for number in range(3))]
    server = Server(lambda url: page("", 503) if "sendibm1" in url else moved(TARGET + url[-1]))
    read = follow(feed(*links), server, sqlite_database)
    assert sum("sendibm1" in url for url in server.asked) == 2
    assert sum("sendibm2" in url for url in server.asked) == 3
    assert not read.complete


def test_a_process_that_dies_while_asking_never_asks_again(sqlite_database: Database) -> None:
    async def dies(request: Request) -> FetchOutcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(feed(link(1)), dies, sqlite_database)
    store = SqlLinkStore(sqlite_database)
    assert store.known([link_hash(link(1))])[link_hash(link(1))].state is LinkState.ASKED
    server = Server(moved(TARGET))
    (entry,) = follow(feed(link(1), link(2)), server, sqlite_database).entries[:1]
    assert server.asked == [link(2)]
    assert entry.link is None


def test_links_of_one_article_give_one_entry_once_unwrapped(sqlite_database: Database) -> None:
    read = follow(feed(link(1), link(2), link(3)), Server(moved(TARGET)), sqlite_database)
    assert [entry.link for entry in read.entries] == [TARGET]


def test_a_code_that_targets_share_is_taken_off_and_not_remembered(sqlite_database: Database) -> None:
    server = Server(lambda url: moved(f"https://region.exemple/{url[-1]}?z=9fA2b7Cc01dE&id=4"))
    read = follow(feed(link(1), link(2)), server, sqlite_database)
    assert [entry.link for entry in read.entries] == [f"https://region.exemple/{n}?id=4" for n in (1, 2)]
    known = SqlLinkStore(sqlite_database).known([link_hash(link(1)), link_hash(link(2))])
    assert not any("9fA2b7Cc01dE" in str(one.target) for one in known.values())


def test_links_of_suggestions_are_followed_too(sqlite_database: Database) -> None:
    entry = ParsedEntry(guid="g", title="Titre", link=None, wrapped=link(1), text="Texte")
    read = follow(
        ParsedFeed(suggestions=(Suggested(entry=entry, message_id="m", by="a@b.fr"),)),
        Server(moved(TARGET)),
        sqlite_database,
    )
    assert read.suggestions[0].entry.link == TARGET


def test_nothing_to_ask_asks_nothing(sqlite_database: Database) -> None:
    plain = ParsedFeed(entries=(ParsedEntry(guid="g", title="T", link=TARGET),))
    assert follow(plain, Server(moved(TARGET)), sqlite_database) is plain
