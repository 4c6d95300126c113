"""An instance refuses to be sent back by `--now`, and forgives the machine's own clock."""

import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from veille.errors import InputError
from veille.storage.db import Database
from veille.storage.instance import SLACK, InstanceGuard

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def guard(database: Database) -> InstanceGuard:
    return InstanceGuard(database)


def test_latest_time_is_kept_whatever_came_after(guard: InstanceGuard) -> None:
    assert guard.latest() is None
    for hours in (0, 30, 2):
        guard.observe(NOON + timedelta(hours=hours), given=False)
    assert guard.latest() == NOON + timedelta(hours=30)


def test_given_time_before_what_was_lived_is_refused_with_the_cure(guard: InstanceGuard) -> None:
    guard.observe(NOON, given=False)
    with pytest.raises(InputError, match=r"antérieur.*2026-11-23T13:00\+01:00.*veille init") as refused:
        guard.observe(NOON - timedelta(days=1), given=True)
    assert refused.value.exit_code == 2
    guard.observe(NOON + timedelta(days=1), given=True)


def test_same_given_time_serves_several_commands(guard: InstanceGuard) -> None:
    for _ in range(3):
        guard.observe(NOON, given=True)
        guard.observe(NOON + 3 * SECOND, given=True)


def test_machine_clock_set_back_is_said_and_forgiven(
    guard: InstanceGuard, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("veille"), "propagate", True)
    guard.observe(NOON, given=False)
    guard.observe(NOON - SLACK + SECOND, given=False)
    assert caplog.records == []
    guard.observe(NOON - timedelta(hours=1), given=False)
    assert "horloge" in caplog.text


def test_reading_command_is_not_stopped_by_somebody_who_writes(sqlite_database: Database) -> None:
    other = Database(sqlite_database.url)
    with sqlite_database.write():
        begun = time.monotonic()
        InstanceGuard(other).observe(NOON, given=False)
        assert time.monotonic() - begun < 5
    assert InstanceGuard(other).latest() is None
    other.close()
