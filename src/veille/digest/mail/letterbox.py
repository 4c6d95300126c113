"""Read a mailbox of ours: a Maildir or mbox on this machine, or an IMAP folder; nothing in it changes.

A folder is read whole each time, since whoever takes its mails in knows each one; an IMAP folder goes on where the
last reading ended, so that a daemon does not ask for the same mails each minute.
"""

import mailbox
from collections.abc import Callable, Iterator
from contextlib import closing
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

#: Messages of one folder read in one go; the rest waits for the next run.
MAX_MESSAGES = 10_000
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
    raises InputError where that cannot be.
    """
    if isinstance(place, str) and place.startswith(_IMAP):
        return _read_imap(place, fetcher(), Asked(account=account, senders=EVERYBODY, days=days), position)
    return LetterBox(messages=read_folder(home / place, most))


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


def read_folder(path: Path, most: int = MAX_BYTES) -> Iterator[bytes]:
    """Yield the mails of a Maildir, an mbox file or one .eml file; raises InputError."""
    try:
        if path.is_dir():
            yield from _maildir(path, most)
            return
        check_readable(path)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES)
        if not raw.startswith(b"From "):
            yield raw
            return
        with closing(mailbox.mbox(path, create=False)) as box:
            for message, _ in zip(box, range(MAX_MESSAGES), strict=False):
                yield message.as_bytes()[:most]
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="vérifiez [mail] bounces ou le chemin donné") from error


def _maildir(path: Path, most: int) -> Iterator[bytes]:
    if not (path / "cur").is_dir():
        raise InputError(f"{path} n'est pas une boîte Maildir", cure="donnez un Maildir, un mbox ou un .eml")
    folder = mailbox.Maildir(path, create=False)
    for key, _ in zip(sorted(folder.keys()), range(MAX_MESSAGES), strict=False):
        with folder.get_file(key) as stream:
            yield stream.read(most)
