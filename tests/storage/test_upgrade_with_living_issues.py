"""An upgrade in the middle of a week: drafts, signed and half sent issues of an earlier release go on as they were."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.digest.builders import NOW, item, store_items
from tests.digest.house import FRIDAY, House, of
from tests.digest.ledger import members_of
from tests.storage.releases import fill
from veille.digest.keeping import HELD
from veille.digest.making import Maker
from veille.model import DeliveryState, Drafted, IssueState, Member, Subscriber
from veille.model.issue_life import EDITABLE
from veille.storage import schema
from veille.storage.db import Database, create_file
from veille.storage.tables import IssueRow

#: What the frame of a draft holds since a revision, and lacked before.
_SINCE = {"0005": ("coverage", *HELD)}
#: Revisions whose issues may live when the program is replaced by this one.
_LIVING = [one for one in schema.REVISIONS if one >= "0004"]
Upgrade = Callable[[str], House]


@pytest.fixture
def lived(sqlite_database: Database, tmp_path: Path) -> House:
    """Two organisations; staff left n° 3 out of the week's draft and wrote a word."""
    house = House(sqlite_database, tmp_path / "maison")
    pairs = [
        (Member(organisation=name, sectors=("sante",)), [Subscriber(email=f"{name.lower()}@exemple.fr")])
        for name in ("Anne", "Bob")
    ]
    members_of(sqlite_database).save(pairs, origin="test", now=NOW)
    store_items(sqlite_database, [item(n, sector="sante") for n in range(1, 6)])
    house.digests.build()
    house.digests.curation.drop(3, by="Claire")
    house.digests.curation.word("Une semaine riche.", by="Claire")
    return house


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def upgraded(request: pytest.FixtureRequest, lived: House, tmp_path: Path) -> Iterator[Upgrade]:
    """Take that instance as a release left it to this program's schema."""
    opened = []

    def take(revision: str) -> House:
        file = tmp_path / "old.sqlite"
        create_file(file)
        postgres = request.param == "postgres"
        database = Database(request.getfixturevalue("new_postgres")("template0") if postgres else f"sqlite:///{file}")
        opened.append(database)
        fill(database, lived.database, revision)
        lacked = {key for since, keys in _SINCE.items() if revision < since for key in keys}
        with database.write() as session:
            for issue in lived.desk.issues.issues(EDITABLE, limit=1):  # a signed frame is under its hash
                frame: dict[str, Any] = {key: value for key, value in issue.frame.items() if key not in lacked}
                session.execute(update(IssueRow).where(IssueRow.id == issue.id).values(frame=frame))
        assert schema.upgrade(database).before == revision
        house = House(database, lived.home)
        house.clock.advance(lived.clock.now() - house.clock.now())
        return house

    yield take
    for database in opened:
        database.close()


def anew(house: House) -> list[Drafted]:
    """Return what the draft would hold if it were made now, from everything."""
    (issue,) = house.desk.issues.living("hebdo")
    _, drafted, _ = Maker(house.desk)._again(house.desk.one("hebdo"), issue, "all", whole=True)
    return [replace(one, calls=0, calls_shown=0) for one in drafted]


@pytest.mark.parametrize("revision", _LIVING)
def test_a_draft_keeps_staff_s_hand_and_takes_the_next_edit(upgraded: Upgrade, revision: str) -> None:
    house = upgraded(revision)
    assert [list(house.digests.run_due())] == [[]]  # nothing is made again, nothing leaves before its hour
    (issue,) = house.desk.issues.living("hebdo")
    assert issue.state is IssueState.CURATED
    assert set(of(house.desk.issues.drafted(issue.id), "anne")) == {1, 2, 4, 5}
    built = house.digests.curation.drop(1, by="Claire")
    assert set(of(built.drafted, "anne")) == {2, 4, 5}
    assert list(house.desk.issues.drafted(issue.id)) == anew(house)
    house.digests.approve(by="Paul")
    house.clock.advance(FRIDAY)
    assert house.digests.send().state is IssueState.DONE
    assert len(house.mails()) == 2
    assert all("Une semaine riche." in path.read_text(encoding="utf-8") for path in house.mails())


@pytest.mark.parametrize("revision", _LIVING)
def test_what_was_signed_leaves_and_what_had_left_leaves_no_more(
    lived: House, upgraded: Upgrade, revision: str
) -> None:
    lived.digests.approve(by="Paul")
    lived.clock.advance(FRIDAY)
    issue = lived.desk.issues.living("hebdo")[0]
    lived.desk.issues.begin(issue.id, lived.clock.now())
    (first,) = lived.desk.mails.claim(issue.id, limit=1, now=lived.clock.now(), lease=timedelta(minutes=2))
    lived.desk.mails.release([first])
    lived.digests.living.pause(by="Claire", why="mise à jour")
    house = upgraded(revision)
    assert list(house.digests.run_due()) == []
    house.digests.living.resume(by="Claire")
    assert list(house.digests.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]
    assert list(house.digests.run_due()) == []
    (sent,) = house.digests.status()
    assert [one.state for one in sent.deliveries] == [DeliveryState.SENT] * 2
    assert len(house.mails()) == 2
