"""The page that a newcomer opens: every bulletin, the reason of each line, who got nothing, the sources."""

from pathlib import Path

from veille.demo.report import DemoReport
from veille.drawing import templates
from veille.model import FAILURES

_TEMPLATES = Path(__file__).parent / "templates"
_FORMATS = {"rss": "RSS 2.0", "rdf": "RSS 1.0", "atom": "Atom", "json": "JSON Feed"}


def render_index(report: DemoReport) -> str:
    """Return the page; links are relative to the demonstration's folder."""
    return (
        templates(_TEMPLATES)
        .get_template("index.html.jinja")
        .render(
            cluster=report.cluster,
            editions=report.editions,
            last=report.last,
            evening=report.evening,
            sources=_health(report),
            home=report.folder,
            now=report.last.sent_at.isoformat(timespec="minutes"),
        )
    )


def _health(report: DemoReport) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for one in report.last.crawl:
        title, form = report.sources[one.id]
        rows.append(
            {
                "title": title,
                "format": _FORMATS[form],
                "state": one.state.value,
                "failed": one.state in FAILURES,
                "sentence": one.sentence,
            }
        )
    return sorted(rows, key=lambda row: not row["failed"])
