"""The door of `maildir:///` addresses: a folder that a mail server fills on this machine, read and never changed.

Messages are regular files of `cur` and `new`; their flags live in their names, so a name without its flags is what a
message is known by. Every file is opened inside the folder that was opened before it, and no symbolic link is followed.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from veille.files import cause
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators
from veille.net.fetcher import UNCONDITIONAL
from veille.net.headers import FEED_TYPES
from veille.net.imap_visit import MAX_BODIES, MAX_BYTES, MAX_LISTED, MAX_MESSAGE, is_from
from veille.net.mailpack import CONTENT_TYPE, Asked, Delivered, Mailbox, asked_of, pack
from veille.protocols import Clock

#: Files of one folder that are looked at.
MAX_FILES = 100_000
#: A file may be named some time after its inode changed; nanoseconds that are read again to be sure.
_OVERLAP = 2_000_000_000
#: Header of a message, as far as it is read to see who wrote it.
_HEADER = 65_536
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: A pipe must not hold us up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class _Refused(Exception):
    """A folder that is not read; the message is its French cause."""

    def __init__(self, sentence: str, fault: FetchFault, cure: str) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.cure = cure


@dataclass(frozen=True, slots=True, order=True)
class _File:
    """One message, in the order in which they arrived or were touched."""

    #: Of its inode, nanoseconds: copying or flagging a message touches it too.
    changed: int
    #: Without its flags.
    name: str
    #: « cur/… » as it is on disk.
    path: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a folder was read."""

    #: The instant of the last message that was read.
    changed: int
    #: Hash of the names near that instant; of the last message itself where others wait behind it.
    name: str
    whole: bool = True

    def __str__(self) -> str:
        return f"maildir.{'all' if self.whole else 'part'}.{self.changed}.{self.name}"


class Maildirs:
    """Implements `Fetcher` for Maildirs inside the allowed folders."""

    def __init__(self, allowed: Sequence[Path], clock: Clock, *, max_bytes: int) -> None:
        self._allowed = tuple(folder.resolve() for folder in allowed)
        self._clock = clock
        self._max_bytes = max_bytes

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Return the new messages of a folder; 304 where there are none."""
        return await self.send(Request(url=url), validators, accept=accept)

    async def send(
        self,
        request: Request,
        validators: Validators = UNCONDITIONAL,
        *,
        accept: str = FEED_TYPES,  # noqa: ARG002 - a folder has one representation
    ) -> FetchOutcome:
        """Read the folder of a request, as `fetch` does."""
        start = self._clock.monotonic()
        try:
            return await asyncio.to_thread(self._read, request, _mark(validators.etag))
        except _Refused as refused:
            seconds = self._clock.monotonic() - start
            return FetchFailed(
                url=request.url, fault=refused.fault, sentence=str(refused), cure=refused.cure, seconds=seconds
            )

    async def aclose(self) -> None:
        """Nothing stays open."""

    def _read(self, request: Request, before: _Mark | None) -> Fetched:
        asked = asked_of(request)
        oldest = self._clock.now() - timedelta(days=asked.days)
        try:
            with self._opened(request.url) as folder:
                files = sorted(_files(folder))
                waiting = _waiting(files, before, oldest)
                if waiting is None:
                    return Fetched(
                        url=request.url, final_url=request.url, status=304, headers={"etag": str(before or "")}
                    )
                messages, read = self._messages(folder, waiting, asked)
        except OSError as error:
            cure = "vérifiez que ce dossier existe et que veille a le droit de le lire"
            raise _Refused(f"boîte Maildir illisible : {_cause(error)}", FetchFault.FOLDER, cure) from error
        left = len(waiting) - read
        reached = _part(waiting[read - 1]) if left and read else _all(files, files[-1].changed if files else 0)
        body = pack(Mailbox(messages=tuple(messages), listed=len(files), left=left))
        headers = {"etag": str(reached), "content-type": CONTENT_TYPE}
        return Fetched(url=request.url, final_url=request.url, status=200, headers=headers, body=body)

    @contextlib.contextmanager
    def _opened(self, url: str) -> Iterator[int]:
        """Open the folder of an address, step by step inside an allowed one."""
        path = _path(url)
        root = next((folder for folder in self._allowed if path.is_relative_to(folder)), None)
        if root is None:
            raise _Refused(
                "boîte Maildir non autorisée : elle n'est ni dans l'instance, ni dans un dossier permis",
                FetchFault.FOLDER_REFUSED,
                "ajoutez son dossier à « fetch.allow_folders »",
            )
        with contextlib.ExitStack() as opened:
            folder = os.open(root, _FOLDER)
            opened.callback(os.close, folder)
            for step in path.relative_to(root).parts:
                folder = os.open(step, _FOLDER, dir_fd=folder)
                opened.callback(os.close, folder)
            yield folder

    def _messages(self, folder: int, waiting: Sequence[_File], asked: Asked) -> tuple[list[Delivered], int]:
        """Return messages, oldest first, and how many files they took."""
        found: list[Delivered] = []
        bodies, left = 0, min(self._max_bytes, MAX_BYTES)
        for place, file in enumerate(waiting[:MAX_LISTED]):
            message = _message(folder, file, asked.senders)
            if message is None:
                continue
            if message.body and (bodies >= MAX_BODIES or left <= 0):
                return found, place
            left -= len(message.raw)
            bodies += message.body
            found.append(message)
        return found, min(len(waiting), MAX_LISTED)


def _files(folder: int) -> Iterator[_File]:
    """Yield the messages of `cur` and `new`."""
    count = 0
    for step in ("cur", "new"):
        inside = os.open(step, _FOLDER, dir_fd=folder)
        try:
            for name in os.listdir(inside):  # noqa: PTH208 - by descriptor, so that nothing moves under us
                count += 1
                if count > MAX_FILES:
                    return
                if name.startswith("."):
                    continue
                try:
                    found = os.stat(name, dir_fd=inside, follow_symlinks=False)
                except FileNotFoundError:  # its flags changed meanwhile: it is read at the next visit
                    continue
                if stat.S_ISREG(found.st_mode):
                    yield _File(found.st_ctime_ns, re.sub(r":2,[A-Za-z]*$", "", name), f"{step}/{name}")
        finally:
            os.close(inside)


def _waiting(files: Sequence[_File], before: _Mark | None, oldest: datetime) -> list[_File] | None:
    """Return what was not read yet, None where nothing is new."""
    if before is None:
        return [file for file in files if file.changed >= oldest.timestamp() * 1e9]
    if not before.whole:
        last = next((place for place, file in enumerate(files) if _part(file) == before), None)
        return [file for file in files if file.changed >= before.changed] if last is None else list(files[last + 1 :])
    if (files and files[-1].changed > before.changed) or _all(files, before.changed) != before:
        return [file for file in files if file.changed >= before.changed - _OVERLAP]
    return None


def _all(files: Iterable[_File], changed: int) -> _Mark:
    """Return the mark of a folder read up to an instant; a message that turns up beside it changes it."""
    near = sorted(file.name for file in files if changed - _OVERLAP <= file.changed <= changed)
    return _Mark(changed, _hash("\n".join(near)))


def _part(file: _File) -> _Mark:
    """Return the mark of a folder read up to one message."""
    return _Mark(file.changed, _hash(file.name), whole=False)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _mark(text: str | None) -> _Mark | None:
    found = re.fullmatch(r"maildir\.(all|part)\.(\d{1,20})\.([0-9a-f]{16})", text or "")
    return _Mark(int(found[2]), found[3], found[1] == "all") if found else None


def _message(folder: int, file: _File, senders: tuple[str, ...]) -> Delivered | None:
    """Return a message, its header alone where nobody whom we listen to wrote it; None if it went away meanwhile."""
    try:
        opened = os.open(file.path, _FILE, dir_fd=folder)
    except FileNotFoundError:
        return None
    with os.fdopen(opened, "rb") as stream:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            return None
        arrived = datetime.fromtimestamp(about.st_mtime, UTC)
        header = stream.read(_HEADER)
        end = re.search(rb"\r?\n\r?\n", header)
        header = header[: end.end()] if end else header
        if not is_from(header, senders):
            return Delivered(raw=header, arrived=arrived, body=False)
        stream.seek(0)
        return Delivered(raw=stream.read(MAX_MESSAGE), arrived=arrived)


def _path(url: str) -> Path:
    parts = urlsplit(url)
    written = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not written.startswith("/") or "\x00" in written:
        raise _Refused(
            "adresse refusée : une boîte Maildir s'écrit maildir:///chemin/complet",
            FetchFault.REFUSED_URL,
            "corrigez l'adresse dans sources.yaml",
        )
    return Path(written).resolve()


def _cause(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "un lien symbolique mène ailleurs"
    return cause(error)
