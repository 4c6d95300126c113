"""What a relay's log says of our mails: taken, not taken, or neither.

Any line that names a Message-ID is taken as « I have it », but Postfix's: its `cleanup` names a mail while the header
comes in, long before the final dot. There, `qmgr` says that a mail is in the queue, and `smtpd` that its sender was
gone before the dot (« lost connection after DATA »). The lines of one mail share an identifier, which a later mail may
get again.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

#: A Message-ID inside a line, with or without brackets: Postfix writes `message-id=<…>`.
_MESSAGE_ID = re.compile(rb"[A-Za-z0-9.!#$%&'*+/?^_`{|}~-]+@[A-Za-z0-9.-]+")
#: The lines of Postfix (seen: 3.7) that matter: who speaks, its process, the identifier of the queue, what it says.
_POSTFIX = re.compile(
    rb"(smtpd|cleanup|qmgr)\[(\d+)\]: (?:([0-9A-Za-z]+): )?(client=|from=<|(?:lost connection|timeout) after DATA|.*@)"
)


@dataclass(eq=False, slots=True)
class _Try:
    """One mail as it came into Postfix."""

    queued: bool = False
    cut: bool = False


@dataclass(slots=True)
class _Traces:
    """What is found of the mails that are looked for."""

    wanted: Mapping[bytes, str]
    named: set[str] = field(default_factory=set)
    tries: defaultdict[str, list[_Try]] = field(default_factory=lambda: defaultdict(list))
    _by_queue: dict[bytes, _Try] = field(default_factory=dict)
    _by_process: dict[bytes, _Try] = field(default_factory=dict)

    def read(self, lines: Iterable[bytes]) -> None:
        """Read lines in the order in which they were written."""
        for line in lines:
            said = _POSTFIX.search(line)
            if said is None:
                self.named.update(self._names(line))
            else:
                self._follow(said[1], said[2], said[3] or b"", said[4], line)

    def _follow(self, who: bytes, process: bytes, queue: bytes, words: bytes, line: bytes) -> None:
        if who == b"smtpd" and words == b"client=":
            self._by_queue[queue] = self._by_process[process] = _Try()
        elif who == b"smtpd" and b" after DATA" in words and process in self._by_process:
            self._by_process.pop(process).cut = True
        elif who == b"cleanup":
            for mark in self._names(line):
                self.tries[mark].append(self._by_queue.setdefault(queue, _Try()))
        elif who == b"qmgr" and words == b"from=<" and queue in self._by_queue:
            self._by_queue.pop(queue).queued = True

    def _names(self, line: bytes) -> Iterator[str]:
        return (self.wanted[mark] for mark in _MESSAGE_ID.findall(line) if mark in self.wanted)

    @property
    def taken(self) -> set[str]:
        """Return the mails that the relay has."""
        queued = {mark for mark, tries in self.tries.items() if any(one.queued for one in tries)}
        return queued | self.named - self.tries.keys()

    @property
    def absent(self) -> set[str]:
        """Return the mails that it never had, as far as the log goes back."""
        open_still = {mark for mark, tries in self.tries.items() if not all(one.cut for one in tries)}
        return set(self.wanted.values()) - self.taken - open_still


class RelayLog:
    """The file where a relay writes the Message-IDs that it takes, before it answers."""

    certain = False
    #: Seconds. A local relay logs within milliseconds (50 ms measured); the kernel closes a dead sender's connection
    #: at once, so what is not in the log by then was not taken.
    grace = 10.0

    def __init__(self, path: Path) -> None:
        self._path = path

    def accepted(self, message_ids: Collection[str]) -> set[str] | None:
        """Return those that it shows as taken, rotated copy included; None where there is no readable log."""
        traces = self._traces(message_ids)
        return traces.taken if traces is not None else None

    def absent(self, message_ids: Collection[str]) -> set[str]:
        """Return those that it shows as not taken, or does not name: as far back as the log goes."""
        traces = self._traces(message_ids)
        return traces.absent if traces is not None else set()

    def _traces(self, message_ids: Collection[str]) -> _Traces | None:
        traces = _Traces({message_id.strip("<>").encode(): message_id for message_id in message_ids})
        with ExitStack() as opened:
            # Both before either is read: a log that turns meanwhile is read twice, not missed.
            files = [file for path in (self._path, self._rotated) if (file := _opened(path, opened)) is not None]
            for file in reversed(files):
                traces.read(file)
        return traces if files else None

    @property
    def _rotated(self) -> Path:
        return self._path.with_name(self._path.name + ".1")


def _opened(path: Path, stack: ExitStack) -> BinaryIO | None:
    """Open a log; None where it is absent or unreadable: the other one may do."""
    try:
        return stack.enter_context(path.open("rb"))
    except OSError:
        return None
