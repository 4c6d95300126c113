import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.digest.builders import item, store_items
from tests.digest.house import FRIDAY, House
from tests.digest.ledger import members_of
from tests.digest.sink import Plan, Sink, drop
from veille.digest.mail.mailers import FileMailer
from veille.digest.mail.refusals import take_refusals
from veille.digest.mail.returns import ReturnDesk
from veille.digest.runner import Digests
from veille.errors import InputError, LeaseHeld
from veille.model import DeliveryState, IssueState, OutgoingMail, SendOutcome
from veille.storage.bounce_store import SqlBounceStore


def doubtful(house: House, sink: Sink) -> str:
    """Send an issue of two mails, the answer to the first of which is lost; return whose it is."""
    house.digests.build()
    house.digests.approve(by="Claire")
    (one,) = house.through(sink.url).send().doubtful
    return one.email


def test_mail_said_to_have_arrived_counts_as_sent(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = doubtful(house, sink)
        (one,) = house.digests.doubts.received([email.upper()], by="Claire")
        sent = house.through(sink.url).send()
    assert one.email == email
    assert sent.state is IssueState.DONE
    assert [one.state for one in sent.deliveries] == [DeliveryState.SENT] * 2
    assert {one.reply for one in sent.deliveries if one.email == email} == {"reçu : décision de Claire"}
    assert len(sink.taken) == 2
    journal = house.desk.mails.seen([one.subscriber_id])
    assert journal[one.subscriber_id]


def test_mail_sent_again_keeps_its_message_id(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = doubtful(house, sink)
        house.digests.doubts.resend([email], by="Claire")
        sent = house.through(sink.url).send()
    assert sent.state is IssueState.DONE
    copies = Counter(one.message_id for one in sink.taken if one.recipients == [email])
    assert list(copies.values()) == [2]


def test_daemon_lifts_by_the_relay_s_log_what_was_in_doubt_at_its_last_tick(house: House, tmp_path: Path) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)
    with Sink(Plan({"dot": ["what?"]}), log=tmp_path / "log") as sink:
        daemon = house.through(sink.url, accept_log=str(tmp_path / "log"))
        assert list(daemon.run_due()) == ["édition hebdo 2026-W48 : 1 mail remis sur 2"]
        assert list(daemon.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]
        assert list(daemon.run_due()) == []
    assert daemon.status()[0].state is IssueState.DONE
    assert sorted(Counter(one.message_id for one in sink.taken).values()) == [1, 1]


def test_daemon_does_not_repeat_each_minute_what_has_not_changed(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)
    with Sink(Plan({"rcpt": ["451 4.2.0 greylisted"]})) as sink:
        daemon = house.through(sink.url)
        assert list(daemon.run_due()) == ["édition hebdo 2026-W48 : 1 mail remis sur 2"]
        house.clock.advance(timedelta(minutes=1))
        assert list(daemon.run_due()) == []
        house.clock.advance(timedelta(minutes=5))
        assert list(daemon.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]


@pytest.mark.parametrize("how", ["pause", "cancel"])
def test_what_is_held_while_it_is_sent_stops_at_once(house: House, how: str) -> None:
    """The group that was claimed is not sent to its end: only what is at its final dot ends."""
    house.digests.build()
    house.digests.approve(by="Claire")

    class Slow(FileMailer):
        def _one(self, mail: OutgoingMail) -> SendOutcome:
            getattr(house.digests.living, how)(by="Claire", why="une erreur dans un titre")
            return super()._one(mail)

    held = Digests(replace(house.desk, mailer=Slow(house.home / "var" / "mail"))).send()
    assert held.state is (IssueState.PAUSED if how == "pause" else IssueState.CANCELLED)
    assert len(house.mails()) == 1
    left = DeliveryState.QUEUED if how == "pause" else DeliveryState.SKIPPED
    assert Counter(one.state for one in held.deliveries) == {DeliveryState.SENT: 1, left: 1}
    if how == "pause":
        house.digests.living.resume(by="Claire")
        assert house.digests.send().state is IssueState.DONE
        assert len(house.mails()) == 2


@pytest.mark.parametrize("act", [lambda digests: list(digests.run_due()), lambda digests: digests.send()])
def test_what_a_dead_sender_left_is_settled_at_the_end_of_the_issue(
    house: House, act: Callable[[Digests], object]
) -> None:
    house.digests.build()
    issue = house.digests.approve(by="Claire")[0]
    house.desk.issues.begin(issue.id, house.clock.now())
    mails = house.desk.mails
    first, second = mails.claim(issue.id, limit=2, now=house.clock.now(), lease=timedelta(minutes=2))
    mails.record(begun=[first], now=house.clock.now())  # the process dies, and the machine stays off
    house.clock.advance(timedelta(days=5))
    with contextlib.suppress(InputError):
        act(house.digests)
    assert {one.subscriber_id: one.state for one in mails.deliveries(issue.id)} == {
        first.subscriber_id: DeliveryState.UNCERTAIN,
        second.subscriber_id: DeliveryState.EXPIRED,
    }


def test_mails_taken_over_by_another_machine_end_no_daemon(house: House) -> None:
    house.digests.build()
    issue = house.digests.approve(by="Claire")[0]

    class Asleep(FileMailer):
        def _one(self, mail: OutgoingMail) -> SendOutcome:
            house.clock.advance(timedelta(minutes=10))
            house.desk.mails.recover(issue.id, now=house.clock.now(), alone=False, lease=timedelta(minutes=2))
            return super()._one(mail)

    asleep = replace(house.desk, mailer=Asleep(house.home / "var" / "mail"), shared_store=True)
    with pytest.raises(LeaseHeld, match="repris par un autre envoi"):  # LeaseLost would say that its place is taken
        Digests(asleep).send()
    assert house.digests.send().state is IssueState.DONE
    assert len(house.mails()) == 2


def test_only_a_doubt_is_settled_and_all_or_none(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = doubtful(house, sink)
    for others in (["chloe@absente.example.fr"], [email, "chloe@absente.example.fr"]):
        with pytest.raises(InputError, match="aucun mail incertain") as caught:
            house.digests.doubts.resend(others, by="Claire")
        assert email in (caught.value.cure or "")
    assert len(house.digests.status()[0].doubtful) == 1


def test_stale_doubt_is_not_sent_again(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = doubtful(house, sink)
    house.clock.advance(timedelta(days=5))
    with pytest.raises(InputError, match="périmée"):
        house.digests.doubts.resend([email], by="Claire")
    house.digests.doubts.received([email], by="Claire")
    assert house.digests.status()[0].doubtful == []


def test_doubt_of_last_week_is_settled_though_the_next_issue_is_signed(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = doubtful(house, sink)
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
    house.clock.advance(timedelta(days=7))
    house.digests.build()
    house.digests.approve(by="Claire")
    (one,) = house.digests.doubts.received([email], by="Claire")
    first = house.desk.issues.find("hebdo", "2026-W48")
    assert first is not None
    assert one.issue_id == first.id
    assert {one.state for one in house.desk.mails.deliveries(first.id)} == {DeliveryState.SENT}


def test_refusals_pause_the_issue_and_resuming_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veille.digest.mail.watch.LEAST", 1)
    house.digests.build()
    house.digests.approve(by="Claire")
    with Sink(Plan({"rcpt": ["550 5.7.1 blocked"]})) as sink:
        paused = house.through(sink.url).send()
        assert paused.state is IssueState.PAUSED
        house.digests.living.resume(by="Claire")
        done = house.through(sink.url).send()
    assert done.state is IssueState.DONE
    assert Counter(one.state for one in done.deliveries) == {DeliveryState.REJECTED: 1, DeliveryState.SENT: 1}


def test_daemon_told_to_stop_leaves_the_rest_queued(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    stopped = Digests(replace(house.desk, stopping=lambda: True)).send()
    assert Counter(one.state for one in stopped.deliveries) == {DeliveryState.QUEUED: 2}
    assert house.digests.send().state is IssueState.DONE


def test_address_refused_for_good_is_written_to_no_more_and_a_policy_says_nothing(house: House) -> None:
    desk = ReturnDesk(
        bounces=SqlBounceStore(house.database), readers=members_of(house.database), mails=house.desk.mails,
        keys=house.desk.keys, clock=house.clock, sealed=True,
    )  # fmt: skip
    house.digests.build()
    house.digests.approve(by="Claire")
    mended = replace(house.desk, refused=lambda mails: take_refusals(desk, mails))
    with Sink(Plan({"rcpt": ["550 5.1.1 unknown", "550 5.7.1 blocked"]})) as sink:
        through = Digests(replace(mended, settings=house.settings(sink.url)))
        first, second = sorted(through.send().deliveries, key=lambda one: one.enhanced)
    assert [first.enhanced, second.enhanced] == ["5.1.1", "5.7.1"]
    assert members_of(house.database).suppressed([first.email, second.email]) == {first.email}
    assert take_refusals(desk, [first, second]) == 0
