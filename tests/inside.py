"""The program run in this process: what a person would see and the exit code, without the second of a new process."""

import io
import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from veille.cli.base import run
from veille.cli.main import cli


def inside(
    *arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command line; a bug raises, as it should in a test."""
    words = [str(argument) for argument in arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, env or {}),
        patch("sys.argv", ["veille", *words]),
        _folder(cwd),
        _logs_as_they_were(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            run(cli)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


@contextmanager
def _folder(cwd: Path | None) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(cwd or before)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _logs_as_they_were() -> Iterator[None]:
    logger = logging.getLogger("veille")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    try:
        yield
    finally:
        logger.handlers, logger.level, logger.propagate = handlers, level, propagate
