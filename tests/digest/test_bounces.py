"""What comes back, in the shapes that servers give it (written for these tests)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.builders import item, store_items
from tests.digest.sent_rows import store_uncertain
from veille.digest.mail.bounces import read_return
from veille.digest.mail.returns import SOFT_LIMIT, ReturnDesk, take_in
from veille.links import BOUNCE, OPINION, UNSUBSCRIBE
from veille.model import DeliveryState, Member, Subscriber
from veille.model.returns import ReturnKind
from veille.storage.bounce_store import SqlBounceStore
from veille.storage.db import Database
from veille.storage.mail_ledger import SqlMailLedger
from veille.storage.member_store import SqlMemberStore
from veille.testing import FrozenClock
from veille.tokens import Keys

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
ANNE = "anne@phytalis.example"


def dsn(
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "smtp; 550 5.1.1 inconnu",
    week: int = 48,
    quoted: str = "",
) -> bytes:
    return f"""Return-Path: <>
From: MAILER-DAEMON@relais.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

Votre message n'a pu être remis.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relais.example
X-Postfix-Queue-ID: 4Xyz

Final-Recipient: rfc822; {ANNE}
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--B
Content-Type: text/rfc822-headers

From: veille@pole.example.fr
Message-ID: <hebdo.2026-W{week}.1.abc@pole.example.fr>
{quoted}Subject: =?utf-8?b?w6k=?=

--B--
""".encode()


def complaint(to: str, kind: str = "abuse") -> bytes:
    return f"""From: fbl@fournisseur.example
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

Plainte.
--B
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeFBL/1.0
Version: 1
--B
Content-Type: message/rfc822

From: veille@pole.example.fr
Message-ID: <hebdo.2026-W48.1.abc@pole.example.fr>

Bonjour
--B--
""".encode()


@pytest.mark.parametrize(
    ("status", "action", "said", "kind"),
    [
        ("5.1.1", "failed", "smtp; 550 5.1.1 user unknown", ReturnKind.HARD),
        ("5.1.10", "failed", "smtp; 550 5.1.10 null MX", ReturnKind.HARD),
        ("5.2.1", "failed", "smtp; 550 5.2.1 mailbox disabled", ReturnKind.HARD),
        ("5.4.4", "failed", "X-Postfix; host not found", ReturnKind.HARD),
        ("5.1.7", "failed", "smtp; 550 5.1.7 bad sender", ReturnKind.SOFT),
        ("5.1.8", "failed", "smtp; 550 5.1.8 bad sender domain", ReturnKind.SOFT),
        ("5.1.6", "failed", "smtp; 550 5.1.6 moved", ReturnKind.HARD),
        ("5.2.2", "failed", "smtp; 552 5.2.2 mailbox full", ReturnKind.SOFT),
        ("5.7.1", "failed", "smtp; 550 5.7.1 policy", ReturnKind.SOFT),
        ("5.0.0", "failed", "smtp; 550 no reason", ReturnKind.SOFT),
        ("4.4.7", "failed", "smtp; 451 4.4.7 expired", ReturnKind.SOFT),
        ("", "failed", "smtp; 550 5.1.1 only here", ReturnKind.HARD),
        ("", "failed", "smtp; 550-5.1.1 as Gmail writes it", ReturnKind.HARD),
        ("", "failed", "smtp; 554 refused: host 85.1.1.7 is listed", ReturnKind.SOFT),
        ("85.1.1.7", "failed", "smtp; 554 refused", ReturnKind.SOFT),
        ("smtp; 5.1.1 (as some write it)", "failed", "", ReturnKind.HARD),
        ("4.4.1", "delayed", "smtp; later", ReturnKind.NOTHING),
        ("2.0.0", "delivered", "", ReturnKind.NOTHING),
    ],
)
def test_the_status_says_what_it_is(status: str, action: str, said: str, kind: ReturnKind) -> None:
    found = read_return(dsn("x@y.example", action=action, status=status, said=said))
    assert found.kind is kind
    assert found.message_id == "<hebdo.2026-W48.1.abc@pole.example.fr>"


def test_complaints_and_answering_machines() -> None:
    assert read_return(complaint("x@y.example")).kind is ReturnKind.COMPLAINT
    assert read_return(complaint("x@y.example", "not-spam")).kind is ReturnKind.NOTHING
    away = b"From: anne@x.example\nSubject: Absente\nAuto-Submitted: auto-replied\n\nDe retour lundi"
    assert read_return(away).kind is ReturnKind.NOTHING
    assert read_return(b"From: anne@x.example\nSubject: Bonjour\n\nMerci").kind is ReturnKind.UNKNOWN


@given(st.binary(max_size=3_000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert read_return(raw).kind in ReturnKind


def test_nothing_nested_or_repeated_stops_the_reading(desk: ReturnDesk) -> None:
    """One hostile mail in the box must not keep the others from being read."""
    levels = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(5_000))
    hostile = [
        b"From: MAILER-DAEMON@x\nContent-Type: multipart/report; report-type=delivery-status; boundary=b0\n\n" + levels,
        b"Content-Type: message/rfc822\n\n" * 20_000,
        dsn("x@y.example").replace(b"Action: failed", b"Action: failed\nAction: delivered" * 2_000),
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\n"
        b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@b\nAction: delayed\n\n" * 5_000,
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=B\n\n--B\n"
        b"Content-Type: text/rfc822-headers\n\n" + levels + b"\n--B--\n",
        b"To: " + b"retours+1-aaaaaaaaaaaaaaaa@x, " * 5_000 + b"\n\n",
        b"Content-Type: text/plain; charset=utf-7\nFrom: postmaster@x\n\n+ADw-5.1.1",
    ]
    found = list(take_in(desk, [*hostile, dsn(address(desk))]))
    assert len(found) == len(hostile) + 1
    assert [one.person is None for one in found] == [True] * len(hostile) + [False]
    assert gone(desk)


@given(st.text(max_size=200))
def test_no_words_of_a_server_reach_a_terminal_raw(said: str) -> None:
    detail = read_return(dsn("x@y.example", said=said)).detail
    assert detail.isprintable()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> ReturnDesk:
    keys = Keys(tmp_path / "keys")
    members = SqlMemberStore(database, "pole", address_hash=keys.address_hash)
    members.save([(Member(organisation="Phytalis"), [Subscriber(email=ANNE)])], origin="", now=NOW)
    store_items(database, [item(1)])
    ledger = SqlMailLedger(database, "pole", withheld=members.withheld)
    return ReturnDesk(
        bounces=SqlBounceStore(database), readers=members, mails=ledger, keys=keys, clock=FrozenClock(NOW), sealed=True
    )


def address(desk: ReturnDesk, subject: str = "1") -> str:
    return f"retours+{subject}-{desk.keys.seal(BOUNCE, '1')}@pole.example.fr"


def gone(desk: ReturnDesk) -> bool:
    return bool(desk.readers.suppressed([ANNE]))


def test_a_dead_address_is_not_written_to_again(desk: ReturnDesk) -> None:
    (found,) = take_in(desk, [dsn(address(desk))])
    assert found.person is not None
    assert gone(desk)


def test_a_complaint_ends_it_too(desk: ReturnDesk) -> None:
    list(take_in(desk, [complaint(address(desk))]))
    assert gone(desk)


def test_a_forged_report_ends_nothing(desk: ReturnDesk) -> None:
    forged = [
        dsn("retours+1-aaaaaaaaaaaaaaaa@pole.example.fr"),
        dsn("retours@pole.example.fr"),
        dsn(address(desk, "2")),
        complaint("retours+1-@pole.example.fr"),
    ]
    found = list(take_in(desk, forged))
    assert [one.person for one in found] == [None] * 4
    assert all("à lire" in one.effect for one in found)
    assert not gone(desk)


def test_four_soft_refusals_in_eight_weeks_end_it(desk: ReturnDesk) -> None:
    for week in range(SOFT_LIMIT):
        assert not gone(desk)
        soft = dsn(address(desk), status="5.2.2", said=f"smtp; 552 5.2.2 full, week {week}", week=week)
        list(take_in(desk, [soft, soft]))
        desk.clock.advance(timedelta(weeks=1))  # type: ignore[attr-defined]
    assert gone(desk)


def test_many_reports_of_one_mail_are_one_refusal(desk: ReturnDesk) -> None:
    reports = [dsn(address(desk), status="5.2.2", said=f"smtp; 552 5.2.2 full, hour {hour}") for hour in range(12)]
    effects = [one.effect for one in take_in(desk, reports)]
    assert set(effects) == {"noté, 1 sur 4 en huit semaines"}
    assert not gone(desk)


def test_soft_refusals_months_apart_end_nothing(desk: ReturnDesk) -> None:
    for month in range(6):
        list(take_in(desk, [dsn(address(desk), status="4.2.2", said=f"month {month}", week=month)]))
        desk.clock.advance(timedelta(weeks=5))  # type: ignore[attr-defined]
    assert not gone(desk)


def test_a_report_proves_itself_by_the_link_it_quotes(desk: ReturnDesk) -> None:
    """Providers' complaint loops hide the return address; our own unsubscribe link stands in the mail they quote."""
    token = desk.keys.sign(UNSUBSCRIBE, "1", NOW.date())
    other = desk.keys.sign(OPINION, "1", NOW.date())
    field = "List-Unsubscribe: <https://veille.example.fr/m/desinscription/{}>\n"
    hidden = "redacted@fournisseur.example"
    for quoted in (field.format(token[:-2] + "xx"), field.format(other), field.format("x" * 300)):
        (found,) = take_in(desk, [dsn(hidden, quoted=quoted)])
        assert found.person is None
    assert not gone(desk)
    list(take_in(desk, [dsn(hidden, quoted=field.format(token))]))
    assert gone(desk)


def test_a_report_proves_itself_by_the_envelope_it_names(desk: ReturnDesk) -> None:
    raw = complaint("fbl@pole.example.fr").replace(
        b"Version: 1\n", b"Version: 1\nOriginal-Mail-From: <" + address(desk).encode() + b">\n"
    )
    (found,) = take_in(desk, [raw])
    assert found.person is not None
    assert gone(desk)


def test_a_refusal_in_words_alone_is_read() -> None:
    """qmail and some hosts write no report: an enhanced code in a daemon's words is one all the same."""
    words = b"From: MAILER-DAEMON@relais.example\nTo: x@y.example\n\nHi. This is the program.\n<a@b.example>:\n%s\n"
    for said, kind, status in (
        (b"Sorry, no mailbox here by that name. (#5.1.1)", ReturnKind.HARD, "5.1.1"),
        (b"552 5.2.2 mailbox full", ReturnKind.SOFT, "5.2.2"),
        (b"our server 10.5.1.1 is busy", ReturnKind.UNKNOWN, ""),
    ):
        found = read_return(words % said)
        assert (found.kind, found.status) == (kind, status)
    assert read_return(words.replace(b"MAILER-DAEMON", b"anne") % b"5.1.1").kind is ReturnKind.UNKNOWN


def test_a_report_lifts_the_doubt_about_its_mail(desk: ReturnDesk, database: Database) -> None:
    store_uncertain(database, "<hebdo.2026-W48.1.abc@pole.example.fr>")
    list(take_in(desk, [dsn("retours+1-aaaaaaaaaaaaaaaa@pole.example.fr")]))
    assert desk.mails.deliveries(1)[0].state is DeliveryState.UNCERTAIN, "what proves nothing changes nothing"
    list(take_in(desk, [dsn(address(desk))]))
    assert desk.mails.deliveries(1)[0].state is DeliveryState.SENT


def test_a_report_of_an_old_address_leaves_the_new_one_alone(desk: ReturnDesk, database: Database) -> None:
    store_uncertain(database, "<hebdo.2026-W48.1.abc@pole.example.fr>", email="ancienne@phytalis.example")
    list(take_in(desk, [dsn(address(desk))]))
    assert desk.readers.suppressed([ANNE, "ancienne@phytalis.example"]) == {"ancienne@phytalis.example"}


def test_what_came_back_is_listed_for_people(desk: ReturnDesk) -> None:
    list(take_in(desk, [dsn(address(desk)), dsn("retours@pole.example.fr", week=47)]))
    listed = [(one.kind, email) for one, email in desk.bounces.recent(NOW - timedelta(days=1))]
    assert sorted(listed) == [("hard", ""), ("hard", ANNE)]
    assert desk.bounces.recent(NOW + timedelta(days=1)) == []


def test_the_same_mail_counts_once(desk: ReturnDesk) -> None:
    assert len(list(take_in(desk, [dsn(address(desk))] * 3))) == 1
    assert list(take_in(desk, [dsn(address(desk))])) == []
