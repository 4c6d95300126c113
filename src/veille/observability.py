"""Logs and progress: bars on a terminal, quiet structured lines elsewhere."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from veille.protocols import Progress
from veille.text import printable

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line; control characters are escaped, so a foreign title cannot forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time, level, logger, message and every extra."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class ForPeople(logging.Formatter):
    """A short French line for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Write level and message."""
        words = {"WARNING": "attention", "ERROR": "erreur", "CRITICAL": "erreur grave"}
        head = f"{words[record.levelname]} : " if record.levelname in words else ""
        extras = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        tail = f" ({', '.join(f'{key}={value}' for key, value in extras.items())})" if extras else ""
        text = printable(f"{head}{record.getMessage()}{tail}")
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def set_up_logs(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Send the house's logs to stderr: for people on a terminal, as JSON lines elsewhere."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(ForPeople() if target.isatty() else JsonLines())
    root = logging.getLogger("veille")
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    root.propagate = False


class QuietProgress:
    """Says the start and the end of a task in the log."""

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Open a task; the value counts units done."""
        log = logging.getLogger("veille.progress")
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count

        log.info("%s : début", label, extra={"total": total})
        yield advance
        log.info("%s : fin", label, extra={"done": done})


class TerminalProgress:
    """A rich bar on stderr, so that stdout stays clean for pipes."""

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Open a task; the value counts units done."""
        # rich costs 60 ms to import: only long work on a terminal pays it.
        from rich.console import Console  # noqa: PLC0415 - only a terminal pays for rich
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above
        from rich.progress import Progress as Bars  # noqa: PLC0415 - as above

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            task = bars.add_task(label, total=total)
            yield lambda count: bars.advance(task, count)


def progress() -> Progress:
    """Return the way of showing progress that suits this stderr."""
    return TerminalProgress() if sys.stderr.isatty() else QuietProgress()
