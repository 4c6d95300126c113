"""Options that the commands of `veille digest` share."""

import click

#: Which digest.
name = click.option("--name", metavar="NOM", help="Le bulletin, s'il y en a plusieurs ; NOM_erratum : ses corrections.")
#: Which of its issues.
issue = click.option(
    "--issue", "said", metavar="ÉDITION", help="L'édition, si plusieurs vivent : 2026-W48, ou son numéro."
)
