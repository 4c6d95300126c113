"""An issue ends once no mail of it can move by itself, its doubts kept by name and settled afterwards, never twice."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.digest.house import FRIDAY, House
from tests.digest.ledger import members_of
from tests.digest.sink import Plan, Sink, drop
from veille.config.brand import Brand
from veille.digest.mail.doubts import Doubts
from veille.digest.mail.mailers import FileMailer
from veille.digest.publishing.archive import Archive, Publisher
from veille.digest.publishing.public import Printed
from veille.digest.runner import Digests
from veille.digest.signs.reporting import ReportDesk, report_of, send_due
from veille.digest.signs.wording import as_text
from veille.errors import InputError, LeaseHeld
from veille.model import Delivery, DeliveryState, IssueState, OutgoingMail, SendOutcome
from veille.storage.bounce_store import SqlBounceStore
from veille.storage.mail_reading import doubtful_mails
from veille.storage.sign_store import SqlSignStore
from veille.testing import MemoryMailer


def ended(house: House, sink: Sink) -> str:
    """Send an issue of two mails, the answer to the first of which is lost; return whose it is."""
    house.digests.build()
    house.digests.approve(by="Claire")
    sent = house.through(sink.url).send()
    assert sent.state is IssueState.DONE
    return sent.doubtful[0].email


def states(house: House) -> Counter[DeliveryState]:
    return Counter(one.state for one in house.digests.status()[0].deliveries)


def test_history_and_lists_keep_the_doubt_of_an_issue_that_is_done(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = ended(house, sink)
    (shown,) = house.digests.show()
    assert (shown.events[-1].state, shown.events[-1].why) == (IssueState.DONE, "1 envoi douteux à vérifier")
    assert [one.email for one in doubtful_mails(house.database, "pole")] == [email]
    assert [one.email for one in house.digests.status()[0].doubtful] == [email]


def test_doubt_of_last_week_is_still_shown_beside_the_next_draft(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = ended(house, sink)
    house.clock.advance(timedelta(days=7))
    house.digests.build()
    assert [(one.issue.period, [mail.email for mail in one.doubtful]) for one in house.digests.status("hebdo")] == [
        ("2026-W48", [email]),
        ("2026-W49", []),
    ]


def test_report_and_archive_follow_without_waiting_for_the_doubt(house: House) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = ended(house, sink)
    mailer = MemoryMailer()
    desk = ReportDesk(
        settings=house.desk.settings, issues=house.desk.issues, mails=house.desk.mails,
        signs=SqlSignStore(house.database), bounces=SqlBounceStore(house.database), readers=members_of(house.database),
        opinions=tuple, digests=lambda: ["hebdo"], clock=house.clock, signer=lambda: None, mailer=lambda: mailer,
    )  # fmt: skip
    house.clock.advance(timedelta(days=2, hours=12))
    (told,) = list(send_due(desk))
    assert "remis à equipe@pole.example.fr" in told
    (issue,) = house.desk.issues.issues((IssueState.DONE,), limit=5)
    text = as_text(report_of(desk, issue))
    assert email in text
    assert "incertains : 1" in text
    publisher = Publisher(
        name="Pôle",
        contact="c@pole.example.fr",
        postal_address="",
        address="https://pole.example.fr",
        domain="x.fr",
        brand=Brand(),
    )
    archive = Archive(house.desk.issues, publisher, printed=lambda _: Printed((), {}), digests=["hebdo"])
    assert any("2026-W48" in path for path in archive.paths())


@pytest.mark.parametrize(
    ("decide", "left"),
    [(Doubts.received, DeliveryState.SENT), (Doubts.lost, DeliveryState.EXPIRED)],
)
def test_doubt_is_settled_by_hand_after_the_end(
    house: House, decide: Callable[..., list[Delivery]], left: DeliveryState
) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = ended(house, sink)
        house.clock.advance(timedelta(days=20))
        (one,) = decide(house.digests.doubts, [email], by="Claire")
        list(house.through(sink.url).run_due())
        assert len(sink.taken) == 2
    assert [mail.state for mail in house.desk.mails.deliveries(one.issue_id) if mail.email == email] == [left]
    assert bool(house.desk.mails.seen([one.subscriber_id]).get(one.subscriber_id)) is (left is DeliveryState.SENT)
    assert doubtful_mails(house.database, "pole") == []


@pytest.mark.parametrize("act", [lambda d: list(d.run_due()), lambda d: d.send()])
def test_mail_asked_for_again_leaves_though_the_issue_is_done(house: House, act: Callable[[Digests], object]) -> None:
    with Sink(Plan({"dot": [drop]})) as sink:
        email = ended(house, sink)
        house.clock.advance(FRIDAY)
        house.digests.doubts.resend([email], by="Claire")
        for _ in range(2):
            act(house.through(sink.url))
        copies = Counter(one.message_id for one in sink.taken)
    assert sorted(copies.values()) == [1, 2]
    assert house.digests.status()[0].state is IssueState.DONE
    assert states(house) == {DeliveryState.SENT: 2}


def test_mail_asked_for_again_and_refused_for_now_expires_with_its_issue(house: House) -> None:
    with Sink(Plan({"dot": [drop], "rcpt": [None, None, "451 4.2.0 later"]})) as sink:
        email = ended(house, sink)
        house.clock.advance(FRIDAY)
        house.digests.doubts.resend([email], by="Claire")
        list(house.through(sink.url).run_due())
        assert states(house)[DeliveryState.DEFERRED] == 1
        house.clock.advance(timedelta(days=3))
        list(house.through(sink.url).run_due())
    assert states(house) == {DeliveryState.SENT: 1, DeliveryState.EXPIRED: 1}
    with pytest.raises(InputError, match="aucun mail incertain"):
        house.digests.doubts.resend([email], by="Claire")


def test_nothing_is_sent_again_of_a_cancelled_issue(house: House) -> None:
    with Sink(Plan({"dot": [drop], "rcpt": [None, "451 4.2.0 later"]})) as sink:
        house.digests.build()
        house.digests.approve(by="Claire")
        email = house.through(sink.url).send().doubtful[0].email
        house.digests.living.cancel(by="Claire", why="")
        with pytest.raises(InputError, match=r"annulée : rien n'en part plus"):
            house.digests.doubts.resend([email], by="Claire")
        house.digests.doubts.received([email], by="Claire")
    assert states(house) == {DeliveryState.SENT: 1, DeliveryState.SKIPPED: 1}


def test_relay_s_log_given_afterwards_settles_the_doubt_and_sends_nothing(house: House, tmp_path: Path) -> None:
    with Sink(Plan({"dot": [drop]}), log=tmp_path / "log") as sink:
        ended(house, sink)
        house.clock.advance(FRIDAY)
        knowing = house.through(sink.url, accept_log=str(tmp_path / "log"))
        assert list(knowing.run_due()) == ["édition hebdo 2026-W48 : 1 doute levé par le journal du relais"]
        assert list(knowing.run_due()) == []
        assert len(sink.taken) == 2
    assert states(house) == {DeliveryState.SENT: 2}


def test_log_that_never_tells_does_not_hold_the_issue(house: House, tmp_path: Path) -> None:
    """The wrong file: the next look says nothing either, and the issue ends."""
    (tmp_path / "log").write_text("autre chose\n", encoding="utf-8")
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)
    with Sink(Plan({"dot": [drop]})) as sink:
        daemon = house.through(sink.url, accept_log=str(tmp_path / "log"))
        list(daemon.run_due())
        assert daemon.status()[0].state is IssueState.SENDING  # the log may be a moment late
        list(daemon.run_due())
        assert daemon.status()[0].state is IssueState.DONE
        assert len(daemon.status()[0].doubtful) == 1


def test_sender_that_died_after_its_last_mail_leaves_an_issue_that_ends(house: House) -> None:
    house.digests.build()
    (issue,) = house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)

    class Dead(Exception):
        """The process is gone."""

    class Unclosed:
        def __init__(self, store: object) -> None:
            self._store = store

        def __getattr__(self, name: str) -> object:
            return getattr(self._store, name)

        def close(self, *_: object, **__: object) -> IssueState:
            raise Dead

    with pytest.raises(Dead):
        Digests(replace(house.desk, issues=Unclosed(house.desk.issues))).send()  # type: ignore[arg-type]
    assert house.desk.issues.get(issue.id).state is IssueState.SENDING
    list(house.digests.run_due())
    assert house.desk.issues.get(issue.id).state is IssueState.DONE
    assert len(house.mails()) == 2


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-30), timedelta(days=3), timedelta(days=30)]
)
def test_clock_that_jumps_while_a_mail_is_in_hand_sends_nothing_twice_and_hides_nothing(
    house: House, jump: timedelta
) -> None:
    """Between the claim and the mark: the lease ends in the middle of DATA, or seems to last for weeks."""
    house.digests.build()
    (issue,) = house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)
    sent: list[str] = []

    class Jumping(FileMailer):
        def _one(self, mail: OutgoingMail) -> SendOutcome:
            sent.append(mail.message_id)
            if len(sent) == 1:
                house.clock.advance(jump)
                other = {"now": house.clock.now(), "alone": False, "lease": timedelta(minutes=2)}
                house.desk.mails.recover(issue.id, **other)  # type: ignore[arg-type]
            return super()._one(mail)

    jumping = Digests(replace(house.desk, mailer=Jumping(house.home / "var" / "mail"), shared_store=True))
    with contextlib.suppress(LeaseHeld, InputError):
        list(jumping.run_due())
    house.clock.advance(-jump)
    for _ in range(3):
        with contextlib.suppress(LeaseHeld, InputError):
            list(jumping.run_due())
        house.clock.advance(timedelta(minutes=5))
    assert len(sent) == len(set(sent))
    (status,) = house.digests.status()
    assert status.state is IssueState.DONE
    left = {one.message_id for one in status.deliveries if one.state is DeliveryState.SENT}
    assert left == set(sent)
    assert {one.state for one in status.deliveries} <= {DeliveryState.SENT, DeliveryState.EXPIRED}
