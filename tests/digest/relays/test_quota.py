"""An issue that a relay's quota spreads over days: foreseen by the limits that sending obeys, said before it leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.digest.builders import item, store_items
from tests.digest.probing.mails import LETTER, SIGNER, lookup
from tests.inside import inside
from veille.config.sending_hours import DAYS, SendingHours
from veille.config.settings import Settings
from veille.digest.hours import Hours
from veille.digest.mail.message import build
from veille.digest.mail.pace import Limits, Tap
from veille.digest.probing.signatures import Hold, part, signatures
from veille.digest.relays.known import for_relay, host_of, known_relay, relay_remarks
from veille.digest.relays.quota import remark, spread
from veille.holidays import NONE
from veille.model.sending import RateState
from veille.storage.db import Database

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
ALWAYS = Hours(
    SendingHours(days=DAYS, start="00:00", end="23:59"),
    PARIS,
    NONE,
)
WEEK = Hours(SendingHours(), PARIS, NONE)


def foreseen(mails: int, hours: Hours = ALWAYS, *, window: int = 48, known: RateState | None = None, **limits: int):
    pace = Limits(**limits)
    end = FRIDAY + timedelta(hours=window)
    found = spread(mails, pace, known, hours, start=FRIDAY, end=end)
    return found, remark(found, pace, hours, end=end)


def test_nine_hundred_mails_at_three_hundred_a_day_take_three_days() -> None:
    found, said = foreseen(900, window=72, per_day=300)
    assert (found.in_time, found.days) == (900, 3)
    assert said == "900 mails à 300 par jour : l'envoi prendra 3 jours, jusqu'au dimanche 29 novembre à 07:40."


def test_a_window_that_is_too_short_is_said_before_approval() -> None:
    found, said = foreseen(900, window=24, per_day=300)
    assert (found.in_time, found.days) == (300, 3)
    assert said.startswith("il faudrait 3 jours : 900 mails à 300 par jour, et l'édition est périmée le samedi")
    assert "600 ne partiraient pas" in said


@pytest.mark.parametrize("limits", [{}, {"per_day": 300}, {"per_hour": 1_000}])
def test_what_leaves_in_one_day_needs_no_word(limits: dict[str, int]) -> None:
    assert foreseen(300, **limits)[1] == ""


def test_what_was_sent_today_already_counts() -> None:
    tap = Tap(RateState(key="relay", tokens=1.0, at=FRIDAY), Limits(per_day=300))
    for _ in range(250):
        tap.take(FRIDAY - timedelta(hours=1))
    found, said = foreseen(300, known=tap.state, per_day=300)
    assert found.days == 2
    assert "l'envoi prendra 2 jours" in said


def test_warming_up_doubles_each_day() -> None:
    found, _ = foreseen(700, window=240, warm_up=100)
    assert (found.in_time, found.days) == (700, 3)


def test_days_off_count_for_nothing() -> None:
    found, said = foreseen(900, WEEK, window=72, per_day=300)
    assert (found.in_time, found.days) == (600, 3), "Friday and the opening of Monday"
    assert "300 ne partiraient pas" in said


def test_a_pace_that_never_ends_is_said_too() -> None:
    found, said = foreseen(10_000, per_day=10)
    assert found.days is None
    assert said.startswith("il faudrait plus de six semaines")


def test_approval_says_in_french_how_long_a_quota_makes_it(tmp_path: Path) -> None:
    home = tmp_path / "maison"
    assert inside("init", home).returncode == 0
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\n[mail]\nurl = "smtp://127.0.0.1:1"\nsender = "veille@pole.example.fr"\n'
        '[site]\nurl = "https://veille.example.fr"\n[pace]\nper_day = 5\n',
        encoding="utf-8",
    )
    rows = [f"Membre {number},p{number}@exemple.fr,encapsulation d'extraits végétaux" for number in range(12)]
    (home / "m.csv").write_text("organisation,email,needs\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert inside("--home", home, "members", "import", home / "m.csv").returncode == 0
    database = Database(f"sqlite:///{home / 'var' / 'veille.sqlite'}")
    text = "Encapsulation d'extraits végétaux : aide aux projets. " * 10
    store_items(database, [item(1, title="Encapsulation d'extraits végétaux : appel à projets", text=text)])
    database.close()
    now = ("--home", home, "--now", "2026-11-26T16:00:00+01:00", "digest")
    assert inside(*now, "build").returncode == 0
    done = inside(*now, "approve", "--by", "Claire")
    assert done.returncode == 0, done.stderr
    assert "12 mails à 5 par jour : l'envoi prendra 3 jours, jusqu'au mardi 1er décembre" in done.stderr


def test_the_doctor_knows_its_relays() -> None:
    told = {
        host: list(relay_remarks(host, Settings())) for host in ("smtp-relay.brevo.com", "in-v3.mailjet.com", "x.fr")
    }
    assert any("300 mails par jour" in line for line in told["smtp-relay.brevo.com"])
    assert any("200 mails par jour" in line for line in told["in-v3.mailjet.com"])
    assert told["x.fr"] == []
    assert known_relay("brevo.com.evil.example") is None
    paced = Settings.model_validate({"pace": {"per_day": 300}, "site": {"count_links": True}})
    said = list(relay_remarks("smtp-relay.brevo.com", paced))
    assert not any("par jour : si" in line for line in said)
    assert "jamais par personne" in said[-1]


def test_a_relay_that_repeats_a_header_is_given_our_message_id() -> None:
    ours = "<hebdo.2026-W48.1.abc@pole.example.fr>"
    assert for_relay("in-v3.mailjet.com", ours) == (
        ("X-MJ-CustomID", ours[1:-1]), ("X-Mailjet-TrackOpen", "0"), ("X-Mailjet-TrackClick", "0"),
    )  # fmt: skip
    assert for_relay("smtp-relay.brevo.com", ours) == (("X-Mailin-custom", ours[1:-1]),)
    assert for_relay("127.0.0.1", ours) == ()
    letter = replace(LETTER, for_relay=for_relay("in-v3.mailjet.com", ours))
    raw = build(letter, SIGNER).raw
    assert raw == build(letter, SIGNER).raw
    assert b"\r\nX-MJ-CustomID: hebdo.2026-W48.1.abc@pole.example.fr\r\n" in raw
    assert {one.hold for one in signatures(part(raw), lookup)} == {Hold.GOOD}
    assert host_of("smtp://[") == host_of("file:var/mail") == ""
