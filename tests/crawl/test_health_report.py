"""What a health mail says."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.crawl.builders import DAY, NOW
from veille.crawl.health_report import counted, finding, health_summary, how_long, worst_first
from veille.model import Reservation, RobotsVerdict, SourceEvent, SourceHealth, SourceStatus

PARIS = ZoneInfo("Europe/Paris")


def status(name: str, health: SourceHealth, **fields: object) -> SourceStatus:
    return SourceStatus(
        source_id=name, title=f"Site {name}", url="", health=health, **{"sentence": "trois mots dits", **fields}
    )


def event(name: str, health: SourceHealth, **fields: object) -> SourceEvent:
    said = {"sentence": "l'adresse n'existe pas", "next_step": "cherchez-la", "since": NOW - 3 * DAY, "at": NOW}
    return SourceEvent(source_id=name, title=f"Site {name}", health=health, **{**said, **fields})


def test_what_asks_for_somebody_comes_first_and_the_longest_of_it() -> None:
    rows = [
        status("a", SourceHealth.OK),
        status("b", SourceHealth.FAILING, since=NOW),
        status("c", SourceHealth.FAILING, since=NOW - DAY),
        status("d", SourceHealth.STOPPED, since=NOW),
        status("e", SourceHealth.SILENT, since=NOW),
    ]
    assert [row.source_id for row in worst_first(rows)] == ["d", "c", "b", "e", "a"]


def test_every_state_has_its_rank_and_its_word() -> None:
    rows = [status(health.name, health) for health in SourceHealth]
    assert len(worst_first(rows)) == len(SourceHealth)
    assert counted(rows).startswith("9 sources : 1 arrêtée, 1 bloquée, 1 invalide, 1 en panne")


def test_what_the_site_says_of_programs_is_shown_once() -> None:
    row = status("a", SourceHealth.OK, robots=RobotsVerdict.FORBIDDEN, reserved=Reservation.FILE)
    assert finding(row) == (
        "trois mots dits · le robots.txt du site l'interdit aux programmes (sans effet sur un flux configuré)"
        " · texte réservé (tdmrep.json du site)"
    )
    barred = replace(row, sentence="le robots.txt du site interdit cette adresse", reserved=Reservation.NONE)
    assert finding(barred) == barred.sentence


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(minutes=20), "moins d'une heure"),
        (timedelta(hours=1, seconds=-1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 jours"),
        (30 * DAY, "30 jours"),
        (-DAY, "moins d'une heure"),
    ],
)
def test_how_long_is_said_as_people_say_it(lasted: timedelta, said: str) -> None:
    assert how_long(NOW - lasted, NOW) == said


def test_the_mail_tells_what_is_new_then_what_is_over_then_what_is_known() -> None:
    rows = [
        status("a", SourceHealth.FAILING),
        status("b", SourceHealth.OK),
        status("c", SourceHealth.BLOCKED, since=NOW - 9 * DAY),
        status("d", SourceHealth.OK),
    ]
    news = [event("a", SourceHealth.FAILING), event("b", SourceHealth.OK, sentence="de nouveau relevée : 4 entrées")]
    assert health_summary(rows, news, NOW, PARIS) == (
        "Santé des sources, 23 novembre 2026\n"
        "4 sources : 1 bloquée, 1 en panne, 2 ok\n\n"
        "À voir\n"
        "- Site a (en panne depuis 3 jours) : l'adresse n'existe pas. À faire : cherchez-la.\n\n"
        "Rétablies\n"
        "- Site b : de nouveau relevée : 4 entrées\n\n"
        "Déjà signalées\n"
        "- Site c (bloqué depuis 9 jours)\n"
    )


def test_a_trouble_of_two_kinds_is_one_line_of_the_mail() -> None:
    news = [event("a", SourceHealth.FAILING), event("a", SourceHealth.BLOCKED, sentence="refusée")]
    text = health_summary([status("a", SourceHealth.BLOCKED)], news, NOW, PARIS)
    assert text.count("Site a") == 1
    assert "bloqué depuis 3 jours) : refusée" in text


def test_where_all_is_well_the_mail_says_so() -> None:
    assert health_summary([status("a", SourceHealth.OK)], [], NOW, PARIS).endswith("Rien à signaler.\n")
