"""Phytalis's bulletin of Friday 27 November 2026, line by line and aspect by aspect."""

import re
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from veille.app import App
from veille.demo import instance
from veille.demo.corpus import PARIS, corpus, read_definition
from veille.demo.runner import HeldClock
from veille.model import Bulletin, Line

EXPECTED = read_definition("expected.yaml")
ROWS = {row["id"]: row for row in EXPECTED["rows"]}
#: How each aspect of an expected row is read off the line shown.
EQUAL = ("closes", "badge", "eligibility", "language", "star")
CONTAINED = ("title", "deadline", "change", "recall", "eligibility_note")
LISTED = {"facts": "facts", "codes": "facts", "reasons": "reasons"}
ASPECTS = (*EQUAL, *CONTAINED, *LISTED, "section", "hour", "common", "sources")

#: (row, aspect) → why it cannot hold yet. Strict: a check that begins to hold must leave this list.
LATER: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Shown:
    section: str
    line: Line


def bulletin_of(report, organisation: str) -> Bulletin:
    return next(mail.bulletin for mail in report.last.mails if mail.bulletin.organisation == organisation)


@pytest.fixture(scope="session")
def shown(demo) -> dict[str, Shown]:
    bulletin = bulletin_of(demo, EXPECTED["member"])
    return {line.url: Shown(section.kind, line) for section in bulletin.sections for line in section.lines}


def checks():
    for name, row in ROWS.items():
        for aspect in ("shown", *(aspect for aspect in ASPECTS if aspect in row)):
            reason = LATER.get((name, aspect))
            marks = pytest.mark.xfail(reason=reason, strict=True) if reason else ()
            yield pytest.param(name, aspect, id=f"{name}-{aspect}", marks=marks)


@pytest.mark.parametrize(("name", "aspect"), list(checks()))
def test_expected_line(shown, name, aspect):
    row = ROWS[name]
    assert row["url"] in shown, f"absent; shown: {sorted(shown)}"
    if aspect == "shown":
        return
    found, wanted = shown[row["url"]], row[aspect]
    if aspect in EQUAL:
        assert getattr(found.line, aspect) == wanted
    elif aspect in CONTAINED:
        assert wanted in flat(getattr(found.line, aspect))
    elif aspect in LISTED:
        said = flat(" · ".join(getattr(found.line, LISTED[aspect])))
        assert [words for words in wanted if words not in said] == []
    elif aspect == "section":
        assert found.section == wanted
    elif aspect == "hour":
        assert wanted in flat(found.line.deadline)
    elif aspect == "common":
        assert wanted in " ".join(found.line.reasons)
    else:
        assert len(found.line.sources) == wanted


def flat(text: str) -> str:
    """No-break spaces are typography, not content."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("trap", EXPECTED["never"], ids=lambda trap: trap["url"].removeprefix("https://"))
def test_distractor_stays_out(shown, trap):
    assert trap["url"] not in shown, trap["trap"]


def test_the_subject_says_what_closes_first(demo):
    assert flat(bulletin_of(demo, "Phytalis").subject) == EXPECTED["subject"]


def test_a_bulletin_holds_twelve_lines_at_most_and_a_reason_for_each(demo):
    for mail in demo.last.mails:
        assert 0 < len(mail.bulletin.lines) <= 12
        assert [line.title for line in mail.bulletin.lines if not line.reasons] == []


def test_a_bulletin_is_read_in_650_words_at_most_its_foot_apart(demo):
    read = [
        (demo.folder / mail.text).read_text(encoding="utf-8") for edition in demo.editions for mail in edition.mails
    ]
    bodies = [re.sub(r"https?://\S+", "", text.partition("\n-- ")[0]) for text in read]
    counts = [len(re.findall(r"\w+(?:[’'-]\w+)*", body)) for body in bodies]
    assert 300 < max(counts) <= 650, counts


def test_nothing_closed_is_shown(demo):
    for edition in demo.editions:
        day = edition.sent_at.astimezone(PARIS).date()
        lines = [line for mail in edition.mails for line in mail.bulletin.lines]
        assert [line.title for line in lines if line.closes and date.fromisoformat(line.closes) < day] == []


def test_a_line_comes_back_only_as_a_change_or_a_recall(demo):
    before: dict[str, set[int]] = {}
    for edition in demo.editions:
        for mail in edition.mails:
            known = before.setdefault(mail.email, set())
            again = [line for line in mail.bulletin.lines if line.item_id in known]
            assert [line.title for line in again if not (line.change or line.recall)] == []
            known.update(line.item_id for line in mail.bulletin.lines)


def test_a_call_comes_back_the_week_after_only_as_a_last_recall(demo, tmp_path):
    home = tmp_path / "instance"
    shutil.copytree(demo.folder, home)
    at = datetime(2026, 12, 3, 18, 0, tzinfo=PARIS)
    with closing(App(instance.settings(home), clock=HeldClock(at), now=at)) as app:
        [built] = app.digest.build()
    bulletin = next(one.bulletin for one in built.drafted if one.subscriber.email == "claire@phytalis.example")
    call = ROWS["prevention"]["url"]
    again = [(section.kind, line) for section in bulletin.sections for line in section.lines if line.url == call]
    assert [(kind, line.badge) for kind, line in again] == [("deadlines", "J-4")]
    assert "dernier rappel" in " ".join(again[0][1].reasons)


def test_the_corpus_holds_what_the_golden_file_names():
    links = {item.link for source in corpus() for item in source.items}
    named = {row["url"] for row in EXPECTED["rows"]} | {trap["url"] for trap in EXPECTED["never"]}
    assert named <= links
    assert len(EXPECTED["never"]) >= 40
    assert sum(len(source.items) for source in corpus()) >= 150
