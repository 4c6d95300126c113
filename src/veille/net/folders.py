"""The door of `file://` addresses: tables that somebody puts into a folder which the settings allow.

Nothing is opened by a path once it was judged: from the allowed folder down, each step is opened inside the one before
it and refuses a symbolic link, so that nothing outside can be read whatever is renamed meanwhile.
"""

import asyncio
import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from veille.files import cause
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome, Request, Validators
from veille.net.bundle import BUNDLE_TYPE, Bundle, NamedFile, pack, printable
from veille.net.fetcher import UNCONDITIONAL
from veille.net.headers import FEED_TYPES
from veille.protocols import Clock

#: What is read there; the rest of a folder is nobody's business.
ENDINGS = (".csv", ".tsv", ".xlsx", ".opml")
#: Files of one folder: a person puts a few there.
MOST_FILES = 200
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: A pipe must not hold us up.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class _Refused(Exception):
    """A folder or file that is not read; the message is its French cause."""

    def __init__(self, sentence: str, fault: FetchFault = FetchFault.FOLDER_REFUSED) -> None:
        super().__init__(sentence)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Listed:
    """One name in a folder, as it stood when the folder was listed."""

    name: str
    size: int
    changed: int


class Folders:
    """Implements `Fetcher` for the allowed folders; its validators are those of what a folder holds."""

    def __init__(self, allowed: Sequence[Path], clock: Clock, *, max_bytes: int) -> None:
        self._allowed = tuple(folder.resolve() for folder in allowed)
        self._clock = clock
        self._max_bytes = max_bytes

    async def fetch(
        self, url: str, validators: Validators = UNCONDITIONAL, *, accept: str = FEED_TYPES
    ) -> FetchOutcome:
        """Return the tables of a folder, or one of them, as a bundle; 304 where nothing there has changed."""
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
            return await asyncio.to_thread(self._read, request.url, validators)
        except (_Refused, OSError) as error:
            refused = error if isinstance(error, _Refused) else _Refused(_cause(error), FetchFault.FOLDER)
            seconds = self._clock.monotonic() - start
            return FetchFailed(url=request.url, fault=refused.fault, sentence=str(refused), seconds=seconds)

    async def aclose(self) -> None:
        """Nothing stays open."""

    def _read(self, url: str, validators: Validators) -> Fetched:
        with self._opened(url) as (folder, only):
            listed, remarks = _listing(folder, only)
            etag = _mark(listed, remarks)
            if validators.etag == etag:
                return Fetched(url=url, final_url=url, status=304, headers={"etag": etag})
            found, steady = self._files(folder, listed)
        # a file that somebody is writing is read again at the next visit
        headers = {"content-type": BUNDLE_TYPE, **({"etag": etag} if steady else {})}
        body = pack(Bundle(found.files, (*remarks, *found.remarks)))
        return Fetched(url=url, final_url=url, status=200, headers=headers, body=body)

    @contextmanager
    def _opened(self, url: str) -> Iterator[tuple[int, str]]:
        """Open the folder of an address; yield its descriptor and the one file that is meant, empty for all."""
        path = _path(url)
        root = next((folder for folder in self._allowed if path.is_relative_to(folder)), None)
        if root is None:
            raise _Refused("dossier non autorisé : il n'est dans aucun de ceux de « fetch.allow_folders »")
        steps = list(path.relative_to(root).parts)
        only = steps.pop() if steps and path.suffix.lower() in ENDINGS and not path.is_dir() else ""
        with ExitStack() as opened:
            folder = os.open(root, _FOLDER)
            opened.callback(os.close, folder)
            for step in steps:
                folder = os.open(step, _FOLDER, dir_fd=folder)
                opened.callback(os.close, folder)
            yield folder, only

    def _files(self, folder: int, listed: Sequence[_Listed]) -> tuple[Bundle, bool]:
        """Read files; the second value says whether they are as they were listed."""
        files, remarks, left, steady = [], [], self._max_bytes, True
        for one in listed:
            try:
                data, as_listed = _content(folder, one, left)
            except OSError as error:
                remarks.append(f"« {printable(one.name)} » illisible : {cause(error)}")
                steady = False
                continue
            left -= len(data)
            if left < 0:
                limit = self._max_bytes // 1_000_000
                raise _Refused(f"plus de {limit} Mo de tableaux dans ce dossier", FetchFault.TOO_BIG)
            steady = steady and as_listed
            files.append(NamedFile(one.name, data))
        return Bundle(tuple(files), tuple(remarks)), steady


def _content(folder: int, one: _Listed, most: int) -> tuple[bytes, bool]:
    """Return the bytes of a file, one more than `most` at most, and whether it is as it was listed."""
    file = os.open(one.name, _FILE, dir_fd=folder)
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError(errno.EINVAL, "ce n'est pas un fichier ordinaire")
        data = stream.read(most + 1)
        after = os.fstat(file)
    return data, (after.st_size, after.st_mtime_ns, len(data)) == (one.size, one.changed, one.size)


def _path(url: str) -> Path:
    """Return the real path of a file: address, links followed; raises _Refused."""
    parts = urlsplit(url)
    written = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not written.startswith("/") or "\x00" in written:
        raise _Refused("adresse refusée : un dossier s'écrit file:///chemin/complet")
    return Path(written).resolve()


def _listing(folder: int, only: str) -> tuple[list[_Listed], tuple[str, ...]]:
    """Return the tables of a folder by name, and what was left aside; raises _Refused where there are too many."""
    names = [only] if only else sorted(os.listdir(folder))
    usable = [name for name in names if name.lower().endswith(ENDINGS) and not name.startswith((".", "~$"))]
    if len(usable) > MOST_FILES:
        raise _Refused(f"plus de {MOST_FILES} fichiers dans ce dossier", FetchFault.TOO_BIG)
    listed, remarks = [], []
    for name in usable:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISREG(found.st_mode):
            listed.append(_Listed(name, found.st_size, found.st_mtime_ns))
        else:
            what = "un lien" if stat.S_ISLNK(found.st_mode) else "autre chose qu'un fichier"
            remarks.append(f"« {printable(name)} » laissé de côté : c'est {what}")
    return listed, tuple(remarks)


def _mark(listed: Sequence[_Listed], remarks: Sequence[str]) -> str:
    """Return what changes as soon as anything there does."""
    return f'"{hashlib.sha256(repr((listed, remarks)).encode("utf-8", "surrogateescape")).hexdigest()[:32]}"'


def _cause(error: OSError) -> str:
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return "dossier illisible : un lien symbolique mène ailleurs"
    return f"dossier illisible : {cause(error)}"
