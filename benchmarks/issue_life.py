"""An issue of a great many readers through its life: stored, frozen, approved, claimed; seconds and memory of each.

    python benchmarks/issue_life.py [--readers 80000] [--lines 12]

Its bulletins are made up (benchmarks/digest.py, without choosing, which `benchmarks/ranking.py` measures); nothing is
sent. Seconds are of processor time; memory is the most that the process held so far. The last line is one JSON object.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.curation import make
from benchmarks.digest import bulletins

from veille.app import App
from veille.config.settings import load_settings
from veille.digest.composing import make_frame
from veille.digest.mail.shift import GROUP, LEASE
from veille.model import Drafted, Issue, IssueState, Member, Subscriber
from veille.testing import FrozenClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


class Measures:
    """Seconds and megabytes by step."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what runs inside."""
        start = time.process_time()
        yield
        mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.found[name] = {"seconds": round(time.process_time() - start, 1), "mb_at_most": mb}
        print(f"{name:10} {self.found[name]}", flush=True)


class Made(Sequence[Drafted]):
    """Drafts made when they are asked for: what is measured is the store's memory, not theirs."""

    def __init__(self, people: Sequence[Subscriber], lines: int) -> None:
        self._people = people
        (whole,) = bulletins(1)
        kept, left = [], lines
        for section in whole.sections:
            kept.append(replace(section, lines=tuple(replace(one, closes="") for one in section.lines[:left])))
            left = max(left - len(section.lines), 0)
        self._one = replace(whole, sections=tuple(part for part in kept if part.lines))

    def __len__(self) -> int:
        return len(self._people)

    def __getitem__(self, index: slice) -> list[Drafted]:  # type: ignore[override]
        return [
            Drafted(subscriber=one, bulletin=replace(self._one, subscriber_id=one.id, member_id=one.member_id))
            for one in self._people[index]
        ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=80_000)
    parser.add_argument("--lines", type=int, default=12)
    asked = parser.parse_args()
    measures = Measures()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "pole"
        make(home, 0, 0)
        with closing(App(load_settings(home, {}), clock=FrozenClock(NOW))) as app:
            pairs = [
                (Member(organisation=f"Organisation {n}"), [Subscriber(email=f"p{n}@exemple.fr")])
                for n in range(asked.readers)
            ]
            with measures.step("people"):
                app.members.save(pairs, origin="test", now=NOW)
                people = app.members.subscribers()
            definition = app.digests["hebdo"]
            frame = make_frame(definition, app.settings, NOW.date(), app.keys.newest, period="2026-W48")
            draft = Issue(
                id=0, digest="hebdo", period="2026-W48", state=IssueState.DRAFT, built_at=NOW, send_at=NOW,
                stale_at=NOW + timedelta(days=2), frame=frame,
            )  # fmt: skip
            with measures.step("draft"):
                app.issue_store.save_draft(draft, Made(people, asked.lines))
            with measures.step("freeze"):
                app.digest.freeze(by="Claire", name="hebdo")
            with measures.step("approve"):
                (issue,) = app.digest.approve(by="Paul", name="hebdo")
            with measures.step("verify"):
                assert app.issue_store.verify(issue)
            claimed = 0
            with measures.step("claim"):
                while group := app.mail_ledger.claim(issue.id, limit=GROUP, now=NOW, lease=LEASE):
                    claimed += len(group)
            with measures.step("bulletins"):
                read = sum(1 for _ in app.desk.letters(issue))
    assert claimed == read == asked.readers
    print(json.dumps({"readers": asked.readers, "lines": asked.lines, **measures.found}))


if __name__ == "__main__":
    main()
