"""The engine's contract, on both databases: what fails goes back, what is poison is isolated, nothing is done twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from veille.engine.direct import DirectEngine
from veille.errors import DiskFull, LeaseLost, ParseError, StoreBusy
from veille.model import Work
from veille.protocols import Engine, Stage
from veille.storage.db import Database
from veille.storage.ledger import SqlLedger
from veille.testing import FrozenClock


@dataclass
class Recorder:
    """A stage that notes every execution and fails where it is told to."""

    name: str = "tag"
    batch: int = 3
    #: Key → what to raise when it is met.
    poison: dict[str, BaseException] = field(default_factory=dict)
    #: Keys left unfinished.
    skip: set[str] = field(default_factory=set)
    before: Callable[[Sequence[Work]], None] = lambda _works: None
    batches: list[list[str]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def execute(self, work: Sequence[Work], finish: Callable[[Work], None]) -> None:
        self.batches.append([piece.key for piece in work])
        self.before(work)
        for piece in work:
            if piece.key in self.poison:
                raise self.poison[piece.key]
            if piece.key not in self.skip:
                self.done.append(piece.key)
                finish(piece)


_: Stage = Recorder()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def ledger(database: Database, clock: FrozenClock) -> SqlLedger:
    return SqlLedger(database, clock)


@pytest.fixture
def engine(ledger: SqlLedger, clock: FrozenClock) -> DirectEngine:
    engine = DirectEngine(ledger, clock, owner="moi")
    _: Engine = engine
    return engine


def test_everything_claimable_is_done_in_batches(engine: DirectEngine) -> None:
    stage = Recorder()
    assert engine.deposit("tag", "abcdefg") == 7
    assert engine.run(stage) == 7
    assert [len(batch) for batch in stage.batches] == [3, 3, 1]
    assert engine.run(stage) == 0


def test_failing_piece_does_not_spoil_its_batch(engine: DirectEngine, clock: FrozenClock) -> None:
    stage = Recorder(poison={"b": ParseError("illisible")})
    engine.deposit("tag", "abcde")
    assert engine.run(stage) == 4
    assert sorted(stage.done) == list("acde")
    assert engine.run(stage) == 0
    stage.poison.clear()
    clock.advance(timedelta(minutes=1))
    assert engine.run(stage) == 1


def test_failing_piece_is_tried_five_times_further_and_further_apart_then_set_aside(
    engine: DirectEngine, ledger: SqlLedger, clock: FrozenClock
) -> None:
    stage = Recorder(poison={"b": ParseError("illisible")})
    engine.deposit("tag", "b")
    minutes = []
    for minute in range(24 * 60):
        before = len(stage.batches)
        engine.run(stage)
        if len(stage.batches) > before:
            minutes.append(minute)
        if ledger.quarantined():
            break
        clock.advance(timedelta(minutes=1))
    assert minutes == [0, 1, 5, 21, 85]
    assert ledger.quarantined() == [("tag", "b", "illisible")]


def test_piece_left_unfinished_is_tried_again_later(engine: DirectEngine, clock: FrozenClock) -> None:
    stage = Recorder(skip={"a"})
    engine.deposit("tag", "ab")
    assert engine.run(stage) == 1
    stage.skip.clear()
    clock.advance(timedelta(minutes=1))
    assert engine.run(stage) == 1


def test_bug_is_raised_and_the_next_run_carries_on_with_the_others(engine: DirectEngine, clock: FrozenClock) -> None:
    stage = Recorder(poison={"b": ZeroDivisionError()})
    engine.deposit("tag", "abcd")
    for _ in range(12):
        try:
            engine.run(stage)
        except ZeroDivisionError:
            clock.advance(timedelta(minutes=90))
    assert sorted(stage.done) == list("acd")
    assert sum("b" in batch for batch in stage.batches) == 5


@pytest.mark.parametrize("error", [DiskFull("plein"), StoreBusy("occupée"), KeyboardInterrupt()], ids=repr)
def test_what_is_not_the_works_fault_ends_the_run_and_counts_for_nothing(
    engine: DirectEngine, error: BaseException
) -> None:
    stage = Recorder(poison={"b": error})
    engine.deposit("tag", "abc")
    for _ in range(10):
        with pytest.raises(type(error)):
            engine.run(stage)
    stage.poison.clear()
    assert engine.run(stage) == 2
    assert stage.done == ["a", "b", "c"]


def test_work_taken_over_meanwhile_is_dropped_and_the_batch_goes_on(
    engine: DirectEngine, ledger: SqlLedger, clock: FrozenClock
) -> None:
    def outlive(_works: Sequence[Work]) -> None:
        clock.advance(timedelta(minutes=2))
        assert ledger.claim("tag", limit=1, lease=timedelta(minutes=1), owner="autre")

    stage = Recorder(before=outlive)
    engine.deposit("tag", "abc")
    assert engine.run(stage) == 2


def test_stage_may_see_that_its_lease_was_lost(engine: DirectEngine, ledger: SqlLedger) -> None:
    stage = Recorder(poison={"a": LeaseLost("repris")})
    engine.deposit("tag", "ab")
    assert engine.run(stage) == 1


def test_stopped_engine_finishes_its_batch_and_claims_no_more(engine: DirectEngine) -> None:
    stage = Recorder(before=lambda _works: engine.stop())
    engine.deposit("tag", "abcdef")
    assert engine.run(stage) == 3
    assert stage.batches == [["a", "b", "c"]]


def test_two_engines_share_the_work(ledger: SqlLedger, clock: FrozenClock) -> None:
    one, two = (DirectEngine(ledger, clock, owner=name) for name in ("un", "deux"))
    other = Recorder()
    stage = Recorder(before=lambda _works: other.batches or two.run(other))
    one.deposit("tag", map(str, range(50)))
    assert one.run(stage) + len(other.done) == 50
    assert sorted(stage.done + other.done) == sorted(map(str, range(50)))
