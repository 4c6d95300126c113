"""Kept connections: what ends one of them is not what ends a mail."""

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import closing

import pytest

from tests.digest.sink import Act, Plan, Sink, drop
from tests.digest.test_dialogue import PIPELINED, QUICK, sent, trusted
from tests.digest.test_mailers import DEFERRED, REJECTED, SENT, mail
from veille.digest.mail.opening import Patience
from veille.digest.mail.relay import Relay
from veille.digest.mail.smtp import SmtpMailer, at_once
from veille.errors import RelayUnavailable
from veille.model import SendOutcome
from veille.net.xoauth2 import TokenRefused

__all__ = ["trusted"]  # a fixture
ENOUGH = "421 4.7.0 too many messages on this connection"


def each(count: int, act: Act) -> list[Act | None]:
    """Do that at each pass after `count` passes, for a few connections; a refused pass is one too."""
    return [None] * count + ([act] + [None] * count) * 4


@pytest.mark.parametrize("offers", [(), PIPELINED])
@pytest.mark.parametrize("act", [ENOUGH, drop])
def test_connection_that_takes_no_more_is_followed_by_another(offers: Sequence[str], act: Act) -> None:
    """Exim says 421 at the thousand-and-first mail: that is about the connection, not about us."""
    with Sink(Plan({"mail": each(2, act)}), offers=offers) as sink:
        assert [one.state for one in sent(sink, [mail(n) for n in range(7)])] == [SENT] * 7
    assert len(sink.taken) == 7


def test_word_said_on_a_new_connection_is_about_us() -> None:
    with Sink(Plan({"mail": [None, ENOUGH, ENOUGH]})) as sink:
        found = sent(sink, [mail(1), mail(2), mail(3)])
    assert [one.state for one in found] == [SENT, DEFERRED, SENT]
    assert found[1].smtp_code == 421


@pytest.mark.parametrize("offers", [(), PIPELINED])
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("lines", [(1, 1, 1), (30_000, 1, 30_000, 1), (400, 400), (2, 900, 900, 2)])
def test_encrypted_mails_of_any_size_leave_whatever_was_said_before(
    offers: Sequence[str], scheme: str, lines: Sequence[int], trusted: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """The sender waited for a buffer that was empty, where the number of replies before was odd."""
    server, client = trusted
    way = {"tls": server} if scheme == "smtps" else {"starttls": server}
    with Sink(offers=offers, **way) as sink:
        relay = Relay(scheme, "localhost", sink.port)
        mails = [mail(n, (b"x" * 70 + b"\r\n") * count) for n, count in enumerate(lines)]
        with closing(SmtpMailer(relay, context=client, patience=QUICK)) as mailer:
            assert [one.state for _, one in mailer.send(mails)] == [SENT] * len(lines)
    assert [len(one.raw) for one in sink.taken] == [len(one.raw) for one in mails]


def test_relay_that_ends_each_encrypted_connection_after_its_mail_takes_all(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = trusted

    def queued_and_goodbye(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        connection.sendall(b"250 queued\r\n")
        connection.unwrap()

    with Sink(Plan({"dot": queued_and_goodbye}), tls=server) as sink:
        relay = Relay("smtps", "localhost", sink.port)
        with closing(SmtpMailer(relay, context=client, patience=QUICK)) as mailer:
            assert [one.state for _, one in mailer.send([mail(n) for n in range(6)])] == [SENT] * 6


@pytest.mark.parametrize("host", ["relais..fr", "a" * 70 + ".fr"])
def test_host_that_cannot_be_one_is_named(host: str) -> None:
    with pytest.raises(RelayUnavailable, match="nom d'hôte"), closing(SmtpMailer(Relay("smtp", host, 25))) as mailer:
        list(mailer.send([mail()]))


def test_connection_that_turns_unreadable_behind_a_refusal_is_hung_up() -> None:
    """The refusal counts, and the next mail has another connection: this one is not left open beside it."""
    ended = threading.Event()

    def rest(connection: socket.socket) -> None:
        connection.sendall(b"what?\r\n")
        connection.settimeout(5)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(4096):
                continue
        ended.set()

    async def both(mailer: SmtpMailer) -> None:
        lane = mailer.lane()
        assert (await lane.send(mail(1), at_once)).smtp_code == 450
        assert (await lane.send(mail(2), at_once)).state is SENT
        assert await asyncio.to_thread(ended.wait, 2), "the first connection is still open"
        await lane.close()

    with Sink(Plan({"mail": ["450 4.2.0 later"], "rcpt": [rest]}), offers=PIPELINED) as sink:
        asyncio.run(both(SmtpMailer(Relay("smtp", "127.0.0.1", sink.port), patience=QUICK)))


@pytest.mark.parametrize(("phase", "reply"), [("mail", "552 5.3.4 too big"), ("dot", "552 too much mail data")])
def test_size_of_a_mail_refused_for_its_size_is_told(phase: str, reply: str) -> None:
    large = mail(1, (b"x" * 70 + b"\r\n") * 1000)
    with Sink(Plan({phase: [reply]})) as sink:
        (found,) = sent(sink, [large])
    assert (found.state, found.smtp_code) == (REJECTED, 552)
    assert found.reply == f"{reply[4:]} (message de {len(large.raw)} octets)"


@pytest.mark.parametrize("reply", ["\x00\xff", "250-" + "x" * 100_000, "x" * 100_000, "354 go"])
def test_garbage_at_ehlo_puts_the_run_off(reply: str) -> None:
    with Sink(Plan({"ehlo": reply})) as sink, pytest.raises(RelayUnavailable, match="injoignable"):
        sent(sink, [mail()])
    assert sink.taken == []


def test_answer_to_the_final_dot_is_waited_for_as_long_as_the_standard_says() -> None:
    """RFC 5321 §4.5.3.2.6: ten minutes, or a mail that was taken is called doubtful."""
    assert Patience().dot == 600


def test_refused_token_is_called_a_token() -> None:
    async def token() -> str:
        return "périmé"

    with Sink(offers=["AUTH XOAUTH2"]) as sink:
        relay = Relay("smtp", "127.0.0.1", sink.port, "anne")
        with (
            pytest.raises(RelayUnavailable, match="jeton d'accès refusé") as caught,
            closing(SmtpMailer(relay, token=token)) as mailer,
        ):
            list(mailer.send([mail()]))
    assert "mot de passe" not in f"{caught.value} {caught.value.cure}"


def test_connections_that_open_at_once_ask_for_one_token() -> None:
    asked: list[str] = []

    async def token() -> str:
        asked.append("une fois")
        await asyncio.sleep(0.05)
        if len(asked) == 1:
            raise TokenRefused("le serveur de jetons ne répond pas", passing=True)
        return "jeton"

    async def all_at_once(mailer: SmtpMailer) -> list[object]:
        lanes = [mailer.lane() for _ in range(4)]
        found = await asyncio.gather(
            *(lane.send(mail(n), at_once) for n, lane in enumerate(lanes)), return_exceptions=True
        )
        await asyncio.gather(*(lane.close() for lane in lanes))
        return [one.state if isinstance(one, SendOutcome) else type(one) for one in found]

    phrase = base64.b64encode(b"user=anne\x01auth=Bearer jeton\x01\x01").decode()
    with Sink(offers=["AUTH XOAUTH2"], logins=[phrase]) as sink:
        mailer = SmtpMailer(Relay("smtp", "127.0.0.1", sink.port, "anne"), token=token)
        assert asyncio.run(all_at_once(mailer)) == [RelayUnavailable] * 4
        assert asyncio.run(all_at_once(mailer)) == [SENT] * 4
    assert len(asked) == 2
