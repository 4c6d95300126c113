"""From an IMAP server to entries in the store, pass after pass: nothing twice, nothing asked twice, nothing lost."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.newsletters.letters import READER, Letter, letters, mail
from tests.crawl.newsletters.test_forwarded import GMAIL, forward
from tests.net.imap_server import Folder, MailServer, mail_server
from tests.net.test_mailboxes import HOST, door
from veille.crawl.newsletters.items import is_confirmation
from veille.crawl.newsletters.parts import parse_message
from veille.crawl.runner import FeedCrawler
from veille.engine.direct import DirectEngine
from veille.model import CrawlReport, Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Source, SourceHealth
from veille.net.doors import Doors
from veille.net.maildir import Maildirs
from veille.protocols import CrawlOptions
from veille.protocols.letters import LetterStores
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.storage.link_store import SqlLinkStore
from veille.storage.source_store import SqlSourceStore
from veille.storage.suggestion_store import SqlSuggestionStore
from veille.testing import FakeFetcher, FrozenClock

OPTIONS: dict[str, Any] = {"senders": ("region.exemple",), "authserv_id": "mx.pole.exemple"}
LETTERS = letters()


class Web(FakeFetcher):
    """The click servers of some letters."""

    def __init__(self, *served: Letter) -> None:
        super().__init__({})
        self.served = served
        self.down = False

    async def send(self, request: Request, *_: Any, **__: Any) -> FetchOutcome:
        self.sent.append(request)
        assert not request.follow
        if self.down:
            return FetchFailed(url=request.url, fault=FetchFault.DNS, sentence="le DNS ne répond pas")
        target = next((found for one in self.served if (found := one.click(request.url))), None)
        headers = {"location": target} if target else {}
        return Fetched(url=request.url, final_url=request.url, status=302 if target else 404, headers=headers)

    def clicked(self) -> list[str]:
        return [request.url for request in self.sent]


@dataclass
class House:
    """A crawler of one mailbox."""

    database: Database
    server: MailServer
    web: Web
    options: dict[str, Any]
    url: str = ""

    def __post_init__(self) -> None:
        self.clock = FrozenClock()
        self.store = SqlSourceStore(self.database)
        self.suggestions = SqlSuggestionStore(self.database, "pole")

    def crawl(self) -> CrawlReport:
        url = self.url or self.server.url()
        source = Source(
            id="lettres", title="Lettres", kind="mailbox", url=url, every=timedelta(hours=1), options=self.options
        )
        maildirs = Maildirs([Path("/")], self.clock, max_bytes=15_000_000)
        crawler = FeedCrawler(
            sources=[source],
            store=self.store,
            fetcher=Doors(self.web, {"imaps": door(), "maildir": maildirs}),
            engine=DirectEngine(SqlLedger(self.database, self.clock), self.clock),
            clock=self.clock,
            host_delay=0,
            letters=LetterStores(SqlLinkStore(self.database), self.suggestions),
        )
        (report,) = crawler.crawl(CrawlOptions(force=True))
        self.clock.advance(timedelta(hours=1))
        return report

    def entries(self) -> list[tuple[str, str | None]]:
        return [(one.title, one.link) for one in self.store.export()]


@contextmanager
def running(server: MailServer) -> Iterator[None]:
    """Serve in a thread, for a crawler that owns its event loop."""
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with mail_server(server):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join(10)


Make = Callable[..., House]


@pytest.fixture
def house(sqlite_database: Database) -> Iterator[Make]:
    """Make a house over a folder of messages; everything is served until the test ends."""
    opened = []

    def make(*raw: bytes, served: tuple[Letter, ...] = (), **options: Any) -> House:
        server = MailServer({"Lettres": Folder(dict(enumerate(raw, 1)))})
        context = running(server)
        context.__enter__()
        opened.append(context)
        return House(sqlite_database, server, Web(*served), {**OPTIONS, **options})

    yield make
    for context in opened:
        context.__exit__(None, None, None)


def wanted(*some: Letter) -> set[tuple[str, str | None]]:
    return {(item.title, item.link) for letter in some for item in letter.items}


def test_letters_become_entries_once(house: Make) -> None:
    some = (LETTERS["region-mailchimp"], LETTERS["sommaire"])
    there = house(some[0].raw(message_id="<1@x>"), some[1].raw(message_id="<2@x>"), served=some)
    first = there.crawl()
    assert (first.state, first.new, first.sentence) == (SourceHealth.OK, 8, "8 entrées lues")
    assert set(there.entries()) == wanted(*some)
    assert len(there.web.sent) == len(some[0].items)
    second = there.crawl()
    assert (second.state, second.new) == (SourceHealth.UNCHANGED, 0)
    there.server.folders["Lettres"].messages[9] = LETTERS["simplenews"].raw(message_id="<3@x>")
    third = there.crawl()
    assert (third.new, third.changed) == (3, 0)
    assert set(there.entries()) == wanted(*some, LETTERS["simplenews"])


def test_another_uidvalidity_reads_everything_again_and_writes_nothing(house: Make) -> None:
    some = (LETTERS["region-mailchimp"], LETTERS["revue-de-presse"])
    raw = (some[0].raw(message_id="<1@x>"), some[1].raw(message_id="<2@x>"))
    there = house(*raw, served=some)
    there.crawl()
    before, asked = there.entries(), len(there.web.sent)
    there.server.folders["Lettres"] = Folder({5: raw[1], 6: raw[0]}, validity=99)
    again = there.crawl()
    assert (again.new, again.changed) == (0, 0)
    assert there.entries() == before
    assert len(there.web.sent) == asked


def test_the_same_article_in_the_next_letter_is_the_same_entry(house: Make) -> None:
    letter = LETTERS["simplenews"]
    there = house(letter.raw(message_id="<1@x>", date="Fri, 13 Nov 2026 09:00:00 +0100"))
    there.crawl()
    there.server.folders["Lettres"].messages[2] = letter.raw(message_id="<2@x>", date="Fri, 20 Nov 2026 09:00:00 +0100")
    assert there.crawl().new == 0
    assert len(there.entries()) == len(letter.items)


def test_messages_of_others_are_counted_and_named_and_stay_so(house: Make) -> None:
    letter = LETTERS["simplenews"]
    there = house(
        letter.raw(message_id="<1@x>"),
        mail("<p>Achetez</p>", sender="pub@ailleurs.exemple", message_id="<2@x>"),
        mail("<p>Faux</p>", results="mx.pole.exemple; dkim=none", message_id="<3@x>"),
    )
    report = there.crawl()
    assert report.sentence == (
        "3 entrées lues (2 messages ignorés : 1 expéditeur non admis (pub@ailleurs.exemple), "
        "1 expéditeur non authentifié (lettre@region.exemple))"
    )
    step = there.store.states()["lettres"].next_step
    assert "options.senders" in step
    assert "options.authserv_id" in step
    there.crawl()
    assert there.store.states()["lettres"].next_step == step


def test_a_folder_of_others_only_is_empty_and_says_why(house: Make) -> None:
    there = house(mail("<p>Achetez</p>", sender="pub@ailleurs.exemple"))
    for report in (there.crawl(), there.crawl()):
        assert report.state is SourceHealth.EMPTY
        assert report.sentence == "1 message ignoré : expéditeur non admis (pub@ailleurs.exemple)"


def test_an_empty_folder_is_empty(house: Make) -> None:
    report = house().crawl()
    assert (report.state, report.sentence) == (SourceHealth.EMPTY, "le dossier ne contient aucun message")


def test_a_confirmation_waits_for_a_person_and_is_never_clicked(house: Make) -> None:
    html = Path(__file__).parent.joinpath("mails", "confirmation.html").read_text(encoding="utf-8")
    there = house(mail(html, subject="Confirmez votre inscription à la lettre"), served=(LETTERS["simplenews"],))
    report = there.crawl()
    assert "à cliquer à la main : « Confirmez votre inscription à la lettre »" in report.sentence
    assert "cliquez vous-même" in there.store.states()["lettres"].next_step
    assert there.entries() == []
    assert there.web.sent == []


@pytest.mark.parametrize(
    ("subject", "waits"),
    [
        ("Confirmez votre inscription", True),
        ("Confirmez votre abonnement à la lettre de la Région", True),
        ("Please confirm your subscription", True),
        ("Plus qu'une étape pour recevoir nos actualités", True),
        ("Confirmez votre inscription au webinaire du 3 décembre", False),
        ("Confirmez votre inscription à notre salon", False),
        ("Activer la croissance verte : les aides de novembre", False),
    ],
)
def test_which_subjects_wait_for_a_click(subject: str, waits: bool) -> None:
    assert is_confirmation(parse_message(mail("<p>x</p>", subject=subject))) is waits


def test_links_whose_server_is_down_wait_and_then_come_without_their_link(house: Make) -> None:
    letter = LETTERS["region-mailchimp"]
    there = house(letter.raw(), served=(letter,))
    there.web.down = True
    first = there.crawl()
    assert first.new == 0
    assert "4 liens à suivre à la prochaine relève" in first.sentence
    there.web.down = False
    assert there.crawl().new == len(letter.items)
    assert set(there.entries()) == wanted(letter)


def test_links_whose_server_never_answers_are_given_up(house: Make) -> None:
    letter = LETTERS["region-mailchimp"]
    there = house(letter.raw(), served=(letter,))
    there.web.down = True
    for _ in range(8):
        there.crawl()
    assert {title for title, _ in there.entries()} == {item.title for item in letter.items}
    assert {link for _, link in there.entries()} == {None}
    assert all(there.web.clicked().count(link) <= 3 for link in there.web.clicked())


def test_without_clicks_nothing_is_asked(house: Make) -> None:
    letter = LETTERS["region-mailchimp"]
    there = house(letter.raw(), served=(letter,), clicks=False)
    assert there.crawl().new == len(letter.items)
    assert there.web.sent == []
    assert {link for _, link in there.entries()} == {None}


def test_forwarded_mail_waits_in_the_queue_and_is_no_entry(house: Make) -> None:
    there = house(forward(GMAIL), senders=(), forwarded=True, forwarders=("fonderie.exemple",))
    for report in (there.crawl(), there.crawl()):
        assert report.state in {SourceHealth.OK, SourceHealth.UNCHANGED}
    there.server.folders["Lettres"] = Folder({1: forward(GMAIL)}, validity=50)
    there.crawl()
    (one,) = there.suggestions.waiting()
    assert (one.title, one.suggested_by, one.comment) == (
        "Appel à projets fonderies",
        "luc@fonderie.exemple",
        "À étudier ?",
    )
    assert there.entries() == []


def test_a_changed_list_of_senders_reads_the_folder_again(house: Make) -> None:
    letter = LETTERS["simplenews"]
    there = house(letter.raw(sender="info@agence.exemple"))
    assert there.crawl().new == 0
    there.options = {**there.options, "senders": ("region.exemple", "agence.exemple")}
    assert there.crawl().new == len(letter.items)


def test_a_wrong_password_blocks_the_source_with_its_cure(house: Make) -> None:
    there = house(LETTERS["simplenews"].raw())
    there.server.password = "another"
    report = there.crawl()
    assert report.state is SourceHealth.BLOCKED
    state = there.store.states()["lettres"]
    assert "VEILLE_MAILBOX_LETTRES_PASSWORD" in state.next_step
    assert "s3cret" not in state.sentence + state.next_step


def test_a_maildir_gives_the_same_entries(house: Make, tmp_path: Path) -> None:
    letter = LETTERS["sommaire"]
    for step in ("cur", "new"):
        (tmp_path / "box" / step).mkdir(parents=True)
    (tmp_path / "box" / "new" / "1.x").write_bytes(letter.raw())
    there = house()
    there.url = f"maildir://{tmp_path}/box"
    assert there.crawl().new == len(letter.items)
    assert there.crawl().state is SourceHealth.UNCHANGED
    assert set(there.entries()) == wanted(letter)


def test_nothing_in_the_database_names_the_reader(house: Make, sqlite_database: Database) -> None:
    some = tuple(letter for letter in LETTERS.values() if letter.clicks)
    there = house(*(letter.raw(message_id=f"<{letter.name}@x>") for letter in some), served=some)
    there.crawl()
    assert sqlite_database.file is not None
    raw = sqlite_database.file.read_bytes()
    wal = sqlite_database.file.with_name(sqlite_database.file.name + "-wal")
    raw += wal.read_bytes() if wal.exists() else b""
    for mark in (b"0f9d3c77ab", b"kP9xV2bQ7LrT4mZc", b"98231", b"1t6Af4OiGsDg", b"u001.aQ1", READER.encode()):
        assert mark not in raw, mark
    assert HOST.encode() in raw
    bound = sum(len(letter.items) for letter in some)
    assert len(there.web.sent) <= bound
    for letter in some:
        own = [link for link in there.web.clicked() if link.replace("&", "&amp;") in letter.html()]
        assert len(own) <= len(letter.items)
        assert [link for link in own if any(part in link for part in letter.never)] == []


def test_the_rhythm_of_a_letter_is_that_of_its_issues_not_of_its_articles(house: Make) -> None:
    letter = LETTERS["revue-de-presse"]
    weeks = [f"Fri, {day} Nov 2026 09:00:00 +0100" for day in ("06", "13", "20")]
    weeks += [f"Fri, {day} Oct 2026 09:00:00 +0200" for day in ("09", "16", "23", "30")]
    raw = [
        mail(letter.html().replace("exemple/", f"exemple/{place}/"), date=date, message_id=f"<{place}@x>")
        for place, date in enumerate(weeks)
    ]
    there = house(*raw)
    assert there.crawl().new == 7 * len(letter.items)
    assert there.store.states()["lettres"].gap == 7 * 86_400
