"""The report of an issue in French: one sentence, a text, a page with bars (pure)."""

from dataclasses import asdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from veille.digest.signs.gathering import IssueReport, Line
from veille.drawing import templates
from veille.french import DAYS, counted, day_of_month
from veille.text import printable

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent / "templates"
#: Lines of a report that show items: the rest moved nobody.
SHOWN = 12
#: People named in one list; a mail that names eighty thousand helps nobody.
NAMED = 200
_STATES = {
    "sent": "remis au serveur",
    "rejected": "refusés",
    "uncertain": "incertains",
    "suppressed": "adresses désinscrites",
    "deferred": "à réessayer",
    "queued": "en attente",
    "sending": "en cours",
    "expired": "périmés",
    "skipped": "sans bulletin",
}
_LEFT = {
    "hard": "adresses mortes",
    "complaint": "plaintes",
    "unsubscribe": "désinscriptions chez le relais",
    "page": "départs par la page",
    "one": "bulletins d'une seule organisation arrêtés",
}


def headline(report: IssueReport) -> str:
    """Return « remis 58, consultés 31 liens, 3 intérêts, 1 réponse »."""
    parts = [f"remis {report.delivered}"]
    if report.opened is not None:
        parts.append(f"consultés {counted(report.opened, 'lien')}")
    parts += [counted(report.wanted, "intérêt"), counted(report.replies, "réponse")]
    return ", ".join(parts)


def as_text(report: IssueReport) -> str:
    """Return the report as the text of a mail, or for a terminal."""
    lines = [f"{report.title}, édition {report.digest} {report.period} : {headline(report)}.", ""]
    lines += [f"{words} : {number}" for words, number in figures(report)]
    lines += [f"liens consultés le {_day(day)} : {count}" for day, count in report.by_day.items()]
    if report.opened is None:
        lines.append("Les liens ne sont pas comptés ([site] count_links = false).")
    active = moved(report)
    if active:
        lines += ["", "Ce qui a fait réagir", *(f"- {one.title} : {reactions(one)}" for one in active)]
    for heading, people in lists(report):
        lines += ["", f"{heading} ({len(people)})", *(f"- {_person(one.who, one.why)}" for one in people[:NAMED])]
        if len(people) > NAMED:
            lines.append(f"- et {len(people) - NAMED} autres : « veille digest report --json »")
    return "\n".join(printable(line) for line in lines) + "\n"


def as_page(report: IssueReport) -> str:
    """Return the report as a page that needs nothing from elsewhere, for a browser and for a mail."""
    busiest = max(report.by_day.values(), default=0)
    most = max((one.opened or 0 for one in report.lines), default=0)
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            headline=headline(report),
            figures=figures(report),
            bars=[(words, number, _share(number, sum(report.counts.values()))) for words, number in _mails(report)],
            days=[(_day(day), count, _share(count, busiest)) for day, count in report.by_day.items()],
            lines=[(one, reactions(one), _share(one.opened or 0, most)) for one in report.lines[:SHOWN]],
            lists=[(heading, people[:NAMED], len(people)) for heading, people in lists(report)],
        )
    )


def as_data(report: IssueReport) -> dict[str, Any]:
    """Return the report as plain data, for JSON: every name, no cut."""
    return {"headline": headline(report), **asdict(report)}


def figures(report: IssueReport) -> list[tuple[str, int]]:
    """Return every figure with its French name, in reading order; mails first."""
    votes = [("votes « utile »", report.useful), ("votes « pas pour moi »", report.not_for_me)]
    left = [(_LEFT.get(kind, kind), number) for kind, number in report.left.items()]
    return [
        *_mails(report), *([("liens consultés", report.opened)] if report.opened is not None else []),
        ("intérêts", report.wanted), *votes, ("réponses", report.replies), *left,
        *([("couverture, % des appels qui conviennent", report.coverage)] if report.coverage is not None else []),
    ]  # fmt: skip


def moved(report: IssueReport) -> list[Line]:
    """Return the items that anybody did anything with, most first."""
    return [one for one in report.lines if reactions(one)][:SHOWN]


def reactions(line: Line) -> str:
    """Return what was done with an item, « 2 intérêts, 5 consultations », or empty."""
    said = [
        counted(line.wanted, "intérêt") if line.wanted else "",
        counted(line.opened, "consultation") if line.opened else "",
        f"utile {line.useful}" if line.useful else "",
        f"pas pour moi {line.not_for_me}" if line.not_for_me else "",
    ]
    return ", ".join(words for words in said if words)


def lists(report: IssueReport) -> list[tuple[str, Any]]:
    """Return the lists that staff should read: what was done without them, then people, those to act for first."""
    found = (
        ("Fait sans personne", report.unasked),
        ("Incertains : accepté ou non, demandez-leur", report.doubts),
        ("Refusés", report.rejected),
        ("Pas partis", report.waiting),
        ("Sans bulletin cette fois", report.nothing),
    )
    return [(heading, people) for heading, people in found if people]


def _mails(report: IssueReport) -> list[tuple[str, int]]:
    return [(_STATES[state], report.counts[state]) for state in _STATES if report.counts.get(state)]


def _day(iso: str) -> str:
    """Return « vendredi 27 novembre » of an ISO day."""
    day = date.fromisoformat(iso)
    return f"{DAYS[day.weekday()]} {day_of_month(day)}"


def _person(who: str, why: str) -> str:
    return f"{who} : {why}" if why else who


def _share(part: int, whole: int) -> int:
    """Return a bar's width in percent; what is there is seen."""
    return max(round(100 * part / whole), 1) if whole and part else 0


@cache
def _environment() -> "Environment":
    return templates(_HERE)
