"""The report of an issue: what it says, that it leaves once, and that a crash makes no second one."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.digest.sink import Plan, Sink, drop
from tests.web.conftest import ANNE, BOB, FRIDAY, Site
from veille.digest.signs.gathering import IssueReport, Line, Person
from veille.digest.signs.reporting import compose, report_of, send_due, send_report
from veille.digest.signs.wording import as_data, as_page, as_text, headline
from veille.errors import StoreError
from veille.model import Issue
from veille.model.returns import ReportState


def made(**more: object) -> IssueReport:
    told: dict[str, object] = {
        "digest": "hebdo", "period": "2026-W48", "title": "La veille", "state": "done", "counts": {"sent": 58},
        "replies": 1, "opened": 31, "by_day": {"2026-11-27": 24, "2026-11-28": 7}, "useful": 2, "not_for_me": 1,
        "wanted": 3,
    }  # fmt: skip
    return IssueReport(**(told | more))  # type: ignore[arg-type]


def test_the_sentence_is_the_one_staff_read() -> None:
    assert headline(made()) == "remis 58, consultés 31 liens, 3 intérêts, 1 réponse"
    assert headline(made(opened=None, wanted=1, replies=0)) == "remis 58, 1 intérêt, 0 réponse"


def test_everybody_who_got_nothing_is_named_with_why() -> None:
    report = made(
        nothing=[Person("c@x.example", "rien de nouveau")], doubts=[Person("d@x.example", "coupé")],
        rejected=[Person("e@x.example", "550 5.1.1 inconnu")], suppressed=2, left={"complaint": 1, "page": 2},
        counts={"sent": 58, "uncertain": 1, "rejected": 1, "suppressed": 2},
    )  # fmt: skip
    text = as_text(report)
    for said in (
        "c@x.example : rien de nouveau", "d@x.example : coupé", "e@x.example : 550 5.1.1 inconnu",
        "adresses désinscrites : 2", "plaintes : 1", "départs par la page : 2",
    ):  # fmt: skip
        assert said in text
    assert as_data(report)["doubts"] == [{"who": "d@x.example", "why": "coupé"}]


def test_days_are_said_in_french() -> None:
    for shown in (as_text(made()), as_page(made())):
        assert "vendredi 27 novembre" in shown
        assert "2026-11-27" not in shown


def test_hostile_titles_and_replies_stay_words() -> None:
    line = Line(title="<script>alert(1)</script>\x1b[31m", shown=3, opened=2, useful=1)
    report = made(lines=[line], rejected=[Person("e@x.example", '"><img src=x>\x1b]0;t\x07')])
    page = as_page(report)
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "\x1b" not in as_text(report)


def test_ten_thousand_refusals_are_counted_not_listed() -> None:
    many = [Person(f"p{number}@x.example", "550") for number in range(10_000)]
    report = made(rejected=many)
    assert len(as_text(report)) < 20_000
    assert len(as_page(report)) < 80_000
    assert "Refusés (10000)" in as_text(report)
    assert len(as_data(report)["rejected"]) == 10_000


def test_a_report_counts_what_was_said_since_the_issue_left(week: tuple[Site, Issue]) -> None:
    site, issue = week
    report = report_of(site.app.returning.reports, issue)
    assert (report.delivered, report.wanted, report.not_for_me, report.useful) == (2, 1, 1, 0)
    assert report.opened is None
    assert report.lines[0].wanted == 1
    site.app.members.suppress(BOB, reason="opt-out", now=site.clock.now())
    assert report_of(site.app.returning.reports, issue).left == {"page": 1}


def test_who_left_is_counted_once_however_often_it_came_back(week: tuple[Site, Issue]) -> None:
    site, issue = week
    returning = site.app.returning
    bob = next(one for one in site.app.mail_ledger.deliveries(issue.id) if one.email == BOB)
    for event in ("a", "b"):
        told = {"id": event, "kind": "hard", "message_id": bob.message_id, "address": BOB, "status": "5.1.1"}
        returning.take_events("autre", json.dumps(told).encode())
    site.app.members.suppress(ANNE, reason="opt-out", now=site.clock.now())
    assert report_of(returning.reports, issue).left == {"hard": 1, "page": 1}


def mails(home: Path) -> list[Path]:
    return sorted((home / "var" / "mail").glob("rapport*.eml"))


def test_the_hours_of_a_report_run_from_the_sending_not_from_its_plan(week: tuple[Site, Issue]) -> None:
    site, issue = week
    desk = site.app.returning.reports
    late = replace(issue, frame={**issue.frame, "date": (FRIDAY + timedelta(hours=5)).isoformat()})
    site.clock.advance(timedelta(hours=9))
    assert list(send_due(replace(desk, issues=Only(late)))) == []
    assert len(list(send_due(desk))) == 1


@dataclass
class Only:
    """Issues of which there is one."""

    issue: Issue

    def latest(self, _name: str, _states: object) -> Issue:
        return self.issue


def test_a_report_leaves_once_some_hours_after_its_issue(week: tuple[Site, Issue]) -> None:
    site, issue = week
    desk = site.app.returning.reports
    assert list(send_due(desk)) == [], "not before its hour"
    site.clock.advance(timedelta(hours=9))
    assert list(send_due(desk)) == ["rapport hebdo 2026-W48 : remis à equipe@pole.example.fr"]
    assert list(send_due(desk)) == []
    (path,) = mails(site.app.settings.home)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Rapport 2026-W48 : remis 2, 1 intérêt, 0 réponse"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "equipe@pole.example.fr"
    assert mail["List-Unsubscribe"] is None
    assert mail["Message-ID"].startswith("<rapport-hebdo.2026-W48.0.")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    ids = {one.message_id for one in site.app.mail_ledger.deliveries(issue.id)}
    assert mail["Message-ID"] not in ids


def test_an_old_issue_is_not_reported_by_itself(week: tuple[Site, Issue]) -> None:
    site, _ = week
    site.clock.advance(timedelta(days=8))
    assert list(send_due(site.app.returning.reports)) == []


def test_without_a_contact_no_report_leaves(week: tuple[Site, Issue]) -> None:
    site, _ = week
    cluster = site.app.settings.cluster.model_copy(update={"contact": ""})
    site.app.settings = site.app.settings.model_copy(update={"cluster": cluster})
    site.clock.advance(timedelta(hours=9))
    assert list(send_due(site.app.returning.reports)) == []


def relayed(site: Site, url: str) -> None:
    mail = site.app.settings.mail.model_copy(update={"url": type(site.app.settings.mail.url)(url)})
    site.app.settings = site.app.settings.model_copy(update={"mail": mail})


def test_a_relay_that_is_down_delays_the_report_and_a_cut_leaves_it_in_doubt(week: tuple[Site, Issue]) -> None:
    site, issue = week
    site.clock.advance(timedelta(hours=9))
    relayed(site, "smtp://127.0.0.1:1")
    (said,) = send_due(site.app.returning.reports)
    assert "à réessayer" in said
    signs = site.app.returning.signs
    assert signs.report_state(issue.id) is None
    with Sink(Plan({"dot": [drop]})) as sink:
        relayed(site, sink.url)
        (said,) = send_due(site.app.returning.reports)
        assert "peut-être parti" in said
        assert signs.report_state(issue.id) is ReportState.UNCERTAIN
        assert list(send_due(site.app.returning.reports)) == []
        assert len(sink.taken) == 1


def test_a_death_while_it_leaves_sends_no_second_one(week: tuple[Site, Issue], monkeypatch: pytest.MonkeyPatch) -> None:
    site, issue = week
    site.clock.advance(timedelta(hours=9))

    def die(*_: object, **__: object) -> None:
        raise StoreError("mort subite")

    signs = site.app.returning.signs
    with monkeypatch.context() as patched:
        patched.setattr(signs, "settle_report", die)
        with pytest.raises(StoreError):
            list(send_due(site.app.returning.reports))
    assert signs.report_state(issue.id) is ReportState.SENDING
    assert list(send_due(site.app.returning.reports)) == []
    assert len(mails(site.app.settings.home)) == 1


def test_two_processes_send_one_report(week: tuple[Site, Issue]) -> None:
    site, issue = week
    desk = site.app.returning.reports
    assert compose(desk, issue).raw == compose(desk, issue).raw
    assert desk.signs.claim_report(issue.id, "<x@y.example>", FRIDAY)
    assert list(send_report(desk, issue)) == []


def test_the_command_tells_draws_and_sends(week: tuple[Site, Issue], tmp_path: Path) -> None:
    from tests.inside import inside

    site, _ = week
    home, now = site.app.settings.home, ("--now", "2026-11-27T18:00:00+01:00")
    done = inside("--home", home, *now, "digest", "report")
    assert done.returncode == 0, done.stderr
    assert "remis 2, 1 intérêt, 0 réponse" in done.stdout
    assert "Ce rapport à l'équipe : pas encore envoyé." in done.stdout
    row = json.loads(inside("--home", home, *now, "digest", "report", "2026-W48", "--json").stdout)
    assert row["headline"] == "remis 2, 1 intérêt, 0 réponse"
    page = tmp_path / "rapport.html"
    assert inside("--home", home, *now, "digest", "report", "--html", page).returncode == 0
    assert "<h1" in page.read_text(encoding="utf-8")
    assert "remis à equipe@pole.example.fr" in inside("--home", home, *now, "digest", "report", "--send").stdout
    again = inside("--home", home, *now, "digest", "report", "--send")
    assert (again.returncode, "déjà parti" in again.stderr) == (2, True)
    wrong = inside("--home", home, *now, "digest", "report", "2020-W01")
    assert (wrong.returncode, "aucune édition" in wrong.stderr) == (2, True)


def test_what_nobody_asked_for_is_told_to_staff(week: tuple[Site, Issue]) -> None:
    site, issue = week
    reports, now = site.app.returning.reports, site.app.clock.now()
    site.app.issue_store.note(issue.id, why="pas approuvée, et le repli la retient", now=now)
    text = as_text(report_of(reports, issue))
    assert "Fait sans personne (1)" in text
    assert " : pas approuvée, et le repli la retient" in text
