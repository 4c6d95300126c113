"""The sources of an instance checked against its own taxonomy and the territories: offline, without a database."""

import os
from dataclasses import dataclass
from pathlib import Path

from veille.config.gazetteer import Gazetteer, load_gazetteer
from veille.config.instance import SOURCES, definitions
from veille.config.keys import missing_keys
from veille.config.mailbox_remarks import mailbox_remarks
from veille.config.problems import unknown_key
from veille.config.settings import load_settings
from veille.config.sources import load_sources
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.errors import ConfigError
from veille.model import Scheme, Source


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What `sources check` found."""

    sources: tuple[Source, ...]
    #: French remarks that are no errors.
    remarks: tuple[str, ...]


def check_sources(home: Path) -> Catalogue:
    """Read and check sources.yaml; raises ConfigError with file, line, key, cause and cure."""
    folders = definitions(home)
    found = load_sources(home / SOURCES).sources
    taxonomy = load_taxonomy(folders)
    gazetteer = load_gazetteer(folders)
    for source in found:
        check_source(source, taxonomy, gazetteer)
    boxes = any(source.kind == "mailbox" for source in found)
    accounts = load_settings(home).mailboxes if boxes else {}
    return Catalogue(found, (*_remarks(found), *mailbox_remarks(found, accounts)))


def check_source(source: Source, taxonomy: Taxonomy, gazetteer: Gazetteer) -> None:
    """Raise ConfigError where a source names a term or a territory that does not exist."""
    _check_terms(source, taxonomy)
    # A name that is only the id again means that nobody has that id.
    if source.territory and gazetteer.name(source.territory) == source.territory:
        raise ConfigError(
            f"territoire inconnu « {source.territory} »",
            file=source.file,
            line=source.line,
            key=f"{source.id}.territory",
            cure="donnez un identifiant GeoZones existant : fr:region:84, fr:departement:63, country:fr…",
        )


def _check_terms(source: Source, taxonomy: Taxonomy) -> None:
    wanted = [(Scheme.SECTOR, "sectors", slug) for slug in source.sectors]
    if source.type:
        wanted.append((Scheme.TYPE, "type", source.type))
    for scheme, key, slug in wanted:
        known = taxonomy.of(scheme)
        if slug not in known:
            _, cure = unknown_key(slug, known)
            raise ConfigError(
                f"terme inconnu « {slug} »", file=source.file, line=source.line, key=f"{source.id}.{key}", cure=cure
            )


def _remarks(found: tuple[Source, ...]) -> list[str]:
    remarks = []
    if not found:
        remarks.append("aucune source : ajoutez-en sous « sources: »")
    off = [source.id for source in found if not source.enabled]
    if off:
        remarks.append(f"{len(off)} sources désactivées : {', '.join(off[:8])}{'…' if len(off) > 8 else ''}")  # noqa: PLR2004 - one line
    trials = [source.id for source in found if source.experimental]
    if trials:
        remarks.append(f"expérimentales, jamais vérifiées sur de vraies réponses : {', '.join(trials)}")
    plain = [source.id for source in found if source.enabled and source.url.lower().startswith("http:")]
    if plain:
        remarks.append(f"en http sans chiffrement : {', '.join(plain)}")
    return [*remarks, *missing_keys(found, os.environ)]
