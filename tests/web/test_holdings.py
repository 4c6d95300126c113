"""« Mes données »: what is held is shown and given, and its erasure asked for, by a POST alone."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from tests.web.conftest import ANNE, BOB, Site
from veille.cli.main import cli
from veille.model import Member, Subscriber


def test_what_is_held_says_whence_since_when_and_on_what_basis(sent: Site) -> None:
    person = sent.person(ANNE)
    sent.client.post(sent.links.opinion(person.id, 2), data={"avis": "not_for_me", "raison": "too_big"})
    page = sent.client.get(sent.links.holdings(person.id)).text
    for words in ("a…@phytalis.example.fr", "test, depuis le 25 novembre 2026", "adhésion", "trop gros pour nous"):
        assert words in page
    assert ANNE not in page


def test_the_file_has_it_all_but_the_address_and_nobody_else(sent: Site) -> None:
    person = sent.person(ANNE)
    sent.client.post(sent.links.opinion(sent.person(BOB).id, 1), data={"avis": "wanted"})
    answer = sent.client.get(sent.links.holdings(person.id) + ".json")
    assert answer.headers["content-disposition"] == 'attachment; filename="mes-donnees.json"'
    held = answer.json()
    assert held["personne"]["email"] == "a…@phytalis.example.fr"
    assert held["organisation"]["organisation"] == "Phytalis"
    assert len(held["articles_envoyes"]) == len(sent.app.mail_ledger.seen([person.id])[person.id])
    assert held["avis"] == []
    assert ANNE not in answer.text


def test_whom_an_organisation_follows_goes_round_with_no_forwarded_mail(site: Site) -> None:
    (mine,) = (one for one in site.app.members.members() if one.organisation == "Phytalis")
    site.app.members.save([(replace(mine, follows=("Nutrabel",)), [])], origin="test", now=site.clock.now())
    person = site.person(ANNE)
    shown = site.links.profile(person.id), site.links.holdings(person.id), site.links.holdings(person.id) + ".json"
    for link in shown:
        assert "Nutrabel" not in site.client.get(link).text


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_asks_for_nothing(site: Site, method: str) -> None:
    person = site.person(ANNE)
    getattr(site.client, method)(site.links.holdings(person.id))
    assert site.app.erasures.waiting() == {}


def test_a_request_stops_mail_at_once_and_keeps_its_first_day(site: Site) -> None:
    person = site.person(ANNE)
    link, asked = site.links.holdings(person.id), site.clock.now()
    assert "effacera vos données sous un mois" in site.client.post(link, data={"action": "effacer"}).text
    site.clock.advance(site.clock.now() - asked + (site.clock.now() - asked))
    site.client.post(link, data={"action": "effacer"})
    assert site.app.erasures.waiting() == {person.id: asked}
    assert site.app.members.suppressed([ANNE])


def test_a_request_taken_back_leaves_an_older_unsubscription_alone(site: Site) -> None:
    person = site.person(ANNE)
    link = site.links.holdings(person.id)
    site.client.post(link, data={"action": "effacer"})
    site.client.post(link, data={"action": "garder"})
    assert site.app.erasures.asked(person.id) is None
    assert not site.app.members.suppressed([ANNE])
    site.client.post(site.links.unsubscribe(person.id), data={"action": "partir"})
    site.client.post(link, data={"action": "effacer"})
    site.client.post(link, data={"action": "garder"})
    assert site.app.members.suppressed([ANNE])


def test_a_request_taken_back_leaves_a_later_unsubscription_alone(site: Site) -> None:
    person = site.person(ANNE)
    link = site.links.holdings(person.id)
    site.client.post(link, data={"action": "effacer"})
    site.client.post(site.links.unsubscribe(person.id), data={"List-Unsubscribe": "One-Click"})
    site.client.post(link, data={"action": "garder"})
    assert site.app.members.suppressed([ANNE])


def test_coming_back_does_not_undo_a_request_to_be_erased(site: Site) -> None:
    person = site.person(ANNE)
    leave = site.links.unsubscribe(person.id)
    site.client.post(leave, data={"action": "partir"})
    site.client.post(site.links.holdings(person.id), data={"action": "effacer"})
    page = site.client.post(leave, data={"action": "revenir"}).text
    assert "demandé l’effacement" in page
    assert "revenir" not in page.split("<main")[-1]
    assert site.app.members.suppressed([ANNE])


def test_an_unknown_wish_is_refused(site: Site) -> None:
    assert site.client.post(site.links.holdings(site.person(ANNE).id), data={"action": "x"}).status_code == 400
    assert site.app.erasures.waiting() == {}


def test_requests_of_another_cluster_are_not_shown(site: Site) -> None:
    from veille.storage.erasure_store import SqlErasureStore

    site.client.post(site.links.holdings(site.person(ANNE).id), data={"action": "effacer"})
    other = SqlErasureStore(site.app.database, "autre")
    assert other.waiting() == {}
    other.withdraw(site.person(ANNE).id)
    assert site.app.erasures.asked(site.person(ANNE).id) is not None


def test_staff_see_who_waits_and_until_when(site: Site) -> None:
    home = ["--home", str(site.app.settings.home), "--now", "2026-11-26T10:00", "members", "erasures"]
    assert "personne n'attend" in CliRunner().invoke(cli, home).output
    site.client.post(site.links.holdings(site.person(ANNE).id), data={"action": "effacer"})
    told = CliRunner().invoke(cli, home).output
    assert f"{ANNE} : demandé le 25 novembre 2026, à faire avant le 23 décembre 2026" in told
    assert BOB not in told


def test_a_name_with_markup_is_only_text(site: Site) -> None:
    member = Member(organisation="<script>alert(1)</script>")
    site.app.members.save(
        [(member, [Subscriber(email="x@y.example.fr", last_name="<b>")])], origin="<i>liste</i>", now=site.clock.now()
    )
    page = site.client.get(site.links.holdings(site.person("x@y.example.fr").id)).text
    assert "<script" not in page
    assert "<i>" not in page
