"""`veille`: the root command. Its help reads like a tour, from making an instance to sending the bulletin."""

from datetime import UTC, datetime
from pathlib import Path

import click

from veille import __version__
from veille.cli.base import Group, Instance, run
from veille.cli.crawl import crawl
from veille.cli.daemon import daemon
from veille.cli.db import db
from veille.cli.demo import demo
from veille.cli.digest import digest
from veille.cli.doctor import doctor
from veille.cli.init import init
from veille.cli.interests import interests
from veille.cli.items import items
from veille.cli.mail import mail
from veille.cli.match import match
from veille.cli.members import members
from veille.cli.packs import packs
from veille.cli.pipeline import pipeline
from veille.cli.profile import profile
from veille.cli.publish import publish
from veille.cli.review import review
from veille.cli.run import run_once
from veille.cli.serve import serve
from veille.cli.sources import sources
from veille.cli.tag import tag
from veille.cli.why import why


class Instant(click.ParamType):  # type: ignore[type-arg]  # not generic at run time
    """An ISO 8601 instant; a naive one is read in Europe/Paris."""

    name = "ISO"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return an aware UTC datetime."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"« {value} » n'est pas un instant ISO 8601, par exemple 2026-11-27T07:30:00+01:00", param, ctx)
        if instant.tzinfo is None:
            from zoneinfo import ZoneInfo

            instant = instant.replace(tzinfo=ZoneInfo("Europe/Paris"))
        return instant.astimezone(UTC)


@click.group(cls=Group, context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    envvar="VEILLE_HOME",
    metavar="DOSSIER",
    help="Dossier de l'instance (défaut : le dossier courant).",
)
@click.option("--now", type=Instant(), help="Fait comme s'il était cet instant ; aucun message ne sort alors d'ici.")
@click.option("--verbose", "-v", is_flag=True, help="Dit ce qui se passe.")
@click.version_option(__version__, message="veille %(version)s", help="Affiche la version.")
@click.pass_context
def cli(ctx: click.Context, home: Path, now: datetime | None, verbose: bool) -> None:
    """Collecter, comprendre, écrire à chaque membre son bulletin de la semaine.

    Le tour en cinq commandes : « init » fait un dossier, « crawl » relève les sources, « tag » étiquette,
    « members import » lit la liste des membres, « digest build » prépare les bulletins. Ensuite « run » fait tout
    ce qui est dû, depuis cron.
    """
    from veille.observability import set_up_logs

    set_up_logs(verbose=verbose)
    ctx.obj = Instance(home=home, now=now)
    ctx.call_on_close(ctx.obj.close)


for command in (
    demo, init, packs, sources, crawl, items, tag, review, members, profile, match, digest, mail, publish, why,
    interests, run_once, daemon, serve, pipeline, doctor, db,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    run(cli)
