"""IMAP folders are read without a trace, within bounds, and every refusal is said with its cure."""

import asyncio
import gc
import json
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.net.hostile import CERTIFICATES, LOOPBACK, Names, run
from tests.net.imap_server import Folder, MailServer, Session, mail_server
from veille.clock import SystemClock
from veille.config.mail_accounts import MailAccount
from veille.config.settings import Fetch
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators
from veille.net.addresses import Guard
from veille.net.fetcher import UNCONDITIONAL
from veille.net.imap import quoted, utf7
from veille.net.imap_visit import MAX_BODIES, MAX_MESSAGE
from veille.net.mailboxes import Mailboxes
from veille.net.mailpack import Asked, Mailbox, ask, unpack
from veille.net.xoauth2 import AccessTokens
from veille.testing import FakeFetcher, FrozenClock, answer

TOKENS = "https://login.example/token"
HOST = "feeds.example"


def message(number: int = 1, sender: str = "lettre@region.example", body: str = "Bonjour") -> bytes:
    lines = (
        f"From: La lettre <{sender}>",
        f"Subject: numéro {number}",
        f"Message-ID: <{number}@region.example>",
        "Date: Fri, 20 Nov 2026 09:00:00 +0100",
        "",
        body,
    )
    return "\r\n".join(lines).encode()


def letters(count: int, **fields: Any) -> Folder:
    return Folder({number: message(number) for number in range(1, count + 1)}, **fields)


def door(
    *,
    account: dict[str, Any] | None = None,
    names: list[str] | None = None,
    allow: tuple[str, ...] = LOOPBACK,
    tokens: AccessTokens | None = None,
    **fields: Any,
) -> Mailboxes:
    told = {"host": HOST, "password": "s3cret", **(account or {})}
    return Mailboxes(
        {"lettres": MailAccount.model_validate(told)},
        guard=Guard(tuple(Fetch.model_validate({"allow": allow}).allow)),
        tokens=tokens or AccessTokens(FakeFetcher({}), FrozenClock(), Path("nowhere")),
        clock=FrozenClock(),
        resolver=Names({HOST: [names or ["127.0.0.1"]], "other.example": [["127.0.0.1"]]}),
        tls=ssl.create_default_context(cafile=CERTIFICATES / "authority.pem"),
        **{"max_bytes": 15_000_000, "seconds": 10.0, **fields},
    )


def asking(url: str, *senders: str, account: str = "lettres") -> Request:
    return ask(url, Asked(account=account, senders=senders or ("region.example",)))


async def once(
    server: MailServer, mailboxes: Mailboxes, validators: Validators = UNCONDITIONAL, folder: str = "Lettres"
) -> FetchOutcome:
    return await mailboxes.send(asking(server.url(folder)), validators)


def read(server: MailServer, *, certificate: str = "valid", folder: str = "Lettres", **fields: Any) -> FetchOutcome:
    """Visit a folder once."""

    async def scenario() -> FetchOutcome:
        async with mail_server(server, certificate):
            return await once(server, door(**fields), folder=folder)

    outcome = run(scenario())
    gc.collect()  # an unclosed socket would warn here, and warnings are errors
    return outcome


def mailbox(outcome: FetchOutcome) -> Mailbox:
    assert isinstance(outcome, Fetched), outcome
    return unpack(outcome.body)


def failed(outcome: FetchOutcome, fault: FetchFault) -> FetchFailed:
    assert isinstance(outcome, FetchFailed), outcome
    assert outcome.fault is fault
    assert "s3cret" not in outcome.sentence + outcome.cure
    return outcome


def etag(outcome: FetchOutcome) -> Validators:
    assert isinstance(outcome, Fetched)
    return Validators(outcome.headers["etag"])


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_new_messages_are_read_without_a_trace() -> None:
    server = MailServer({"Lettres": letters(2)})
    found = mailbox(read(server))
    assert [one.raw for one in found.messages] == [message(1), message(2)]
    assert (found.listed, found.left) == (2, 0)
    assert found.messages[0].arrived is not None
    assert found.messages[0].arrived.isoformat() == "2026-11-20T08:00:00+00:00"
    assert server.commands() == ["CAPABILITY", "LOGIN", "LIST", "EXAMINE", "UID SEARCH", *["UID FETCH"] * 3, "LOGOUT"]
    assert all("BODY.PEEK[" in line for line in server.heard if line.startswith("UID FETCH"))


def test_nothing_new_is_a_304_that_asks_for_no_message() -> None:
    server = MailServer({"Lettres": letters(2)})

    async def scenario() -> tuple[FetchOutcome, FetchOutcome]:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            server.heard.clear()
            return first, await once(server, mailboxes, etag(first))

    first, second = run(scenario())
    assert isinstance(second, Fetched)
    assert (second.status, second.body) == (304, b"")
    assert etag(second) == etag(first)
    assert server.commands() == ["CAPABILITY", "LOGIN", "LIST", "EXAMINE", "LOGOUT"]


def test_only_what_came_since_is_read() -> None:
    server = MailServer({"Lettres": letters(2)})

    async def scenario() -> tuple[FetchOutcome, FetchOutcome]:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            server.folders["Lettres"].messages[9] = message(9)
            second = await once(server, mailboxes, etag(first))
            return second, await once(server, mailboxes, etag(second))

    second, third = run(scenario())
    assert [one.raw for one in mailbox(second).messages] == [message(9)]
    assert isinstance(third, Fetched)
    assert third.status == 304


@pytest.mark.parametrize("told", [True, False])
def test_an_empty_search_beyond_the_last_message_brings_nothing(told: bool) -> None:
    """« UID n:* » names the last message even below n; some servers do not tell UIDNEXT."""
    server = MailServer({"Lettres": letters(2, tell_next=told)})

    async def scenario() -> FetchOutcome:
        async with mail_server(server):
            mailboxes = door()
            return await once(server, mailboxes, etag(await once(server, mailboxes)))

    outcome = run(scenario())
    assert isinstance(outcome, Fetched)
    assert outcome.status == 304


def test_another_uidvalidity_reads_everything_again() -> None:
    server = MailServer({"Lettres": letters(2)})

    async def scenario() -> FetchOutcome:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            server.folders["Lettres"] = Folder({1: message(2), 2: message(1)}, validity=8)
            return await once(server, mailboxes, etag(first))

    assert len(mailbox(run(scenario())).messages) == 2


def test_the_body_of_a_message_from_anybody_else_is_never_asked_for() -> None:
    folder = Folder({1: message(1), 2: message(2, sender="paul@ailleurs.example", body="Lettre personnelle")})
    server = MailServer({"Lettres": folder})
    found = mailbox(read(server))
    assert [one.body for one in found.messages] == [True, False]
    assert b"personnelle" not in found.messages[1].raw
    assert b"paul@ailleurs.example" in found.messages[1].raw


def test_a_full_folder_is_read_in_several_visits() -> None:
    server = MailServer({"Lettres": letters(MAX_BODIES + 30)})

    async def scenario() -> list[FetchOutcome]:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            second = await once(server, mailboxes, etag(first))
            return [first, second, await once(server, mailboxes, etag(second))]

    first, second, third = run(scenario())
    assert (len(mailbox(first).messages), mailbox(first).left) == (MAX_BODIES, 30)
    assert (len(mailbox(second).messages), mailbox(second).left) == (30, 0)
    assert mailbox(second).messages[0].raw == message(MAX_BODIES + 1)
    assert isinstance(third, Fetched)
    assert third.status == 304


def test_a_huge_message_is_cut() -> None:
    server = MailServer({"Lettres": Folder({1: message(1, body="x" * (2 * MAX_MESSAGE))})})
    (only,) = mailbox(read(server)).messages
    assert len(only.raw) == MAX_MESSAGE


@pytest.mark.parametrize(
    ("written", "delimiter", "stored"),
    [
        ("Lettres/R%C3%A9gion", "/", "Lettres/R&AOk-gion"),
        ("Lettres/Région & Cie", ".", "Lettres.R&AOk-gion &- Cie"),
        ("Lettres", ".", "INBOX.Lettres"),
        ("", "/", "INBOX"),
        ('A"B\\C', "/", 'A"B\\C'),
    ],
)
def test_folders_are_named_as_the_server_names_them(written: str, delimiter: str, stored: str) -> None:
    server = MailServer({stored: letters(1)}, delimiter=delimiter)
    assert len(mailbox(read(server, folder=written)).messages) == 1


def test_modified_utf7() -> None:
    assert utf7("Entwürfe") == "Entw&APw-rfe"
    assert utf7("台北") == "&U,BTFw-"
    assert utf7("A&B") == "A&-B"
    with pytest.raises(ValueError, match="control character"):
        quoted("a\r\nA1 DELETE INBOX")


def test_a_password_with_accents_goes_by_sasl_plain() -> None:
    server = MailServer({"Lettres": letters(1)}, password="clé à molette")
    assert mailbox(read(server, account={"password": "clé à molette"})).messages
    assert "AUTHENTICATE" in server.commands()


# ── refusals, each with its cure ────────────────────────────────────────────────────────────────────────────────────
def test_a_wrong_password_is_said_and_not_tried_again_in_the_same_pass() -> None:
    server = MailServer({"Lettres": letters(1), "Autre": letters(1)}, password="other")

    async def scenario() -> tuple[FetchOutcome, FetchOutcome, FetchOutcome]:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            second = await once(server, mailboxes, folder="Autre")
            await mailboxes.aclose()
            return first, second, await once(server, mailboxes)

    first, second, third = run(scenario())
    for outcome in (first, second, third):
        refused = failed(outcome, FetchFault.LOGIN)
        assert "refuse le mot de passe de « lettres »" in refused.sentence
        assert "Invalid credentials" in refused.sentence
        assert "VEILLE_MAILBOX_LETTRES_PASSWORD" in refused.cure
    assert server.commands().count("LOGIN") == 2


def test_without_any_password_the_variables_are_named() -> None:
    refused = failed(read(MailServer(), account={"password": ""}), FetchFault.LOGIN)
    assert "VEILLE_MAILBOX_LETTRES_HOST et VEILLE_MAILBOX_LETTRES_PASSWORD" in refused.cure


def test_a_password_is_never_sent_to_another_host() -> None:
    server = MailServer({"Lettres": letters(1)})

    async def scenario() -> FetchOutcome:
        async with mail_server(server):
            return await door().send(asking(server.url(host="other.example")))

    refused = failed(run(scenario()), FetchFault.LOGIN)
    assert "est pour feeds.example, pas pour other.example" in refused.sentence
    assert server.connections == 0


def test_a_missing_folder_is_named() -> None:
    refused = failed(read(MailServer({"Lettres": letters(1)}), folder="Lettre"), FetchFault.MAILBOX)
    assert "le dossier « Lettre » n'existe pas" in refused.sentence
    assert "créez-le" in refused.cure


@pytest.mark.parametrize(
    ("certificate", "words"), [("expired", "le certificat a expiré"), ("self_signed", "auto-signé")]
)
def test_a_certificate_that_does_not_hold_is_refused(certificate: str, words: str) -> None:
    server = MailServer({"Lettres": letters(1)})
    refused = failed(read(server, certificate=certificate), FetchFault.TLS)
    assert words in refused.sentence
    assert "993" in refused.cure
    assert server.heard == []


def test_a_certificate_of_another_name_is_refused() -> None:
    server = MailServer({"Lettres": letters(1)})

    async def scenario() -> FetchOutcome:
        async with mail_server(server):
            return await door(account={"host": "other.example"}).send(asking(server.url(host="other.example")))

    refused = failed(run(scenario()), FetchFault.TLS)
    assert "celui d'un autre nom d'hôte" in refused.sentence


@pytest.mark.parametrize(
    ("names", "port", "fault", "words"),
    [
        (["10.0.0.7"], 993, FetchFault.REFUSED_ADDRESS, "réseau privé"),
        (["169.254.169.254"], 993, FetchFault.REFUSED_ADDRESS, "lien local"),
        (["93.184.216.34"], 25, FetchFault.REFUSED_URL, "port 25"),
        (["93.184.216.34"], 443, FetchFault.REFUSED_URL, "port 443"),
    ],
)
def test_the_dial_is_guarded_like_the_web(names: list[str], port: int, fault: FetchFault, words: str) -> None:
    mailboxes = door(names=names, allow=())
    refused = failed(run(mailboxes.send(asking(f"imaps://veille@{HOST}:{port}/Lettres"))), fault)
    assert words in refused.sentence


def test_nobody_listening_is_said() -> None:
    refused = failed(run(door().send(asking(f"imaps://veille@{HOST}:9/Lettres"))), FetchFault.CONNECT)
    assert "connexion impossible" in refused.sentence


def test_an_address_that_hides_a_line_break_is_refused() -> None:
    refused = failed(run(door().send(asking(f"imaps://veille@{HOST}/A%0d%0aDELETE"))), FetchFault.REFUSED_URL)
    assert "imaps://nom@serveur/Dossier" in refused.sentence


@pytest.mark.parametrize(
    "host", [".example", "h\u00e9b.example", "a b", "a..b", "-" * 64, "[::1", "feeds.example:993:1"]
)
def test_a_host_that_is_none_is_refused(host: str) -> None:
    failed(run(door().send(asking(f"imaps://veille@{host}/Lettres"))), FetchFault.REFUSED_URL)


def test_a_password_with_a_line_break_is_refused_before_it_is_sent() -> None:
    server = MailServer({"Lettres": letters(1)})
    refused = failed(read(server, account={"password": "s3cret\r\nA1 DELETE INBOX"}), FetchFault.LOGIN)
    assert "saut de ligne" in refused.sentence
    assert server.connections == 0


def test_a_visit_that_is_cancelled_ends_at_once() -> None:
    async def scenario() -> float:
        asked = asyncio.Event()

        async def stall(session: Session, tag: str, words: list[str]) -> bool:
            asked.set()
            return await hang(session, tag, words)

        server = MailServer({"Lettres": letters(1)}, tricks={"UID SEARCH": stall})
        async with mail_server(server):
            visit = asyncio.create_task(once(server, door(seconds=20.0)))
            await asked.wait()
            visit.cancel()
            start = time.monotonic()
            await asyncio.gather(visit, return_exceptions=True)
            return start

    start = run(scenario())
    assert time.monotonic() - start < 5  # the loop waits for its threads before it closes


# ── hostile servers ─────────────────────────────────────────────────────────────────────────────────────────────────
async def hang(session: Session, _tag: str, _words: list[str]) -> bool:
    await asyncio.sleep(3600)
    return True


async def drip(session: Session, _tag: str, _words: list[str]) -> bool:
    while True:
        await session.say(b"*")
        await asyncio.sleep(0.05)


async def bye(session: Session, _tag: str, _words: list[str]) -> bool:
    await session.say(b"* BYE shutting down\r\n")
    session.writer.close()
    return True


async def flood(session: Session, _tag: str, _words: list[str]) -> bool:
    while True:
        await session.say(b"* 1 FETCH (FLAGS ())\r\n" * 1_000)


async def announce(session: Session, _tag: str, _words: list[str]) -> bool:
    await session.say(b"* 1 FETCH (UID 1 BODY[]<0> {2000000000}\r\nxx")
    return True


async def endless_line(session: Session, _tag: str, _words: list[str]) -> bool:
    while True:
        await session.say(b"*" * 65_536)


async def nonsense(session: Session, tag: str, _words: list[str]) -> bool:
    await session.say(f"{tag} BAD \x1b[31m speak English\r\n")
    return True


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("trick", [hang, drip])
def test_a_server_that_hangs_or_drips_is_left_at_the_deadline(command: str, trick: Any) -> None:
    server = MailServer({"Lettres": letters(1)}, tricks={command: trick})
    start = time.monotonic()
    refused = failed(read(server, seconds=0.6), FetchFault.TIMEOUT)
    assert "0.6 s" in refused.sentence
    assert time.monotonic() - start < 6
    assert not any(thread.name.startswith("asyncio") and thread.is_alive() for thread in threading.enumerate())


@pytest.mark.parametrize("command", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_goodbye_in_the_middle_is_said(command: str) -> None:
    refused = failed(read(MailServer({"Lettres": letters(1)}, tricks={command: bye})), FetchFault.TRUNCATED)
    assert "a coupé la connexion" in refused.sentence


@pytest.mark.parametrize("trick", [flood, announce, endless_line])
def test_more_than_was_asked_for_is_refused_unread(trick: Any) -> None:
    server = MailServer({"Lettres": letters(1)}, tricks={"UID FETCH": trick})
    refused = failed(read(server, max_bytes=3_000_000), FetchFault.TOO_BIG)
    assert "plus de 3 Mo" in refused.sentence


def test_a_greeting_that_is_none_is_said() -> None:
    server = MailServer({"Lettres": letters(1)}, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert failed(read(server), FetchFault.PROTOCOL).sentence


@pytest.mark.parametrize("command", ["EXAMINE", "UID SEARCH", "UID FETCH"])
def test_an_answer_that_is_none_is_said_without_control_characters(command: str) -> None:
    outcome = read(MailServer({"Lettres": letters(1)}, tricks={command: nonsense}))
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault in {FetchFault.PROTOCOL, FetchFault.MAILBOX}
    assert "\x1b" not in outcome.sentence


@pytest.mark.parametrize(
    ("command", "words"),
    [("LOGIN", "[UNAVAILABLE] Temporary authentication failure"), ("EXAMINE", "[SERVERBUG] Internal error occurred")],
)
def test_a_server_in_trouble_is_no_wrong_password_nor_a_missing_folder(command: str, words: str) -> None:
    async def trouble(session: Session, tag: str, _words: list[str]) -> bool:
        await session.say(f"{tag} NO {words}\r\n")
        return True

    refused = failed(read(MailServer({"Lettres": letters(1)}, tricks={command: trouble})), FetchFault.CONNECT)
    assert "en panne ou occupé" in refused.sentence


def test_what_was_read_before_a_goodbye_is_kept() -> None:
    server = MailServer({"Lettres": letters(5)})
    seen = 0

    async def fourth(session: Session, tag: str, words: list[str]) -> bool:
        nonlocal seen
        seen += 1
        return await bye(session, tag, words) if seen == 4 else False

    server.tricks["UID FETCH"] = fourth

    async def scenario() -> tuple[FetchOutcome, FetchOutcome]:
        async with mail_server(server):
            mailboxes = door()
            first = await once(server, mailboxes)
            return first, await once(server, mailboxes, etag(first))

    first, second = run(scenario())
    assert [one.raw for one in mailbox(first).messages] == [message(1), message(2)]
    assert mailbox(first).left == 3
    assert [one.raw for one in mailbox(second).messages] == [message(3), message(4), message(5)]


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────
OAUTH = {"password": "", "token_url": TOKENS, "client_id": "app", "client_secret": "cs", "refresh_token": "rt"}


def token_answer(**told: Any) -> FetchOutcome:
    return answer(TOKENS, json.dumps({"access_token": "at1", "expires_in": 3600, **told}).encode())


def by_token(server: MailServer, web: FakeFetcher, folder: Path, visits: int = 1) -> list[FetchOutcome]:
    async def scenario() -> list[FetchOutcome]:
        async with mail_server(server):
            tokens = AccessTokens(web, SystemClock(), folder)
            mailboxes = door(account=OAUTH, tokens=tokens)
            return [await once(server, mailboxes) for _ in range(visits)]

    return run(scenario())


def test_a_refresh_token_is_exchanged_once_for_an_access_token(tmp_path: Path) -> None:
    server = MailServer({"Lettres": letters(1)}, token="at1")
    web = FakeFetcher({TOKENS: token_answer()})
    outcomes = by_token(server, web, tmp_path, visits=2)
    assert all(mailbox(outcome).messages for outcome in outcomes)
    (sent,) = web.sent
    assert sent.body == b"grant_type=refresh_token&client_id=app&client_secret=cs&refresh_token=rt"
    assert sent.content_type == "application/x-www-form-urlencoded"
    assert "LOGIN" not in server.commands()


def test_a_renewed_refresh_token_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    server = MailServer({"Lettres": letters(1)}, token="at1")
    by_token(server, FakeFetcher({TOKENS: token_answer(refresh_token="rt2")}), tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    web = FakeFetcher({TOKENS: token_answer()})
    by_token(server, web, tmp_path)
    assert b"refresh_token=rt2" in (web.sent[0].body or b"")


def test_a_new_refresh_token_in_the_environment_wins_over_a_renewed_one(tmp_path: Path, monkeypatch: Any) -> None:
    server = MailServer({"Lettres": letters(1)}, token="at1")
    by_token(server, FakeFetcher({TOKENS: token_answer(refresh_token="rt2")}), tmp_path)
    monkeypatch.setitem(OAUTH, "refresh_token", "brand-new")
    web = FakeFetcher({TOKENS: token_answer()})
    by_token(server, web, tmp_path)
    assert b"refresh_token=brand-new" in (web.sent[0].body or b"")


@pytest.mark.parametrize(
    ("status", "told", "words"),
    [
        (400, {"error": "invalid_grant", "error_description": "rt leaked"}, "n'est plus valable"),
        (401, {"error": "invalid_client"}, "refusé"),
        (400, {"error": "\x1b[31mnew"}, "HTTP 400"),
        (503, {}, "en panne"),
    ],
)
def test_a_refused_token_is_said(status: int, told: dict[str, str], words: str, tmp_path: Path) -> None:
    web = FakeFetcher({TOKENS: answer(TOKENS, json.dumps(told).encode(), status=status)})
    (outcome,) = by_token(MailServer({"Lettres": letters(1)}), web, tmp_path)
    refused = failed(outcome, FetchFault.LOGIN)
    assert words in refused.sentence
    assert "leaked" not in refused.sentence
    assert "\x1b" not in refused.sentence


@pytest.mark.parametrize("token", ["", "a b", "x\r\nA1 DELETE INBOX", None, 12])
def test_a_token_that_is_none_is_not_sent(token: Any, tmp_path: Path) -> None:
    server = MailServer({"Lettres": letters(1)})
    (outcome,) = by_token(server, FakeFetcher({TOKENS: token_answer(access_token=token)}), tmp_path)
    assert "sans jeton utilisable" in failed(outcome, FetchFault.LOGIN).sentence
    assert server.connections == 0


def test_a_token_that_the_mail_server_refuses_is_said_and_asked_anew_later(tmp_path: Path) -> None:
    server = MailServer({"Lettres": letters(1)}, token="another")
    web = FakeFetcher({TOKENS: token_answer()})

    async def scenario() -> list[FetchOutcome]:
        async with mail_server(server):
            tokens = AccessTokens(web, SystemClock(), tmp_path)
            mailboxes = door(account=OAUTH, tokens=tokens)
            first = await once(server, mailboxes)
            await mailboxes.aclose()
            server.token = "at1"
            return [first, await once(server, mailboxes)]

    first, second = run(scenario())
    assert "refuse le jeton" in failed(first, FetchFault.LOGIN).sentence
    assert mailbox(second).messages
    assert len(web.sent) == 2


def test_a_token_is_asked_for_over_https_only(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setitem(OAUTH, "token_url", "http://login.example/token")
    (outcome,) = by_token(MailServer({"Lettres": letters(1)}), FakeFetcher({}), tmp_path)
    assert "https://" in failed(outcome, FetchFault.LOGIN).sentence
