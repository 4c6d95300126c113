"""One thing that several items tell is one line, sent once, however the items came to be one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.digest.builders import NOW, item, seen, store_items
from tests.digest.ledger import members_of
from tests.digest.test_runner import House
from tests.linking.stored import gathered
from veille.digest.choosing.drafting import journal
from veille.linking.deciding import LinkDesk
from veille.model import Feedback, Member, Opinion, Subscriber
from veille.storage.link_decision_store import SqlLinkDecisions


@pytest.fixture
def house(sqlite_database, tmp_path):
    """One reader, and two items that the machine holds for two things."""
    reader = (Member(organisation="Phytalis", sectors=("sante",)), [Subscriber(email="anne@phytalis.example.fr")])
    members_of(sqlite_database).save([reader], origin="test", now=NOW)
    store_items(sqlite_database, [item(1, sector="sante", title="Houblon local", deadline="2027-02-01")])
    made = House(sqlite_database, tmp_path / "maison")
    made.desk = replace(made.desk, items=gathered(sqlite_database))
    return made


@pytest.fixture
def staff(house):
    return LinkDesk(SqlLinkDecisions(house.database), gathered(house.database), house.clock)


def echo():
    return item(2, sector="sante", title="Une aide aux malteries", deadline="2027-02-01")


def lines(house):
    (built,) = house.digests.build()
    return [line for one in built.drafted if one.bulletin for line in one.bulletin.lines]


def send(house):
    sent = lines(house)
    house.digests.approve(by="Claire")
    house.digests.send()
    house.clock.advance(timedelta(days=7))
    return sent


def test_several_sources_of_one_thing_make_one_line_with_all_of_them(house, staff):
    store_items(house.database, [echo()])
    assert [line.item_id for line in lines(house)] == [1, 2]
    staff.join(1, 2, by="Claire")
    (line,) = lines(house)
    assert set(line.sources) == {"Source source-1", "Source source-2"}
    rendered, _ = house.digests.preview("anne@phytalis.example.fr")
    assert "Source source-1 · Aussi vu chez : Source source-2" in rendered.text


def test_what_was_sent_under_one_number_is_not_sent_under_another_until_staff_part_them(house, staff):
    assert [line.item_id for line in send(house)] == [1]
    store_items(house.database, [echo()])
    staff.join(1, 2, by="Claire")
    assert lines(house) == []
    staff.take_back(1, 2, by="Claire")
    assert [line.item_id for line in lines(house)] == [2]


def test_one_thing_that_is_not_for_a_reader_is_not_under_any_number(house, staff):
    store_items(house.database, [echo()])
    (reader,) = members_of(house.database).subscribers()
    refused = Feedback(subscriber_id=reader.id, item_id=2, opinion=Opinion.NOT_FOR_ME, at=NOW)
    house.desk = replace(house.desk, opinions=lambda: [refused])
    assert [line.item_id for line in lines(house)] == [1]
    staff.join(1, 2, by="Claire")
    assert lines(house) == []


def test_a_day_put_off_by_another_source_is_told_as_a_change(house, staff):
    send(house)
    store_items(house.database, [item(2, sector="sante", title="Houblon local : report", deadline="2027-03-15")])
    staff.join(1, 2, by="Claire")
    (line,) = lines(house)
    assert line.item_id == 2
    assert line.change.replace("\u00a0", " ") == "échéance reportée du 1er février au 15 mars"


def test_one_day_more_by_another_source_is_no_change(house, staff):
    send(house)
    store_items(house.database, [item(2, sector="sante", title="Houblon local", deadline="2027-02-02")])
    staff.join(1, 2, by="Claire")
    assert lines(house) == []


def test_the_journal_of_one_thing_is_that_of_all_its_items():
    one = item(3, version=4, also=(1, 2))
    found = journal(one, {1: seen(1, times=1), 2: seen(2, at=NOW, deadline=date(2027, 1, 5), times=2)})
    assert found == seen(3, item_version=4, at=NOW, deadline=date(2027, 1, 5), times=3)
    assert journal(one, {5: seen(5)}) is None
