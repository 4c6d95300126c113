"""What others wrote, where it leaves by other ways than a mail or a member's page: feeds, calendars, the archive."""

import json
from pathlib import Path

import feedparser
import pytest
from sqlalchemy import update

from tests.digest.builders import item, store_items
from tests.web.calendar_form import read
from tests.web.conftest import ANNE, WEDNESDAY, Site, make_home, open_site, send
from tests.web.test_hostile import assert_inert, literal
from veille.model import Subscriber
from veille.storage.tables import MemberRow

#: Of texts that end a line of a calendar, an element, a string or a header.
BAD = [
    "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nATTACH:http://evil.example/", "]]></title><script>alert(1)</script>",
    '"}], "items": [{"id": "evil', "a\u2028b\u0085c\x00d\ufffe", "=?utf-8?q?=0d=0aBcc:_x@y.z?=", "\u202egnp.exe",
    "&#x3c;b&#x3e;",
]  # fmt: skip


WORDS = [*BAD, *(case.values[0].get("input", "") for case in literal({"xss"}))]


def stored(site: Site, url: str) -> None:
    """Give items that suit Anne titles and texts of somebody's; `url`: their address, before the number."""
    calls = [
        item(n, sector="agroalimentaire", title=f"extraits végétaux {n} {bad}", text=f"extraits végétaux {bad} " * 20,
             url=f"{url}{n}")
        for n, bad in enumerate(WORDS, 20)
    ]  # fmt: skip
    store_items(site.app.database, calls)


def test_every_feed_of_a_reader_stays_one_feed(site: Site) -> None:
    stored(site, "javascript:alert(1)//")
    person, count = site.person(ANNE), len(WORDS) + 3
    rss = feedparser.parse(site.client.get(site.links.feed(person.id, "xml")).content)
    assert (bool(rss.bozo), len(rss.entries)) == (False, count)
    assert {one.link for one in rss.entries if "link" in one} == {f"https://exemple.fr/{n}" for n in (2, 4, 6)}
    data = json.loads(site.client.get(site.links.feed(person.id, "json")).content)
    assert len(data["items"]) == count
    assert len([one for one in data["items"] if "url" in one]) == 3
    assert len(read(site.client.get(site.links.feed(person.id, "ics")).content)) == count


def test_the_archive_shows_it_as_text_alone(sqlite_template: Path, tmp_path: Path) -> None:
    site = open_site(make_home(tmp_path / "maison", sqlite_template, "archive = true\n"), WEDNESDAY)
    stored(site, "https://exemple.fr/")
    send(site)
    page = site.client.get("/archives/editions/hebdo-2026-W48.html")
    assert page.status_code == 200
    assert page.text.count("<article>") >= 5
    assert_inert("archive", page.text)
    for path in ("flux.xml", "flux.json", "echeances.ics"):
        assert site.client.get(f"/archives/{path}").status_code == 200
    assert not feedparser.parse(site.client.get("/archives/flux.xml").content).bozo
    json.loads(site.client.get("/archives/flux.json").content)
    assert read(site.client.get("/archives/echeances.ics").content)
    site.app.close()


def test_leaving_one_of_several_organisations_names_it_as_text(sent: Site) -> None:
    robotix = next(one for one in sent.app.members.members() if one.organisation == "Robotix")
    sent.app.members.save([(robotix, [Subscriber(email=ANNE)])], origin="t", now=sent.clock.now())
    person = next(one for one in sent.app.members.subscribers() if (one.email, one.member_id) == (ANNE, robotix.id))
    link = sent.links.unsubscribe(person.id)
    for bad in WORDS:
        with sent.app.database.write() as session:
            session.execute(update(MemberRow).where(MemberRow.id == robotix.id).values(organisation=bad))
        for answer in (
            sent.client.get(link),
            sent.client.post(link, data={"action": "quitter"}),
            sent.client.get(sent.links.preferences(person.id)),
            sent.client.post(link, data={"action": "revenir"}),
        ):
            assert answer.status_code == 200, bad
            assert_inert(bad, answer.text)


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_nothing_but_a_post_of_ours_leaves_an_organisation(sent: Site, method: str) -> None:
    person = sent.person(ANNE)
    link = sent.links.unsubscribe(person.id)
    getattr(sent.client, method)(f"{link}?action=quitter")
    assert (
        sent.client.post(link, data={"action": "quitter"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    )
    assert sent.client.post(link, data={"action": "QUITTER"}).status_code == 400
    assert sent.person(ANNE).left_at is None
