"""An issue that its relay's quotas spread over days is given those days, working days and hours counted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from tests.digest.builders import item, store_items
from tests.digest.house import House
from tests.digest.ledger import members_of
from veille.digest.planning import planned
from veille.errors import InputError
from veille.model import DeliveryState, Issue, IssueState, Member, Subscriber
from veille.storage.db import Database
from veille.storage.tables import IssueRow


def paced(house: House, per_day: int, **cluster: str) -> None:
    settings = house.desk.settings
    pace = settings.pace.model_copy(update={"per_day": per_day})
    told = {"pace": pace, "cluster": settings.cluster.model_copy(update=cluster)}
    house.desk = replace(house.desk, settings=settings.model_copy(update=told))


@pytest.mark.parametrize(
    ("zone", "now", "end"),
    [
        # Friday, Monday, Tuesday.
        ("Europe/Paris", (2026, 11, 25, 9), "2026-12-01 19:00"),
        # The clock goes back on Sunday 25 October: Monday, Tuesday.
        ("Europe/Paris", (2026, 10, 21, 9), "2026-10-27 19:00"),
        # It goes forward on Sunday 28 March 2027, which is Easter: Monday is off.
        ("Europe/Paris", (2027, 3, 24, 9), "2027-03-31 19:00"),
        # Christmas is a Friday: Monday 28, Tuesday, Wednesday.
        ("Europe/Paris", (2026, 12, 23, 9), "2026-12-30 19:00"),
        # Abolition of slavery, a Tuesday off in Réunion in 2022; Friday 16, Monday 19, Wednesday 21.
        ("Indian/Reunion", (2022, 12, 14, 9), "2022-12-21 19:00"),
        ("America/Martinique", (2026, 11, 25, 9), "2026-12-01 19:00"),
        ("Pacific/Noumea", (2026, 11, 25, 9), "2026-12-01 19:00"),
    ],
)
def test_nine_hundred_mails_at_three_hundred_a_day(
    house: House, zone: str, now: tuple[int, int, int, int], end: str
) -> None:
    paced(house, 300, timezone=zone)
    local = ZoneInfo(zone)
    house.clock.advance(datetime(*now, tzinfo=local).astimezone(UTC) - house.clock.now())
    people = [Subscriber(id=n, member_id=n, email=f"p{n}@exemple.fr") for n in range(900)]
    definition = house.desk.one("hebdo")
    when = house.desk.edition(definition)
    if zone == "Indian/Reunion":
        assert house.desk.settings.cluster.calendar == "reunion"
    long = planned(house.desk, definition, when, people, when.stale_at)
    assert f"{long.stale_at.astimezone(local):%Y-%m-%d %H:%M}" == end
    assert long.last_day.isoformat() == end[:10]
    assert planned(house.desk, definition, when, people[:300], when.stale_at).stale_at == when.stale_at
    # Never past the hour of the next edition, whatever the quotas.
    paced(house, 1, timezone=zone)
    never = planned(house.desk, definition, when, people, when.stale_at)
    assert never.last_day <= when.next_day


@pytest.fixture
def slow(sqlite_database: Database, tmp_path: Path) -> House:
    """Nine readers, three mails a day."""
    found = House(sqlite_database, tmp_path / "maison")
    pairs = [
        (Member(organisation=f"Membre {n}", sectors=("sante",)), [Subscriber(email=f"p{n}@exemple.fr")])
        for n in range(9)
    ]
    members_of(sqlite_database).save(pairs, origin="test", now=found.clock.now())
    store_items(sqlite_database, [item(n, sector="sante") for n in range(1, 4)])
    paced(found, 3)
    return found


def week(house: House) -> int:
    """Let the daemon tick each two hours for seven days; return how many mails left."""
    for _ in range(7 * 12):
        house.clock.advance(timedelta(hours=2))
        list(house.digests.run_due(drafting=False))
    return len(house.mails())


def issue_of(house: House) -> Issue:
    (sent,) = house.digests.status()
    return sent.issue


def test_none_is_lost_of_an_issue_whose_quota_outlasts_its_window(slow: House) -> None:
    slow.digests.build("hebdo")
    slow.digests.approve(by="Claire")
    assert week(slow) == 9
    (status,) = slow.digests.status()
    assert (status.state, {one.state for one in status.deliveries}) == (IssueState.DONE, {DeliveryState.SENT})


def test_pace_lowered_after_the_draft_is_planned_for_at_approval(slow: House) -> None:
    paced(slow, 0)
    slow.digests.build("hebdo")
    short = issue_of(slow).stale_at
    paced(slow, 3)
    slow.digests.approve(by="Claire")
    assert short is not None
    assert issue_of(slow).stale_at > short  # type: ignore[operator]
    assert week(slow) == 9


def test_what_would_close_on_the_way_is_not_signed_and_the_next_draft_leaves_it_out(slow: House) -> None:
    store_items(slow.database, [item(4, sector="sante", deadline="2026-11-30")])
    paced(slow, 0)
    (built,) = slow.digests.build("hebdo")
    assert any(line.item_id == 4 for one in built.drafted for line in one.selection)
    paced(slow, 3)
    with pytest.raises(InputError, match="jusqu'au 1er décembre ; or elle montre 1 article à clôture") as caught:
        slow.digests.approve(by="Claire")
    assert "veille digest build" in caught.value.cure
    (again,) = slow.digests.build("hebdo")
    assert not any(line.item_id == 4 for one in again.drafted for line in one.selection)
    slow.digests.approve(by="Claire")
    assert week(slow) == 9


def test_mails_of_another_issue_that_wait_for_the_same_relay_are_counted(slow: House) -> None:
    slow.digests.build("hebdo")
    slow.digests.approve(by="Claire")
    first = issue_of(slow)
    slow.clock.advance(timedelta(days=2))
    with slow.database.write() as session:
        session.execute(update(IssueRow).values(digest="mensuel"))
    slow.digests.build("hebdo")
    second = slow.desk.issues.latest("hebdo")
    assert second is not None
    assert second.stale_at > first.stale_at  # type: ignore[operator]
