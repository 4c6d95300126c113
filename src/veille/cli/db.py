"""`veille db`: the schema of the database."""

import click

from veille.cli.base import Group, Instance, echo, pass_instance


@click.group(cls=Group, short_help="La base de données : état du schéma, mise à jour.")
def db() -> None:
    """Dire si la base convient à ce programme, et la mettre à jour."""


@db.command(short_help="Dit si le schéma de la base convient à ce programme.")
@pass_instance
def status(instance: Instance) -> None:
    """Dire si le schéma de la base convient à ce programme ; code 3 s'il ne convient pas."""
    from contextlib import closing

    from veille.storage import schema
    from veille.storage.db import Database

    with closing(Database(instance.settings().database)) as database:
        found = schema.status(database)
        echo(f"base : {database.place}")
        echo(f"schéma : {found.current or 'aucun'} ; ce programme attend : {found.head} ; état : {found.state}")
        schema.require_current(database)


@db.command(short_help="Met le schéma de la base à jour, tout ou rien.")
@pass_instance
def upgrade(instance: Instance) -> None:
    """Mettre le schéma de la base à jour : tout ou rien, après une copie de sauvegarde (SQLite)."""
    from contextlib import closing

    from veille.storage import schema
    from veille.storage.db import Database

    with closing(Database(instance.settings().database)) as database:
        done = schema.upgrade(database)
        if done.before == done.after:
            echo(f"schéma déjà à jour ({done.after})")
            return
        echo(f"schéma mis à jour : {done.before} → {done.after}")
        echo(f"sauvegarde d'avant : {done.backup}" if done.backup else "sauvegarde : celle de votre serveur PostgreSQL")


@db.command(short_help="Réécrit le fichier de la base : rien d'effacé n'y reste.")
@pass_instance
def compact(instance: Instance) -> None:
    """Réécrire le fichier de la base (SQLite), pour que rien de ce qui fut effacé n'y reste."""
    from contextlib import closing

    from veille.storage import schema
    from veille.storage.db import Database

    with closing(Database(instance.settings().database)) as database:
        schema.require_current(database)
        if database.file is None:
            echo("PostgreSQL réécrit ses fichiers lui-même : lancez-y « VACUUM FULL » pour le faire tout de suite")
        elif database.compact():
            echo(f"base réécrite : {database.place}")
        else:
            echo("un autre programme lit la base : arrêtez-le, puis relancez")
