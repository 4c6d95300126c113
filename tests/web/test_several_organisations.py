"""A person who reads for two organisations: a bulletin for each, nothing twice, and one or both of them stopped."""

import email
import email.policy
import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from tests.web.conftest import ANNE, BOB, FRIDAY, WEDNESDAY, Site, send, send_made
from veille.cli.main import cli
from veille.digest.signs.reporting import report_of
from veille.digest.signs.wording import as_text
from veille.errors import InputError
from veille.matching.explain import find_member
from veille.model import DeliveryState, Member, Preferences, Subscriber
from veille.storage.tables import ItemFactRow, ItemRow


@pytest.fixture
def both(site: Site) -> Site:
    """Anne reads for Robotix too, and for a third organisation that has the trade of the first."""
    app = site.app
    robotix = next(one for one in app.members.members() if one.organisation == "Robotix")
    twin = Member(organisation="Végétalia", sectors=("agroalimentaire",), activity=("extraits végétaux",))
    app.members.save([(one, [Subscriber(email=ANNE)]) for one in (robotix, twin)], origin="test", now=WEDNESDAY)
    return site


def reading(site: Site, organisation: str) -> Subscriber:
    """Return Anne as that organisation's reader."""
    members = {one.id: one.organisation for one in site.app.members.members()}
    return next(
        one for one in site.app.members.subscribers() if one.email == ANNE and members[one.member_id] == organisation
    )


def mails(site: Site) -> list[EmailMessage]:
    """Return what left for Anne, by subject."""
    paths = (site.app.settings.home / "var" / "mail").glob("**/*.eml")
    found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]
    return sorted((one for one in found if one["To"] == ANNE), key=lambda one: str(one["Subject"]))  # type: ignore[misc]


def items(mail: EmailMessage) -> set[str]:
    part = mail.get_body(("plain",))
    assert part is not None
    return set(re.findall(r"https://exemple\.fr/\d+", part.get_content()))


def page(site: Site, organisation: str, action: str = "") -> str:
    link = site.links.unsubscribe(reading(site, organisation).id)
    answer = site.client.post(link, data={"action": action}) if action else site.client.get(link)
    assert answer.status_code == 200
    return answer.text


def test_each_organisation_has_its_mail_and_nothing_is_in_two(both: Site) -> None:
    send(both)
    (phytalis, robotix) = mails(both)
    assert str(phytalis["Subject"]).startswith("Phytalis")
    assert str(robotix["Subject"]).startswith("Robotix")
    assert items(phytalis)
    assert items(robotix)
    assert not items(phytalis) & items(robotix)
    assert phytalis["Message-ID"] != robotix["Message-ID"]
    skipped = {one.subscriber.id: one.skipped for one in both.app.issue_store.drafted(1)}
    twin = reading(both, "Végétalia").id
    assert skipped[twin] == "ce qui lui convient est dans un autre bulletin de la même adresse"


def test_what_left_for_one_organisation_is_not_sent_for_another_later(both: Site) -> None:
    send(both)
    twin = reading(both, "Végétalia")
    assert both.app.mail_ledger.seen([twin.id]) == {}
    both.clock.advance(FRIDAY - WEDNESDAY)
    both.clock.advance(FRIDAY - WEDNESDAY)
    both.clock.advance(FRIDAY - WEDNESDAY)
    (built,) = both.app.digest.build("hebdo")
    assert next(one.bulletin for one in built.drafted if one.subscriber.id == twin.id) is None
    number = next(iter(both.app.mail_ledger.seen([reading(both, "Phytalis").id]).values()))
    said = CliRunner().invoke(
        cli, ["--home", str(both.app.settings.home), "--now", both.clock.now().isoformat(),
              "why", str(next(iter(number))), "Végétalia"],
    )  # fmt: skip
    assert f"déjà envoyé à {ANNE}" in said.output


def test_one_bulletin_is_stopped_and_the_others_go_on(both: Site) -> None:
    both.app.digest.build("hebdo")
    both.app.digest.approve(by="Claire", name="hebdo")
    assert "Vous lisez pour plusieurs organisations" in page(both, "Robotix")
    assert reading(both, "Robotix").left_at is None  # opening the page wrote nothing
    after = page(both, "Robotix", "quitter")
    assert "vous ne recevrez plus le bulletin de Robotix" in after
    assert "Cette adresse lit encore pour une autre organisation" in after
    assert "Phytalis" not in after  # a mail is forwarded with its links
    both.clock.advance(FRIDAY - WEDNESDAY)
    both.app.digest.send("hebdo")
    assert [str(one["Subject"]).split(" :")[0] for one in mails(both)] == ["Phytalis"]
    states = {one.subscriber_id: one.state for one in both.app.mail_ledger.deliveries(1)}
    assert states[reading(both, "Robotix").id] is DeliveryState.SUPPRESSED
    assert "vous recevrez de nouveau le bulletin de Robotix" in page(both, "Robotix", "revenir")
    assert reading(both, "Robotix").left_at is None


def test_who_left_one_organisation_is_drafted_nothing_for_it(both: Site) -> None:
    page(both, "Phytalis", "quitter")
    (built,) = both.app.digest.build("hebdo")
    found = {one.subscriber.id: one for one in built.drafted}
    left = found[reading(both, "Phytalis").id]
    assert (left.bulletin, left.skipped) == (None, "a quitté le bulletin de cette organisation")
    assert found[reading(both, "Végétalia").id].bulletin is not None


@pytest.mark.parametrize("field", [{"action": "partir"}, {"List-Unsubscribe": "One-Click"}])
def test_leaving_all_and_a_mail_program_stop_every_bulletin(both: Site, field: dict[str, str]) -> None:
    both.app.digest.build("hebdo")
    both.client.post(both.links.unsubscribe(reading(both, "Robotix").id), data=field)
    send_made(both)
    assert mails(both) == []
    assert "nous n’écrirons plus à cette adresse" in page(both, "Phytalis")


def test_erasure_asked_on_one_page_is_of_the_whole_person(both: Site) -> None:
    first, second = reading(both, "Phytalis"), reading(both, "Robotix")
    assert "pour aucune de vos organisations" in both.client.get(both.links.holdings(first.id)).text
    both.client.post(both.links.holdings(first.id), data={"action": "effacer"})
    assert both.app.erasures.asked(second.id) is not None
    assert list(both.app.profiling.waiting()) == [ANNE]
    page(both, "Robotix", "revenir")  # taken back on no other page than the one for it
    assert both.app.members.suppressed([ANNE])
    both.client.post(both.links.holdings(second.id), data={"action": "garder"})
    assert both.app.profiling.waiting() == {}
    assert not both.app.members.suppressed([ANNE])


def test_erasing_an_address_erases_it_as_each_organisations_reader(both: Site) -> None:
    send(both)
    app = both.app
    held = app.people.held(reading(both, "Phytalis").id)
    assert {row["organisation"] for row in held["member"]} == {"Phytalis", "Robotix", "Végétalia"}
    assert len(held["delivery"]) == 2
    app.profiling.erase(app.profiling.person(ANNE))
    assert [one.email for one in app.members.subscribers() if one.email == ANNE] == []
    assert {one.organisation for one in app.members.members()} == {"Phytalis", "Robotix", "Végétalia"}


def test_a_command_that_names_the_address_asks_for_which_organisation(both: Site) -> None:
    both.app.digest.build("hebdo")
    with pytest.raises(InputError, match="lit pour Phytalis et Robotix et Végétalia") as caught:
        both.app.digest.preview(ANNE, "hebdo")
    assert caught.value.cure == "nommez l'organisation"
    with pytest.raises(InputError, match="lit pour"):
        find_member(ANNE, both.app.members.members(), both.app.members.subscribers())
    rendered, _ = both.app.digest.preview("Phytalis", "hebdo")
    assert rendered.subject.startswith("Phytalis")


def test_staff_see_who_left_which_organisation(both: Site) -> None:
    page(both, "Robotix", "quitter")
    home = str(both.app.settings.home)
    listed = CliRunner().invoke(cli, ["--home", home, "members", "list"]).output
    assert "Robotix · — · industrie-du-futur · anne@phytalis.example.fr (a quitté), bob@robotix.example.fr" in listed
    assert "a quitté" in CliRunner().invoke(cli, ["--home", home, "profile", "Robotix"]).output
    assert "a quitté" not in CliRunner().invoke(cli, ["--home", home, "profile", "Phytalis"]).output


def test_preferences_are_each_organisations_own(both: Site) -> None:
    one, other = reading(both, "Phytalis"), reading(both, "Robotix")
    link = both.links.preferences(one.id)
    assert "Ces réglages valent pour le bulletin de Phytalis" in both.client.get(link).text
    both.client.post(link, data={"rythme": "monthly", "reprise": "", "mots": "Bretagne"})
    assert reading(both, "Phytalis").rhythm == "monthly"
    assert reading(both, "Robotix") == other


def test_the_friday_report_counts_who_stopped_one_of_several_bulletins(both: Site) -> None:
    send(both)
    issue = both.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None

    def told() -> dict[str, int]:
        return dict(report_of(both.app.returning.reports, issue).left)

    assert told() == {}
    page(both, "Végétalia", "quitter")  # it was sent nothing: its leaving tells nothing of this issue
    page(both, "Robotix", "quitter")
    assert told() == {"one": 1}
    assert "bulletins d'une seule organisation arrêtés : 1" in as_text(report_of(both.app.returning.reports, issue))
    page(both, "Phytalis", "partir")
    assert told() == {"page": 1}  # the whole person, once


def test_coming_back_to_all_says_that_all_come_back(both: Site) -> None:
    page(both, "Robotix", "quitter")
    after = page(both, "Phytalis", "partir")
    assert "Recevoir de nouveau tous mes bulletins" in after  # Végétalia's too
    assert "vous recevrez de nouveau tous vos bulletins" in page(both, "Phytalis", "revenir")
    assert reading(both, "Robotix").left_at is not None  # left before, by itself


def test_staff_see_who_is_written_to_no_more_and_why(both: Site) -> None:
    app, now = both.app, both.clock.now()
    home = ["--home", str(app.settings.home), "--now", now.isoformat()]
    app.members.suppress(ANNE, reason="opt-out", now=now)
    app.members.suppress(BOB, reason="bounce", now=now)
    listed = CliRunner().invoke(cli, [*home, "members", "list"]).output
    assert "anne@phytalis.example.fr (désinscrit), bob@robotix.example.fr (adresse qui refuse)" in listed
    app.members.release(ANNE, reason="opt-out")
    until = Preferences(rhythm="paused", paused_until=now.date() + timedelta(days=3))
    app.members.prefer(reading(both, "Robotix").id, until, now)
    assert "en pause jusqu'au 28 novembre 2026" in CliRunner().invoke(cli, [*home, "profile", "Robotix"]).output
    both.clock.advance(timedelta(days=4))  # over: as if there were none
    later = ["--home", str(app.settings.home), "--now", both.clock.now().isoformat()]
    assert "en pause" not in CliRunner().invoke(cli, [*later, "members", "list"]).output
    assert "· chaque semaine ·" in CliRunner().invoke(cli, [*later, "profile", "Robotix"]).output


def test_what_is_not_for_me_comes_again_for_none_of_my_organisations(both: Site) -> None:
    """The page says « ne vous sera plus proposé », whose only way back would be a day that moves."""
    send(both)
    first, twin = reading(both, "Phytalis"), reading(both, "Végétalia")
    said = min(both.app.mail_ledger.seen([first.id])[first.id])
    feed = both.client.get(both.links.feed(twin.id, "json")).text
    both.client.post(both.links.opinion(first.id, said), data={"avis": "not_for_me", "raison": "known"})
    after = both.client.get(both.links.feed(twin.id, "json")).text
    assert (f'item-{said}"' in feed, f'item-{said}"' in after) == (True, False)
    moved = update(ItemFactRow).where(ItemFactRow.item_id == said, ItemFactRow.name == "deadline")
    with both.app.database.write() as session:
        session.execute(moved.values(value="2027-01-15", previous="2026-12-18"))
        session.execute(update(ItemRow).where(ItemRow.id == said).values(version=ItemRow.version + 1))
    both.clock.advance(FRIDAY - WEDNESDAY)
    both.clock.advance(timedelta(days=3))
    (built,) = both.app.digest.build("hebdo")
    assert said not in {line.item_id for one in built.drafted if one.subscriber.email == ANNE for line in one.selection}
