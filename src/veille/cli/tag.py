"""`veille tag`: tag what waits in the store, or a JSONL file without any store."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from veille.cli.base import Group, Instance, echo
from veille.cli.tag_correct import correct


@click.group(
    cls=Group,
    name="tag",
    invoke_without_command=True,
    short_help="Étiqueter ce qui attend, ou un fichier JSONL ; corriger une étiquette.",
)
@click.option(
    "--jsonl",
    "source",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FICHIER",
    help="Étiquette ce fichier, un objet JSON par ligne, sans base ; « - » lit l'entrée standard.",
)
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FICHIER",
    help="Où écrire, une ligne par ligne, dans le même ordre ; « - » (défaut) écrit à l'écran.",
)
@click.option(
    "--explain",
    "explained",
    metavar="QUOI",
    help="Dit pourquoi : un texte, une adresse web, le numéro d'un article, ou « - » (entrée standard).",
)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Avec --explain : écrit une page au lieu de l'écran.",
)
@click.pass_context
def tag(
    context: click.Context, source: Path | None, target: Path | None, explained: str | None, page: Path | None
) -> None:
    """Dire de chaque fiche sa filière, son territoire, son type, son échéance, et avec quels mots.

    Sans option, étiquette ce qui attend dans la base ; interrompu, le passage suivant reprend où il en était.
    """
    if context.invoked_subcommand is not None:
        return
    instance = context.ensure_object(Instance)
    if source is not None and explained is not None:
        raise click.UsageError("--jsonl et --explain ne vont pas ensemble")
    if source is not None:
        _tag_file(instance, source, target or Path("-"))
        return
    if target is not None:
        raise click.UsageError("--out ne va qu'avec --jsonl")
    if explained is not None:
        from veille.cli.explain import explain

        explain(instance, explained, page)
        return
    if page is not None:
        raise click.UsageError("--html ne va qu'avec --explain")
    done = instance.open().tag()
    echo(f"{done} fiche{'s' if done > 1 else ''} étiquetée{'s' if done > 1 else ''}" if done else "rien à étiqueter")


def _tag_file(instance: Instance, source: Path, target: Path) -> None:
    from veille.clock import SystemClock
    from veille.config.instance import definitions
    from veille.errors import BadLines
    from veille.nlp.files import lines_of, write_lines
    from veille.nlp.jsonl import tag_lines
    from veille.nlp.tagger import load_tagger

    tagger = load_tagger(definitions(instance.home))
    problems: list[tuple[int, str]] = []
    with _settled(), lines_of(source) as lines:
        tagged: Iterable[str] = tag_lines(
            lines, tagger, tagger.gazetteer, problems, now=SystemClock(instance.now).now()
        )
        write_lines(target, tagged)
    if problems:
        raise BadLines("entrée standard" if str(source) == "-" else source, problems)


@contextmanager
def _settled() -> Iterator[None]:
    """Keep what is known out of collections until the command ends; afterwards it may go."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


tag.add_command(correct)
