"""Returns and answers from a real IMAP server over TLS: read once, in order, whatever is read twice or breaks off."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from tests.digest.sent_rows import SENT_AT, store_delivery, store_issue
from tests.digest.test_bounces import ANNE, complaint, dsn
from tests.net.hostile import CERTIFICATES, LOOPBACK, Names
from tests.net.imap_server import Folder, MailServer, mail_server
from veille.app import App
from veille.config.mail_accounts import MailAccount
from veille.config.settings import Fetch, load_settings
from veille.links import BOUNCE
from veille.model import Member, Subscriber
from veille.net.addresses import Guard
from veille.net.imap_visit import MAX_BODIES
from veille.net.mailboxes import Mailboxes
from veille.net.xoauth2 import AccessTokens
from veille.testing import FakeFetcher, FrozenClock, answer

HOST = "feeds.example"
OURS = "<hebdo.2026-W48.1.abc@pole.example.fr>"
TOKENS = "https://login.example/token"


@contextmanager
def served(server: MailServer) -> Iterator[MailServer]:
    """Serve from another thread: who reads is no coroutine."""
    loop, ready, ending = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with mail_server(server):
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def server() -> Iterator[MailServer]:
    folders = {"Retours": Folder(arrived=SENT_AT), "INBOX": Folder(arrived=SENT_AT)}
    with served(MailServer(folders=folders, token="jeton")) as server:
        yield server


@pytest.fixture
def app(server: MailServer, sqlite_template: Path, tmp_path: Path) -> Iterator[App]:
    home = tmp_path / "maison"
    (home / "var").mkdir(parents=True)
    copyfile(sqlite_template, home / "var" / "veille.sqlite")
    (home / "veille.toml").write_text(
        f'[cluster]\nid = "pole"\n[mail]\nreturn_path = "retours@pole.example.fr"\n'
        f'bounces = "{server.url("Retours")}"\n'
        f'[returns]\nreplies = "{server.url("INBOX")}"\n',
        encoding="utf-8",
    )
    clock = FrozenClock(SENT_AT + timedelta(hours=1))
    token = answer(TOKENS, b'{"access_token":"jeton"}')
    accounts = {
        "retours": MailAccount(host=HOST, password="s3cret"),
        "reponses": MailAccount(host=HOST, token_url=TOKENS, client_id="moi", refresh_token="r"),
    }
    door = Mailboxes(
        accounts,
        guard=Guard(tuple(Fetch.model_validate({"allow": LOOPBACK}).allow)),
        tokens=AccessTokens(FakeFetcher({TOKENS: token}), clock, home / "var"),
        clock=clock,
        resolver=Names({HOST: [["127.0.0.1"]] * 50}),
        tls=ssl.create_default_context(cafile=CERTIFICATES / "authority.pem"),
        max_bytes=15_000_000,
        seconds=10.0,
    )
    app = App(load_settings(home, {}), clock=clock, fetcher=door)
    app.members.save([(Member(organisation="Phytalis"), [Subscriber(email=ANNE)])], origin="", now=SENT_AT)
    store_issue(app.database)
    store_delivery(app.database, OURS)
    yield app
    app.close()


def address(app: App) -> str:
    return f"retours+1-{app.keys.seal(BOUNCE, '1')}@pole.example.fr"


def reply(number: int) -> bytes:
    return (
        f"From: a@b.example\r\nSubject: Re\r\nMessage-ID: <r{number}@b>\r\nIn-Reply-To: {OURS}\r\n\r\nOui\r\n".encode()
    )


def test_returns_are_read_from_an_imap_folder_whoever_they_are_from(app: App, server: MailServer) -> None:
    nobody = dsn(address(app), status="5.2.2").replace(b"From: MAILER-DAEMON@relais.example\n", b"From: <>\n")
    server.folders["Retours"].messages = {1: nobody, 2: complaint("fbl@x.example")}
    found, why = app.returning.take()
    assert why == ""
    assert [one.effect for one in found] == [
        "noté, 1 sur 4 en huit semaines",
        "sans preuve de son destinataire : à lire",
    ]
    assert not {"STORE", "EXPUNGE", "SELECT"} & {line.split(" ")[0] for line in server.heard}, "nothing there changes"
    before = len(server.heard)
    assert app.returning.take() == ([], "")
    assert "FETCH" not in " ".join(server.heard[before:]), "what was read is not asked for again"
    server.folders["Retours"].messages[3] = dsn(address(app))
    assert len(app.returning.take()[0]) == 1
    assert app.members.suppressed([ANNE])


def test_more_than_one_visit_can_carry_is_read_all_the_same(app: App, server: MailServer) -> None:
    count = MAX_BODIES + 7
    server.folders["INBOX"].messages = {number: reply(number) for number in range(1, count + 1)}
    assert app.returning.count_replies() == (count, "")
    assert app.returning.count_replies() == (0, "")
    assert app.returning.signs.signs(1, counted=False).replies == count
    assert any("XOAUTH2" in line for line in server.heard), "this account has a token and no password"


def test_a_folder_made_anew_counts_nothing_twice(app: App, server: MailServer) -> None:
    server.folders["INBOX"].messages = {1: reply(1)}
    assert app.returning.count_replies() == (1, "")
    server.folders["INBOX"].validity = 99
    assert app.returning.count_replies() == (0, "")


def test_a_pass_leaves_a_mailbox_alone_for_a_while(app: App, server: MailServer) -> None:
    assert app.returning.collect() == []
    connections = server.connections
    server.folders["INBOX"].messages = {1: reply(1)}
    assert app.returning.collect() == []
    assert server.connections == connections
    app.clock.advance(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert app.returning.collect() == ["réponses : 1 nouvelles"]


def test_a_mailbox_that_cannot_be_read_stops_nothing_and_loses_nothing(app: App, server: MailServer) -> None:
    del server.folders["Retours"]
    server.folders["INBOX"].messages = {1: reply(1)}
    said = app.returning.collect()
    assert said[0] == "réponses : 1 nouvelles"
    assert said[1].startswith("boîte illisible : le dossier « Retours » n'existe pas")
    server.folders["Retours"] = Folder({1: dsn(address(app))}, arrived=SENT_AT)
    app.clock.advance(timedelta(minutes=11))  # type: ignore[attr-defined]
    assert app.returning.collect() == ["retours : 1 nouveaux (voir « veille mail events »)"]
    assert app.members.suppressed([ANNE])


def maildir(path: Path, *mails: bytes) -> Path:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(mails):
        (path / "new" / str(number)).write_bytes(raw)
    return path


def test_folders_on_this_machine_are_read_without_any_way_out(app: App, tmp_path: Path) -> None:
    def nobody() -> None:
        raise AssertionError("nothing leaves this machine")

    box = maildir(tmp_path / "boite", reply(1), reply(2) + b"x" * 1_000_000)
    app.settings = app.settings.model_copy(
        update={
            "mail": app.settings.mail.model_copy(update={"bounces": str(maildir(tmp_path / "r", dsn(address(app))))}),
            "returns": app.settings.returns.model_copy(update={"replies": str(box)}),
        }
    )
    app.returning._fetcher = nobody  # type: ignore[assignment]
    assert app.returning.collect() == ["retours : 1 nouveaux (voir « veille mail events »)", "réponses : 2 nouvelles"]
    assert app.returning.collect() == []
    (box / "cur").rename(box / "ailleurs")
    assert app.returning.count_replies()[1].endswith("donnez un Maildir, un mbox ou un .eml")
