"""The bulletin as a page, and deadlines in a calendar."""

import re
from datetime import UTC, date, datetime
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from tests.web.conftest import ANNE, BOB, Site, send
from veille.ical import Deadline, feed
from veille.storage.tables import ItemFactRow, ItemRow


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_page_shows_what_was_sent_to_that_person(sent: Site) -> None:
    person = sent.person(ANNE)
    answer = sent.client.get(sent.links.bulletin(person.id, "hebdo", "2026-W48"))
    assert answer.status_code == 200
    assert "préparé pour Phytalis" in answer.text
    assert "Pourquoi vous" in answer.text
    assert "Robotix" not in answer.text


def test_the_page_and_the_mail_show_what_staff_wrote_and_where_a_first_address_comes_from(site: Site) -> None:
    (built,) = site.app.digest.build("hebdo")
    mine = next(one.bulletin for one in built.drafted if one.subscriber.email == ANNE)
    assert mine is not None
    site.app.digest.curation.word("Une semaine d'appels régionaux.", by="Claire")
    site.app.digest.curation.note(mine.lines[0].item_id, "Deux membres y vont déjà.", by="Claire")
    rendered, _ = site.app.digest.preview(ANNE)
    assert "notre premier message à cette adresse" in rendered.text
    send(site)
    page = unescape(site.client.get(site.links.bulletin(site.person(ANNE).id, "hebdo", "2026-W48")).text)
    for words in ("Une semaine d'appels régionaux.", "Deux membres y vont déjà.", "Bienvenue"):
        assert words in page
        assert words in rendered.text
        assert words in unescape(rendered.html)


def test_a_date_to_be_checked_says_so_on_the_page_and_in_the_calendar(site: Site) -> None:
    with site.app.database.write() as session:
        for number in session.scalars(select(ItemRow.id)).all():
            session.add(ItemFactRow(item_id=number, name="deadline_state", value="check", origin="cue", evidence=[]))
    send(site)
    person = site.person(ANNE)
    page = site.client.get(site.links.bulletin(person.id, "hebdo", "2026-W48")).text
    calendar = unfolded(site.client.get(site.links.calendar(person.id)).text)
    assert page.count("décembre (date à vérifier)") == 3
    assert sum(line.startswith("SUMMARY:Clôture (date à vérifier) : ") for line in calendar) == 3


def test_a_draft_is_no_page_yet(site: Site) -> None:
    site.app.digest.build("hebdo")
    link = site.links.bulletin(site.person(ANNE).id, "hebdo", "2026-W48")
    assert site.client.get(link).status_code == 404


def test_deadlines_sent_are_in_the_calendar(sent: Site) -> None:
    answer = sent.client.get(sent.links.calendar(sent.person(ANNE).id))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = unfolded(answer.text)
    assert lines.count("DTSTART;VALUE=DATE:20261218") == 3
    assert all(line in lines for line in ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR"))


def test_a_moved_deadline_is_the_same_event_one_step_on(sent: Site) -> None:
    link = sent.links.calendar(sent.person(ANNE).id)
    before = sent.client.get(link).text
    uid = re.findall(r"UID:(echeance-(\d+)@\S+)", before)[0]
    with sent.app.database.write() as session:
        number = int(uid[1])
        moved = update(ItemFactRow).where(ItemFactRow.item_id == number, ItemFactRow.name == "deadline")
        session.execute(moved.values(value="2027-01-15"))
        session.execute(update(ItemRow).where(ItemRow.id == number).values(version=2))
    event = sent.client.get(link).text.split(f"UID:{uid[0]}")[1].split("END:VEVENT")[0]
    assert "SEQUENCE:1\r\n" in event
    assert "DTSTART;VALUE=DATE:20270115" in event
    assert "SEQUENCE:0\r\n" in before.split(f"UID:{uid[0]}")[1].split("END:VEVENT")[0]


def test_nobody_else_reads_my_calendar(sent: Site) -> None:
    mine = set(re.findall(r"UID:(\S+)", sent.client.get(sent.links.calendar(sent.person(ANNE).id)).text))
    theirs = set(re.findall(r"UID:(\S+)", sent.client.get(sent.links.calendar(sent.person(BOB).id)).text))
    assert mine
    assert theirs
    assert not mine & theirs


@given(title=st.text(max_size=300))
def test_no_title_breaks_the_calendar(title: str) -> None:
    one = Deadline(
        uid="echeance-1", day=date(2026, 12, 8), title=title, url="https://exemple.fr/1", sequence=3,
        changed=datetime(2026, 11, 25, tzinfo=UTC),
    )  # fmt: skip
    text = feed([one], name="Échéances, toutes; \\", domain="pole.example.fr")
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT\r\n") == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.count("\n") == text.count("\r\n") == text.count("\r")
    names = [re.split("[:;]", line)[0] for line in unfolded(text) if line]
    assert names.count("SUMMARY") == 1
    assert set(names) <= {
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "REFRESH-INTERVAL", "UID", "SEQUENCE",
        "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "TRANSP", "URL", "END",
    }  # fmt: skip
