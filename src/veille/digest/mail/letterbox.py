"""Read a mailbox of ours: a Maildir or mbox on this machine, or an IMAP folder; nothing in it changes.

Each goes on where the last reading ended, a little before rather than after: who takes the mails in knows each one. So
a box that nobody ever empties is read to its end, and a daemon does not read all of it each minute.
"""

import contextlib
import mailbox
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from veille.digest.mail.bounces import MAX_BYTES
from veille.errors import InputError
from veille.files import cause, check_readable
from veille.model import FetchFailed, Validators
from veille.model.returns import LetterBox
from veille.net.imap_visit import EVERYBODY
from veille.net.mailpack import Asked, ask, unpack
from veille.net.posting import post
from veille.protocols import Fetcher

#: Messages of a Maildir read in one go; the rest waits for the next one.
MAX_MESSAGES = 10_000
#: Nanoseconds. Some file systems keep the time at which a mail began to be written: looked at again for an hour.
_LATE = 3_600 * 10**9
#: Ends a position up to which all was read, and behind which there is more.
_GOES_ON = "+"
#: How an mbox begins (RFC 4155).
_MBOX = b"From "
_WHICH = "donnez un Maildir, un mbox ou un .eml"
#: Days back at the first reading of an IMAP folder: what came back of a letter two months old says nothing any more.
DAYS = 60
_IMAP = "imaps://"


def read_letterbox(
    place: str | Path,
    home: Path,
    fetcher: Callable[[], Fetcher],
    *,
    account: str,
    position: str | None,
    days: int = DAYS,
    most: int = MAX_BYTES,
) -> LetterBox:
    """Return what is new at a place, and where it goes on.

    `most`: bytes of each mail of a folder that are read. Its mails are read one by one while they are looked at, which
    raises InputError where one cannot be.
    """
    if isinstance(place, str) and place.startswith(_IMAP):
        return _read_imap(place, fetcher(), Asked(account=account, senders=EVERYBODY, days=days), position)
    return _read_folder(home / place, position, most)


def _read_imap(place: str, fetcher: Fetcher, asked: Asked, position: str | None) -> LetterBox:
    outcome = post(fetcher, ask(place, asked), Validators(etag=position or None))
    if isinstance(outcome, FetchFailed):
        why = f"{outcome.sentence} ; {outcome.cure}" if outcome.cure else outcome.sentence
        return LetterBox(position=position or "", failure=why)
    reached = outcome.headers.get("etag", "") or position
    if outcome.status != 200:  # noqa: PLR2004 - 304: nothing new
        return LetterBox(position=reached)
    found = unpack(outcome.body)
    return LetterBox(messages=tuple(one.raw for one in found.messages), position=reached, left=found.left)


def _read_folder(path: Path, position: str | None, most: int) -> LetterBox:
    """Return what is new of a Maildir since a position, all of an mbox or .eml file that changed since then."""
    try:
        if not path.is_dir():
            check_readable(path)
            stamp = _stamp(path)
            return LetterBox(messages=() if stamp and stamp == position else _file(path, most), position=stamp)
        if not (path / "cur").is_dir():
            return LetterBox(position=position, failure=f"{path} n'est pas une boîte Maildir ; {_WHICH}")
        arrivals = sorted(_arrivals(path))
    except OSError as error:
        return LetterBox(position=position, failure=f"{path} : {cause(error)}")
    except InputError as error:
        return LetterBox(position=position, failure=str(error))
    new = _since(arrivals, position)
    page = [one for one in new if one[0] <= new[min(MAX_MESSAGES, len(new)) - 1][0]]
    left = len(new) - len(page)
    reached = f"{page[-1][0]}{_GOES_ON if left else ''}" if page else position
    return LetterBox(messages=_mails([place for _, place in page], most), position=reached or "", left=left)


def _arrivals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield when each mail of a Maildir arrived (ns), and where it lies."""
    for folder in ("new", "cur"):
        with os.scandir(path / folder) as entries:
            for one in entries:
                with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                    if not one.name.startswith(".") and one.is_file():
                        yield one.stat().st_ctime_ns, one.path


def _since(arrivals: Sequence[tuple[int, str]], position: str | None) -> Sequence[tuple[int, str]]:
    """Return what arrived since a position: a file's last change is its being moved in."""
    whole = (position or "").removesuffix(_GOES_ON)
    reached = int(whole) if whole.isdecimal() else 0
    if reached > time.time_ns():
        return arrivals  # a clock that has since been set back gave it
    least = reached if whole != position else reached - _LATE
    return [one for one in arrivals if one[0] > least]


def _mails(places: Sequence[str], most: int) -> Iterator[bytes]:
    """Yield the mails of these files; raises InputError."""
    for place in places:
        try:
            with open(place, "rb") as stream:  # noqa: PTH123 - a name of any bytes, as the folder gave it
                yield stream.read(most)
        except FileNotFoundError:
            continue  # taken away meanwhile, or read by a mail program: then it stands there under another name
        except OSError as error:
            raise _unreadable(Path(place), error) from error


def _file(path: Path, most: int) -> Iterator[bytes]:
    """Yield the mails of an mbox, or the one of an .eml file; raises InputError."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(max(most, len(_MBOX)))
        if not raw.startswith(_MBOX):
            yield raw[:most]
            return
        with contextlib.closing(mailbox.mbox(path, create=False)) as box:
            for key in box.iterkeys():
                yield box.get_bytes(key)[:most]
    except OSError as error:
        raise _unreadable(path, error) from error


def _stamp(path: Path) -> str | None:
    """Return what changes with a file; None for a pipe."""
    found = path.stat()
    return f"{found.st_ctime_ns}.{found.st_size}" if stat.S_ISREG(found.st_mode) else None


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} : {cause(error)}", cure="vérifiez [mail] bounces ou le chemin donné")
