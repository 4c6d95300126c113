"""A process that dies at each commit of an issue's life, before it and after it: nothing is lost, nothing leaves twice.

Whoever was cut short starts again and repeats the command, as a person or the daemon does. The relay logs what it
takes, so that each mail in doubt is settled.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.digest.builders import item, store_items
from tests.digest.house import FRIDAY, House, digest_yaml
from tests.digest.sink import Sink
from veille.digest.mail.relay_log import RelayLog
from veille.digest.runner import Digests
from veille.model import DeliveryState, IssueState
from veille.storage.db import Database

#: Times that each store method dies in a step: sending writes the ledger more than once.
_KILLS = 2
#: More restarts than that makes of any step.
_RESTARTS = 100


class Killed(BaseException):
    """The process is gone."""


class Reaper:
    """Kills at each commit of a step: `before` it, `after` it, or at both in turn, a few times each."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.armed, self.dead, self.kills = False, False, 0
        #: Store method → times that it died in this step.
        self._died: Counter[str] = Counter()
        #: Store methods that died at all.
        self.struck: set[str] = set()

    def begin(self) -> None:
        """Another step begins: each of its commits is to die anew."""
        self._died.clear()

    def strike(self, method: str, when: str) -> None:
        """Die at this commit, unless it died often enough for the step to go on."""
        if not self.armed:
            return
        turn = ("before", "after")[self._died[method] % 2] if self.how == "both" else self.how
        if when == turn and self._died[method] < _KILLS:
            self._died[method] += 1
            self.struck.add(method)
            self.dead, self.kills = True, self.kills + 1
            raise Killed


@pytest.fixture(params=["before", "after", "both"])
def reaper(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reaper:
    found, write = Reaper(request.param), Database.write

    @contextmanager
    def deadly(database: Database, **options: Any) -> Iterator[Session]:
        if found.armed and found.dead:
            raise Killed
        method = sys._getframe(2).f_code.co_name
        with write(database, **options) as session:
            yield session
            found.strike(method, "before")
        found.strike(method, "after")

    monkeypatch.setattr(Database, "write", deadly)
    monkeypatch.setattr(RelayLog, "grace", 0.0)
    return found


class Operator:
    """Repeats a command until it is done, however often the process dies."""

    def __init__(self, house: House, reaper: Reaper, sink: Sink, log: Path) -> None:
        self.house, self.reaper, self.sink = house, reaper, sink
        settings = house.settings(sink.url, accept_log=str(log))
        house.desk = replace(house.desk, settings=settings)

    def do(self, act: Callable[[Digests], object], done: Callable[[], bool]) -> None:
        self.reaper.begin()
        for _ in range(_RESTARTS):
            if done():
                return
            self.reaper.armed, self.reaper.dead = True, False
            try:
                act(self.house.digests)
            except Killed:
                continue
            finally:
                self.reaper.armed = False
        raise AssertionError("never done")

    def send(self, digests: Digests) -> None:
        """Let the daemon tick, then ask people about the mails of an ended issue that are still in doubt."""
        list(digests.run_due(drafting=False))
        taken = {one.message_id for one in self.sink.taken}
        for one in (mail for sent in digests.status() if sent.state is IssueState.DONE for mail in sent.doubtful):
            decide = digests.doubts.received if one.message_id in taken else digests.doubts.resend
            decide([one.email], by="P")

    def state(self, digest: str, period: str) -> str:
        issue = self.house.desk.issues.find(digest, period)
        return issue.state.value if issue is not None else ""

    def picked(self, kind: str) -> bool:
        issue = self.house.desk.issues.latest("hebdo")
        return issue is not None and any(one.kind == kind for one in self.house.desk.hands.picks(issue.id))

    def over(self, digest: str, period: str) -> bool:
        """Tell whether an issue is done, with nothing left to settle or to send again."""
        issue = self.house.desk.issues.find(digest, period)
        if issue is None or issue.state is not IssueState.DONE:
            return False
        return {one.state for one in self.house.desk.mails.deliveries(issue.id)} == {DeliveryState.SENT}


def test_whole_life_of_issues_dies_at_each_commit(house: House, reaper: Reaper, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Sink(log=log) as sink:
        staff = Operator(house, reaper, sink, log)
        # Week 48: drafted, edited, frozen, thought over, approved, held, sent.
        staff.do(lambda d: d.build("hebdo"), lambda: staff.state("hebdo", "2026-W48") != "")
        staff.do(lambda d: d.curation.drop(1, by="C", name="hebdo"), lambda: staff.picked("drop"))
        staff.do(lambda d: d.curation.note(3, "Nous y allons.", by="C", name="hebdo"), lambda: staff.picked("note"))
        staff.do(lambda d: d.curation.word("Bonne semaine.", by="C", name="hebdo"), lambda: staff.picked("word"))
        staff.do(lambda d: d.freeze(by="C", name="hebdo"), lambda: staff.state("hebdo", "2026-W48") == "frozen")
        staff.do(lambda d: d.living.reopen(by="C"), lambda: staff.state("hebdo", "2026-W48") == "curated")
        staff.do(lambda d: d.approve(by="P", name="hebdo"), lambda: staff.state("hebdo", "2026-W48") == "approved")
        staff.do(lambda d: d.living.pause(by="P", why=""), lambda: staff.state("hebdo", "2026-W48") == "paused")
        staff.do(lambda d: d.living.resume(by="P"), lambda: staff.state("hebdo", "2026-W48") == "approved")
        house.clock.advance(FRIDAY)
        staff.do(staff.send, lambda: staff.over("hebdo", "2026-W48"))
        # A correction of it.
        made = ("hebdo_erratum", "2026-W48-e1")
        staff.do(lambda d: d.errata.make("2026-W48", 3, "Le taux est de 40 %.", name="hebdo"),
                 lambda: staff.state(*made) != "")  # fmt: skip
        staff.do(lambda d: d.approve(by="P", name="hebdo_erratum"), lambda: staff.state(*made) == "approved")
        staff.do(staff.send, lambda: staff.over(*made))
        # Week 49: approved, then cancelled; week 50: nobody approves, the fallback does.
        store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
        house.clock.advance(timedelta(days=5))
        staff.do(lambda d: d.build("hebdo"), lambda: staff.state("hebdo", "2026-W49") != "")
        staff.do(lambda d: d.approve(by="P", name="hebdo"), lambda: staff.state("hebdo", "2026-W49") == "approved")
        staff.do(lambda d: d.living.cancel(by="P", why=""), lambda: staff.state("hebdo", "2026-W49") == "cancelled")
        digest_yaml(house, "fallback: hold", "fallback: automatic")
        house.clock.advance(timedelta(days=7))
        staff.do(lambda d: list(d.run_due()), lambda: staff.state("hebdo", "2026-W50") == "draft")
        house.clock.advance(timedelta(days=2))
        staff.do(staff.send, lambda: staff.over("hebdo", "2026-W50"))
    _nothing_lost_nothing_twice(house, sink)
    assert reaper.struck >= {
        "save_draft", "amend_draft", "pick", "replace", "freeze", "reopen", "approve", "pause", "resume", "recover",
        "place", "begin", "_claim", "record", "close", "add_draft", "cancel",
    }  # fmt: skip


def _nothing_lost_nothing_twice(house: House, sink: Sink) -> None:
    copies = Counter(one.message_id for one in sink.taken)
    assert set(copies.values()) == {1}
    for issue in house.desk.issues.issues(list(IssueState), limit=9):
        bulletins = {one.subscriber.id for one in house.desk.issues.drafted(issue.id) if one.bulletin}
        mails = house.desk.mails.deliveries(issue.id)
        assert {one.subscriber_id for one in mails} == bulletins
        left = {one.subscriber_id for one in mails if one.state is DeliveryState.SENT}
        assert left == (set() if issue.state is IssueState.CANCELLED else bulletins)
        assert {one.message_id for one in mails if one.subscriber_id in left} <= set(copies)
        assert len([one for one in house.desk.issues.events(issue.id) if one.state is IssueState.DONE]) <= 1
    assert len(copies) == 2 + 1 + 2
    first = [one.raw for one in sink.taken if b"2026-W48" in one.raw and b"Erratum" not in one.raw]
    assert any(b"Nous y allons." in raw for raw in first)
    assert all(b"Bonne semaine." in raw for raw in first)
    assert not any(b"https://exemple.fr/1\r\n" in raw or b'exemple.fr/1"' in raw for raw in first)
