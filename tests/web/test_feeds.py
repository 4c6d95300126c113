"""A person's own feeds: what fits them now, for who reads elsewhere than in a mail."""

import json

import feedparser

from tests.web.conftest import ANNE, BOB, Site
from veille.model import Preferences


def addresses(site: Site, email: str, ending: str = "xml") -> str:
    return site.links.feed(site.person(email).id, ending)


def test_a_feed_holds_what_fits_that_person_and_why(site: Site) -> None:
    answer = site.client.get(addresses(site, ANNE))
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert {one.title for one in read.entries} == {f"Appel à projets {n} : extraits végétaux" for n in (2, 4, 6)}
    assert "Pourquoi vous" in read.entries[0].summary
    other = feedparser.parse(site.client.get(addresses(site, BOB)).content)
    assert {one.title for one in other.entries}.isdisjoint({one.title for one in read.entries})


def test_the_same_as_json_and_as_a_calendar(site: Site) -> None:
    data = json.loads(site.client.get(addresses(site, ANNE, "json")).content)
    assert {one["_veille"]["item"] for one in data["items"]} == {2, 4, 6}
    told = site.client.get(addresses(site, ANNE, "ics"))
    assert told.headers["content-type"] == "text/calendar; charset=utf-8"
    assert told.text.count("BEGIN:VEVENT") == 3


def test_who_paused_the_mail_still_reads_and_what_was_sent_stays(sent: Site) -> None:
    anne = sent.person(ANNE)
    sent.app.members.prefer(anne.id, Preferences(rhythm="paused"), sent.clock.now())
    assert len(feedparser.parse(sent.client.get(addresses(sent, ANNE)).content).entries) == 3


def test_a_reader_program_that_has_it_already_is_told_so(site: Site) -> None:
    first = site.client.get(addresses(site, ANNE))
    again = site.client.get(addresses(site, ANNE), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_another_purpose_another_ending_or_a_forged_token_lead_nowhere(site: Site) -> None:
    good = addresses(site, ANNE)
    calendar = site.links.calendar(site.person(ANNE).id).rpartition("/")[2].removesuffix(".ics")
    for path in (
        good.replace(".xml", ".html"),
        good.replace(".xml", ""),
        good[:-8] + "aaaa.xml",
        f"/m/flux/{calendar}.xml",
    ):
        assert site.client.get(path).status_code == 404
    assert site.client.post(good).status_code == 405


def test_the_preferences_page_shows_the_addresses_and_they_open(site: Site) -> None:
    page = site.client.get(site.links.preferences(site.person(ANNE).id)).text
    found = [part.partition('"')[0] for part in page.split('href="https://veille.example.fr')[1:]]
    assert [path.rpartition(".")[2] for path in found] == ["xml", "json", "ics"]
    assert all(site.client.get(path).status_code == 200 for path in found)
    assert ANNE not in page
