"""`veille sources`: check and list what is watched, which needs no database; say how each source is."""

import click

from veille.cli.base import Group
from veille.cli.health import health
from veille.cli.sources_check import check
from veille.cli.sources_exchange import export, import_
from veille.cli.sources_list import disable, enable, list_
from veille.cli.sources_propose import propose


@click.group(cls=Group, name="sources", short_help="Vérifier, lister, ajouter et soigner les sources.")
def sources() -> None:
    """Vérifier, lister, ajouter, allumer les sources de sources.yaml, et dire comment elles vont."""


for command in (check, list_, propose, enable, disable, import_, export, health):
    sources.add_command(command)
