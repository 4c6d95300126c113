"""A list of feeds from elsewhere as sources to add: what is new, what is there already, what cannot be asked (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from veille.config.naming import address_key, free_id, slug_of, taken_ids
from veille.config.opml import Outline
from veille.config.source_kinds import check_url
from veille.config.source_writing import NewSource
from veille.config.taxonomy import Taxonomy
from veille.model import Scheme, Source
from veille.text import fold, singular

_LANGUAGES = frozenset({"fr", "en", "de", "es", "it"})
#: sources.yaml takes no longer address.
_LONGEST_URL = 2_048


@dataclass(frozen=True, slots=True)
class SourceImport:
    """What importing a list would do."""

    new: tuple[NewSource, ...]
    #: (outline, id of the source that has its address).
    known: tuple[tuple[Outline, str], ...]
    #: (outline, why not, French).
    refused: tuple[tuple[Outline, str], ...]


def plan_import(outlines: Sequence[Outline], sources: Iterable[Source], taxonomy: Taxonomy) -> SourceImport:
    """Compare a list with the sources of an instance; a folder becomes a filière only where it bears its very name."""
    there = list(sources)
    addresses = {address_key(source.url): source.id for source in there}
    taken = taken_ids(there)
    sectors = _sectors(taxonomy)
    new: list[NewSource] = []
    known: list[tuple[Outline, str]] = []
    refused: list[tuple[Outline, str]] = []
    for outline in outlines:
        why = _refusal(outline)
        key = address_key(outline.url)
        if why:
            refused.append((outline, why))
        elif key in addresses:
            known.append((outline, addresses[key]))
        else:
            found = _source(outline, taken, sectors)
            new.append(found)
            addresses[key] = found.id
            taken.add(found.id)
    return SourceImport(tuple(new), tuple(known), tuple(refused))


def _sectors(taxonomy: Taxonomy) -> dict[str, str]:
    terms = taxonomy.of(Scheme.SECTOR)
    return {_key(name): slug for slug, term in terms.items() for name in (slug, term.label)}


def _key(name: str) -> str:
    return singular(fold(name.replace("-", " ")))


def _refusal(outline: Outline) -> str:
    if len(outline.url) > _LONGEST_URL:
        return f"adresse de plus de {_LONGEST_URL} caractères"
    try:
        check_url("feed", outline.url)
    except ValueError as error:
        return str(error)
    return ""


def _source(outline: Outline, taken: set[str], sectors: dict[str, str]) -> NewSource:
    title = outline.title or outline.url[:200]
    found = [sectors[key] for folder in outline.folders if (key := _key(folder)) in sectors]
    others = [folder for folder in outline.folders if _key(folder) not in sectors]
    fields: dict[str, object] = {
        "id": free_id(slug_of(title), taken), "title": title, "kind": "feed", "url": outline.url,
    }  # fmt: skip
    language = outline.language.lower().partition("-")[0]
    if language in _LANGUAGES and language != "fr":
        fields["language"] = language
    if found:
        fields["sectors"] = list(dict.fromkeys(found))
    reasons = {"title": f"dossier « {' / '.join(others)} » de la liste importée"} if others else {}
    return NewSource(fields, reasons)
