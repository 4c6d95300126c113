"""`veille pipeline retrain`: fit anew on gold sets and what staff decided, compare, install if nothing is lost."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.cli.pipeline_learn import learn
from veille.errors import InputError

if TYPE_CHECKING:
    from veille.app import App
    from veille.nlp.fitting.retraining import Comparison


@click.command(cls=Command, name="retrain", short_help="Réapprendre des jeux annotés et des décisions de l'équipe.")
@click.option(
    "--gold",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Les jeux annotés (*.jsonl) dont les modèles apprennent, et sur lesquels ils sont comparés.",
)
@click.option(
    "--names",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Noms français des codes CPV (JSON) : les modèles en apprennent aussi.",
)
@click.option("--dry-run", is_flag=True, help="Compare sans rien installer.")
@click.option("--workers", type=click.IntRange(1, 8), default=2, metavar="N", help="Nombre de processus (défaut : 2).")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON, sur une ligne, au lieu du tableau.")
@pass_instance
def retrain(
    instance: Instance, folder: Path | None, *, names: Path | None, dry_run: bool, workers: int, as_json: bool
) -> None:
    """Réapprendre les filières et les types des jeux annotés et de ce que l'équipe a corrigé.

    Les modèles sont comparés avec et sans les décisions, sur des textes et des décisions qu'ils n'ont pas vus (trois
    minutes). Si un chiffre baisse, rien n'est installé et le code est 7. Sinon le nouveau modèle prend place dans
    pipelines/model/fitted de l'instance, tout est étiqueté à nouveau au prochain passage, et les décisions demeurent.
    Effacer ce fichier rend le modèle livré.

    Sans --gold, seuls les axes s'apprennent, comme par « learn » : sans les textes dont ils tiennent leur savoir, les
    modèles de filières et de types le perdraient.
    """
    from veille.config.instance import definitions
    from veille.nlp.fitting.gold import gold_files
    from veille.nlp.fitting.held_out import Trial
    from veille.nlp.fitting.lessons import SET, verdicts
    from veille.nlp.fitting.retraining import compare, install
    from veille.nlp.measuring.floors import refuse_fallen
    from veille.observability import progress

    if folder is None:
        click.get_current_context().invoke(learn, dry_run=dry_run, forget=False, as_json=as_json)
        return
    app = instance.open()
    lines = _lessons(app)
    with tempfile.TemporaryDirectory() as own:
        decisions = Path(own) / f"{SET}.jsonl"
        decisions.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        files = (*gold_files(folder), decisions)
        trial = Trial(files=files, names=names, folders=definitions(instance.home), workers=workers)
        found = compare(trial, verdicts(app.review_store.decisions()), progress())
        _show(found, len(lines), as_json=as_json)
        refuse_fallen(found.after, found.before)
        if not dry_run:
            where = install(instance.home, files, names)
            echo(f"modèle installé : {where} ; « veille tag » étiquette tout à nouveau", err=as_json)


def _lessons(app: "App") -> Sequence[str]:
    from veille.nlp.fitting.lessons import decided_schemes, lessons

    decided = decided_schemes(app.review_store.decisions())
    # No pipeline has an empty name: these are the texts of all of them, whatever tagged them.
    texts = {item_id: text for item_id, _, text in app.tag_store.texts("", sorted(decided))}
    items = [item for item_id in sorted(decided) if (item := app.item_store.item(item_id)) is not None]
    lines = list(lessons(texts, items, decided))
    if not lines:
        raise InputError(
            "aucune filière ni aucun type n'a été corrigé", cure="corrigez des étiquettes : « veille tag correct N »"
        )
    return lines


def _show(found: "Comparison", count: int, *, as_json: bool) -> None:
    if as_json:
        told = {"decisions": count, "before": found.before, "after": found.after}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    echo(f"{count} article{'s' if count > 1 else ''} corrigé{'s' if count > 1 else ''} par l'équipe")
    echo(f"{'':<30} sans   avec les décisions (textes non vus)")
    for name, before in found.before.items():
        after = found.after.get(name, 0.0)
        mark = "" if before == after else "  +" if after > before else "  -"
        figures = f"{before:.3f}  {after:.3f}{mark}".replace(".", ",")
        echo(f"{name:<30} {figures}")
