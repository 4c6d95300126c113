"""Line files in and out: an output appears whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from veille.errors import InputError
from veille.files import cause, check_readable, umask

_STANDARD = Path("-")


@contextmanager
def lines_of(path: Path) -> Iterator[Iterable[bytes]]:
    """Open a file (`-` = standard input) and yield its lines lazily; raises InputError."""
    if path == _STANDARD:
        yield sys.stdin.buffer
        return
    check_readable(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path} : illisible ({cause(error)})", cure="vérifiez le nom et les droits") from error
    with file:
        yield file


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write lines; a regular file is replaced in one move at the end, so that a killed run leaves no half of it."""
    if path == _STANDARD:
        _pour(sys.stdout.buffer, lines)
        return
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            with target.open("wb") as file:  # a device or a pipe cannot be replaced
                _pour(file, lines)
            return
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".tmp")
    except OSError as error:
        raise _unwritable(path, error) from error
    _replace(Path(name), descriptor, path, target, lines)


def _replace(temporary: Path, descriptor: int, path: Path, target: Path, lines: Iterable[str]) -> None:
    try:
        with os.fdopen(descriptor, "wb") as file:
            _pour(file, lines)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~umask())
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _pour(file: BinaryIO, lines: Iterable[str]) -> None:
    file.writelines(line.encode() + b"\n" for line in lines)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path} : impossible d'écrire ({cause(error)})", cure="vérifiez le dossier, les droits, la place"
    )
