"""Answers to an issue are counted once each; nothing that a machine wrote is, and nothing of them is kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.sent_rows import SENT_AT, store_delivery, store_issue
from veille.digest.signs.replies import ReplyDesk, count_replies
from veille.model import Member, Subscriber
from veille.storage.bounce_store import SqlBounceStore
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore
from veille.storage.sign_store import SqlSignStore
from veille.testing import FrozenClock
from veille.tokens import Keys

OURS = "<hebdo.2026-W48.1.abc@pole.example.fr>"


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> ReplyDesk:
    members = SqlMemberStore(database, "pole", address_hash=Keys(tmp_path / "keys").address_hash)
    members.save(
        [(Member(organisation="Phytalis"), [Subscriber(email="anne@phytalis.example")])], origin="", now=SENT_AT
    )
    store_issue(database)
    store_delivery(database, OURS)
    return ReplyDesk(bounces=SqlBounceStore(database), signs=SqlSignStore(database), clock=FrozenClock(SENT_AT))


def reply(
    own: str = "<r1@phytalis.example>", *, more: str = "", subject: str = "Re: La veille", ours: str = OURS
) -> bytes:
    return (
        f"From: Anne <anne@phytalis.example>\r\nTo: equipe@pole.example.fr\r\nSubject: {subject}\r\n"
        f"Message-ID: {own}\r\nIn-Reply-To: {ours}\r\n{more}\r\nMerci, ce projet nous intéresse.\r\n"
    ).encode()


def total(desk: ReplyDesk) -> int:
    return desk.signs.signs(1, counted=False).replies


def test_an_answer_counts_once_however_often_it_is_read(desk: ReplyDesk) -> None:
    assert count_replies(desk, [reply(), reply()]) == 1
    assert count_replies(desk, [reply()]) == 0
    assert count_replies(desk, [reply("<r2@phytalis.example>")]) == 1
    assert total(desk) == 2


def test_an_answer_down_the_thread_counts_for_the_issue(desk: ReplyDesk) -> None:
    thread = reply(ours="<x@elsewhere.example>", more=f"References: {OURS}\r\n <x@elsewhere.example>\r\n")
    assert count_replies(desk, [thread]) == 1


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated; type=x\r\n",
        "X-Autoreply: yes\r\n",
        "Precedence: auto_reply\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <l.example>\r\n",
        "Return-Path: <>\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n",
    ],
)
def test_machines_do_not_answer(desk: ReplyDesk, more: str) -> None:
    assert count_replies(desk, [reply(more=more)]) == 0


@pytest.mark.parametrize(
    "subject",
    [
        "Réponse automatique : La veille", "=?utf-8?Q?R=C3=A9ponse_automatique_:_La_veille?=", "Absence du bureau",
        "Automatic reply: La veille", "Out of Office", "Undeliverable: La veille", "Lu : La veille",
    ],
)  # fmt: skip
def test_absences_without_any_mark_are_known_by_their_subject(desk: ReplyDesk, subject: str) -> None:
    assert count_replies(desk, [reply(subject=subject)]) == 0


def test_what_answers_nothing_of_ours_does_not_count(desk: ReplyDesk) -> None:
    strangers = [
        reply(ours="<forged@pole.example.fr>"),
        b"From: a@b.example\r\nSubject: Bonjour\r\n\r\n" + OURS.encode(),
        b"",
        b"\xff\xfe\x00",
        reply(subject="=?x-unknown?B?!!!?=", ours="<no>"),
    ]
    assert count_replies(desk, strangers) == 0


def test_nothing_of_an_answer_is_kept(desk: ReplyDesk, database: Database) -> None:
    count_replies(desk, [reply()])
    with database.read() as session:
        row = dict(session.connection().exec_driver_sql("SELECT * FROM reply").mappings().one())
    assert set(row) == {"mark", "issue_id", "at"}
    assert "anne" not in str(row)


@given(st.binary(max_size=2_000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    class Nothing:
        def sent_mail(self, _message_id: str) -> None:
            return None

    desk = ReplyDesk(bounces=Nothing(), signs=Nothing(), clock=FrozenClock(SENT_AT))  # type: ignore[arg-type]
    assert count_replies(desk, [raw, b"In-Reply-To: <a@b.c>\r\nSubject: " + raw]) == 0
