"""An issue that waits for a person is told to staff by mail: at once, once, whoever dies meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.digest.house import FRIDAY, House, body, mails
from tests.digest.sink import Plan, Sink
from veille.errors import LeaseHeld
from veille.model import IssueState

STAFF = "equipe@pole.example.fr"
MINUTE = timedelta(minutes=1)


def told(house: House) -> list[EmailMessage]:
    return [one for one in mails(house) if one["To"] == STAFF]


def held(house: House) -> None:
    house.digests.build()
    house.clock.advance(FRIDAY)


def test_an_issue_held_for_a_person_is_told_at_once_and_once(house: House) -> None:
    held(house)
    for _ in range(3):
        list(house.digests.run_due())  # each as a new process
        house.clock.advance(MINUTE)
    (mail,) = told(house)
    assert mail["Subject"] == "À approuver : La veille de la semaine, 2026-W48"
    assert mail["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        said = " ".join(re.sub(r"<[^>]+>", "", body(mail, kind)).split())
        assert "devait partir vendredi 27 novembre à 07:30" in said.replace("&#39;", "'")
        assert "le repli est de la retenir" in said
        assert "avant dimanche 29 novembre à 07:30" in said
        assert "veille digest approve --name hebdo --issue 2026-W48" in said
    assert "l'équipe est prévenue par mail" in [one.why for one in house.digests.show()[0].events]
    house.digests.approve(by="Claire", name="hebdo", said="2026-W48")  # the command that it gave
    list(house.digests.run_due())
    assert len(mails(house)) == 1 + 2


def test_a_correction_is_recalled_to_who_made_it_only_once_it_was_left(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    list(house.digests.run_due())
    assert told(house) == []
    house.clock.advance(timedelta(hours=1))
    list(house.digests.run_due())
    (mail,) = told(house)
    assert "veille digest approve --name hebdo_erratum --issue 2026-W48-e1" in body(mail)


def test_a_sending_that_stops_by_itself_is_told_each_time_and_by_a_person_never(house: House) -> None:
    held(house)
    (issue,) = house.digests.approve(by="Claire")
    for times in (1, 2):
        house.desk.issues.pause(issue.id, by="", why="trop de refus", now=house.clock.now())
        for _ in range(2):
            list(house.digests.run_due())
        assert len(told(house)) == times
        house.digests.living.resume(by="Claire")
    mail = told(house)[0]
    assert mail["Subject"] == "Envoi arrêté : La veille de la semaine, 2026-W48"
    assert "trop de refus" in body(mail)
    assert "Mails remis : 0 ; en attente : 2." in body(mail)
    house.digests.living.pause(by="Claire", why="un doute")
    list(house.digests.run_due())
    assert len(told(house)) == 2


def test_a_relay_that_is_down_delays_it_and_who_died_at_it_repeats_the_same_mail(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(house)
    list(house.through("smtp://127.0.0.1:1").run_due())
    with Sink(Plan()) as sink, monkeypatch.context() as dying:

        def note(*_: object, why: str, **__: object) -> bool:
            if "prévenue" in why:
                raise KeyboardInterrupt
            return False

        dying.setattr(type(house.desk.issues), "note", note)
        with pytest.raises(KeyboardInterrupt):
            list(house.through(sink.url).run_due())
        dying.undo()
        for _ in range(2):
            list(house.through(sink.url).run_due())
    assert [one.recipients for one in sink.taken] == [[STAFF]] * 2
    assert len({one.message_id for one in sink.taken}) == 1


def test_two_processes_do_not_both_tell(house: House) -> None:
    held(house)

    @contextmanager
    def elsewhere(_name: str) -> Iterator[Any]:
        raise LeaseHeld("le tour est pris", cure="attendez")
        yield

    alone, house.desk = house.desk, replace(house.desk, turn=elsewhere)
    list(house.digests.run_due())
    assert told(house) == []
    house.desk = alone
    list(house.digests.run_due())
    assert len(told(house)) == 1


def test_a_rehearsal_or_a_cluster_without_a_contact_tells_nobody(house: House) -> None:
    held(house)
    house.desk = replace(house.desk, moved_clock=True)
    list(house.digests.run_due())
    nobody = house.desk.settings.cluster.model_copy(update={"contact": ""})
    settings = house.desk.settings.model_copy(update={"cluster": nobody})
    house.desk = replace(house.desk, moved_clock=False, settings=settings)
    list(house.digests.run_due())
    assert mails(house) == []
    assert house.digests.status()[0].state is IssueState.DRAFT
