import mailbox
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.digest.sink import Act, Plan, Sink, drop
from veille.digest.mail.mailers import FileMailer, MaildirMailer, mailer_for
from veille.digest.mail.opening import Patience
from veille.digest.mail.relay import Relay, parse_relay
from veille.digest.mail.smtp import SmtpMailer
from veille.errors import InputError, RelayUnavailable
from veille.model import DeliveryState, OutgoingMail, SendOutcome

SENT, DEFERRED, REJECTED, UNCERTAIN = (
    DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.REJECTED, DeliveryState.UNCERTAIN,
)  # fmt: skip


def mail(number: int = 1, body: bytes = b"corps\r\n") -> OutgoingMail:
    message_id = f"<hebdo.{number}@pole.example.fr>"
    raw = f"Message-ID: {message_id}\r\n\r\n".encode() + body
    return OutgoingMail(sender="v@pole.example.fr", recipient=f"p{number}@exemple.fr", message_id=message_id, raw=raw)


def outcomes(sink: Sink, count: int = 1, **options: float) -> list[SendOutcome]:
    mailer = SmtpMailer(parse_relay(sink.url), patience=Patience(**options))
    try:
        return [outcome for _, outcome in mailer.send([mail(n) for n in range(1, count + 1)])]
    finally:
        mailer.close()


def test_mails_go_over_one_connection_with_their_own_envelope():
    with Sink() as sink:
        found = outcomes(sink, 3)
    assert [one.state for one in found] == [SENT] * 3
    assert [(one.sender, one.recipients) for one in sink.taken] == [
        ("v@pole.example.fr", [f"p{n}@exemple.fr"]) for n in (1, 2, 3)
    ]


def test_lines_that_begin_with_a_dot_arrive_whole_and_smuggle_nothing():
    body = b".un\r\n..deux\r\nx\r\n.\r\nMAIL FROM:<e@v>\r\n"
    with Sink() as sink:
        mailer = SmtpMailer(parse_relay(sink.url))
        assert [one.state for _, one in mailer.send([mail(body=body)])] == [SENT]
        mailer.close()
    assert len(sink.taken) == 1
    assert sink.taken[0].raw.endswith(body)


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("reply", "state"),
    [("450 4.2.0 later", DEFERRED), ("550 5.1.1 unknown", REJECTED), ("552 5.3.4 too big", REJECTED)],
)
def test_server_s_code_decides_and_the_run_goes_on(phase: str, reply: str, state: DeliveryState):
    plan = Plan({phase: [reply, None]})
    if phase == "data":
        plan = Plan({"data": [reply]})
    with Sink(plan) as sink:
        found = outcomes(sink, 2)
    assert [one.state for one in found] == [state, SENT]
    assert found[0].smtp_code == int(reply[:3])
    assert found[0].reply.startswith(reply[4:])


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "dot"])
def test_421_defers_and_the_connection_is_opened_again(phase: str):
    with Sink(Plan({phase: ["421 4.7.0 busy"]})) as sink:
        assert [one.state for one in outcomes(sink, 2)] == [DEFERRED, SENT]


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_hang_up_before_the_final_dot_is_deferred(phase: str):
    with Sink(Plan({phase: [drop]})) as sink:
        assert [one.state for one in outcomes(sink, 2)] == [DEFERRED, SENT]
    assert len(sink.taken) == 1


def test_hang_up_inside_a_message_is_deferred() -> None:
    with Sink(Plan({"body": [drop]})) as sink:
        mailer = SmtpMailer(parse_relay(sink.url))
        large = mail(1, (b"x" * 70 + b"\r\n") * 100_000)  # more than socket buffers take: the sender notices
        assert [one.state for _, one in mailer.send([large, mail(2)])] == [DEFERRED, SENT]
        mailer.close()


def test_hang_up_after_the_final_dot_is_uncertain_though_it_was_taken():
    with Sink(Plan({"dot": [drop]})) as sink:
        assert [one.state for one in outcomes(sink, 2)] == [UNCERTAIN, SENT]
    assert len(sink.taken) == 2


def test_silence_after_the_final_dot_is_uncertain():
    with Sink(delay=0.6) as sink:
        assert outcomes(sink, 1, dot=0.2)[0].state is UNCERTAIN


def test_silence_before_the_final_dot_is_deferred():
    plan = Plan()
    with Sink(plan) as sink:
        mailer = SmtpMailer(parse_relay(sink.url), patience=Patience(command=0.2, data=0.2))
        assert [one.state for _, one in mailer.send([mail(1)])] == [SENT]
        plan.slow = 0.6
        assert [one.state for _, one in mailer.send([mail(2)])] == [DEFERRED]
        plan.slow = 0.0
        mailer.close()


@pytest.mark.parametrize("reply", ["what?", "\x00\xff", "x" * 100_000, "999 odd"])
def test_garbage_before_the_final_dot_is_deferred(reply: str):
    with Sink(Plan({"mail": [reply]})) as sink:
        assert [one.state for one in outcomes(sink, 2)] == [DEFERRED, SENT]


def test_garbage_after_the_final_dot_is_uncertain():
    with Sink(Plan({"dot": ["what?"]})) as sink:
        assert outcomes(sink)[0].state is UNCERTAIN


@pytest.mark.parametrize("banner", ["554 no", "what?", "x" * 100_000, drop])
def test_unusable_greeting_says_so_and_sends_nothing(banner: Act):
    with Sink(Plan({"banner": banner})) as sink, pytest.raises(RelayUnavailable, match="injoignable"):
        outcomes(sink)
    assert sink.taken == []


def test_connection_refused_says_so_in_french():
    with pytest.raises(RelayUnavailable, match="connexion refusée") as caught:
        list(SmtpMailer(Relay("smtp", "127.0.0.1", 1)).send([mail()]))
    assert "en attente" in caught.value.cure


def test_relay_that_keeps_hanging_up_is_left_alone():
    with Sink(Plan({"mail": drop})) as sink:
        mailer = SmtpMailer(parse_relay(sink.url))
        found = []
        with pytest.raises(RelayUnavailable, match="coupe"):
            found.extend(outcome.state for _, outcome in mailer.send([mail(n) for n in range(10)]))
    assert found == [DEFERRED] * 3


def test_slow_relay_is_waited_for():
    with Sink(Plan(slow=0.1)) as sink:
        assert outcomes(sink)[0].state is SENT


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    path = folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=other.example"]
    subprocess.run([*command, "-keyout", path, "-out", folder / "c.pem"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "c.pem").read_bytes())
    return path


def test_wrong_certificate_is_refused_by_name(certificate: Path):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with Sink(tls=server) as sink, pytest.raises(RelayUnavailable, match="certificat"):
        list(SmtpMailer(Relay("smtps", "127.0.0.1", sink.port)).send([mail()]))
    assert sink.taken == []


def test_starttls_is_required_where_it_is_asked_for():
    with Sink() as sink, pytest.raises(RelayUnavailable):
        list(SmtpMailer(Relay("smtp+starttls", "127.0.0.1", sink.port)).send([mail()]))
    assert sink.taken == []


def test_password_is_never_shown():
    relay = parse_relay("smtps://anne:s%40cret@relais.example.fr")
    assert (relay.user, relay.password, relay.port) == ("anne", "s@cret", 465)
    assert "s@cret" not in f"{relay} {relay!r}"


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://h:99999", "relais", "smtp://[", ""])
def test_bad_relay_is_refused(url: str):
    with pytest.raises(InputError, match=r"mail\.url"):
        parse_relay(url)


@pytest.mark.parametrize("url", ["smtp://relais.example.fr:25", "smtps://192.0.2.1", "smtp+starttls://h.fr"])
def test_under_now_nothing_leaves_this_machine(tmp_path: Path, url: str):
    with pytest.raises(InputError, match="--now"):
        mailer_for(url, tmp_path, moved_clock=True)
    mailer_for(url, tmp_path, moved_clock=False).close()


@pytest.mark.parametrize(
    "url", ["file:var/mail", "smtp://127.0.0.1:2525", "smtp://localhost:2525", "smtp://[::1]:2525"]
)
def test_under_now_folder_and_loopback_may_send(tmp_path: Path, url: str):
    mailer_for(url, tmp_path, moved_clock=True).close()


def test_file_is_written_once_under_its_message_id(tmp_path: Path):
    mailer = FileMailer(tmp_path / "mail")
    assert [one.state for _, one in mailer.send([mail(), mail()])] == [SENT, SENT]
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["hebdo.1@pole.example.fr.eml"]
    assert mailer.path(mail().message_id).read_bytes() == mail().raw
    assert mailer.accepted([mail(1).message_id, mail(2).message_id]) == {mail(1).message_id}


def test_maildir_gets_each_mail_once_even_after_it_was_read(tmp_path: Path):
    mailer = mailer_for("maildir:boite", tmp_path, moved_clock=True)
    assert isinstance(mailer, MaildirMailer)
    for _ in range(2):
        assert [outcome.state for _, outcome in mailer.send([mail()])] == [DeliveryState.SENT]
        (found,) = mailbox.Maildir(tmp_path / "boite")
        assert found["Message-ID"] == mail().message_id
    arrived = mailer.path(mail().message_id)
    arrived.rename(tmp_path / "boite" / "cur" / f"{arrived.name}:2,S")
    list(mailer.send([mail()]))
    assert len(mailbox.Maildir(tmp_path / "boite")) == 1
    assert mailer.accepted([mail().message_id, "<autre@x>"]) == {mail().message_id}


def test_message_id_cannot_leave_the_folder(tmp_path: Path):
    assert FileMailer(tmp_path).path("<../../etc/passwd@x>").parent == tmp_path


def test_unwritable_folder_is_named(tmp_path: Path):
    (tmp_path / "mail").write_text("")
    with pytest.raises(InputError, match="mail"):
        list(FileMailer(tmp_path / "mail").send([mail()]))
