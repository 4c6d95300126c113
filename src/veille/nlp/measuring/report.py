"""The evaluation as one HTML page that needs nothing else: no script, no font, no picture of another file."""

from pathlib import Path
from typing import Any

from veille.drawing import templates
from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.nlp.measuring.drawing import draw_confusion, draw_reliability, draw_whisker
from veille.nlp.measuring.evaluate import Evaluation
from veille.nlp.measuring.scoring import ALL, MEAN
from veille.nlp.measuring.wording import WAYS, causes
from veille.text import french_spaces

_TEMPLATES = Path(__file__).parent / "templates"
#: Columns of the table of sets, and what each is called where the table is one value a line.
_COLUMNS = {
    "sectors_top1": ("Filière, première", "Filière, première juste"),
    "sectors_top3": ("parmi trois", "Filière, juste parmi trois"),
    "sectors_precision": ("part juste", "Filières dites, part juste"),
    "types_top1": ("Type, premier", "Type, premier juste"),
    "territory_recall": ("Territoires retrouvés", "Territoires retrouvés"),
    "territory_precision": ("part juste", "Territoires dits, part juste"),
    "deadline_exact": ("Échéances exactes", "Échéances exactes"),
    "deadline_wrong": ("fausses", "Échéances fausses"),
}
_SCHEMES = {"sectors": "Filières", "types": "Types d'opportunité"}


def write_report(path: Path, found: Evaluation) -> None:
    """Write the page, whole or not at all; raises InputError where the place cannot be written."""
    try:
        write_atomically(path.resolve(), report(found).encode())
    except OSError as error:
        raise InputError(
            f"{path} : impossible d'écrire ({cause(error)})", cure="vérifiez le dossier, la place"
        ) from error


def report(found: Evaluation) -> str:
    """Return the page."""
    drawn = templates(_TEMPLATES, share=_share, ends=_ends)
    return drawn.get_template("evaluation.html.jinja").render(
        found=found,
        way=WAYS[found.way],
        columns=_COLUMNS,
        rows=[*sorted(found.table.keys() - {ALL, MEAN}), ALL, MEAN],
        row_names={ALL: "Tous les textes", MEAN: "Moyenne des jeux"},
        schemes=[_scheme(found, key) for key in _SCHEMES if found.labels[key]],
        unseen={name: row for name, row in found.unseen.items() if name not in {ALL, MEAN}},
        reliability=draw_reliability(found.reliability),
    )


def _scheme(found: Evaluation, key: str) -> dict[str, Any]:
    names = found.names.get(key, {})
    return {
        "key": key,
        "title": _SCHEMES[key],
        "names": names,
        "labels": [(one, draw_whisker(one.f1, one.f1_interval)) for one in found.labels[key]],
        "worst": [(one, [french_spaces(said) for said in causes(one, names)]) for one in found.worst[key]],
        "picture": draw_confusion(found.confusions[key], names, f"{_SCHEMES[key]} : ce qui est pris pour quoi"),
    }


def _share(value: float | None) -> str:
    """Return « 0,754 », or a dash where nothing was counted."""
    return "–" if value is None else f"{value:.3f}".replace(".", ",")


def _ends(both: tuple[float, float] | None) -> str:
    return "" if both is None else f"{both[0]:.2f} – {both[1]:.2f}".replace(".", ",")
