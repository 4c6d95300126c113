"""A person's own feeds: what fits them now, for who reads elsewhere than in a mail."""

import json
import threading
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from tests.digest.builders import item, store_items
from tests.web.conftest import ANNE, BOB, WEDNESDAY, Site
from veille.digest.publishing.profile import ProfileFeeds
from veille.errors import InputError
from veille.matching.sheet import Sheet
from veille.model import Preferences
from veille.web.serving import each_morning


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


def titles(site: Site) -> set[str]:
    return {one.title for one in feedparser.parse(site.client.get(addresses(site, ANNE)).content).entries}


def test_a_feed_is_not_cut_to_the_words_of_a_mail(site: Site) -> None:
    """Forty calls with a long extract each: no mail holds them, a feed does."""
    words = "Des mots de l'annonce, qui disent ce que demande la région. " * 5
    calls = [item(n, sector="agroalimentaire", title=f"Appel {n * 7919} : extraits végétaux", text=words)
             for n in range(20, 60)]  # fmt: skip
    store_items(site.app.database, calls)
    assert len(titles(site)) == 40


def test_what_readers_share_is_placed_once_for_all_of_them(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    whole = ProfileFeeds._made
    monkeypatch.setattr(ProfileFeeds, "_made", lambda self: made.append(1) or whole(self))
    for _ in range(3):
        for one in (ANNE, BOB):
            assert site.client.get(addresses(site, one)).status_code == 200
    assert made == [1]


def test_items_are_read_before_the_first_reader_asks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    feeds, read = site.app.publishing.profiles, []
    first_look = Sheet.__init__
    monkeypatch.setattr(Sheet, "__init__", lambda self, context: read.append(1) or first_look(self, context))
    feeds.prepare()
    feeds.rest(20)
    assert read == [1]
    titles(site)
    assert read == [1]


def test_nobody_waits_while_it_is_made_anew_and_the_next_have_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = titles(site)
    store_items(site.app.database, [item(20, sector="agroalimentaire", title="Appel neuf : extraits végétaux")])
    go, whole = threading.Event(), ProfileFeeds._made
    monkeypatch.setattr(ProfileFeeds, "_made", lambda self: go.wait(20) and whole(self))
    site.clock.advance(timedelta(minutes=16))
    assert titles(site) == before
    assert titles(site) == before  # no second one begins
    go.set()
    site.app.publishing.profiles.rest(20)
    assert titles(site) == before | {"Appel neuf : extraits végétaux"}


@pytest.mark.parametrize("later", [timedelta(hours=5), timedelta(hours=16)])
def test_what_is_too_old_or_of_yesterday_is_waited_for(site: Site, later: timedelta) -> None:
    """Of a day that has passed, a feed would show what has closed."""
    before = titles(site)
    store_items(site.app.database, [item(20, sector="agroalimentaire", title="Appel neuf : extraits végétaux")])
    site.clock.advance(later)
    assert titles(site) == before | {"Appel neuf : extraits végétaux"}


def test_a_base_that_is_busy_leaves_what_there_was(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = titles(site)
    monkeypatch.setattr(ProfileFeeds, "_made", lambda _: (_ for _ in ()).throw(InputError("base occupée")))
    site.clock.advance(timedelta(minutes=16))
    for _ in range(2):
        assert titles(site) == before
        site.app.publishing.profiles.rest(20)
    monkeypatch.undo()
    assert titles(site) == before


def test_what_a_new_day_needs_is_made_before_anybody_asks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The 31st of October 2027 has 25 hours."""
    call = item(20, sector="agroalimentaire", title="Appel neuf : extraits végétaux", deadline="2027-12-18")
    store_items(site.app.database, [call])
    site.clock.advance(datetime(2027, 10, 30, 22, 30, tzinfo=UTC) - WEDNESDAY)  # 00:30 in Paris
    waited: list[float] = []

    def stopped(seconds: float) -> bool:
        waited.append(seconds)
        if len(waited) == 1:
            site.clock.advance(timedelta(seconds=seconds))
        return len(waited) > 1

    each_morning(site.app, stopped)
    site.app.publishing.profiles.rest(20)
    assert [round(one / 3600, 1) for one in waited] == [24.5, 24.0]
    monkeypatch.setattr(ProfileFeeds, "_made", lambda _: pytest.fail("somebody waited"))
    assert titles(site) == {"Appel neuf : extraits végétaux"}
