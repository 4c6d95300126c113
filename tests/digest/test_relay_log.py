"""What a relay's log proves: that a mail was taken, that it was not, or neither."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.digest.builders import NOW
from tests.digest.ledger import LEASE, SENT, approved, begin, compose, mails_of, settle
from tests.digest.sink import Plan, Sink, drop
from veille.digest.mail.relay import parse_relay
from veille.digest.mail.relay_log import RelayLog
from veille.digest.mail.sending import Sender
from veille.digest.mail.smtp import SmtpMailer
from veille.model import DeliveryState
from veille.storage.db import Database
from veille.testing import FrozenClock

#: A mail as Postfix logs it, queue identifiers short as it makes them unless told otherwise: they come back.
OPENED = "Nov 27 07:30:01 h postfix/smtpd[7]: {queue}: client=localhost[127.0.0.1]\n"
NAMED = "Nov 27 07:30:01 h postfix/cleanup[8]: {queue}: message-id=<{mark}>\n"
QUEUED = "Nov 27 07:30:01 h postfix/qmgr[9]: {queue}: from=<v@p.fr>, size=279, nrcpt=1 (queue active)\n"
CUT = "Nov 27 07:30:02 h postfix/smtpd[7]: lost connection after DATA (237 bytes) from localhost[127.0.0.1]\n"
LEFT = "Nov 27 07:30:02 h postfix/smtpd[7]: lost connection after END-OF-MESSAGE from localhost[127.0.0.1]\n"
MILTER = (
    "Nov 27 07:30:02 h postfix/cleanup[8]: {queue}: milter-reject: END-OF-MESSAGE from x: 5.7.1 no; from=<v@p.fr>\n"
)


def log_of(folder: Path, *lines: str, queue: str = "A0375EA2043", mark: str = "a.1@p.fr") -> RelayLog:
    path = folder / "mail.log"
    path.write_text("".join(lines).format(queue=queue, mark=mark))
    return RelayLog(path)


@pytest.mark.parametrize(
    ("lines", "taken", "absent"),
    [
        ((OPENED, NAMED, QUEUED), True, False),
        ((OPENED, NAMED, LEFT, QUEUED), True, False),
        # Postfix names a mail while its header comes in, long before the dot: that alone proves nothing.
        ((OPENED, NAMED), False, False),
        ((OPENED, NAMED, MILTER), False, False),
        ((OPENED, NAMED, CUT), False, True),
        ((OPENED, CUT, NAMED), False, True),
        # Once cut, once whole; and the same identifier given to somebody else's mail afterwards.
        ((OPENED, NAMED, CUT, OPENED, NAMED, QUEUED), True, False),
        ((OPENED, NAMED, CUT, OPENED, NAMED.replace("{mark}", "other@p.fr"), QUEUED), False, True),
        ((OPENED, NAMED.replace("{mark}", "other@p.fr"), QUEUED), False, True),
        ((), False, True),
    ],
)
def test_postfix_s_own_words_are_read_as_it_means_them(
    tmp_path: Path, lines: tuple[str, ...], *, taken: bool, absent: bool
) -> None:
    log, mark = log_of(tmp_path, *lines), {"<a.1@p.fr>"}
    assert log.accepted(mark) == (mark if taken else set())
    assert log.absent(mark) == (mark if absent else set())


def test_mail_named_before_the_log_turned_and_queued_after_it_was_taken(tmp_path: Path) -> None:
    log = log_of(tmp_path, QUEUED)
    (tmp_path / "mail.log.1").write_text((OPENED + NAMED).format(queue="A0375EA2043", mark="a.1@p.fr"))
    assert log.accepted(["<a.1@p.fr>"]) == {"<a.1@p.fr>"}


def test_doubt_older_than_what_is_left_of_the_log_is_not_sent_again(sqlite_database: Database, tmp_path: Path) -> None:
    """A log that was turned twice names today's mails only: that they are there says nothing of yesterday's."""
    issue, clock, log = approved(sqlite_database, 2), FrozenClock(NOW), tmp_path / "log"
    with Sink(Plan({"dot": [drop], "rcpt": [None, "450 later"]})) as sink:  # what it logged is turned away by now
        _send(sqlite_database, sink, clock, issue.id, log)
    clock.advance(timedelta(hours=20))
    with Sink(log=log) as again:
        _send(sqlite_database, again, clock, issue.id, log)
        _send(sqlite_database, again, clock, issue.id, log)
    assert len(sink.taken) == len(again.taken) == 1
    assert sink.taken[0].message_id != again.taken[0].message_id
    counts = mails_of(sqlite_database).counts(issue.id)
    assert counts == {DeliveryState.UNCERTAIN: 1, DeliveryState.SENT: 1}


def test_mail_that_postfix_named_and_never_queued_stays_doubtful(sqlite_database: Database, tmp_path: Path) -> None:
    issue, store = approved(sqlite_database, 2), mails_of(sqlite_database)
    sent, cut = store.claim(issue.id, limit=2, now=NOW, lease=LEASE)
    begin(store, sent, cut)
    settle(store, sent, SENT)
    marks = [one.message_id.strip("<>") for one in (sent, cut)]
    log = log_of(
        tmp_path, (OPENED + NAMED + QUEUED).format(queue="4A1234", mark=marks[0]), OPENED, NAMED, mark=marks[1]
    )
    with Sink() as sink:
        waits = _send(sqlite_database, sink, FrozenClock(NOW), issue.id, tmp_path / "mail.log")
        assert waits == [], "what may be told later is not waited for at each run"
        assert store.counts(issue.id) == {DeliveryState.UNCERTAIN: 1, DeliveryState.SENT: 1}
        assert log.accepted([sent.message_id, cut.message_id]) == {sent.message_id}
        with (tmp_path / "mail.log").open("a") as more:
            more.write(CUT)
        waits = _send(sqlite_database, sink, FrozenClock(NOW), issue.id, tmp_path / "mail.log")
    assert waits == [RelayLog.grace]
    assert [one.message_id for one in sink.taken] == [cut.message_id]


def _send(database: Database, sink: Sink, clock: FrozenClock, issue_id: int, log: Path) -> list[float]:
    """Send once; return how long was waited for the log."""
    waits: list[float] = []
    mailer = SmtpMailer(parse_relay(sink.url), connections=1)
    told = Sender(mails_of(database), mailer, compose, clock, accept_log=RelayLog(log), wait=waits.append)
    told.send(issue_id, alone=True)
    return waits


def test_any_other_relay_is_believed_where_it_names_a_mail(tmp_path: Path) -> None:
    log = log_of(tmp_path, "message-id=<a.1@p.fr>\n<b.2@p.fr> plain\nxa.3@p.fr")
    (tmp_path / "mail.log.1").write_text("message-id=<old@p.fr>\n")
    asked = ["<a.1@p.fr>", "<b.2@p.fr>", "<a.3@p.fr>", "<old@p.fr>"]
    assert log.accepted(asked) == {"<a.1@p.fr>", "<b.2@p.fr>", "<old@p.fr>"}
    assert log.absent(asked) == {"<a.3@p.fr>"}


def test_absent_log_says_nothing(tmp_path: Path) -> None:
    assert RelayLog(tmp_path / "none").accepted(["<a@b.fr>"]) is None
    assert RelayLog(tmp_path / "none").absent(["<a@b.fr>"]) == set()
