"""`veille items queue`: what members forwarded to the cluster's box, until staff decide."""

from typing import TYPE_CHECKING

import click

from veille.cli.base import Group, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.model.letters import Suggestion

_COMMENT = 100


@click.group(
    cls=Group,
    name="queue",
    invoke_without_command=True,
    short_help="Voir et trancher ce que des membres ont transféré à la boîte du cluster.",
)
@click.pass_context
def queue(context: click.Context) -> None:
    """Lister les suggestions en attente, les plus anciennes d'abord ; « accept » et « refuse » les tranchent."""
    if context.invoked_subcommand is not None:
        return
    app = context.ensure_object(Instance).open()
    found = app.letters.suggestions.waiting()
    for suggestion in found:
        when = (suggestion.sent or suggestion.received).astimezone(app.settings.cluster.zone)
        echo(f"{suggestion.id:>6}  {when:%d/%m/%Y}  {suggestion.suggested_by}  {suggestion.title}")
        for line in _details(suggestion):
            echo(f"        {line}")
    plural = "s" if len(found) > 1 else ""
    echo(
        f"{len(found)} suggestion{plural} en attente" + (" : veille items queue accept N, ou refuse N" if found else "")
    )


def _details(suggestion: "Suggestion") -> list[str]:
    said = " ".join(suggestion.comment.split())
    shown = said if len(said) <= _COMMENT else said[:_COMMENT] + "…"
    return [*([suggestion.link] if suggestion.link else []), *([f"« {shown} »"] if shown else [])]


@queue.command("accept")
@click.argument("numbers", metavar="N…", type=click.IntRange(1), nargs=-1, required=True)
@pass_instance
def accept(instance: Instance, numbers: tuple[int, ...]) -> None:
    """Ajouter ces suggestions comme articles : leur page est lue maintenant, et la fiche dit qui les a suggérées."""
    app = instance.open()
    for number in numbers:
        accepted = app.suggestions.accept(number)
        how = "ajoutée" if accepted.new else "déjà connue"
        by = accepted.suggestion.suggested_by
        echo(f"n° {number} {how} : article n° {accepted.item.id}, « {accepted.item.title} », suggérée par {by}")


@queue.command("refuse")
@click.argument("numbers", metavar="N…", type=click.IntRange(1), nargs=-1, required=True)
@pass_instance
def refuse(instance: Instance, numbers: tuple[int, ...]) -> None:
    """Écarter ces suggestions ; le même courriel ne les ramènera pas."""
    app = instance.open()
    for number in numbers:
        refused = app.suggestions.refuse(number)
        echo(f"n° {number} refusée : « {refused.title} », suggérée par {refused.suggested_by}")
