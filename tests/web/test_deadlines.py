"""A reader's calendar as deadlines move, vanish or are set aside; what the bulletin online offers of each line."""

import re

import pytest
from sqlalchemy import update

from tests.web.calendar_form import read
from tests.web.conftest import ANNE, Site
from tests.web.test_reading import unfolded
from veille.model import Fact, Origin, Tagged
from veille.storage.tables import ItemRow, TaggingRow


def event(site: Site, number: int) -> list[str]:
    text = "\n".join(unfolded(site.client.get(site.links.calendar(site.person(ANNE).id)).text))
    return text.split(f"UID:echeance-{number}@")[1].split("END:VEVENT")[0].splitlines()


@pytest.fixture
def number(sent: Site) -> int:
    """An item that Anne was sent."""
    return int(re.findall(r"UID:echeance-(\d+)@", sent.client.get(sent.links.calendar(sent.person(ANNE).id)).text)[0])


def told(site: Site, number: int, pipeline: str, **days: str) -> None:
    """Tag an item again, as a better pipeline or an amended page would have it."""
    facts = tuple(Fact(name=name, value=value, origin=Origin.CUE) for name, value in days.items())
    version = site.app.item_store.item(number).version
    site.app.tag_store.save(
        pipeline, [(number, version, Tagged(id=str(number), lang="fr", tags=(), facts=facts))], site.clock.now()
    )


def stands(site: Site, number: int) -> tuple[int, str, bool]:
    """The event of an item: SEQUENCE, its day, whether it is cancelled."""
    fields = dict(line.split(":", 1) for line in event(site, number) if ":" in line)
    return int(fields["SEQUENCE"]), fields["DTSTART;VALUE=DATE"], fields.get("STATUS") == "CANCELLED"


def test_a_day_that_moves_goes_or_comes_back_by_tagging_alone_is_one_step_on_each_time(sent: Site, number: int) -> None:
    assert stands(sent, number) == (0, "20261218", False)
    steps = [
        ("test@2", {"deadline": "2026-12-18"}, (0, "20261218", False)),
        ("test@3", {"deadline": "2027-01-15T17:00"}, (1, "20270115", False)),
        ("test@4", {"deadline": "2027-01-15", "amount_max": "1000"}, (1, "20270115", False)),
        ("test@5", {}, (2, "20261218", True)),
        ("test@6", {}, (2, "20261218", True)),
        ("test@7", {"deadline": "2026-12-18"}, (3, "20261218", False)),
        ("test@8", {"event_date": "2026-12-18"}, (4, "20261218", False)),
    ]
    for pipeline, days, wanted in steps:
        told(sent, number, pipeline, **days)
        assert stands(sent, number) == wanted, pipeline
        assert {one.moves for one in sent.app.item_store.some([number])} == {wanted[0]}


def test_an_amended_item_steps_on_only_where_its_day_does(sent: Site, number: int) -> None:
    told(sent, number, "test@2", deadline="2026-12-18")
    for version, day, wanted in ((2, "2026-12-18", 0), (3, "2027-01-15", 1)):
        with sent.app.database.write() as session:
            session.execute(update(ItemRow).where(ItemRow.id == number).values(version=version, amended=version))
        told(sent, number, "test@2", deadline=day)
        assert stands(sent, number)[0] == wanted


def test_an_item_tagged_before_moves_were_counted_goes_on_from_its_version(sent: Site, number: int) -> None:
    with sent.app.database.write() as session:
        session.execute(update(ItemRow).where(ItemRow.id == number).values(version=4))
        session.execute(update(TaggingRow).where(TaggingRow.item_id == number).values(item_version=4, moves=None))
    assert stands(sent, number)[0] == 3
    told(sent, number, "test@2", deadline="2027-01-15")
    assert stands(sent, number)[0] == 4


LONG = (
    "Extraits végétaux 🧪 : énergie, ingrédients ; santé \\ « "
    + "é" * 400
    + " 🧪" * 30
    + "\r\nEND:VEVENT\n=?utf-8?q?x?="
)


def test_each_calendar_is_what_the_norm_says_whatever_titles_hold(sent: Site) -> None:
    with sent.app.database.write() as session:
        session.execute(update(ItemRow).values(title=LONG, url="https://exemple.fr/" + "a" * 300))
    sent.app.review_desk.reject(2, by="Claire", why="annulé")
    person = sent.person(ANNE)
    for link in (sent.links.calendar(person.id), sent.links.feed(person.id, "ics")):
        answer = sent.client.get(link)
        events = read(answer.content)
        assert events
        assert all("\\," in one["SUMMARY"] and "🧪" in one["SUMMARY"] for one in events)
    statuses = {one["UID"]: one.get("STATUS") for one in read(sent.client.get(sent.links.calendar(person.id)).content)}
    assert statuses["echeance-2@pole.example.fr"] == "CANCELLED"


def test_what_staff_set_aside_is_cancelled_and_comes_back_a_step_on_each_time(sent: Site, number: int) -> None:
    for turn in range(2):
        sent.app.review_desk.reject(number, by="Claire", why="annulé par le financeur")
        assert stands(sent, number) == (2 * turn + 1, "20261218", True)
        sent.app.review_desk.reopen(number, by="Claire")
        assert stands(sent, number) == (2 * turn + 2, "20261218", False)


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
