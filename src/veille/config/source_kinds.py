"""What each kind of source is called in sources.yaml, which addresses it takes and which options it knows."""

import re
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

KindName = Literal["feed", "page", "sitemap", "watch", "api", "json", "mailbox", "file"]
KIND_HELP = (
    "nature de la source : feed (RSS, Atom, RDF, JSON Feed), page (une liste HTML, voir « recipe »),"
    " sitemap (un plan de site), watch (une page sans liste, dont on suit le texte),"
    " api (une API connue, voir « api »), json (toute API en JSON, par « mapping »),"
    " mailbox (des lettres d'information reçues par courriel), file (un dossier de tableaux)"
)
_WEB = ("http", "https")
#: Kinds that are not asked over HTTP.
_SCHEMES: dict[str, tuple[str, ...]] = {"mailbox": ("imaps", "maildir"), "file": ("file",)}


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SitemapOptions(_Options):
    """What a site map may be told."""

    contains: str | None = Field(None, min_length=1, description="ne garde que les adresses qui contiennent ce texte")


#: Kind → its options; a kind that is not here takes none.
OPTIONS: dict[str, type[BaseModel]] = {"sitemap": SitemapOptions}


def check_url(kind: str, value: str) -> str:
    """Return the address of a source of this kind; raises ValueError in French."""
    schemes = _SCHEMES.get(kind, _WEB)
    parts = urlsplit(value)
    wanted = " ou ".join(f"{scheme}://" for scheme in schemes)
    if parts.scheme.lower() not in schemes or re.search(r"[\s\\]", value):
        raise ValueError(f"une adresse commence par {wanted} et n'a ni espace ni barre inverse")
    if not parts.hostname and parts.scheme.lower() not in {"file", "maildir"}:
        raise ValueError(f"une adresse commence par {wanted} suivi d'un nom de site")
    return value


def check_options(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """Return options that this kind knows, as written; raises ValueError in French, naming the key."""
    if not value:
        return value
    known = OPTIONS.get(kind)
    if known is None:
        raise ValueError(f"« kind: {kind} » ne prend pas d'« options »")
    try:
        known.model_validate(value)
    except ValidationError as error:
        names = ", ".join(known.model_fields)
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"« options.{key} » ne convient pas ; options de « kind: {kind} » : {names}") from error
    return value
