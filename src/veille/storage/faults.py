"""What a driver says in its own words → the error a person can do something about. Nowhere else."""

import errno
import os
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from veille.errors import DatabaseCorrupt, DatabaseMissing, DiskFull, SchemaMismatch, StoreBusy, StoreError, VeilleError

# SQLite primary result codes (https://www.sqlite.org/rescode.html); extended codes carry them in the low byte.
_PERM, _BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 3, 5, 6, 8, 10, 11, 13, 14, 26
_PRIMARY = 0xFF

# PostgreSQL SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_PG_BUSY = {"55P03", "40001", "40P01"}
_PG_FULL = {"53100", "53200"}
_PG_MISSING = {"3D000"}
_PG_CORRUPT = {"XX001", "XX002"}
_PG_SCHEMA = {"42P01", "42703"}

# SQLite has one code (SQLITE_ERROR) for an absent table, an absent column and bad syntax: its words tell them apart.
_SCHEMA_WORDS = ("no such table", "no such column", "has no column named")

#: How a SQLite built without full-text search or JSON refuses our index.
_WITHOUT_WORDS = ("no such module: fts5", "no such tokenizer", "no such function: json")

#: One page: a file system with less than that is full for SQLite, even where the system call said only « I/O error ».
_PAGE = 4096

RESTORE = (
    "arrêtez veille, mettez ce fichier de côté (avec ses voisins -wal et -shm), remettez votre dernière sauvegarde "
    "à sa place puis lancez veille db upgrade"
)


def translate(error: SQLAlchemyError, place: str, *, file: Path | None, read_only: bool = False) -> VeilleError | None:
    """Return the error to raise in place of the driver's, or None where it is a bug of ours."""
    if isinstance(error, PoolTimeout):
        return busy(place)
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    if _asks_for_the_absent(error.orig):
        return mismatch(place, str(error.orig).strip().splitlines()[0])
    if file is not None:
        return from_sqlite(error.orig, place, file, read_only=read_only)
    return _postgres(error.orig, place)


def busy(place: str) -> StoreBusy:
    """Say that somebody holds the write lock for too long."""
    return StoreBusy(
        f"base occupée : {place}", cure="une autre commande y écrit ; attendez qu'elle finisse, puis relancez"
    )


def missing(place: str) -> DatabaseMissing:
    """Say that there is no database there."""
    return DatabaseMissing(f"base absente : {place}", cure="lancez veille init")


def corrupt(place: str, why: str) -> DatabaseCorrupt:
    """Say that the file is not a sound database, and how to restore one."""
    return DatabaseCorrupt(f"base corrompue : {place} ({why})", cure=RESTORE)


def full(place: str) -> DiskFull:
    """Say that no space is left; SQLite has already rolled the transaction back."""
    return DiskFull(
        f"disque plein : {place}",
        cure="ce qui était enregistré est intact ; libérez de la place, puis relancez : veille reprendra là",
    )


def mismatch(place: str, why: str) -> SchemaMismatch:
    """Say that a table or column that this revision promises is not there: the database was changed by other hands."""
    return SchemaMismatch(
        f"base d'un autre schéma que celui de ce programme : {place} ({why})",
        cure="remettez votre dernière sauvegarde, ou mettez cette base de côté et lancez veille init",
    )


def unreadable(place: str, why: str) -> StoreError:
    """Say that this user cannot use the file or its folder."""
    return StoreError(
        f"base inaccessible : {place} ({why})", cure="vérifiez les droits du fichier et de son dossier, et son disque"
    )


def from_sqlite(cause: BaseException, place: str, file: Path, *, read_only: bool = False) -> VeilleError | None:
    """Return what a sqlite3 error means for a person, or None where it is a bug of ours."""
    extended = getattr(cause, "sqlite_errorcode", 0)
    code = extended & _PRIMARY
    if code in {_BUSY, _LOCKED}:
        return busy(place)
    if code == _FULL or (code == _IOERR and _no_room(file)):
        return full(place)
    if code in {_CORRUPT, _NOTADB}:
        return corrupt(place, str(cause))
    if extended == _READONLY and read_only:
        return None  # a write through the reader (query_only) is our own bug
    if code in {_PERM, _READONLY, _IOERR, _CANTOPEN}:
        return unreadable(place, str(cause))
    return _unable(cause)


def _unable(cause: BaseException) -> StoreError | None:
    """Say that this SQLite was built without what we need, or None where it was not that."""
    if any(words in str(cause) for words in _WITHOUT_WORDS):
        return StoreError(
            f"ce SQLite ne sait pas chercher dans les textes ({cause})",
            cure="prenez un Python dont SQLite a FTS5 et JSON (celui de Debian convient), ou PostgreSQL (database_url)",
        )
    return None


def _asks_for_the_absent(cause: BaseException) -> bool:
    """Statements come from our tables, so an absent table or column is the database's doing."""
    known = getattr(cause, "sqlstate", None) in _PG_SCHEMA
    return known or any(words in str(cause) for words in _SCHEMA_WORDS)


def _no_room(file: Path) -> bool:
    """Say whether the disk or this process's file size limit leaves less than a page."""
    try:
        space = os.statvfs(file.parent)
    except OSError as error:
        return error.errno == errno.ENOSPC
    return space.f_bavail * space.f_frsize < _PAGE


def _postgres(cause: BaseException, place: str) -> VeilleError | None:
    state = getattr(cause, "sqlstate", None)
    if state in _PG_BUSY:
        return busy(place)
    if state in _PG_FULL:
        return full(place)
    if state in _PG_MISSING:
        return missing(place)
    if state in _PG_CORRUPT:
        return DatabaseCorrupt(f"base corrompue : {place}", cure="restaurez la dernière sauvegarde de PostgreSQL")
    # No state: libpq never reached a server. Classes 08, 28, 57: connection, authorisation, operator intervention.
    if type(cause).__name__ == "OperationalError" and (state is None or state[:2] in {"08", "28", "57"}):
        first = str(cause).strip().splitlines()[0] if str(cause).strip() else "connexion perdue"
        return StoreError(
            f"PostgreSQL ne répond pas : {place} ({first})",
            cure="vérifiez que le serveur tourne, que la base existe et que database_url est juste",
        )
    return None
