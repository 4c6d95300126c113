"""Between two bulletins: what cannot wait, to who asked for it, once a day at most and never again in the bulletin."""

from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from shutil import copyfile

import pytest

from tests.digest.builders import item, match, member, store_items, subscriber
from tests.web.conftest import WEDNESDAY
from veille.app import App
from veille.config.digests import Alert, load_digest, load_digests
from veille.config.settings import load_settings
from veille.digest.choosing.select import Offer
from veille.digest.choosing.urgency import pressing, worth_a_mail
from veille.model import Handpicked, Member, Preferences, SeenItem, Subscriber
from veille.testing import FrozenClock

DIGESTS = Path(__file__).parents[2] / "digests"
ALERT = Alert(days=10, score=0.5)
TODAY = date(2026, 11, 25)


def closing(number: int, days: int, **changes: object):
    return item(number, deadline=(TODAY + timedelta(days=days)).isoformat(), **changes)


def test_only_what_closes_within_days_or_was_put_first_presses() -> None:
    items = [closing(1, 0), closing(2, 9), closing(3, 10), closing(4, -1), closing(5, 40), item(6, deadline=None),
             closing(7, 3, facts={"deadline_state": "check"}), closing(8, 60, also=(80,)), closing(9, 70)]  # fmt: skip
    picked = Handpicked(pins=(5, 80), own={3: (9,)})
    assert [one.id for one in pressing(ALERT, items, TODAY, picked)] == [1, 2, 5, 8, 9]


def test_a_mail_is_worth_what_suits_well_or_was_put_first_and_was_never_sent() -> None:
    def offered(number: int, score: float, **changes: object) -> Offer:
        return Offer(item=item(number), match=match(number, score), section="seize", **changes)  # type: ignore[arg-type]

    sent = SeenItem(item_id=4, item_version=1, deadline=None, at=WEDNESDAY)
    offers = [offered(1, 0.5), offered(2, 0.49), offered(3, 0.1, pinned=0), offered(4, 0.9, seen=sent)]
    assert [one.item.id for one in worth_a_mail(ALERT, offers)] == [1, 3]
    assert member(1).id == subscriber(1).member_id


def test_the_digests_that_ship_are_a_weekly_a_monthly_and_an_alert() -> None:
    found = {name: (one.digest.rhythm, one.digest.alert is not None) for name, one in load_digests([DIGESTS]).items()}
    assert found == {"alerte": ("daily", True), "hebdo": ("weekly", False), "mensuel": ("monthly", False)}
    monthly = load_digest([DIGESTS], "mensuel").digest
    assert (monthly.build.day, monthly.build.at < monthly.send.at) == (monthly.send.day, True)


ANNE, BOB = "anne@phytalis.example.fr", "bob@phytalis.example.fr"


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path):
    """Two readers of one organisation; two calls suit it, one of which closes on Monday."""
    home = tmp_path / "maison"
    (home / "var").mkdir(parents=True)
    copyfile(sqlite_template, home / "var" / "veille.sqlite")
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\nname = "Pôle"\n[site]\nurl = "https://veille.example.fr"\n'
        '[mail]\nsender = "veille@pole.example.fr"\n',
        encoding="utf-8",
    )
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    app = App(load_settings(home), clock=FrozenClock(WEDNESDAY))
    profile = Member(organisation="Phytalis", sectors=("agroalimentaire",), activity=("extraits végétaux",))
    app.members.save([(profile, [Subscriber(email=ANNE), Subscriber(email=BOB)])], origin="test", now=WEDNESDAY)
    words = "extraits végétaux"
    store_items(app.database, [
        item(1, sector="agroalimentaire", title=f"Appel à projets {words}", deadline="2026-11-30"),
        item(2, sector="agroalimentaire", title=f"Aide aux {words}", deadline="2027-02-26"),
    ])  # fmt: skip
    yield app
    app.database.close()


def ask_for_alerts(app: App) -> Subscriber:
    anne = next(one for one in app.members.subscribers() if one.email == ANNE)
    app.members.prefer(anne.id, Preferences(rhythm="weekly", alerts=True), app.clock.now())
    return anne


def tick(app: App, *, hours: int = 0) -> list[str]:
    app.clock.advance(timedelta(hours=hours))  # type: ignore[attr-defined]
    return list(app.digest.run_due())


def mails(app: App) -> list[EmailMessage]:
    """Return the mails that left, oldest first."""
    paths = (app.settings.home / "var" / "mail").glob("**/*.eml")
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    return sorted(found, key=lambda mail: parsedate_to_datetime(mail["Date"]))  # type: ignore[arg-type]


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_nobody_asked_nothing_is_made(house: App) -> None:
    tick(house, hours=4)
    assert house.issue_store.latest("alerte") is None
    assert house.issue_store.latest("mensuel") is None
    assert house.issue_store.latest("hebdo") is not None


def test_who_asked_gets_what_presses_once_and_the_bulletin_does_not_repeat_it(house: App) -> None:
    ask_for_alerts(house)
    tick(house, hours=1)  # 10:00 UTC is 11:00 in Paris
    (mail,) = mails(house)
    assert mail["To"] == ANNE
    assert mail["Subject"].startswith("Alerte · Phytalis")
    assert "Sélection automatique, non relue" in text(mail)
    assert "Appel à projets extraits végétaux" in text(mail)
    assert [tick(house, hours=1) for _ in range(3)] == [[], [], []]
    assert len(mails(house)) == 1
    weekly = {one.subscriber.email: one for one in house.issue_store.drafted(house.digest.build("hebdo")[0].issue.id)}
    placed = {who: {s.kind: [line.item_id for line in s.lines] for s in one.bulletin.sections}  # type: ignore[union-attr]
              for who, one in weekly.items()}  # fmt: skip
    # closing on Monday, it is at most recalled in one line to who had the alert
    assert placed[ANNE]["seize"] == [2]
    assert set(placed[ANNE].get("deadlines", [])) <= {1}
    assert sorted(placed[BOB]["seize"]) == [1, 2]


def test_the_next_day_has_no_alert_where_nothing_new_presses(house: App) -> None:
    ask_for_alerts(house)
    tick(house, hours=1)
    said = tick(house, hours=24)
    assert not [line for line in said if "alerte" in line]
    assert len(mails(house)) == 1


def test_what_staff_put_first_is_told_before_its_week(house: App) -> None:
    ask_for_alerts(house)
    tick(house, hours=1)
    house.digest.curation.pin(2, by="Claire", name="hebdo")
    tick(house, hours=24)
    first, second = mails(house)
    assert "Aide aux extraits" not in text(first)
    assert "Aide aux extraits" in text(second)
