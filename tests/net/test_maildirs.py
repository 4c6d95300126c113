"""A Maildir is read and never changed; nothing outside the allowed folders can be read through it."""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.net.test_mailboxes import message
from veille.clock import SystemClock
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Validators
from veille.net.imap_visit import MAX_BODIES, MAX_MESSAGE
from veille.net.maildir import Maildirs
from veille.net.mailpack import Asked, Mailbox, ask, unpack
from veille.testing import FrozenClock

Read = Callable[..., FetchOutcome]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    folder = tmp_path / "instance" / "lettres"
    for step in ("cur", "new", "tmp"):
        (folder / step).mkdir(parents=True)
    return folder


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def once(folder: Path, before: FetchOutcome | None = None, **fields: int) -> FetchOutcome:
        doors = Maildirs([tmp_path / "instance"], SystemClock(), **{"max_bytes": 15_000_000, **fields})
        request = ask(f"maildir://{folder}", Asked(senders=("region.example",)))
        known = Validators(before.headers["etag"]) if isinstance(before, Fetched) else Validators()
        return asyncio.run(doors.send(request, known))

    return once


def put(box: Path, number: int, step: str = "new", flags: str = "", **fields: str) -> Path:
    file = box / step / f"17000000{number:04d}.M1P2.host{flags}"
    file.write_bytes(message(number, **fields))
    return file


def mailbox(outcome: FetchOutcome) -> Mailbox:
    assert isinstance(outcome, Fetched), outcome
    assert outcome.status == 200
    return unpack(outcome.body)


def unchanged(outcome: FetchOutcome) -> bool:
    return isinstance(outcome, Fetched) and outcome.status == 304


def test_messages_of_cur_and_new_are_read_and_stay_where_they_are(box: Path, read: Read) -> None:
    files = [put(box, 1, "cur", ":2,S"), put(box, 2)]
    (box / "tmp" / "half").write_bytes(b"From: lettre@region.example\r\n\r\n")
    found = mailbox(read(box))
    assert sorted(one.raw for one in found.messages) == [message(1), message(2)]
    assert all(file.exists() for file in files)
    assert found.listed == 2


def test_nothing_new_is_a_304_and_what_comes_is_read(box: Path, read: Read) -> None:
    put(box, 1)
    first = read(box)
    assert unchanged(read(box, first))
    put(box, 2)
    second = read(box, first)
    assert message(2) in [one.raw for one in mailbox(second).messages]
    assert unchanged(read(box, second))


def test_a_message_that_is_flagged_is_no_new_one(box: Path, read: Read) -> None:
    file = put(box, 1)
    first = read(box)
    time.sleep(0.02)
    file.rename(box / "cur" / (file.name + ":2,S"))
    again = read(box, first)  # touched, so read again: its Message-ID says that it is known
    assert [one.raw for one in mailbox(again).messages] == [message(1)]
    assert unchanged(read(box, again))


def test_a_message_copied_with_its_old_date_is_seen(box: Path, read: Read) -> None:
    put(box, 1)
    first = read(box)
    late = put(box, 2)
    os.utime(late, (1_000_000_000, 1_000_000_000))
    assert message(2) in [one.raw for one in mailbox(read(box, first)).messages]


def test_a_full_folder_is_read_in_several_visits_even_if_copied_at_once(box: Path, read: Read) -> None:
    for number in range(MAX_BODIES + 30):
        put(box, number)
    first = read(box)
    second = read(box, first)
    assert (len(mailbox(first).messages), mailbox(first).left) == (MAX_BODIES, 30)
    assert len(mailbox(second).messages) == 30
    assert {one.raw for one in mailbox(first).messages + mailbox(second).messages} == {
        message(number) for number in range(MAX_BODIES + 30)
    }
    assert unchanged(read(box, second))


def test_old_messages_are_left_at_the_first_visit(box: Path, tmp_path: Path) -> None:
    put(box, 1)
    clock = FrozenClock()
    clock.advance(timedelta(days=3650))
    doors = Maildirs([tmp_path], clock, max_bytes=15_000_000)
    request = ask(f"maildir://{box}", Asked(senders=("region.example",)))
    assert mailbox(asyncio.run(doors.send(request))).messages == ()


def test_only_the_header_of_a_message_from_anybody_else_is_read(box: Path, read: Read) -> None:
    put(box, 1, sender="paul@ailleurs.example", body="personnel")
    (only,) = mailbox(read(box)).messages
    assert not only.body
    assert b"personnel" not in only.raw


def test_a_huge_message_is_cut_and_many_stop_at_the_cap(box: Path, read: Read) -> None:
    for number in range(5):
        put(box, number, body="x" * (2 * MAX_MESSAGE))
    found = mailbox(read(box))
    assert [len(one.raw) for one in found.messages] == [MAX_MESSAGE] * 4
    assert found.left == 1


def test_pipes_links_and_devices_are_no_messages(box: Path, read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(message(1))
    (box / "new" / "link").symlink_to(secret)
    os.mkfifo(box / "new" / "pipe")
    (box / "new" / "folder").mkdir()
    assert mailbox(read(box)).messages == ()


def test_a_folder_outside_is_refused(read: Read, tmp_path: Path, box: Path) -> None:
    outside = tmp_path / "ailleurs"
    (outside / "cur").mkdir(parents=True)
    (tmp_path / "instance" / "lien").symlink_to(outside)
    for folder in (outside, tmp_path / "instance" / "lien", tmp_path / "instance" / ".." / "ailleurs"):
        outcome = read(folder)
        assert isinstance(outcome, FetchFailed)
        assert outcome.fault is FetchFault.FOLDER_REFUSED
        assert "fetch.allow_folders" in outcome.cure


@pytest.mark.parametrize("gone", ["absent", "file"])
def test_a_folder_that_is_none_is_said(gone: str, read: Read, box: Path) -> None:
    (box / "file").write_text("x")
    outcome = read(box / gone)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.FOLDER
    assert outcome.cure


def test_a_folder_swapped_for_a_link_while_reading_leads_nowhere(box: Path, read: Read, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "cur").mkdir(parents=True)
    (outside / "new").mkdir()
    put(outside, 1)
    (box / "cur").rmdir()
    (box / "cur").symlink_to(outside / "cur")
    outcome = read(box)
    assert isinstance(outcome, FetchFailed)
    assert outcome.fault is FetchFault.FOLDER


def test_a_mark_of_another_time_is_not_believed(box: Path, read: Read) -> None:
    put(box, 1)
    doors_etag = Fetched(url="", final_url="", status=200, headers={"etag": "7.3"})
    assert mailbox(read(box, doors_etag)).messages
