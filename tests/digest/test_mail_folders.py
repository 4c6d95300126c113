"""Folders of returned mails that grow, shrink while they are read, and hold what no parser likes."""

import time
from pathlib import Path

import pytest

from veille.digest.mail import letterbox
from veille.digest.mail.letterbox import read_letterbox
from veille.protocols import Fetcher


def no_way_out() -> Fetcher:
    raise AssertionError("a folder is read without any way out")


def read(place: Path, position: str | None = None) -> tuple[list[bytes], str | None, int]:
    box = read_letterbox(str(place), place.parent, no_way_out, account="retours", position=position)
    assert not box.failure
    return list(box.messages), box.position, box.left


def delivered(box: Path, name: str) -> bytes:
    """Put a mail into a Maildir as mail servers do: written in tmp, renamed."""
    for folder in ("cur", "new", "tmp"):
        (box / folder).mkdir(parents=True, exist_ok=True)
    raw = f"Subject: {name}\n\n{name}\n".encode()
    (box / "tmp" / name).write_bytes(raw)
    (box / "tmp" / name).rename(box / "new" / name)
    return raw


def to_its_end(box: Path, position: str | None) -> tuple[set[bytes], str | None]:
    """Read visit by visit, as a pass does."""
    found: set[bytes] = set()
    for _ in range(5):
        messages, position, left = read(box, position)
        assert len(messages) < 8
        found.update(messages)
        if not left:
            return found, position
    raise AssertionError("the reading does not go on")


def test_a_box_that_nobody_empties_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letterbox, "MAX_MESSAGES", 3)
    box = tmp_path / "retours"
    sent = set()
    for n in range(8):
        sent.add(delivered(box, f"{n}.a"))
        time.sleep(0.005)  # more than a tick of the kernel's clock
    found, position = to_its_end(box, None)
    assert found == sent
    late = delivered(box, "0.late")
    assert late in to_its_end(box, position)[0]


def test_what_was_read_long_ago_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = tmp_path / "retours"
    delivered(box, "1.a")
    _, position, _ = read(box)
    assert len(read(box, position)[0]) == 1, "who came a moment ago may not have been alone"
    monkeypatch.setattr(letterbox, "_LATE", 0)
    assert read(box, position) == ([], position, 0)


def test_a_clock_set_back_hides_no_mail(tmp_path: Path) -> None:
    box = tmp_path / "retours"
    raw = delivered(box, "1.a")
    ahead = str((box / "new" / "1.a").stat().st_ctime_ns + 86_400 * 10**9)
    assert read(box, ahead)[0] == [raw]


def test_a_mail_taken_away_meanwhile_stops_nothing(tmp_path: Path) -> None:
    box = tmp_path / "retours"
    first, *_, last = [delivered(box, f"{n}.a") for n in range(3)]
    opened = read_letterbox(str(box), tmp_path, no_way_out, account="retours", position=None)
    reading = iter(opened.messages)
    assert next(reading) == first
    (box / "new" / "1.a").unlink()
    (box / "new" / "2.a").rename(box / "cur" / "2.a:2,S")
    assert list(reading) == []
    assert read(box, opened.position)[0] == [first, last], "what a mail program has moved is there at the next reading"


def test_nothing_nested_in_an_mbox_hides_the_others(tmp_path: Path) -> None:
    """Each mail is given as its bytes: what parses them knows what to do with a hostile one."""
    levels = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(5_000))
    hostile = b"Content-Type: multipart/mixed; boundary=b0\n\n" + levels
    sound = b"Subject: x\n\n\xe9\n"
    path = tmp_path / "boite.mbox"
    path.write_bytes(b"From x Fri Nov 27\n" + hostile + b"\nFrom y Fri Nov 27\n" + sound)
    messages, position, _ = read(path)
    assert messages[1] == sound
    assert read(path, position)[0] == []
    with path.open("ab") as more:
        more.write(b"\nFrom z Fri Nov 27\nSubject: y\n\ny\n")
    assert len(read(path, position)[0]) == 3


def test_each_kind_of_place_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    box, one, many = tmp_path / "retours", tmp_path / "un.eml", tmp_path / "boite.mbox"
    raw = delivered(box, "1.a")
    one.write_bytes(raw)
    many.write_bytes(b"From x Fri Nov 27\n" + raw + b"\nFrom y Fri Nov 27\n" + raw)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert [read(place)[0] for place in (box, one, many)] == [[raw], [raw], [raw, raw]]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent", "fichier ou dossier absent"),
        (".", "n'est pas une boîte Maildir ; donnez un Maildir, un mbox ou un .eml"),
        ("/dev/zero", "est un périphérique"),
    ],
)
def test_what_is_no_mailbox_is_said(tmp_path: Path, name: str, said: str) -> None:
    box = read_letterbox(name, tmp_path, no_way_out, account="retours", position="7")
    assert said in box.failure
    assert (list(box.messages), box.position) == ([], "7")
