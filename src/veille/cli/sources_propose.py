"""`veille sources propose`: one command from an address to a source, seen before it is saved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from veille.cli.base import Command, Instance, echo, pass_instance

if TYPE_CHECKING:
    from veille.config.source_writing import NewSource
    from veille.crawl.discovery.offers import Offer, Survey
    from veille.model import ParsedEntry, Source

#: Entries shown to a person, and to a program.
_SHOWN, _LISTED = 5, 20
_KIND_WORDS = {
    "feed": "un flux", "page": "une page de liste", "sitemap": "un plan de site", "watch": "une page surveillée",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search found, and the source that is proposed."""

    survey: "Survey"
    offer: "Offer"
    source: "NewSource"
    #: The source that follows this address already.
    known: "Source | None"


@click.command(cls=Command, name="propose", short_help="Chercher comment suivre une adresse, et l'ajouter si on veut.")
@click.argument("url", metavar="ADRESSE")
@click.option("--write", is_flag=True, help="Ajoute la source proposée à sources.yaml.")
@click.option("--id", "wanted_id", metavar="ID", help="Identifiant à donner (défaut : d'après le site et le titre).")
@click.option("--title", metavar="NOM", help="Nom affiché (défaut : d'après la page).")
@click.option(
    "--kind",
    type=click.Choice(["feed", "page", "sitemap", "watch"]),
    metavar="NATURE",
    help="Ne propose que cette nature : feed, page, sitemap ou watch.",
)
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON.")
@pass_instance
def propose(
    instance: Instance, url: str, write: bool, wanted_id: str | None, title: str | None, kind: str | None, as_json: bool
) -> None:
    """Chercher dans ADRESSE un flux, une liste, un plan de site ; montrer ce qui serait relevé.

    Rien n'est écrit sans --write. Le site est interrogé comme par une relève : à son rythme, selon son robots.txt, au
    plus quatorze adresses. Sort avec 0 si une source est proposée, 2 si l'adresse est déjà suivie ou mal écrite, 6 si
    rien ne peut y être suivi.
    """
    from veille.errors import InputError, PartialFailure

    there = _sources(instance, needed=write)
    address = _vetted(url)
    survey = _search(instance, address, kind or "", there)
    if not survey.offers:
        if as_json:
            click.echo(json.dumps(_plain(survey, None, written=False), ensure_ascii=False))
        raise PartialFailure(
            f"rien à suivre à cette adresse : {survey.blocker or 'ni flux, ni liste, ni plan de site'}",
            cure=survey.next_step or "donnez l'adresse d'une page qui liste des appels ou des actualités",
        )
    found = _proposed(instance, survey, there, wanted_id, title)
    if write and found.known is None:
        from veille.config.instance import SOURCES
        from veille.config.source_writing import add_sources

        add_sources(instance.home / SOURCES, [found.source])
    if as_json:
        click.echo(json.dumps(_plain(survey, found, written=write and found.known is None), ensure_ascii=False))
    else:
        _tell(instance, found, written=write)
    if write and found.known is not None:
        raise InputError(f"déjà suivie : source « {found.known.id} », ligne {found.known.line}", cure="rien à ajouter")


def _vetted(url: str) -> str:
    """Return an address with its scheme; raises InputError for what no source may have."""
    from veille.config.source_kinds import check_url
    from veille.errors import InputError

    named = url.partition("/")[0].partition(":")  # « exemple.fr:8080 » has no scheme, « javascript:… » has
    whole = url if "://" in url or (named[1] and "." not in named[0]) else f"https://{url}"
    try:
        return check_url("page", whole)
    except ValueError as error:
        raise InputError(f"adresse « {url} » refusée", cure=str(error)) from error


def _sources(instance: Instance, *, needed: bool) -> "Sequence[Source]":
    """Return the sources of the instance; a folder that is none yet has none, unless one is to be written."""
    from veille.config.instance import SOURCES
    from veille.config.sources import load_sources

    path = instance.home / SOURCES
    return load_sources(path).sources if needed or path.exists() else ()


def _search(instance: Instance, url: str, kind: str, there: "Sequence[Source]") -> "Survey":
    from veille.observability import progress
    from veille.scouting import search

    known = _known(url, there)
    if known is not None:
        echo(f"remarque : cette adresse est celle de la source « {known.id} », ligne {known.line}", err=True)
    with progress().task("Recherche"):
        return search(instance.settings(), url, kind=kind, now=instance.now)


def _known(url: str, there: "Sequence[Source]") -> "Source | None":
    from veille.config.naming import address_key

    return next((source for source in there if address_key(source.url) == address_key(url)), None)


def _proposed(
    instance: Instance, survey: "Survey", there: "Sequence[Source]", wanted_id: str | None, title: str | None
) -> _Found:
    from veille.config.naming import free_id, id_of, taken_ids, title_of
    from veille.config.source_writing import NewSource
    from veille.scouting import hints

    offer = survey.offers[0]
    own = offer.read.title if offer.kind == "feed" else ""
    name = title or own or title_of(survey.title, survey.site, survey.page_title) or survey.asked
    proved = hints(instance.settings(), " | ".join(filter(None, (survey.title, survey.site or survey.page_title))))
    fields: dict[str, Any] = {
        "id": wanted_id or free_id(id_of(offer.url, survey.title or name), taken_ids(there)),
        "title": name,
        **offer.fields(),
        **{key: hint.value for key, hint in proved.items()},
    }
    if survey.language in {"en", "de", "es", "it"}:
        fields["language"] = survey.language
    reasons = {key: f"« {hint.words} » dans le titre de la page" for key, hint in proved.items()}
    return _Found(survey, offer, NewSource(fields, reasons), _known(offer.url, there))


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────────────
def _tell(instance: Instance, found: _Found, *, written: bool) -> None:
    from veille.config.instance import SOURCES
    from veille.config.source_writing import block

    survey, offer = found.survey, found.offer
    for remark in (survey.blocker, *survey.remarks):
        if remark:
            echo(f"remarque : {remark}")
    echo(f"Proposition : {_KIND_WORDS[offer.kind]} — {offer.found}")
    if offer.remark:
        echo(f"  {offer.remark}")
    _tell_entries(instance, offer)
    for other in survey.offers[1:]:
        more = f" ({other.remark})" if other.remark else ""
        count = f", {len(other.read.entries)} entrées" if other.read.entries else ""
        echo(f"Autre possibilité (--kind {other.kind}) : {other.found}{count}{more}")
        if other.url != offer.url:
            echo(f"  {other.url}")
    echo("")
    echo(f"Dans {SOURCES} :" if not written or found.known else f"Ajouté à {instance.home / SOURCES} :")
    for line in block(found.source).splitlines():
        echo(line)
    echo("")
    echo(_next_command(instance, found, written=written))


def _tell_entries(instance: Instance, offer: "Offer") -> None:
    entries = offer.read.entries
    if offer.kind == "watch":
        echo("  une entrée à chaque changement du texte de la page")
        return
    plural = "s" if len(entries) > 1 else ""
    echo(f"{len(entries)} entrée{plural} aujourd'hui{', par exemple' if len(entries) > _SHOWN else ''} :")
    for entry in entries[:_SHOWN]:
        day = f"{entry.published.astimezone(instance.settings().cluster.zone):%d/%m/%Y}" if entry.published else "—"
        end = f"  [limite {entry.facts.deadline:%d/%m/%Y}]" if entry.facts.deadline else ""
        echo(f"  {day:<10}  {entry.title}{end}")
        echo(f"              {entry.link or 'sans lien'}")
    if offer.read.next is not None:
        echo(f"  … la liste continue : {offer.read.next.url}")


def _next_command(instance: Instance, found: _Found, *, written: bool) -> str:
    where = "" if str(instance.home) == "." else f"--home {instance.home} "
    if found.known is not None:
        return f"Cette adresse est déjà suivie : source « {found.known.id} », ligne {found.known.line}."
    if written:
        return f"Ensuite : veille {where}crawl {found.source.id}"
    return f"Pour l'ajouter : veille {where}sources propose {found.survey.asked} --write"


def _plain(survey: "Survey", found: _Found | None, *, written: bool) -> dict[str, Any]:
    from veille.config.source_writing import block

    first = found.offer if found else None
    return {
        "url": survey.asked,
        "source": dict(found.source.fields) if found else None,
        "yaml": block(found.source) if found else None,
        "found": first.found if first else None,
        "count": len(first.read.entries) if first else 0,
        "entries": [_entry(entry) for entry in first.read.entries[:_LISTED]] if first else [],
        "next": first.read.next.url if first and first.read.next else None,
        "others": [
            {"kind": one.kind, "url": one.url, "found": one.found, "count": len(one.read.entries), "remark": one.remark}
            for one in survey.offers[1:]
        ],
        "known": found.known.id if found and found.known else None,
        "blocker": survey.blocker,
        "next_step": survey.next_step,
        "requests": survey.requests,
        "written": written,
    }


def _entry(entry: "ParsedEntry") -> dict[str, Any]:
    return {
        "title": entry.title,
        "link": entry.link,
        "date": entry.published.isoformat() if entry.published else None,
        "deadline": entry.facts.deadline.isoformat() if entry.facts.deadline else None,
    }
