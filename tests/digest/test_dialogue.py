import asyncio
import base64
import itertools
import socket
import ssl
import subprocess
import time
from collections.abc import Awaitable, Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.sink import Act, Plan, Sink, drop
from tests.digest.test_mailers import DEFERRED, REJECTED, SENT, UNCERTAIN, mail
from veille.digest.mail.opening import Patience
from veille.digest.mail.relay import Relay, parse_relay
from veille.digest.mail.replies import MAX_LINE, Reply, ReplyReader, Unreadable
from veille.digest.mail.smtp import SmtpMailer
from veille.errors import InputError, RelayUnavailable
from veille.model import OutgoingMail, SendOutcome

PIPELINED = ("PIPELINING", "8BITMIME", "SMTPUTF8")
QUICK = Patience(connect=5, banner=5, command=5, data=5, body=5, dot=5, leave=1)


def sent(sink: Sink, mails: Sequence[OutgoingMail], user: str = "", password: str = "") -> list[SendOutcome]:
    relay = Relay("smtp", "127.0.0.1", sink.port, user, password)
    with closing(SmtpMailer(relay, patience=QUICK)) as mailer:
        return [outcome for _, outcome in mailer.send(mails)]


def test_offered_pipelining_is_used_and_a_goodbye_said() -> None:
    with Sink(offers=PIPELINED) as sink:
        assert [one.state for one in sent(sink, [mail(1), mail(2)])] == [SENT, SENT]
    assert [line.split(" ")[0] for line in sink.said] == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]
    assert [one.recipients for one in sink.taken] == [["p1@exemple.fr"], ["p2@exemple.fr"]]


@pytest.mark.parametrize("offers", [(), PIPELINED])
@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("reply", "state", "enhanced"),
    [
        ("450 4.2.0 greylisted", DEFERRED, "4.2.0"),
        ("550 5.1.1 unknown", REJECTED, "5.1.1"),
        ("552 5.3.4 too big", REJECTED, "5.3.4"),
        ("550 4.1.1 other class", REJECTED, ""),
        ("421 4.7.0 busy", DEFERRED, "4.7.0"),
    ],
)
def test_outcome_says_phase_code_and_server(
    offers: Sequence[str], phase: str, reply: str, state: str, enhanced: str
) -> None:
    with Sink(Plan({phase: [reply]}), offers=offers) as sink:
        first, second = sent(sink, [mail(1), mail(2)])
    assert (first.state, first.smtp_code, first.enhanced) == (state, int(reply[:3]), enhanced)
    assert (first.phase, first.server, second.state) == (phase, "sink", SENT)
    assert [one.message_id for one in sink.taken] == [mail(2).message_id]


def test_message_granted_without_recipient_is_ended_empty() -> None:
    with Sink(Plan({"rcpt": ["550 5.1.1 no"], "data": ["354 go anyway"]}), offers=PIPELINED) as sink:
        assert [one.state for one in sent(sink, [mail(1), mail(2)])] == [REJECTED, SENT]
    assert sink.said.count(".") == 1
    assert len(sink.taken) == 1


def test_refusal_followed_by_a_hang_up_is_still_a_refusal() -> None:
    with Sink(Plan({"rcpt": ["550 5.1.1 no"], "data": [drop]}), offers=PIPELINED) as sink:
        assert [one.state for one in sent(sink, [mail(1), mail(2)])] == [REJECTED, SENT]


@pytest.mark.parametrize(
    ("offers", "changes", "enhanced"),
    [
        (("SIZE 100",), {"raw": b"x" * 200 + b"\r\n"}, "5.3.4"),
        ((), {"raw": "é\r\n".encode()}, "5.6.1"),
        ((), {"recipient": "élodie@exemple.fr"}, "5.6.7"),
        (PIPELINED, {"recipient": "a@b.fr>\r\nDATA"}, "5.1.3"),
        (PIPELINED, {"recipient": "a@b.fr> NOTIFY=NEVER"}, "5.1.3"),
        (PIPELINED, {"sender": "a b@c.fr"}, "5.1.3"),
    ],
)
def test_what_the_relay_cannot_take_is_not_even_said(
    offers: Sequence[str], changes: dict[str, object], enhanced: str
) -> None:
    with Sink(offers=offers) as sink:
        first, second = sent(sink, [replace(mail(1), **changes), mail(2)])  # type: ignore[arg-type]
    assert (first.state, first.enhanced, first.phase) == (REJECTED, enhanced, "envelope")
    assert second.state is SENT
    assert [line for line in sink.said if line.startswith("MAIL")] == [
        f"MAIL FROM:<v@pole.example.fr>{f' SIZE={len(mail(2).raw)}' if 'SIZE 100' in offers else ''}"
    ]


def test_what_the_relay_offers_is_asked_for() -> None:
    with Sink(offers=(*PIPELINED, "SIZE 0")) as sink:
        eight_bits = replace(mail(1), recipient="élodie@exemple.fr", raw="Message-ID: <a@b>\r\n\r\né\r\n".encode())
        assert sent(sink, [eight_bits])[0].state is SENT
    size = len(eight_bits.raw)
    assert f"MAIL FROM:<v@pole.example.fr> SIZE={size} BODY=8BITMIME SMTPUTF8" in sink.said
    assert sink.taken[0].recipients == ["élodie@exemple.fr"]


# ── who we are ──────────────────────────────────────────────────────────────────────────────────────────────────────
def plain(name: str, password: str) -> str:
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()


@pytest.mark.parametrize(
    ("offer", "login"),
    [("AUTH PLAIN LOGIN", plain("anne", "clé à molette")), ("AUTH LOGIN", "anne clé à molette"),
     ("AUTH=LOGIN", "anne clé à molette")],
)  # fmt: skip
def test_name_and_password_open_the_relay(offer: str, login: str) -> None:
    with Sink(offers=[offer], logins=[login]) as sink:
        assert sent(sink, [mail()], "anne", "clé à molette")[0].state is SENT
        with pytest.raises(RelayUnavailable, match="nom ou mot de passe refusés") as caught:
            sent(sink, [mail()], "anne", "autre")
    assert "autre" not in f"{caught.value} {caught.value.cure}"
    assert len(sink.taken) == 1


@pytest.mark.parametrize("offers", [(), ("AUTH CRAM-MD5 GSSAPI",)])
def test_relay_without_an_identification_we_know_says_so(offers: Sequence[str]) -> None:
    with Sink(offers=offers) as sink, pytest.raises(RelayUnavailable, match="aucune identification"):
        sent(sink, [mail()], "anne", "x")


def test_access_token_opens_the_relay() -> None:
    phrase = base64.b64encode(b"user=anne\x01auth=Bearer jeton\x01\x01").decode()
    given = ["jeton"]

    async def token() -> str:
        return given[0]

    with Sink(offers=["AUTH PLAIN XOAUTH2"], logins=[phrase]) as sink:
        relay = Relay("smtp", "127.0.0.1", sink.port, "anne")
        with closing(SmtpMailer(relay, token=token)) as mailer:
            assert [outcome.state for _, outcome in mailer.send([mail()])] == [SENT]
        given[0] = "périmé"
        with pytest.raises(RelayUnavailable, match="refusé"), closing(SmtpMailer(relay, token=token)) as mailer:
            list(mailer.send([mail()]))


def test_password_never_leaves_in_clear() -> None:
    with pytest.raises(InputError, match="en clair"):
        parse_relay("smtp://anne:secret@relais.example.fr")
    parse_relay("smtp://anne:secret@127.0.0.1:2525")
    for forgotten in ("anne@pole.example.fr:secret@relais.example.fr", "secret@relais.example.fr"):
        with pytest.raises(InputError) as caught:
            parse_relay(forgotten)
        assert "sec" not in str(caught.value)


# ── encryption ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for « localhost », and a client's that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_encrypted_relay_is_identified_by_its_certificate(
    scheme: str, trusted: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server, client = trusted
    way = {"tls": server} if scheme == "smtps" else {"starttls": server}
    login = plain("anne", "s")
    with Sink(offers=[*PIPELINED, "AUTH PLAIN"], logins=[login], **way) as sink:
        relay = Relay(scheme, "localhost", sink.port, "anne", "s")
        large = mail(1, (b"x" * 70 + b"\r\n") * 3000)
        with closing(SmtpMailer(relay, context=client, patience=QUICK)) as mailer:
            assert [outcome.state for _, outcome in mailer.send([large, mail(2)])] == [SENT, SENT]
        for stranger, words in ((Relay(scheme, "127.0.0.1", sink.port), "adresse IP"), (relay, "auto-signé")):
            context = client if words == "adresse IP" else None
            with pytest.raises(RelayUnavailable, match=words), closing(SmtpMailer(stranger, context=context)) as mailer:
                list(mailer.send([mail(3)]))
    assert len(sink.taken) == 2


def test_words_slipped_in_before_encryption_are_not_believed(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = trusted
    plan = Plan({"starttls": "220 go\r\n250-sink\r\n250 AUTH PLAIN"})
    with Sink(plan, starttls=server) as sink:
        mailer = SmtpMailer(Relay("smtp+starttls", "localhost", sink.port), context=client)
        with pytest.raises(RelayUnavailable, match="avant le chiffrement"), closing(mailer):
            list(mailer.send([mail()]))


def test_refused_encryption_is_no_reason_to_do_without(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with Sink(Plan({"starttls": "454 4.7.0 not now"}), starttls=trusted[0]) as sink:
        mailer = SmtpMailer(Relay("smtp+starttls", "localhost", sink.port), context=trusted[1])
        with pytest.raises(RelayUnavailable, match="454"), closing(mailer):
            list(mailer.send([mail()]))
    assert sink.taken == []


# ── what a server may say ───────────────────────────────────────────────────────────────────────────────────────────
def endless(connection: socket.socket) -> None:
    for _ in range(100):
        connection.sendall(b"250-" + b"x" * 4000 + b"\r\n")
    drop(connection)


def early(connection: socket.socket) -> None:
    connection.sendall(b"250 2.0.0 taken already\r\n")
    time.sleep(0.2)
    drop(connection)


@pytest.mark.parametrize("act", [endless, "250-a\r\n550 b", "25O ok", "250ok", "\x00", "x" * 5000, "600 x"])
@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_strange_answer_before_the_dot_never_loses_a_mail(phase: str, act: Act) -> None:
    with Sink(Plan({phase: [act]}), offers=PIPELINED) as sink:
        first, second = sent(sink, [mail(1), mail(2)])
    assert (first.state, second.state) == (DEFERRED, SENT)


def test_answer_given_before_the_dot_is_not_taken_for_one_to_it() -> None:
    with Sink(Plan({"body": [early]}), offers=PIPELINED) as sink:
        large = mail(1, (b"x" * 70 + b"\r\n") * 200_000)
        assert [one.state for one in sent(sink, [large, mail(2)])] == [DEFERRED, SENT]
    assert [one.message_id for one in sink.taken] == [mail(2).message_id]


@pytest.mark.parametrize("act", [drop, endless, "what?", "354 go on"])
def test_unknown_fate_after_the_dot_is_a_doubt(act: Act) -> None:
    with Sink(Plan({"dot": [act]}), offers=PIPELINED) as sink:
        first, second = sent(sink, [mail(1), mail(2)])
    assert (first.state, first.phase, second.state) == (UNCERTAIN, "dot", SENT)


def test_mail_that_may_not_begin_is_never_ended() -> None:
    async def refused() -> None:
        raise RuntimeError("taken over")

    def begin() -> Awaitable[None]:
        return refused()

    async def try_it(port: int) -> None:
        lane = SmtpMailer(Relay("smtp", "127.0.0.1", port)).lane()
        with pytest.raises(RuntimeError):
            await lane.send(mail(), begin)

    with Sink(offers=PIPELINED) as sink:
        asyncio.run(try_it(sink.port))
    assert sink.taken == []


REPLIES = b"220 hi\r\n250-a\r\n250-b\r\n250 c\r\n354 go\n550 5.1.1 no\r\n250\r\n"


@given(st.lists(st.integers(1, len(REPLIES) - 1), max_size=8))
def test_replies_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    reader, edges = ReplyReader(), [0, *sorted(cuts), len(REPLIES)]
    found = [one for start, end in itertools.pairwise(edges) for one in reader.feed(REPLIES[start:end])]
    assert [(one.code, one.text, one.enhanced) for one in found] == [
        (220, "hi", ""), (250, "a b c", ""), (354, "go", ""), (550, "5.1.1 no", "5.1.1"), (250, "", ""),
    ]  # fmt: skip
    assert reader.idle


@given(st.lists(st.binary(max_size=3000), max_size=10))
def test_no_bytes_break_the_reader_or_fill_it(chunks: list[bytes]) -> None:
    reader = ReplyReader()
    for chunk in chunks:
        try:
            assert all(isinstance(one, Reply) for one in reader.feed(chunk))
        except Unreadable:
            return
        assert len(reader._rest) <= MAX_LINE
