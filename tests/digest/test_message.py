import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_inputs import cases, value_of
from veille.digest.mail.encoding import encode_body, quoted_printable
from veille.digest.mail.header_text import header_text, mailbox
from veille.digest.mail.message import Letter, build, make_message_id
from veille.digest.mail.reading_back import read_back
from veille.errors import InputError

TEXT = "Bonjour,\nune ligne accentuée\n.\nhttps://exemple.fr/a?b=1&c=2\n"
HTML = '<!doctype html><html lang="fr"><body><p>Été</p></body></html>'
LETTER = Letter(
    sender="veille@pole.example.fr",
    sender_name="Pôle Nutrition & Santé",
    recipient="anne@phytalis.example.fr",
    reply_to="equipe@pole.example.fr",
    subject="Phytalis : 3 choses à saisir, un appel clôt mardi 8 décembre",
    body=encode_body(TEXT, HTML),
    message_id="<hebdo.2026-W48.1.abc123@pole.example.fr>",
    date=datetime(2026, 11, 27, 6, 30, tzinfo=UTC),
    list_name="La veille de la semaine (Pôle Nutrition & Santé)",
    list_id="hebdo.pole.example.fr",
    unsubscribe_url="https://veille.example.fr/m/desinscription/" + "t" * 90,
    unsubscribe_mailto="equipe@pole.example.fr?subject=desinscription%20tttt",
)
NAMES = [
    "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "List-Unsubscribe", "List-Id", "Auto-Submitted",
    "Precedence", "MIME-Version", "Content-Type",
]  # fmt: skip


#: Bodies given as text; the scenarios among them are met where they happen.
BODIES = [case for case in cases("email", classes={"body"}) if "scenario" not in str(case.values[0])]


def parsed(raw: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(raw, policy=email.policy.default))


def test_headers_are_there_once_each_and_read_back_as_written():
    message = parsed(build(LETTER).raw)
    assert message.keys() == NAMES
    assert message["Subject"] == LETTER.subject
    assert message["From"].addresses[0].display_name == LETTER.sender_name
    assert message.defects == []


def test_two_parts_text_first_both_whole():
    text, html = (cast("EmailMessage", part) for part in parsed(build(LETTER).raw).iter_parts())
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == TEXT.rstrip()
    assert html.get_content().strip() == HTML
    assert text["Content-Transfer-Encoding"] == "quoted-printable"


def test_raw_list_unsubscribe_is_not_encoded():
    raw = build(LETTER).raw
    wanted = rb"\r\nList-Unsubscribe: <https://veille\.example\.fr/[!-~]+>,\r\n <mailto:[!-~]+>\r\n"
    assert len(re.findall(wanted, raw)) == 1
    assert b"List-Unsubscribe-Post" not in raw


def test_lines_are_crlf_and_short():
    raw = build(LETTER).raw
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    body = raw.split(b"\r\n\r\n", 1)[1]
    assert max(len(line) for line in body.split(b"\r\n")) <= 78


def test_same_letter_gives_the_same_bytes():
    assert build(LETTER).raw == build(LETTER).raw


HOSTILE = [
    "=?utf-8?q?a=0D=0ABcc:_x@y.z?=",
    "a\r\nBcc: x@y.z",
    "a\nBcc: x@y.z\n\nbody",
    "a\u2028Bcc: x@y.z",
    "a\x85b",
    "\u202etxet",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_adds_a_header(title: str):
    message = parsed(build(replace(LETTER, subject=title, sender_name=title, list_name=title)).raw)
    assert message.keys() == NAMES
    assert "x@y.z" not in [address.addr_spec for address in message["To"].addresses]


@given(st.text(max_size=400))
def test_any_subject_makes_a_sound_message(title: str):
    message = parsed(build(replace(LETTER, subject=title)).raw)
    assert message.keys() == NAMES
    assert len(message["Subject"]) <= 200


@given(st.text(max_size=2_000))
def test_any_text_comes_back(text: str):
    quoted = quoted_printable(text)
    assert all(len(line) <= 76 for line in quoted.split(b"\r\n"))
    assert b"\n.\r\n" not in quoted


@pytest.mark.parametrize("case", cases("email", classes={"header"}))
def test_hostile_header_text_is_cleaned(case: dict[str, object]):
    shown = header_text(str(value_of(case)))
    assert len(shown) <= 200
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|=\?", shown)
    assert parsed(build(replace(LETTER, subject=str(value_of(case)))).raw).keys() == NAMES


@pytest.mark.parametrize("case", list(cases("email", classes={"address"})))
def test_hostile_address_is_refused_or_one_quoted_recipient(case: dict[str, object]):
    hostile = str(case.get("input", ""))
    if case.get("outcome") == "refuse":
        with pytest.raises(InputError):
            build(replace(LETTER, recipient=hostile))
        return
    message = parsed(build(replace(LETTER, recipient_name=hostile)).raw)
    assert [address.addr_spec for address in message["To"].addresses] == [LETTER.recipient]


@pytest.mark.parametrize(
    "head",
    [
        b"From: a\r\nBcc: x@y.z\r\n", b"From: a\nBcc: x@y.z\r\n", b"From: a\rb\r\n", b"From: a\r\n\r\n",
        b"From: a\r\n \r\n", b"From: a\r\n\tb\r\n", b"From:a\r\n", b"From : a\r\n", "From: é\r\n".encode(), b"From: a",
        b"From: \x00\r\n", b"From: " + b"a" * 999 + b"\r\n", b"From: a\r\nFrom: b\r\n", b"",
    ],
)  # fmt: skip
def test_a_header_that_anybody_may_read_otherwise_does_not_leave(head: bytes):
    read_back(b"From: a\r\n b\r\n", ("From",), "a@b.fr")
    with pytest.raises(InputError, match=r"message pour a@b\.fr refusé"):
        read_back(head, ("From",), "a@b.fr")


def test_name_with_an_address_inside_stays_a_name():
    assert mailbox('Dupont, "Jean" <evil@x.y>', "a@b.fr").endswith("<a@b.fr>")


@pytest.mark.parametrize("case", BODIES)
def test_body_cannot_smuggle_a_second_message(case: dict[str, object]):
    raw = build(replace(LETTER, body=encode_body(str(value_of(case)), HTML))).raw
    assert b"\r\n.\r\n" not in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("url", ["https://x.y/a>\r\nBcc: a@b.c", "https://x.y/é", "ftp://x.y/", "https://x.y/a,b"])
def test_bad_unsubscribe_link_is_refused(url: str):
    with pytest.raises(InputError, match=r"site\.url"):
        build(replace(LETTER, unsubscribe_url=url))


def test_message_id_is_stable_and_its_own():
    one = make_message_id("pole", "hebdo", "2026-W48", 7, "pole.example.fr")
    assert one == make_message_id("pole", "hebdo", "2026-W48", 7, "pole.example.fr")
    others = {
        make_message_id("pole", "hebdo", "2026-W48", 8, "pole.example.fr"),
        make_message_id("pole", "hebdo", "2026-W49", 7, "pole.example.fr"),
        make_message_id("autre", "hebdo", "2026-W48", 7, "pole.example.fr"),
    }
    assert one not in others
    assert len(others) == 3
