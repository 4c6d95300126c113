"""`veille mail`: make the key that signs, and see whether receivers will trust what leaves."""

import json
import sys
from pathlib import Path

import click

from veille.cli.base import Group, Instance, echo, pass_instance

_MARKS = {"en place": "✓", "à publier": "!", "à corriger": "✗", "non vérifié": "?"}


@click.group(cls=Group, name="mail", short_help="Signer, essayer le relais, lire ce qui revient.")
def mail() -> None:
    """Signer les messages (DKIM), vérifier qu'ils seront acceptés, essayer le relais et lire ce qui revient."""


@mail.command("key")
@click.option("--ed25519", "ed25519_key", is_flag=True, help="Une clé Ed25519, pour une seconde signature.")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Où l'écrire (défaut : var/dkim.pem dans l'instance).",
)
@pass_instance
def key(instance: Instance, ed25519_key: bool, target: Path | None) -> None:
    """Faire une clé privée, lisible de vous seul, et dire quoi publier. Ne remplace jamais une clé."""
    from veille.addresses import parse_address
    from veille.digest.mail.dkim import load_key, new_key_pem
    from veille.errors import InputError
    from veille.files import cause, write_atomically

    settings = instance.settings()
    name = "dkim-ed25519.pem" if ed25519_key else "dkim.pem"
    path = target or settings.var / name
    if path.exists():
        raise InputError(
            f"{path} existe déjà", cure="choisissez un autre fichier avec --to ; l'ancienne clé sert encore"
        )
    try:
        write_atomically(path, new_key_pem(ed25519_key=ed25519_key), private=True)
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="choisissez un dossier où vous pouvez écrire") from error
    selector = settings.mail.dkim_ed25519_selector if ed25519_key else settings.mail.dkim_selector
    made = load_key(path, selector=selector, domain=parse_address(settings.mail.sender).rpartition("@")[2])
    shown = path.relative_to(settings.home) if path.is_relative_to(settings.home) else path.absolute()
    setting = "dkim_ed25519_key" if ed25519_key else "dkim_key"
    echo(f"Clé écrite : {path}. Gardez-en une copie ; elle ne se recalcule pas.")
    echo(f"1. Publiez, en TXT, sous {made.host} :\n   {made.record}")
    echo(f'2. Dans veille.toml, sous [mail] : {setting} = "{shown}"')
    echo("3. Vérifiez : veille mail doctor")


@mail.command("doctor", short_help="Vérifier ce que le domaine publie ; --probe : essayer le relais.")
@click.option("--probe", "address", metavar="ADRESSE", help="Envoie un essai à la boîte témoin et dit ce qui y change.")
@click.option(
    "--wait",
    "seconds",
    type=click.IntRange(1, 3600),
    default=120,
    metavar="SECONDES",
    help="Combien attendre l'essai (défaut : 120).",
)
@pass_instance
def doctor(instance: Instance, address: str | None, seconds: int) -> None:
    """Dire quels enregistrements SPF, DKIM et DMARC publier, et lesquels sont en place. Code 2 s'il y a une faute.

    Avec --probe, un message d'essai part par le relais vers une boîte à vous ([returns] probe) ; ce qui arrive est
    comparé à ce qui est parti : pixel, liens, en-têtes, signature, expéditeur, objet.
    """
    from veille.digest.mail.dkim import signer_of
    from veille.digest.mail.postmaster import Verdict, examine
    from veille.digest.relays.known import host_of, relay_remarks
    from veille.net.dns_records import txt_records

    settings = instance.settings()
    signer = signer_of(settings.mail, settings.home)
    host = host_of(settings.mail.url.get_secret_value())
    wrong = False
    for record in examine(settings.mail, signer, host, settings.cluster.contact, txt_records):
        wrong = wrong or record.verdict is Verdict.WRONG
        echo(f"{_MARKS[record.verdict]} {record.purpose:<6} {record.verdict} : {record.sentence}")
        if record.verdict is not Verdict.RIGHT:
            echo(f"  TXT {record.host}\n      {record.wanted}")
    if signer is None:
        echo("! DKIM   les messages partent sans signature : « veille mail key » fait une clé et dit quoi publier")
    if not settings.site.url.startswith("https://"):
        echo("! lien   site.url n'est pas en https : pas de désinscription en un clic (RFC 8058)")
    for line in relay_remarks(host, settings):
        echo(line)
    if address is not None:
        wrong = _probe(instance, address, seconds) or wrong
    sys.exit(2 if wrong else 0)


def _probe(instance: Instance, address: str, seconds: int) -> bool:
    """Send a probe and print what its way changed; return whether anything is wrong."""
    from veille.digest.probing.comparing import Gravity

    app = instance.open()
    if app.settings.returns.probe:
        echo(f"Essai vers {address} ; attente de {seconds} s au plus…")
    found = app.returning.probe(address, seconds=seconds)
    for one in sorted(found, key=lambda one: list(Gravity)[::-1].index(one.gravity)):
        echo(f"{one.gravity} {one.what:<22} {one.sentence}")
        if one.cure and one.gravity is not Gravity.RIGHT:
            echo(f"  → {one.cure}")
    return any(one.gravity is Gravity.WRONG for one in found)


@mail.command("bounces", short_help="Lire les mails qui sont revenus : adresses mortes, plaintes.")
@click.argument("path", metavar="[DOSSIER]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par retour.")
@pass_instance
def bounces(instance: Instance, path: Path | None, as_json: bool) -> None:
    """Lire les retours (Maildir, mbox, .eml ; défaut : [mail] bounces) : adresses mortes, plaintes, absences.

    Chaque message compte une fois, rien n'est effacé, aucune réponse n'est envoyée. « veille run » le fait aussi.
    """
    from veille.errors import InputError

    app = instance.open()
    if path is None and not app.settings.mail.bounces:
        raise InputError("aucune boîte de retours", cure="donnez un dossier, ou réglez [mail] bounces dans veille.toml")
    found, why = app.returning.take(path)
    if why:
        raise InputError(why, cure="vérifiez [mail] bounces ou le chemin donné")
    for one in found:
        who = one.person.email if one.person else "?"
        if as_json:
            row = {
                "person": one.person.email if one.person else None, "kind": one.returned.kind.value,
                "status": one.returned.status, "detail": one.returned.detail, "effect": one.effect,
            }  # fmt: skip
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            why = " ".join(part for part in (one.returned.status, one.returned.detail) if part)
            echo(f"{who:<40} {_KINDS[one.returned.kind.value]:<20} {one.effect}{f' ({why})' if why else ''}")
    if not as_json:
        echo(f"{len(found)} retours nouveaux")


@mail.command("events", short_help="Montrer ce qui est revenu, par courriel ou par le relais.")
@click.option("--days", type=click.IntRange(1, 365), default=7, metavar="N", help="Jours en arrière (défaut : 7).")
@click.option("--json", "as_json", is_flag=True, help="Une ligne JSON par événement.")
@pass_instance
def events(instance: Instance, days: int, as_json: bool) -> None:
    """Montrer ce qui est revenu : refus, plaintes, désinscriptions, et ce que personne n'a su lire."""
    from datetime import timedelta

    app = instance.open()
    found = app.returning.bounces.recent(app.clock.now() - timedelta(days=days))
    for one, email in found:
        if as_json:
            row = {
                "at": one.at.isoformat(), "person": email or None, "kind": one.kind, "told_by": one.told_by,
                "status": one.status, "detail": one.detail, "message_id": one.message_id,
            }  # fmt: skip
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            at = one.at.astimezone(app.settings.cluster.zone)
            why = " ".join(part for part in (one.status, one.detail) if part)
            echo(f"{at:%d/%m %H:%M} {one.told_by:<9} {email or '?':<36} {_KINDS[one.kind]:<20} {why}")
    if not as_json and not found:
        echo(f"Rien n'est revenu depuis {days} jours.")


@mail.command("hooks", short_help="Donner les adresses secrètes des webhooks d'un relais.")
@pass_instance
def hooks(instance: Instance) -> None:
    """Donner les adresses où un relais peut dire ce que deviennent les messages (webhooks). Elles sont secrètes."""
    from veille.digest.relays.intake import READERS

    app = instance.open()
    site = app.settings.site.url.rstrip("/")
    for relay in READERS:
        hook = app.returning.hook(relay)
        echo(f"{relay:<9} {site}{hook.path()}")
    echo()
    echo("Ou, sans secret dans l'adresse : la même sans sa dernière partie, et celle-ci comme mot de passe")
    echo("(https://veille:SECRET@…), comme jeton (Authorization: Bearer SECRET), ou comme clé de signature")
    echo("(X-Veille-Signature: sha256=HMAC du corps). Pour les changer toutes : [returns] hook_version.")
    if not site.startswith("https://"):
        echo("! site.url n'est pas en https : un relais refusera sans doute ces adresses.")


_KINDS = {
    "hard": "adresse refusée", "soft": "refus passager", "complaint": "plainte", "unsubscribe": "désinscription",
    "nothing": "réponse automatique", "unknown": "à lire",
}  # fmt: skip
