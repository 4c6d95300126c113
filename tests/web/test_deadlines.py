"""A reader's calendar as deadlines move, vanish or are set aside; what the bulletin online offers of each line."""

import re

import pytest
from sqlalchemy import delete, update

from tests.web.conftest import ANNE, Site
from tests.web.test_reading import unfolded
from veille.storage.tables import ItemFactRow, ItemRow


def event(site: Site, number: int) -> list[str]:
    text = "\n".join(unfolded(site.client.get(site.links.calendar(site.person(ANNE).id)).text))
    return text.split(f"UID:echeance-{number}@")[1].split("END:VEVENT")[0].splitlines()


@pytest.fixture
def number(sent: Site) -> int:
    """An item that Anne was sent."""
    return int(re.findall(r"UID:echeance-(\d+)@", sent.client.get(sent.links.calendar(sent.person(ANNE).id)).text)[0])


def test_a_deadline_that_is_no_more_is_cancelled_one_step_on(sent: Site, number: int) -> None:
    assert not any("STATUS" in line for line in event(sent, number))
    with sent.app.database.write() as session:
        session.execute(delete(ItemFactRow).where(ItemFactRow.item_id == number))
    lines = event(sent, number)
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:1" in lines
    assert "DTSTART;VALUE=DATE:20261218" in lines


def test_what_staff_set_aside_is_cancelled_and_comes_back(sent: Site, number: int) -> None:
    sent.app.review_desk.reject(number, by="Claire", why="annulé par le financeur")
    assert "STATUS:CANCELLED" in event(sent, number)
    sent.app.review_desk.reopen(number, by="Claire")
    assert "STATUS:CANCELLED" not in event(sent, number)


def test_a_deadline_moved_after_one_that_vanished_counts_on(sent: Site, number: int) -> None:
    with sent.app.database.write() as session:
        moved = update(ItemFactRow).where(ItemFactRow.item_id == number, ItemFactRow.name == "deadline")
        session.execute(moved.values(value="2027-01-15"))
        session.execute(update(ItemRow).where(ItemRow.id == number).values(version=3))
    lines = event(sent, number)
    assert "SEQUENCE:2" in lines
    assert "DTSTART;VALUE=DATE:20270115" in lines


def test_each_line_online_leads_to_what_its_reader_may_say_of_it(sent: Site, number: int) -> None:
    person = sent.person(ANNE)
    page = sent.client.get(sent.links.bulletin(person.id, "hebdo", "2026-W48")).text
    links = re.findall(r'href="(/m/avis/[^"]+)"', page)
    assert len(links) == 3
    assert all(sent.client.get(link).status_code == 200 for link in links)
    calendar = re.findall(r'href="(/m/agenda/[^"]+)"', page)[0]
    assert "BEGIN:VCALENDAR" in sent.client.get(calendar).text


def test_the_preferences_page_shows_what_was_said_with_the_way_back(sent: Site, number: int) -> None:
    person = sent.person(ANNE)
    sent.client.post(sent.links.opinion(person.id, number), data={"avis": "not_for_me", "raison": "known"})
    page = sent.client.get(sent.links.preferences(person.id)).text
    (link,) = re.findall(r'href="(/m/avis/[^"]+)"', page)
    assert "déjà connu" in page
    sent.client.post(link, data={"avis": "not_for_me", "action": "retirer"})
    assert "/m/avis/" not in sent.client.get(sent.links.preferences(person.id)).text
