"""What a member can do from a mail, and what opening a page never does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.digest.builders import item, store_items
from tests.web.conftest import ANNE, BOB, Site, send
from veille.links import OPINION, PATHS, PREFERENCES, UNSUBSCRIBE
from veille.model import Opinion, Preferences
from veille.storage.tables import ItemFactRow, ItemRow, TaggingRow
from veille.tokens import VALID


def left(site: Site, email: str) -> bool:
    return bool(site.app.members.suppressed([email]))


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_unsubscribes_nobody(site: Site, method: str) -> None:
    link = site.links.unsubscribe(site.person(ANNE).id)
    assert getattr(site.client, method)(link).status_code == 200
    assert not left(site, ANNE)


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"data": {"action": "partir"}},
    ],
)
def test_one_post_unsubscribes_without_cookie_or_redirect(site: Site, body: dict) -> None:
    answer = site.client.post(site.links.unsubscribe(site.person(ANNE).id), follow_redirects=False, **body)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert left(site, ANNE)
    assert not left(site, BOB)
    assert "C’est fait" in answer.text


def test_a_click_too_many_is_taken_back_on_the_same_page(site: Site) -> None:
    link = site.links.unsubscribe(site.person(ANNE).id)
    site.client.post(link, data={"action": "partir"})
    answer = site.client.post(link, data={"action": "revenir"})
    assert not left(site, ANNE)
    assert "de nouveau" in answer.text


def test_a_bounced_address_does_not_come_back_by_that_page(site: Site) -> None:
    site.app.members.suppress(ANNE, reason="bounce", now=site.clock.now())
    link = site.links.unsubscribe(site.person(ANNE).id)
    answer = site.client.post(link, data={"action": "revenir"})
    assert left(site, ANNE)
    for page in (answer.text, site.client.get(link).text):
        assert "Nous n’écrivons plus à cette adresse." in page
        assert "écrivez à votre cluster" in page
        assert "C’est fait" not in page
        assert "revenir" not in page  # no button that does nothing


def test_no_page_tells_an_address(sent: Site) -> None:
    person = sent.person(ANNE)
    for link in (
        sent.links.unsubscribe(person.id),
        sent.links.preferences(person.id),
        sent.links.opinion(person.id, 2),
    ):
        answer = sent.client.get(link)
        assert answer.status_code == 200
        assert ANNE not in answer.text


def test_every_wrong_token_gets_the_same_404(sent: Site) -> None:
    person, links = sent.person(ANNE), sent.links
    good = links.token(OPINION, f"{person.id}.2")
    other = links.token(OPINION, f"{person.id}.4")
    assert sent.client.get(PATHS[OPINION] + good).status_code == 200
    head, _, mac = good.rpartition(".")
    wrong = [
        "",
        "x",
        good[:-1],
        f"{head}.",
        f"{other.rpartition('.')[0]}.{mac}",
        links.token(UNSUBSCRIBE, f"{person.id}.1"),
        links.token(OPINION, "999.1"),
        links.token(OPINION, f"{person.id}.999"),
        links.token(OPINION, f"{person.id}.x"),
        links.token(OPINION, "é.1"),
        "..%2f..%2fetc%2fpasswd",
        *(
            links.token(OPINION, f"{person.id}.") + f".{end}"
            for end in ("", "999", "x", "-1", "1.1", "٣", "9" * 19, "9" * 5000)
        ),
    ]
    bodies = set()
    for token in wrong:
        answer = sent.client.get(PATHS[OPINION] + token)
        assert answer.status_code == 404, token
        bodies.add(answer.text)
    assert len(bodies) == 1


def test_a_link_two_years_old_is_dead(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    site.clock.advance(VALID + timedelta(days=1))
    assert site.client.get(link).status_code == 404


def test_links_of_an_older_key_work_until_they_are_two_years_old(site: Site) -> None:
    person = site.person(ANNE)
    old = site.links.preferences(person.id)
    site.app.keys.rotate()
    new = site.links.preferences(person.id)
    assert old.split(".")[0] != new.split(".")[0]
    assert [site.client.get(link).status_code for link in (old, new)] == [200, 200]
    site.clock.advance(VALID)
    assert site.client.get(old).status_code == 200
    site.clock.advance(timedelta(days=1))
    assert site.client.get(old).status_code == 404


def test_preferences_are_kept_and_shown_again(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    chosen = {
        "rythme": "paused",
        "reprise": "2027-01-04",
        "rubrique": ["seize", "deadlines"],
        "mots": "restauration collective,  Bretagne\n,bretagne,",
    }
    answer = site.client.post(link, data=chosen)
    assert answer.status_code == 200
    person = site.person(ANNE)
    assert (person.rhythm, str(person.paused_until)) == ("paused", "2027-01-04")
    assert "understand" in person.sections_off
    assert "seize" not in person.sections_off
    assert person.muted == ("restauration collective", "Bretagne", "bretagne")
    again = site.client.get(link).text
    assert 'value="paused" checked' in again
    assert "restauration collective, Bretagne" in again
    assert 'value="2027-01-04"' in again


def test_languages_and_sources_are_chosen_from_what_was_sent(sent: Site) -> None:
    person = sent.person(ANNE)
    link = sent.links.preferences(person.id)
    page = sent.client.get(link).text
    (source, *_) = re.findall(r'name="source" value="([^"]+)"', page)
    sent.client.post(link, data={"rythme": "weekly", "source": source, "langue": ["fr", "xx"]})
    person = sent.person(ANNE)
    assert (person.muted_sources, person.languages) == ((source,), ("fr",))
    again = sent.client.get(link).text
    assert f'name="source" value="{source}" checked' in again
    assert 'name="langue" value="fr" checked' in again


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rythme": "paused", "reprise": "2026-02-30"}, "pas une date"),
        ({"rythme": "paused", "reprise": "2020-01-01"}, "passée"),
        ({"rythme": "weekly", "mots": ",".join(f"mot {n}" for n in range(50))}, "Au plus 40"),
        ({"rythme": "weekly", "mots": "x" * 61}, "Au plus 40"),
    ],
)
def test_what_cannot_be_kept_is_said_and_changes_nothing(site: Site, fields: dict, said: str) -> None:
    answer = site.client.post(site.links.preferences(site.person(ANNE).id), data=fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert site.person(ANNE).rhythm == "weekly"


def test_what_was_written_is_still_there_where_a_field_is_wrong(site: Site) -> None:
    fields = {
        "rythme": "paused", "reprise": "2020-01-01", "mots": "restauration collective", "rubrique": ["seize"],
        "langue": ["de"], "alertes": "alertes",
    }  # fmt: skip
    page = site.client.post(site.links.preferences(site.person(ANNE).id), data=fields).text
    assert site.person(ANNE).muted == ()
    for said in (
        'value="paused" checked', 'value="2020-01-01"', ">restauration collective</textarea>", 'value="seize" checked',
        'value="de" checked', 'value="alertes" checked',
    ):  # fmt: skip
        assert said in page
    assert 'value="understand" checked' not in page


def test_a_pause_that_has_ended_is_none_and_the_day_is_the_clusters(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    site.client.post(link, data={"rythme": "paused", "reprise": "2026-11-27"})
    assert "jusqu’au 27 novembre 2026" in site.client.get(link).text
    site.clock.advance(timedelta(days=1, hours=14, minutes=30))  # 26 November 23:30 UTC, in Paris the 27th
    page = site.client.get(link).text
    assert 'value="weekly" checked' in page
    assert "27 novembre" not in page
    again = site.client.post(link, data={"rythme": "paused", "reprise": "2026-11-27"})
    assert "La date de reprise est passée" in again.text


@pytest.mark.parametrize(("reason", "back"), [("opt-out", True), ("bounce", False)])
def test_preferences_say_that_nothing_is_sent_to_an_address(site: Site, reason: str, *, back: bool) -> None:
    person = site.person(ANNE)
    site.app.members.suppress(ANNE, reason=reason, now=site.clock.now())
    answer = site.client.post(site.links.preferences(person.id), data={"rythme": "monthly", "reprise": ""})
    assert "Nous n’écrivons plus à cette adresse" in answer.text
    assert "Le prochain bulletin" not in answer.text
    assert ('value="revenir"' in site.client.get(site.links.unsubscribe(person.id)).text) is back


def test_markup_in_a_muted_term_is_only_text(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    site.client.post(link, data={"rythme": "weekly", "mots": "</textarea><script>alert(1)</script>"})
    assert "<script" not in site.client.get(link).text


def test_opinions_are_the_last_word_and_can_be_taken_back(sent: Site) -> None:
    site, person = sent, sent.person(ANNE)
    link = site.links.opinion(person.id, 2)
    site.client.get(link)
    assert site.app.opinions.of(person.id) == []
    site.client.post(link, data={"avis": "useful"})
    answer = site.client.post(link, data={"avis": "not_for_me", "raison": "too_big"})
    assert "trop gros pour nous" in answer.text
    site.client.post(link, data={"avis": "wanted"})
    held = {one.opinion: one.reason for one in site.app.opinions.of(person.id, 2)}
    assert held == {Opinion.NOT_FOR_ME: "too_big", Opinion.WANTED: ""}
    site.client.post(link, data={"avis": "wanted", "action": "retirer"})
    assert [one.opinion for one in site.app.opinions.of(person.id, 2)] == [Opinion.NOT_FOR_ME]


@pytest.mark.parametrize(
    "fields", [{"avis": "withdrawn"}, {"avis": "x"}, {"autre": "x"}, {"avis": "not_for_me", "raison": "x"}]
)
def test_an_unknown_opinion_is_refused(sent: Site, fields: dict) -> None:
    person = sent.person(ANNE)
    assert sent.client.post(sent.links.opinion(person.id, 2), data=fields).status_code == 400
    assert sent.app.opinions.of(person.id) == []


def test_what_is_not_for_me_does_not_come_again_even_changed(sent: Site) -> None:
    person = sent.person(ANNE)
    with sent.app.database.write() as session:  # moved deadlines: news to whoever has not refused them
        moved = update(ItemFactRow).where(ItemFactRow.name == "deadline")
        session.execute(moved.values(value="2027-01-15", previous="2026-12-18"))
        session.execute(update(ItemRow).values(version=2))
        session.execute(update(TaggingRow).values(item_version=2))
    sent.clock.advance(timedelta(days=5))

    def shown() -> set[int]:
        (mine,) = [one for one in sent.app.digest.build("hebdo")[0].drafted if one.subscriber.id == person.id]
        return {line.item_id for line in mine.bulletin.lines} if mine.bulletin else set()

    assert shown() == {2, 4, 6}
    sent.client.post(sent.links.opinion(person.id, 4), data={"avis": "not_for_me", "raison": "known"})
    assert shown() == {2, 6}


def test_preferences_change_the_next_bulletin(site: Site) -> None:
    person = site.person(ANNE)
    site.client.post(site.links.preferences(person.id), data={"rythme": "weekly", "rubrique": ["network"]})
    drafted = {one.subscriber.id: one for one in site.app.digest.build("hebdo")[0].drafted}
    assert drafted[person.id].bulletin is None
    assert drafted[site.person(BOB).id].bulletin is not None


def test_every_link_of_a_mail_opens(sent: Site) -> None:
    mail = next((sent.app.settings.var / "mail").glob("*.eml")).read_bytes()
    text = mail.replace(b"=\r\n", b"").replace(b"=3D", b"=").decode("utf-8", "replace")
    links = set(re.findall(r"https://veille\.example\.fr(/m/[A-Za-z0-9./_-]+)", text))
    assert {link.split("/")[2] for link in links} >= {"desinscription", "preferences", "avis", "bulletin", "agenda"}
    for link in links:
        assert sent.client.get(link).status_code == 200, link


def test_purposes_do_not_cross(site: Site) -> None:
    person = site.person(ANNE)
    token = site.links.token(PREFERENCES, str(person.id))
    assert site.client.post(PATHS[UNSUBSCRIBE] + token, data={"action": "partir"}).status_code == 404
    assert not left(site, ANNE)


def test_only_rhythms_that_a_digest_has_are_offered(site: Site) -> None:
    link = site.links.preferences(site.person(ANNE).id)
    text = site.client.get(link).text
    assert re.findall(r'name="rythme" value="(\w+)"', text) == ["weekly", "monthly", "paused"]
    assert site.client.post(link, data={"rythme": "daily"}).status_code == 400


def test_an_alert_makes_nobodys_bulletin_thin(site: Site) -> None:
    folder = site.app.settings.home / "digests" / "alerte"
    folder.mkdir(parents=True)
    (folder / "digest.yaml").write_text("alert: {days: 10, score: 0.3}\n", encoding="utf-8")
    site.app.members.prefer(site.person(ANNE).id, Preferences(rhythm="weekly", alerts=True), site.clock.now())
    send(site)
    sizes = site.app.profiling.last_sizes()
    pressing = [item(20, sector="agroalimentaire", title="Appel neuf : extraits végétaux", deadline="2026-12-04")]
    store_items(site.app.database, pressing)
    site.clock.advance(timedelta(days=3))
    site.app.digest.build("alerte")
    latest = site.app.issue_store.latest()
    assert latest is not None
    assert latest.digest == "alerte"
    assert site.app.profiling.last_sizes() == sizes
    assert sizes
