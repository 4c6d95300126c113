"""Why a text got its tags, as one HTML page that needs nothing else: no script, no font, no picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from veille.cli.explained import KINDS, fact_lines, headline, left_out_line, mark_name, part_line, thresholds
from veille.drawing import templates
from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.nlp.marks import Segment, marks, shown
from veille.text import french_spaces, printable

if TYPE_CHECKING:
    from veille.cli.explained import Label
    from veille.nlp.explain import Explanation

_TEMPLATES = Path(__file__).parent / "templates"


def write_page(path: Path, explained: "Explanation", label: "Label", *, pipeline: str, sparing: bool) -> None:
    """Write the page, whole or not at all; raises InputError where the place cannot be written."""
    try:
        write_atomically(path.resolve(), page(explained, label, pipeline=pipeline, sparing=sparing).encode())
    except OSError as error:
        raise InputError(
            f"{path} : impossible d'écrire ({cause(error)})", cure="vérifiez le dossier, les droits"
        ) from error


def page(explained: "Explanation", label: "Label", *, pipeline: str, sparing: bool) -> str:
    """Return the page; `sparing` shows of the text only the sentences that hold marks."""
    drawn = templates(_TEMPLATES, french=lambda words: french_spaces(printable(words)))
    fields = {where: _field(explained, where, label, sparing=sparing) for where in ("title", "text")}
    met = {kind for field in fields.values() for part in field for kind in part["kinds"]}
    return drawn.get_template("explain.html.jinja").render(
        title=fields["title"],
        text=fields["text"],
        legend=[(kind, name) for kind, name in KINDS.items() if kind in met],
        tags=[_tag(one, label) for one in explained.tags],
        facts=list(fact_lines(explained)),
        left_out=[left_out_line(left, label) for left in explained.left_out],
        thresholds=list(thresholds()),
        lang=explained.tagged.lang,
        pipeline=pipeline,
        link=explained.text.url if (explained.text.url or "").startswith(("http://", "https://")) else None,
    )


def _tag(one: Any, label: "Label") -> dict[str, Any]:
    return {
        "kind": one.tag.scheme.value,
        "headline": headline(one, label),
        "parts": [part_line(part) for part in one.parts],
    }


def _field(explained: "Explanation", where: str, label: "Label", *, sparing: bool) -> list[dict[str, Any]]:
    text = explained.text.title if where == "title" else explained.text.text
    return (
        [_part(part, label) for part in shown(text, marks(explained, where), sparing=sparing)] if text.strip() else []
    )


def _part(part: Segment, label: "Label") -> dict[str, Any]:
    kinds = list(dict.fromkeys(mark.kind for mark in part.marks))
    names = dict.fromkeys(mark_name(mark.kind, mark.name, label) for mark in part.marks)
    return {"text": printable(part.text), "kinds": kinds, "names": " ; ".join(names)}
