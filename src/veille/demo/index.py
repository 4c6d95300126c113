"""The page that a newcomer opens: every bulletin, the reason of each line, who got nothing, the sources."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from veille.demo.report import DemoReport
from veille.model import FAILURES

_FORMATS = {"rss": "RSS 2.0", "rdf": "RSS 1.0", "atom": "Atom", "json": "JSON Feed"}


def render_index(report: DemoReport) -> str:
    """Return the page; links are relative to the demonstration's folder."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = (files("veille.demo") / "templates" / "index.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        cluster=report.cluster,
        editions=report.editions,
        last=report.last,
        evening=report.evening,
        sources=_health(report),
        home=report.folder,
        now=report.last.sent_at.isoformat(timespec="minutes"),
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
