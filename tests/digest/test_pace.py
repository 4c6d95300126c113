from datetime import UTC, datetime, timedelta

import pytest

from veille.digest.mail.families import FAMILIES, Families
from veille.digest.mail.pace import HOLDS, Limits, Tap, Taps, later
from veille.digest.mail.watch import Watch
from veille.model import DeliveryState, SendOutcome
from veille.model.sending import RateState

NOW = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)
SENT = SendOutcome(state=DeliveryState.SENT, reply="ok", smtp_code=250, phase="dot")
BUSY = SendOutcome(state=DeliveryState.DEFERRED, reply="busy", smtp_code=421, enhanced="4.7.0", phase="rcpt")


def tap(limits: Limits, now: datetime = NOW) -> Tap:
    return Tap(RateState(key="relay:x", tokens=max(limits.per_second, 1.0), at=now), limits)


def passed(one: Tap, seconds: float, now: datetime = NOW) -> int:
    """Count the mails that leave in so many seconds, asking ten times a second."""
    count = 0
    for step in range(int(seconds * 10)):
        at = now + timedelta(seconds=step / 10)
        while not one.wait(at):
            one.take(at)
            count += 1
    return count


def test_without_limits_nothing_waits() -> None:
    one = tap(Limits())
    for _ in range(10_000):
        assert one.wait(NOW) == 0
        one.take(NOW)


def test_mails_a_second_are_spread() -> None:
    assert 48 <= passed(tap(Limits(per_second=5)), 9) <= 51
    assert 4 <= passed(tap(Limits(per_second=0.5)), 8) <= 5


def test_restart_does_not_fill_the_bucket_nor_empty_the_quota() -> None:
    limits = Limits(per_second=1, per_hour=50)
    first = tap(limits)
    for _ in range(50):
        first.take(NOW)
    again = Tap(first.state, limits)
    assert again.wait(NOW) == pytest.approx(first.wait(NOW))
    assert 3600 <= again.wait(NOW) <= 3900


def test_hour_and_day_are_rolling() -> None:
    one = tap(Limits(per_hour=10, per_day=25))
    sent = []
    for minute in range(60 * 48):
        at = NOW + timedelta(minutes=minute)
        while not one.wait(at):
            one.take(at)
            sent.append(at)
    for span, most in ((timedelta(hours=1), 10), (timedelta(days=1), 25)):
        assert max(sum(start <= at < start + span for at in sent) for start in sent) == most
    assert len(sent) >= 45


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=30), timedelta(days=-30)])
def test_clock_that_jumps_and_comes_back_stops_nobody_for_ever(jump: timedelta) -> None:
    one = tap(Limits(per_second=2, per_hour=10))
    for _ in range(10):
        one.take(NOW + jump)
    one.later(NOW + jump)
    assert one.wait(NOW) <= 2 * 3900 + HOLDS[-1] * 60
    assert one.wait(NOW + timedelta(hours=3)) == 0


def test_who_says_later_is_held_longer_each_time_then_served_slowly() -> None:
    one, now, waits = tap(Limits()), NOW, []
    for _ in range(5):
        one.later(now)
        one.later(now)  # another mail that was on its way
        waits.append(round(one.wait(now) / 60))
        now += timedelta(minutes=waits[-1] + 1)
    assert waits == [5, 15, 60, 240, 240]
    slow = passed(one, 60, now)
    assert slow <= 10
    for _ in range(20 * len(HOLDS)):
        one.well()
    assert one.state.strikes == 0
    assert one.wait(now) == 0


def test_new_relay_is_warmed_up_by_days_of_sending() -> None:
    one, days = tap(Limits(warm_up=50)), []
    for day in range(4):
        at, count = NOW + timedelta(days=7 * day), 0
        while not one.wait(at) and count < 1000:
            one.take(at)
            count += 1
        days.append(count)
    assert days == [50, 100, 200, 400]


def test_one_family_s_word_slows_that_family_only_and_the_relay_s_own_all() -> None:
    taps = Taps("x", Limits(), {}, (), NOW)
    taps.note("gmail", BUSY, NOW)
    assert taps.waits(["gmail"], NOW)["gmail"] == 300
    assert taps.waits(["orange"], NOW)["orange"] == 0
    assert {one.key for one in taps.changed()} == {"family:gmail"}
    assert taps.changed() == []
    taps.note("orange", SendOutcome(state=DeliveryState.DEFERRED, smtp_code=421, phase="mail"), NOW)
    assert taps.waits(["sfr"], NOW)["sfr"] == 300


def test_unrelated_domains_are_not_one_family() -> None:
    taps = Taps("x", Limits(), {}, (), NOW)
    for answers in ([BUSY, BUSY, SENT], [BUSY, BUSY]):
        for one in answers:
            taps.note("other", one, NOW)
        assert taps.waits(["other"], NOW)["other"] == 0
    taps.note("other", BUSY, NOW)  # the third in a row: it is the relay that says so
    assert taps.waits(["gmail"], NOW)["gmail"] == 300


def test_what_was_said_is_known_after_a_restart() -> None:
    taps = Taps("x", Limits(), {"gmail": 2.0}, (), NOW)
    taps.note("gmail", BUSY, NOW)
    again = Taps("x", Limits(), {"gmail": 2.0}, taps.changed(), NOW + timedelta(minutes=1))
    assert again.waits(["gmail"], NOW + timedelta(minutes=1))["gmail"] == 240


def test_mail_that_did_not_leave_is_given_back() -> None:
    taps = Taps("x", Limits(per_day=1), {}, (), NOW)
    taps.take("other", NOW)
    assert taps.waits(["other"], NOW)["other"] > 0
    taps.give_back("other", NOW)
    assert taps.waits(["other"], NOW)["other"] == 0


@pytest.mark.parametrize(
    ("code", "enhanced", "all_mails"),
    [(421, "", True), (450, "4.7.1", True), (450, "4.2.1", False), (451, "", False), (550, "5.7.1", False)],
)
def test_only_some_words_are_about_all_our_mails(code: int, enhanced: str, *, all_mails: bool) -> None:
    assert later(SendOutcome(state=DeliveryState.DEFERRED, smtp_code=code, enhanced=enhanced)) is all_mails


# ── families ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("a@gmail.com", "gmail"), ("a@Wanadoo.FR", "orange"), ("a@club-internet.fr", "sfr"), ("a@free.fr", "free"),
        ("a@laposte.net", "laposte"), ("a@hotmail.fr", "microsoft"), ("a@phytalis.fr", "other"),
        ("a@notgmail.com", "other"),
    ],
)  # fmt: skip
def test_family_of_a_public_mailbox(address: str, family: str) -> None:
    assert Families()(address) == family
    assert family in FAMILIES


def test_family_of_a_domain_is_asked_of_the_dns_once() -> None:
    asked = []

    def lookup(domain: str) -> list[str] | None:
        asked.append(domain)
        hosts = {"a.fr": ["ASPMX.L.GOOGLE.COM."], "b.fr": ["b-fr.mail.protection.outlook.com."], "c.fr": ["mx.c.fr."]}
        return hosts.get(domain)

    families = Families(lookup)
    found = [families(f"{n}@{domain}") for domain in ("a.fr", "b.fr", "c.fr", "d.fr") for n in range(2)]
    assert found == ["gmail"] * 2 + ["microsoft"] * 2 + ["other"] * 4
    assert asked == ["a.fr", "b.fr", "c.fr", "d.fr"]
    assert families("x@gmail.com") == "gmail"


def test_dns_that_does_not_answer_is_not_asked_of_each_domain() -> None:
    """Four seconds a domain: a list of five hundred would wait half an hour for its first mail."""
    asked: list[str] = []

    def lookup(domain: str) -> list[str] | None:
        asked.append(domain)
        return ["aspmx.l.google.com."] if domain == "d2.fr" else None

    families = Families(lookup)
    assert [families(f"a@d{n}.fr") for n in range(30)].count("gmail") == 1
    assert asked == ["d0.fr", "d1.fr", "d2.fr", "d3.fr", "d4.fr", "d5.fr"]


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────
def refused(enhanced: str) -> SendOutcome:
    return SendOutcome(state=DeliveryState.REJECTED, reply=f"{enhanced} no", smtp_code=550, enhanced=enhanced)


def test_few_refusals_stop_nothing_many_do_and_say_which() -> None:
    watch = Watch()
    for number in range(100):
        watch.note(refused("5.1.1") if number % 20 == 19 else SENT)
    assert watch.reason == ""  # five of a hundred
    watch.note(refused("5.7.26"))
    assert watch.reason.startswith("6 refus sur les 100 derniers mails (5 pour l'adresse (5.1.x), 1 par politique")


def test_first_refusals_of_an_issue_need_to_be_five() -> None:
    watch = Watch()
    for _ in range(4):
        watch.note(refused("5.7.1"))
    watch.note(BUSY)
    assert watch.reason == ""
    watch.note(refused("5.7.1"))
    assert "5 refus sur les 5" in watch.reason
