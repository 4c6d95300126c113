"""Letters of every shape give the articles that a reader would want; their links name nobody and cost few questions."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote

import pytest

from tests.crawl.newsletters.letters import READER, Letter, letters, mail
from veille.crawl.newsletters.following import Following
from veille.crawl.newsletters.reader import read_mailbox
from veille.model import Fetched, FetchOutcome, ParsedFeed, Request, Source
from veille.net.mailpack import CONTENT_TYPE, Delivered, Mailbox, pack
from veille.storage.db import Database
from veille.storage.link_store import SqlLinkStore
from veille.testing import FrozenClock

P = ParamSpec("P")
T = TypeVar("T")
LETTERS = letters()
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
URL = "imaps://veille%40pole.exemple@mail.exemple/Lettres"
OPTIONS = {"senders": ("region.exemple",), "authserv_id": "mx.pole.exemple"}


def source(**options: Any) -> Source:
    return Source(id="lettres", title="Lettres", kind="mailbox", url=URL, options={**OPTIONS, **options})


def read(*raw: bytes, listed: int | None = None, body: bool = True, **options: Any) -> ParsedFeed:
    """Read messages as a worker does."""
    messages = tuple(Delivered(raw=one, arrived=NOW, body=body) for one in raw)
    packed = pack(Mailbox(messages=messages, listed=len(raw) if listed is None else listed))
    return read_mailbox(packed, CONTENT_TYPE, URL, source(**options))


@dataclass
class ClickServer:
    """Answers a letter's links as its sender's server would, and remembers what it was asked."""

    letter: Letter
    asked: list[str] = field(default_factory=list)

    async def __call__(self, request: Request) -> FetchOutcome:
        assert not request.follow
        self.asked.append(request.url)
        target = self.letter.click(request.url)
        status, headers = (302, {"location": target}) if target else (404, {})
        return Fetched(url=request.url, final_url=request.url, status=status, headers=headers)


async def stored(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    return work(*args, **named)


def follow(feed: ParsedFeed, server: Any, database: Database) -> ParsedFeed:
    following = Following(SqlLinkStore(database), ask=server, stored=stored, clock=FrozenClock())
    return asyncio.run(following.resolved(feed, frozenset({READER})))


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_gives_what_its_reader_would_want(name: str, sqlite_database: Database) -> None:
    letter = LETTERS[name]
    server = ClickServer(letter)
    feed = follow(read(letter.raw()), server, sqlite_database)
    assert [(entry.title, entry.link) for entry in feed.entries] == [(one.title, one.link) for one in letter.items]
    for entry, wanted in zip(feed.entries, letter.items, strict=True):
        assert wanted.says in entry.text
    assert len(server.asked) <= len(letter.items)
    assert [link for link in server.asked if any(part in link for part in letter.never)] == []


@pytest.mark.parametrize("name", LETTERS)
def test_nothing_that_is_kept_names_the_reader(name: str, sqlite_database: Database) -> None:
    letter = LETTERS[name]
    feed = follow(read(letter.raw()), ClickServer(letter), sqlite_database)
    for entry in feed.entries:
        kept = f"{entry.guid} {entry.link}"
        assert entry.wrapped is None
        assert READER not in kept
        for mark in (
            "0f9d3c77ab",
            "kP9xV2bQ7LrT4mZc",
            "9fA2b7Cc01dE",
            "98231",
            "1t6A",
            "AVsAAAYNqk",
            "d2v8tf04",
            "1ab2c",
        ):
            assert mark not in kept
        assert "utm_" not in kept


def test_the_same_letter_read_again_asks_nothing_and_gives_the_same(sqlite_database: Database) -> None:
    letter = LETTERS["region-mailchimp"]
    server = ClickServer(letter)
    first = follow(read(letter.raw()), server, sqlite_database)
    asked = len(server.asked)
    second = follow(read(letter.raw()), server, sqlite_database)
    assert asked == len(letter.items)
    assert len(server.asked) == asked
    assert second == first


@pytest.mark.parametrize("name", ["region-mailchimp", "transition-mailjet", "sommaire", "revue-de-presse"])
@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("utf-8", "base64"), ("utf-8", "8bit"), ("windows-1252", "quoted-printable"), ("iso-8859-15", "8bit")],
)
def test_encodings_change_nothing(name: str, charset: str, encoding: str) -> None:
    letter = LETTERS[name]
    html = letter.html().encode(charset, "xmlcharrefreplace").decode(charset)
    found = read(mail(html, subject=letter.subject, charset=charset, encoding=encoding))
    assert [entry.title for entry in found.entries] == [one.title for one in letter.items]


def test_utf8_labelled_latin1_is_repaired() -> None:
    letter = LETTERS["sommaire"]
    raw = letter.raw(encoding="8bit").replace(b'charset="utf-8"', b'charset="iso-8859-1"')
    assert b"iso-8859-1" in raw
    assert [entry.title for entry in read(raw).entries] == [one.title for one in letter.items]


def test_safelinks_around_another_wrap_are_taken_off() -> None:
    letter = LETTERS["transition-mailjet"]
    html = letter.html()
    for link in {part.split('"')[0] for part in html.split('href="')[1:]}:
        inner = quote(link.replace("&amp;", "&"), safe="")
        around = f"https://eur03.safelinks.protection.outlook.com/?url={inner}&amp;data=05%7C02"
        html = html.replace(f'href="{link}"', f'href="{around}"')
    found = read(mail(html, subject=letter.subject))
    assert [(entry.title, entry.link) for entry in found.entries] == [(one.title, one.link) for one in letter.items]


def test_the_text_of_a_letter_without_any_block_is_one_entry() -> None:
    text = (
        "Chers membres,\n\nLe comité se réunira le 4 décembre à Thiers.\nL'ordre du jour suivra.\n\nCordialement,\nAnne"
    )
    (entry,) = read(mail(plain=text, subject="[Pôle] Réunion du comité")).entries
    assert (entry.title, entry.link) == ("Réunion du comité", None)
    assert "4 décembre à Thiers" in entry.text
    assert "Cordialement" not in entry.text


def test_a_partial_letter_is_read_as_far_as_it_goes() -> None:
    letter = LETTERS["agence-cartes"]
    raw = letter.raw(encoding="base64")
    titles = [entry.title for entry in read(raw[: len(raw) * 2 // 3]).entries]
    assert titles
    assert set(titles) <= {one.title for one in letter.items}


def test_two_letters_that_announce_one_article_give_one_entry() -> None:
    letter = LETTERS["simplenews"]
    first = mail(letter.html(), message_id="<1@x>", date="Fri, 13 Nov 2026 09:00:00 +0100")
    second = mail(letter.html(), message_id="<2@x>", date="Fri, 20 Nov 2026 09:00:00 +0100")
    for order in ([first, second], [second, first]):
        found = read(*order)
        assert [entry.title for entry in found.entries] == [one.title for one in letter.items]
        assert {entry.published for entry in found.entries} == {datetime(2026, 11, 13, 8, tzinfo=UTC)}


def test_what_every_letter_repeats_is_furniture() -> None:
    def html(number: int) -> str:
        return (
            f"<h2><a href='https://pole.exemple/a/{number}'>Article numéro {number} de la semaine</a></h2><p>Texte</p>"
            "<h2><a href='https://pole.exemple/adherer'>Adhérez au pôle dès maintenant</a></h2><p>Toujours</p>"
            f"<h2><a href='https://pole.exemple/b/{number}'>Second article {number} de la semaine</a></h2><p>Texte</p>"
        )

    raw = [mail(html(number), message_id=f"<{number}@x>") for number in range(8)]
    titles = [entry.title for entry in read(*raw).entries]
    assert len(titles) == 16
    assert "Adhérez au pôle dès maintenant" not in titles
    assert "Adhérez au pôle dès maintenant" in [entry.title for entry in read(*raw[:3]).entries]
