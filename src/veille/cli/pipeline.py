"""`veille pipeline`: measure what the tags are worth, and learn anew."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Group, Instance, echo, pass_instance
from veille.cli.pipeline_learn import learn
from veille.cli.pipeline_retrain import retrain

if TYPE_CHECKING:
    from veille.nlp.fitting.held_out import Trial
    from veille.nlp.measuring.evaluate import Evaluation

#: Figures on a screen, in French.
_SHOWN = {
    "sectors_top1": "filière : la première est juste",
    "sectors_top3": "filière : une des trois est juste",
    "sectors_precision": "filières dites qui sont justes",
    "types_top1": "type : le premier est juste",
    "territory_recall": "territoires imprimés, retrouvés",
    "territory_precision": "territoires dits qui sont justes",
    "deadline_exact": "échéances imprimées, exactes",
    "deadline_wrong": "échéances fausses (à réduire)",
}


@click.group(cls=Group, name="pipeline", short_help="Mesurer ce que valent les étiquettes, réapprendre.")
def pipeline() -> None:
    """Mesurer ce que valent les étiquettes sur des textes annotés, et réapprendre des décisions de l'équipe."""


@pipeline.command("evaluate", short_help="Mesurer les étiquettes sur des jeux annotés.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER")
@click.option("--unseen", is_flag=True, help="Lit chaque jeu avec des modèles qui n'en ont rien appris.")
@click.option("--as-is", is_flag=True, help="Lit avec les modèles de l'instance, sans rien ajuster.")
@click.option(
    "--names",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Noms français des codes CPV (JSON) : les modèles en apprennent aussi.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER.html",
    help="Écrit une page : chaque étiquette et son intervalle, ce qui est confondu, ce que vaut le score.",
)
@click.option(
    "--floors",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Refuse (code 7) un chiffre sous le plancher écrit là, et relève les planchers dépassés.",
)
@click.option("--workers", type=click.IntRange(1, 8), default=2, metavar="N", help="Nombre de processus (défaut : 2).")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON, sur une ligne, au lieu du tableau.")
@pass_instance
def evaluate(
    instance: Instance,
    folder: Path,
    *,
    unseen: bool,
    as_is: bool,
    names: Path | None,
    report: Path | None,
    floors: Path | None,
    workers: int,
    as_json: bool,
) -> None:
    """Mesurer les étiquettes sur des jeux annotés (DOSSIER/*.jsonl), sans base.

    Chaque texte est lu par des modèles qui ne l'ont pas vu : cinq parts, ajustées à tour de rôle (une minute ou deux).
    Des jeux dont aucune licence ne permet d'apprendre sont lus par les modèles de l'instance, qui ne les connaissent
    pas.
    """
    from veille.config.instance import definitions
    from veille.nlp.fitting.gold import gold_files
    from veille.nlp.fitting.held_out import Trial, Way

    if unseen and as_is:
        raise click.UsageError("--unseen et --as-is s'excluent")
    if floors and (unseen or as_is):
        raise click.UsageError("--floors se mesure hors échantillon : sans --unseen ni --as-is")
    trial = Trial(
        files=tuple(gold_files(folder)),
        way=Way.SHIPPED if as_is else Way.SETS if unseen else Way.FOLDS,
        names=names,
        folders=definitions(instance.home),
        workers=workers,
    )
    found = _measured(trial, floors=floors is not None)
    if report is not None:
        from veille.nlp.measuring.report import write_report

        write_report(report, found)
    if as_json:
        from veille.nlp.measuring.evaluate import as_plain

        click.echo(json.dumps(as_plain(found), ensure_ascii=False))
    else:
        _show(found)
        if report is not None:
            echo(f"rapport : {report}")
    if floors is not None:
        _hold(found, trial, floors, quiet=as_json)


def _measured(trial: "Trial", *, floors: bool) -> "Evaluation":
    from veille.nlp.measuring.evaluate import evaluate
    from veille.nlp.measuring.floors import trial_of_floors
    from veille.observability import progress

    return evaluate(trial_of_floors(trial) if floors else trial, progress())


def _hold(found: "Evaluation", trial: "Trial", path: Path, *, quiet: bool) -> None:
    from veille.nlp.fitting.held_out import Way
    from veille.nlp.measuring.floors import AS_IS, RECIPE, figures, hold

    recipe = AS_IS if found.way is Way.SHIPPED else RECIPE
    held = hold(path, figures(found.table, found.unseen), trial, recipe=recipe)
    if not quiet:
        echo(f"\naucun chiffre n'a baissé ; {len(held)} planchers écrits dans {path}")


def _show(found: "Evaluation") -> None:
    from veille.nlp.measuring.wording import WAYS

    echo(WAYS[found.way])
    rows = {"ALL": "tous les textes", "MEAN": "moyenne des jeux"}
    for row in (*sorted(found.table.keys() - {"ALL", "MEAN"}), "ALL", "MEAN"):
        told = [line for name, words in _SHOWN.items() if (line := _line(found, row, name, words))]
        if told:
            echo(f"\n{rows.get(row, row)}")
            for line in told:
                echo(f"  {line}")
    for name, values in found.unseen.items():
        if name not in rows and values["sectors_top1"] is not None:
            three = " ".join(f"{values[key]:.3f}" for key in ("sectors_top1", "sectors_top3", "sectors_precision"))
            echo(f"\n{name}, jamais vu : filière, première, parmi trois, part juste : {three}".replace(".", ","))


def _line(found: "Evaluation", row: str, name: str, words: str) -> str:
    value, ends = found.table[row][name], found.intervals[row].get(name)
    if value is None or ends is None:
        return ""
    return f"{words:<34} {value:.3f}  [{ends[0]:.3f} – {ends[1]:.3f}]".replace(".", ",")


pipeline.add_command(learn)
pipeline.add_command(retrain)
