"""`veille doctor`: what was set aside, what is in doubt, what is damaged; each with its cure."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.digest.ledger import approved, issues_of, mails_of
from tests.inside import inside
from veille.errors import DatabaseCorrupt
from veille.storage.db import Database
from veille.storage.integrity import quick_check
from veille.storage.ledger import MAX_ATTEMPTS, SqlLedger
from veille.testing import FrozenClock

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def database_of(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'var/veille.sqlite'}")


def test_examines_without_changing_and_says_each_cure(home):
    before = (home / "var/veille.sqlite").read_bytes()
    done = inside("--home", home, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "site.url" in done.stdout
    assert "schéma à jour, aucune page abîmée" in done.stdout
    assert (home / "var/veille.sqlite").read_bytes() == before


def test_names_work_set_aside_with_its_cause_and_cure(home):
    database, clock = database_of(home), FrozenClock(NOW)
    ledger = SqlLedger(database, clock)
    ledger.deposit("crawl", "ademe")
    for _ in range(MAX_ATTEMPTS):
        (work,) = ledger.claim("crawl", limit=1, lease=timedelta(minutes=1), owner="test")
        ledger.retry(work, not_before=clock.now(), error="flux illisible")
    database.close()
    shown = inside("--home", home, "doctor").stdout
    assert "source « ademe » : flux illisible" in shown
    assert "une fois par jour" in shown


def test_names_the_mails_of_which_nobody_knows_whether_they_left(home):
    (home / "veille.toml").write_text('[cluster]\nid = "pole"\n', encoding="utf-8")
    database = database_of(home)
    issue = approved(database, 3)
    issues_of(database).begin(issue.id, NOW)
    claimed = mails_of(database).claim(issue.id, limit=3, now=NOW, lease=timedelta(minutes=1))
    mails_of(database).record(begun=claimed[:1], now=NOW)
    mails_of(database).recover(issue.id, now=NOW, alone=True)
    database.close()
    shown = inside("--home", home, "doctor").stdout
    assert "partis ou non, on ne sait pas (1) : p00000@exemple.fr" in shown
    assert "accept_log" in shown


def test_damaged_page_is_found(sqlite_database: Database):
    approved(sqlite_database, 200)
    sqlite_database.close()
    file = sqlite_database.file
    assert file is not None
    raw = bytearray(file.read_bytes())
    middle = len(raw) // 2 // 4096 * 4096
    raw[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(bytes(raw))
    with pytest.raises(DatabaseCorrupt):
        quick_check(Database(sqlite_database.url))


def test_a_database_too_large_to_read_in_time_is_said_so(sqlite_database: Database):
    approved(sqlite_database, 300)
    assert quick_check(sqlite_database, seconds=0) is False
    assert quick_check(sqlite_database) is True
