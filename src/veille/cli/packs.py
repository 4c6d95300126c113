"""`veille packs`: what the packs hold, and whether a folder is a sound one."""

import json

import click

from veille.cli.base import Group, echo


@click.group(cls=Group, name="packs", short_help="Lister les packs de métier, en vérifier un.")
def packs() -> None:
    """Lister et vérifier les packs : les sources, les axes et le bulletin d'une profession."""


@packs.command("list")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par pack.")
def list_(as_json: bool) -> None:
    """Lister les packs livrés ; « veille init DOSSIER --pack NOM » en met un dans une instance."""
    from veille.config.packs import find_pack, load_pack, pack_names

    for pack in (load_pack(find_pack(name)) for name in pack_names()):
        if as_json:
            row = {
                "name": pack.name, "title": pack.title, "sectors": list(pack.sectors), "own": len(pack.own),
                "references": len(pack.references), "usable": len(pack.usable), "families": pack.families,
                "axes": [axis.id for axis in pack.axes], "digests": list(pack.digests),
            }  # fmt: skip
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            echo(f"{pack.name:<22} {len(pack.usable):>3} sources, {len(pack.axes):>2} axes  {pack.title}")


@packs.command("check")
@click.argument("folder", metavar="DOSSIER")
def check(folder: str) -> None:
    """Vérifier un pack (un dossier, ou le nom d'un pack livré) : sources, axes et bulletin, avec fichier et ligne."""
    from veille.config.choosing import FAMILY_LABELS
    from veille.config.packs import find_pack, load_pack, remarks

    pack = load_pack(find_pack(folder))
    echo(f"{pack.title} : {pack.sentence}")
    echo(f"{len(pack.own)} sources à lui, {len(pack.references)} du catalogue, {len(pack.usable)} utilisables :")
    for family, count in pack.families.items():
        echo(f"  {FAMILY_LABELS[family]} : {count}")
    echo(f"axes : {', '.join(axis.label for axis in pack.axes) or 'aucun'}")
    echo(f"bulletins : {', '.join(pack.digests) or 'aucun'}")
    for remark in remarks(pack):
        echo(f"remarque : {remark}")
    echo(f"aucune erreur ({pack.folder})")
