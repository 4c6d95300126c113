"""Between two bulletins: what cannot wait, at once, to who asked for it, never two mails a day nor twice the same."""

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
from veille.config.digests import Alert, Definition, load_digest, load_digests
from veille.config.settings import load_settings
from veille.digest.choosing.select import Offer
from veille.digest.choosing.urgency import pressing, worth_a_mail
from veille.digest.desk import Built
from veille.digest.making import Maker
from veille.model import Handpicked, IssueState, Item, Member, Preferences, SeenItem, Subscriber
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
    alert_yaml(home)
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


def alert_yaml(home: Path, *lines: str) -> None:
    """Ask for less than what ships: where there are a few items only, no word is rare and none scores high."""
    folder = home / "digests" / "alerte"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digest.yaml").write_text("\n".join((*lines, "alert: {days: 10, score: 0.5}", "")), encoding="utf-8")


def ask_for_alerts(app: App, email: str = ANNE) -> None:
    person = next(one for one in app.members.subscribers() if one.email == email)
    app.members.prefer(person.id, Preferences(rhythm="weekly", alerts=True), app.clock.now())


def pressing_call(number: int) -> Item:
    words = f"Appel n° {number} : gommes aux extraits végétaux"
    return item(number, sector="agroalimentaire", title=words, deadline="2026-12-01")


def advance(app: App, **by: int) -> None:
    app.clock.advance(timedelta(**by))  # type: ignore[attr-defined]


def tick(app: App, *, hours: int = 0) -> list[str]:
    advance(app, hours=hours)
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


def test_who_asked_gets_what_presses_at_once_and_the_bulletin_does_not_repeat_it(house: App) -> None:
    ask_for_alerts(house)
    assert [line for line in tick(house) if "alerte" in line] == [
        "alerte 2026-11-25-1 : 1 lecteur",
        "édition alerte 2026-11-25-1 approuvée sans personne — repli : sélection automatique",
        "édition alerte 2026-11-25-1 : 1 mail remis sur 1",
    ]
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


def test_nobody_gets_two_a_day_and_the_next_day_tells_what_waited(house: App) -> None:
    ask_for_alerts(house)
    tick(house)
    store_items(house.database, [pressing_call(3)])
    tick(house, hours=1)
    assert len(mails(house)) == 1
    tick(house, hours=23)
    first, second = mails(house)
    assert "Appel n° 3" not in text(first)
    assert "Appel n° 3" in text(second)
    assert "Appel à projets extraits" not in text(second)


def test_who_asks_later_that_day_gets_theirs_and_nobody_else_a_second(house: App) -> None:
    ask_for_alerts(house)
    tick(house)
    ask_for_alerts(house, BOB)
    tick(house, hours=1)
    assert [mail["To"] for mail in mails(house)] == [ANNE, BOB]
    assert house.issue_store.find("alerte", "2026-11-25-2") is not None


def test_no_alert_on_the_day_of_a_bulletin_sent_or_still_to_leave(house: App) -> None:
    tick(house)  # Wednesday's draft of the week
    ask_for_alerts(house)
    advance(house, days=1, hours=22)  # Friday 07:00 UTC: the bulletin left, or waits for approval
    tick(house)
    assert house.issue_store.latest("alerte") is None
    house.digest.approve(by="Claire", name="hebdo")
    tick(house)
    tick(house, hours=1)
    assert sorted(mail["To"] for mail in mails(house)) == [ANNE, BOB]
    assert not [mail for mail in mails(house) if mail["Subject"].startswith("Alerte")]


def test_nothing_is_looked_for_outside_the_sending_hours(house: App) -> None:
    ask_for_alerts(house)
    advance(house, hours=11)  # 21:00 in Paris
    tick(house)
    assert house.issue_store.latest("alerte") is None
    advance(house, hours=10)  # 07:00 on Thursday
    tick(house)
    assert len(mails(house)) == 1


def test_it_looks_every_quarter_of_an_hour_and_sooner_where_something_came(
    house: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_alerts(house)
    looked: list[int] = []
    build = Maker.build

    def counted(maker: Maker, definition: Definition) -> Built:
        if definition.digest.alert is not None:
            looked.append(minute)
        return build(maker, definition)

    monkeypatch.setattr(Maker, "build", counted)
    for minute in range(40):
        list(house.digest.run_due(news=minute == 20))
        house.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert looked == [0, 15, 20, 35]
    for minute in range(10):  # noqa: B007 - told by `counted`
        list(house.digest.run_due(news=True))
        house.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert looked[4:] == [0, 3, 6, 9]


def test_what_staff_put_first_is_told_before_its_week(house: App) -> None:
    ask_for_alerts(house)
    tick(house)
    house.digest.curation.pin(2, by="Claire", name="hebdo")
    tick(house, hours=24)
    first, second = mails(house)
    assert "Aide aux extraits" not in text(first)
    assert "Aide aux extraits" in text(second)


def test_a_death_between_its_draft_and_its_mails_loses_and_doubles_nothing(house: App) -> None:
    ask_for_alerts(house)
    steps = house.digest.run_due()
    while "alerte 2026-11-25-1" not in next(steps):
        assert not mails(house)
    steps.close()  # killed: the draft is written, nobody has it
    again = App(load_settings(house.settings.home), clock=house.clock)
    list(again.digest.run_due())
    list(again.digest.run_due())
    again.database.close()
    assert [mail["To"] for mail in mails(house)] == [ANNE]
    assert house.issue_store.find("alerte", "2026-11-25-2") is None


def test_two_runs_at_once_make_one_alert(house: App, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for_alerts(house)
    other = App(load_settings(house.settings.home), clock=house.clock)
    draft, raced = Maker._draft, []

    def slow(maker: Maker, definition: Definition, *rest: object, **more: object) -> object:
        made = draft(maker, definition, *rest, **more)  # type: ignore[arg-type]
        if definition.digest.alert is not None and not raced:
            raced.append(True)
            list(other.digest.run_due())  # the other one looks, drafts and sends meanwhile
        return made

    monkeypatch.setattr(Maker, "_draft", slow)
    list(house.digest.run_due())
    tick(house, hours=1)
    other.database.close()
    assert raced
    assert [mail["To"] for mail in mails(house)] == [ANNE]


def test_a_held_alert_waits_for_staff_and_nobody_gets_another_beside_it(house: App) -> None:
    alert_yaml(house.settings.home, "fallback: hold")
    ask_for_alerts(house)
    assert any("n'est pas approuvée" in line for line in tick(house))
    store_items(house.database, [pressing_call(3)])
    tick(house, hours=1)
    assert mails(house) == []
    house.digest.approve(by="Claire", name="alerte")
    tick(house)
    assert [mail["To"] for mail in mails(house)] == [ANNE]


def test_released_in_an_absence_it_is_for_the_same_readers_only(house: App) -> None:
    ask_for_alerts(house)
    tick(house)
    ask_for_alerts(house, BOB)
    house.digest.living.away(date(2026, 11, 30), since=None, by="Claire")
    tick(house, hours=1)
    assert sorted(mail["To"] for mail in mails(house)).count(ANNE) == 1


def test_a_draft_of_all_digests_by_hand_makes_no_alert(house: App) -> None:
    ask_for_alerts(house)
    assert [built.issue.digest for built in house.digest.build()] == ["hebdo"]
    (built,) = house.digest.build("alerte")
    assert [one.subscriber.email for one in built.drafted] == [ANNE]
    (again,) = house.digest.build("alerte")  # whoever has one today has no other
    assert (again.issue.id, list(again.drafted)) == (0, [])


def paced(house: App, per_day: int) -> App:
    """Return the same instance, whose relay takes so many mails a day."""
    told = house.settings.home / "veille.toml"
    before = told.read_text(encoding="utf-8").partition("[pace]")[0]
    told.write_text(f"{before}[pace]\nper_day = {per_day}\n", encoding="utf-8")
    return App(load_settings(house.settings.home), clock=house.clock)


def test_whom_a_quota_left_out_of_yesterdays_alert_is_told_once_the_next_day(house: App) -> None:
    slow = paced(house, 1)
    ask_for_alerts(slow)
    ask_for_alerts(slow, BOB)
    tick(slow)
    slow.database.close()
    store_items(house.database, [pressing_call(3)])
    wide = paced(house, 5)
    tick(wide, hours=22)
    for _ in range(6):
        tick(wide, hours=1)
    wide.database.close()
    assert sorted(str(mail["To"]) for mail in mails(house)) == [ANNE, ANNE, BOB]
    first = house.issue_store.find("alerte", "2026-11-25-1")
    assert first is not None
    assert first.state is IssueState.DONE
    assert first.stale_at is not None
    assert first.stale_at.astimezone(house.settings.cluster.zone).isoformat() <= "2026-11-26T00"


def test_no_alert_while_a_bulletin_spread_over_days_still_has_to_reach_that_reader(house: App) -> None:
    tick(house)  # Wednesday's draft of the week
    slow = paced(house, 1)
    advance(slow, days=1, hours=22)
    slow.digest.approve(by="Claire", name="hebdo")
    tick(slow)  # Friday: Anne's leaves
    slow.database.close()
    words = "Appel neuf : extraits végétaux"
    store_items(house.database, [item(3, sector="agroalimentaire", title=words, deadline="2026-12-04")])
    ask_for_alerts(house, BOB)
    wide = paced(house, 5)
    advance(wide, days=3)
    tick(wide)  # Monday: Bob's leaves
    wide.database.close()
    assert [mail["To"] for mail in mails(house)] == [ANNE, BOB]
    assert house.issue_store.latest("alerte") is None


def test_what_staff_cancelled_is_not_made_again_the_same_day(house: App) -> None:
    alert_yaml(house.settings.home, "fallback: hold")
    ask_for_alerts(house)
    tick(house)
    house.digest.living.cancel(by="Claire", why="erreur", name="alerte")
    tick(house, hours=1)
    assert house.issue_store.find("alerte", "2026-11-25-2") is None
    tick(house, hours=23)
    assert house.issue_store.find("alerte", "2026-11-26-1") is not None


def test_an_alert_is_corrected_like_any_issue(house: App) -> None:
    ask_for_alerts(house)
    tick(house)
    house.digest.errata.make("2026-11-25-1", 1, "L'appel clôt le 5 décembre, non le 30 novembre.", name="alerte")
    assert "n'est pas approuvée" in tick(house, hours=1)[0]
    house.digest.approve(by="Claire", name="alerte_erratum")
    house.digest.send("alerte_erratum")
    alert, correction = mails(house)
    assert (correction["To"], correction["In-Reply-To"]) == (ANNE, alert["Message-ID"])
    assert "L'appel clôt le 5 décembre, non le 30 novembre." in text(correction)
