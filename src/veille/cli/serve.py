"""`veille serve`: the pages that members open from their mail."""

import click

from veille.cli.base import Command, Instance, echo, pass_instance


@click.command(
    cls=Command, name="serve", short_help="Servir les pages des membres : préférences, avis, désinscription."
)
@click.option("--host", default="127.0.0.1", show_default="127.0.0.1", metavar="ADRESSE", help="Adresse d'écoute.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8600, show_default="8600", metavar="PORT", help="Port.")
@pass_instance
def serve(instance: Instance, host: str, port: int) -> None:
    """Servir les pages des membres jusqu'à Ctrl-C ou SIGTERM. Placez devant un serveur qui fait le https."""
    from veille.web.serving import serve as run

    app = instance.open()
    echo(f"pages des membres sur http://{host}:{port}/ (adresse publique : {app.settings.site.url})")
    run(app, host=host, port=port)
    echo("arrêt propre")
