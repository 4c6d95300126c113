"""`veille doctor`: look at everything an operator could be asked about, say each cure, change nothing."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from veille.cli.base import Command, Instance, echo, pass_instance
from veille.errors import VeilleError
from veille.french import counted

if TYPE_CHECKING:
    from veille.config.digests import Digest
    from veille.model import Delivery

_RHYTHMS = {"weekly": "chaque semaine", "daily": "chaque jour", "monthly": "chaque mois"}
#: More names than that is no screen.
_SHOWN = 5
#: What each stage works on, and what a person can do where it fails every day.
_WORK = {"crawl": "source", "tag": "article"}
_CURES = {
    "crawl": "« veille crawl » de cette seule source dit pourquoi ; enabled: false l'arrête",
    "tag": "signalez cet article, il reste sans étiquette",
}
#: Bytes; below this the database and its backup before an upgrade may not fit.
_LOW_DISK = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, whether it is fine, worth a look, or wrong (then its exit code)."""

    subject: str
    sentence: str
    exit_code: int = 0
    attention: bool = False


@click.command(cls=Command, name="doctor", short_help="Examiner l'installation et dire chaque remède.")
@pass_instance
def doctor(instance: Instance) -> None:
    """Examiner réglages, sources, taxonomie, base, disque et courriel ; ne change rien. Code 2 ou 3 si faute."""
    worst = 0
    for finding in _examine(instance):
        mark = "✗" if finding.exit_code else "!" if finding.attention else "✓"
        echo(f"{mark} {finding.subject:<12} {finding.sentence}")
        worst = max(worst, finding.exit_code)
    sys.exit(worst)


def _examine(instance: Instance) -> Iterator[Finding]:
    yield Finding("python", sys.version.split()[0])
    for subject, look in (
        ("réglages", _settings),
        ("sources", _sources),
        ("étiquetage", _tagger),
        ("bulletins", _digests),
        ("base", _database),
        ("disque", _disk),
        ("courriel", _mail),
    ):
        yield from _careful(subject, look, instance)


def _careful(subject: str, look: Callable[[Instance], Iterator[Finding]], instance: Instance) -> Iterator[Finding]:
    try:
        yield from look(instance)
    except VeilleError as error:
        yield Finding(subject, str(error), exit_code=error.exit_code)


def _settings(instance: Instance) -> Iterator[Finding]:
    settings = instance.settings()
    yield Finding("réglages", f"instance {settings.home.resolve()}, fuseau {settings.cluster.timezone}")
    if not settings.cluster.contact:
        yield Finding(
            "réglages", "cluster.contact est vide : les membres n'ont personne à qui répondre", attention=True
        )
    if settings.site.url.endswith(".invalid"):
        sentence = "site.url est celle d'exemple : les liens de désinscription ne mèneraient nulle part"
        yield Finding("réglages", sentence, attention=True)


def _sources(instance: Instance) -> Iterator[Finding]:
    from veille.config.catalogue import check_sources

    found = check_sources(instance.home)
    yield Finding(
        "sources", f"{counted(sum(source.enabled for source in found.sources), 'active')} sur {len(found.sources)}"
    )


def _tagger(instance: Instance) -> Iterator[Finding]:
    from veille.config.instance import definitions
    from veille.nlp.tagger import load_tagger

    yield Finding("étiquetage", load_tagger(definitions(instance.home)).pipeline)


def _when(digest: "Digest") -> str:
    return "dès qu'il le faut" if digest.alert is not None else _RHYTHMS[digest.rhythm]


def _digests(instance: Instance) -> Iterator[Finding]:
    from veille.config.digests import load_digests
    from veille.config.instance import definitions
    from veille.digest.rendering.templates import compile_templates

    found = load_digests([folder / "digests" for folder in definitions(instance.home)])
    for item in found.values():
        compile_templates(item)
    yield Finding("bulletins", ", ".join(f"{name} ({_when(item.digest)})" for name, item in found.items()))


def _database(instance: Instance) -> Iterator[Finding]:
    from veille.app import examine_database

    found = examine_database(instance.settings())
    pages = "aucune page abîmée" if found.read_whole else "trop grande pour être relue ici en entier"
    yield Finding("base", f"{found.place}, schéma à jour, {pages}")
    if found.untagged:
        count = f"{found.untagged} article{'s' if found.untagged > 1 else ''} à étiqueter"
        yield Finding("étiquetage", f"{count} : « veille run » ou « veille tag » le fera", attention=True)
    yield from _aside(found.quarantined)
    yield from _doubtful(found.doubtful)


def _aside(works: Sequence[tuple[str, str, str]]) -> Iterator[Finding]:
    """Name the work that failed too often, its cause and its cure."""
    for stage, key, error in works[:_SHOWN]:
        what = f"{_WORK.get(stage, stage)} « {key} »"
        cause = (error.strip().splitlines() or ["cause inconnue"])[0]
        cure = "essayé de nouveau une fois par jour, sans vous ; si cela dure : " + _CURES.get(stage, "signalez-le")
        yield Finding("à part", f"{what} : {cause} — {cure}", attention=True)
    if len(works) > _SHOWN:
        yield Finding("à part", f"et {len(works) - _SHOWN} autres", attention=True)


def _doubtful(mails: "Sequence[Delivery]") -> Iterator[Finding]:
    if mails:
        names = ", ".join(one.email for one in mails[:_SHOWN]) + (" …" if len(mails) > _SHOWN else "")
        cure = "demandez à ces personnes, ou donnez le journal du relais ([mail] accept_log) et « veille digest send »"
        yield Finding("envois", f"partis ou non, on ne sait pas ({len(mails)}) : {names} — {cure}", attention=True)


def _disk(instance: Instance) -> Iterator[Finding]:
    free = shutil.disk_usage(instance.home).free
    low = free < _LOW_DISK
    advice = " : faites de la place avant la prochaine mise à niveau" if low else ""
    yield Finding("disque", f"{free // 1_000_000} Mo libres{advice}", attention=low)


def _mail(instance: Instance) -> Iterator[Finding]:
    mail = instance.settings().mail
    if mail.url.get_secret_value().startswith("file:"):
        yield Finding("courriel", "les bulletins sont écrits dans un dossier, aucun ne part (mail.url)", attention=True)
    else:
        yield Finding("courriel", f"relais réglé, expéditeur {mail.sender}")
    if mail.sender.endswith(".invalid"):
        yield Finding("courriel", "mail.sender est l'adresse d'exemple : donnez celle de votre domaine", attention=True)
