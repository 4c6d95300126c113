"""What was judged for a draft, kept beside the database until the next one: an edit chooses anew, it judges little.

A cache: lost, damaged, or of other items and people than those asked about, all is judged again. It holds what is an
organisation's, not what one of its readers mutes; their opinions weigh in it, so that erasing one of them deletes it.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from veille.files import cause, write_atomically
from veille.model import Eligibility, Item, Match, Member, Reason, Verdict
from veille.protocols import Candidate, Judge

T = TypeVar("T", Reason, Eligibility)

log = logging.getLogger("veille.digest")

#: Of the file's form: another one is not read.
_FORM = "1"
#: Organisations beyond which nothing is kept: thirty matches each, 5,000 take 13 MB and a second to read back.
_MOST = 5_000


class Remembered:
    """A judge of what was judged before, which has the others judged: a real one is made when first needed."""

    def __init__(self, make: Callable[[], Judge], members: Iterable[Member], stored: Mapping[str, Any]) -> None:
        self._make = make
        self._made: Judge | None = None
        #: Organisations as such; one as a reader of it is, with their languages and muted words, is judged each time.
        self._plain = {one.id: (one.muted, one.languages) for one in members}
        self._reasons = [Reason(kind=kind, text=text, weight=w) for kind, text, w in stored["reasons"]]
        self._verdicts = [Eligibility(verdict=Verdict(v), quote=q, note=n) for v, q, n in stored["verdicts"]]
        #: Member id → what may pass, as [item ids, bounds].
        self._candidates: dict[str, list[list[Any]]] = stored["candidates"]
        #: Member id → item id → score, then reasons, gate and verdict by their numbers.
        self._matches: dict[str, dict[str, list[Any]]] = stored["matches"]
        self._numbers: dict[Reason | Eligibility, int] = {one: at for at, one in enumerate(self._reasons)}
        self._numbers |= {one: at for at, one in enumerate(self._verdicts)}
        #: Something was judged that was not known.
        self.learnt = False

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        if not self._is_plain(member):
            return self._judge(item, member)
        known = self._matches.setdefault(str(member.id), {})
        row = known.get(str(item.id))
        if row is None:
            found = self._judge(item, member)
            known[str(item.id)] = self._row(found)
            self.learnt = True
            return found
        score, reasons, gate, verdict = row
        return Match(
            item_id=item.id,
            member_id=member.id,
            score=score,
            reasons=tuple([self._reasons[number] for number in reasons]),
            gate=None if gate is None else self._reasons[gate],
            eligibility=None if verdict is None else self._verdicts[verdict],
        )

    def candidates(self, member: Member) -> Sequence[Candidate]:
        """Return every item that may pass for a member, the highest promise first."""
        if not self._is_plain(member):
            return self._judge.candidates(member)
        known = self._candidates.get(str(member.id))
        if known is None:
            found = self._judge.candidates(member)
            self._candidates[str(member.id)] = [[one.item_id for one in found], [one.at_most for one in found]]
            self.learnt = True
            return found
        return list(map(Candidate, *known))

    def as_data(self) -> dict[str, Any]:
        """Return all that is known as plain data."""
        return {
            "reasons": [[one.kind, one.text, one.weight] for one in self._reasons],
            "verdicts": [[one.verdict.value, one.quote, one.note] for one in self._verdicts],
            "candidates": self._candidates,
            "matches": self._matches,
        }

    @property
    def _judge(self) -> Judge:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _is_plain(self, member: Member) -> bool:
        return self._plain.get(member.id) == (member.muted, member.languages)

    def _row(self, found: Match) -> list[Any]:
        return [
            found.score,
            [self._numbered(one, self._reasons) for one in found.reasons],
            None if found.gate is None else self._numbered(found.gate, self._reasons),
            None if found.eligibility is None else self._numbered(found.eligibility, self._verdicts),
        ]

    def _numbered(self, value: T, table: list[T]) -> int:
        number = self._numbers.setdefault(value, len(table))
        if number == len(table):
            table.append(value)
        return number


class Recollection:
    """Keeps in a folder, if any, what was judged, a file a digest."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def recall(
        self, digest: str, key: str, make: Callable[[], Judge], members: Sequence[Member], *, anew: bool
    ) -> Remembered:
        """Return the judge that `make` makes, with what is known (unless `anew`) of what `key` names: items, people."""
        if not self._holds(members):
            members = ()  # what is not kept is not gathered either
        stored = self._read(digest, key) if members and not anew else None
        return Remembered(make, members, stored or {"reasons": [], "verdicts": [], "candidates": {}, "matches": {}})

    def keep(self, digest: str, key: str, judge: Remembered, members: Sequence[Member]) -> None:
        """Keep what was learnt; what cannot be written is judged again another time, and said in the log."""
        if not (judge.learnt and self._holds(members)):
            return
        content = zlib.compress(json.dumps(judge.as_data(), separators=(",", ":")).encode(), level=1)
        try:
            write_atomically(self._path(digest), _head(key, content) + content, private=True)
        except OSError as error:
            log.warning("jugements non gardés, la prochaine retouche les refera : %s", cause(error))

    def forget(self) -> None:
        """Delete all that is kept. Raises OSError."""
        if self._folder is not None:
            for path in self._folder.glob("*.jugements"):
                path.unlink(missing_ok=True)

    def _read(self, digest: str, key: str) -> dict[str, Any] | None:
        """Return what is kept under that key; None where there is nothing, or not as it was written."""
        try:
            whole = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("jugements gardés illisibles, tout est jugé de nouveau : %s", cause(error))
            return None
        size = len(_head(key, b""))
        if whole[:size] != _head(key, whole[size:]):
            return None
        found: dict[str, Any] = json.loads(zlib.decompress(whole[size:]))
        return found

    def _holds(self, members: Sequence[Member]) -> bool:
        return self._folder is not None and len(members) <= _MOST

    def _path(self, digest: str) -> Path:
        if self._folder is None:
            raise ValueError("nothing is kept without a folder")
        return self._folder / f"{digest}.jugements"


def _head(key: str, content: bytes) -> bytes:
    """Return the line that goes before content: it says of what it is, and that it is whole."""
    return hashlib.sha256(f"{_FORM}\0{key}\0".encode() + content).hexdigest().encode() + b"\n"
