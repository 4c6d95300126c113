"""What each kind of source is called in sources.yaml, which addresses it takes and which options it knows."""

import re
from typing import Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from veille.addresses import address_problem
from veille.config.api_options import API_OPTIONS, ListOptions
from veille.config.mail_accounts import ACCOUNT_NAME
from veille.model.letters import DEFAULT_ACCOUNT

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


class MailboxOptions(_Options):
    """Whom a mailbox listens to, and how much of it is read."""

    account: str = Field(DEFAULT_ACCOUNT, pattern=ACCOUNT_NAME, description="nom de la boîte dans les réglages")
    senders: tuple[str, ...] = Field(
        (), max_length=200, description="expéditeurs admis : adresses, ou domaines avec tout ce qui est dessous"
    )
    authserv_id: str | None = Field(
        None,
        min_length=1,
        max_length=254,
        description="nom de votre serveur de courriel dans Authentication-Results ; « aucun » pour Microsoft 365",
    )
    trust: Literal["authentication", "folder"] = Field(
        "authentication", description="folder = croire tout ce qui est dans ce dossier, sans vérifier l'expéditeur"
    )
    days: int = Field(90, ge=1, le=3650, description="jours de courrier lus à la première relève")
    clicks: bool = Field(
        True, description="demander une seule fois, au serveur de clics, où mène un lien qui ne le dit pas"
    )
    forwarded: bool = Field(False, description="des courriels transférés deviennent des suggestions, à accepter ou non")
    forwarders: tuple[str, ...] = Field((), max_length=1_000, description="qui peut en transférer : adresses, domaines")

    @field_validator("senders", "forwarders")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if address_problem(one if "@" in one else f"x@{one}") is not None:
                raise ValueError(f"« {one[:80]} » n'est ni une adresse ni un domaine")
        return tuple(one.lower() for one in value)

    @model_validator(mode="after")
    def _together(self) -> Self:
        if not self.senders and not self.forwarded:
            raise ValueError("« senders » manque : dites quels expéditeurs sont admis")
        if self.forwarded != bool(self.forwarders):
            raise ValueError("« forwarded: true » et « forwarders » vont ensemble")
        if (self.trust == "folder") == (self.authserv_id is not None):
            raise ValueError(
                "donnez « authserv_id », le nom que votre serveur écrit dans l'en-tête Authentication-Results"
                " (ou, s'il n'en écrit pas, « trust: folder », sans authserv_id)"
            )
        return self


class WatchOptions(_Options):
    """What of a page is watched."""

    select: str | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="partie suivie : sélecteur CSS, ou « xpath: » ; absent = le contenu",
    )
    ignore: tuple[str, ...] = Field((), max_length=20, description="parties à ignorer : sélecteurs CSS, ou « xpath: »")
    min_change: int = Field(
        4, ge=1, le=10_000, description="lettres et chiffres ajoutés ou retirés, en dessous desquels rien n'a changé"
    )

    @field_validator("ignore")
    @classmethod
    def _short(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not 0 < len(one.strip()) <= 500 for one in value):  # noqa: PLR2004 - as `select`
            raise ValueError("chaque sélecteur a de 1 à 500 caractères")
        return value


class FileOptions(_Options):
    """How the tables of a folder are read."""

    columns: dict[str, str] = Field(
        {}, max_length=60, description="en-tête d'une colonne → ce qu'elle donne (title, link, deadline…) ; « » = rien"
    )
    key: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="en-tête de la colonne qui identifie une ligne ; absent = le lien",
    )
    sheet: str | None = Field(None, min_length=1, max_length=100, description="feuille lue ; absent = la première")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="séparateur des CSV ; absent = reconnu de lui-même"
    )
    encoding: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]{2,20}$", description="jeu de caractères des CSV ; absent = reconnu de lui-même"
    )

    @field_validator("columns")
    @classmethod
    def _known_fields(cls, value: dict[str, str]) -> dict[str, str]:
        for column, field in value.items():
            if field and field not in FILE_FIELDS:
                raise ValueError(f"« {column[:60]} » : « {field[:40]} » n'est pas un champ ({', '.join(FILE_FIELDS)})")
        return value

    @field_validator("encoding")
    @classmethod
    def _exists(cls, value: str | None) -> str | None:
        try:
            text = value is None or isinstance("".encode(value), bytes)
        except (LookupError, ValueError):
            text = False
        if not text:
            raise ValueError(f"« {value} » n'est pas un jeu de caractères connu : utf-8, cp1252…")
        return value


#: What a column of a table may give.
FILE_FIELDS = (
    *("id", "title", "link", "text", "published", "updated", "deadline", "opening", "author", "categories", "language"),
    *("amount", "amount_min", "amount_max", "rate", "financer", "audiences", "territories", "cpv", "naf", "nuts"),
    *("contact", "reference", "status", "type"),
)
#: Kind, or `api:` with the name of one → its options; one that is not here takes none.
OPTIONS: dict[str, type[BaseModel]] = {
    "file": FileOptions,
    "json": ListOptions,
    "mailbox": MailboxOptions,
    "sitemap": SitemapOptions,
    "watch": WatchOptions,
    **{f"api:{name}": options for name, options in API_OPTIONS.items()},
}


def check_url(kind: str, value: str) -> str:
    """Return the address of a source of this kind; raises ValueError in French."""
    schemes = _SCHEMES.get(kind, _WEB)
    parts = urlsplit(value)
    if parts.scheme.lower() == "imaps" and kind == "mailbox":
        return _check_mailbox(value)
    wanted = " ou ".join(f"{scheme}://" for scheme in schemes)
    if parts.scheme.lower() not in schemes or re.search(r"[\s\\]", value):
        raise ValueError(f"une adresse commence par {wanted} et n'a ni espace ni barre inverse")
    if not parts.hostname and parts.scheme.lower() not in {"file", "maildir"}:
        raise ValueError(f"une adresse commence par {wanted} suivi d'un nom de site")
    return value


def _check_mailbox(value: str) -> str:
    """Return the address of an IMAP folder: who and where, never a password."""
    example = "imaps://nom@serveur/Dossier"
    parts = urlsplit(value)
    try:
        password, host, _ = parts.password, parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"une boîte s'écrit {example}") from error
    if password is not None:
        raise ValueError(
            f"jamais de mot de passe dans une adresse : écrivez {example}, et donnez-le dans l'environnement, par"
            " VEILLE_MAILBOX_LETTRES_PASSWORD ; changez-le, puisqu'il a été écrit ici"
        )
    if not host or not parts.username or parts.query or parts.fragment:
        raise ValueError(f"une boîte s'écrit {example}")
    if re.search(r"[\s\\\x00-\x1f\x7f]", value + unquote(value).replace(" ", "")):
        raise ValueError("une espace d'un nom de dossier s'écrit %20 ; aucun caractère de contrôle n'est permis")
    return value


def check_options(kind: str, value: dict[str, Any], api: str | None = None) -> dict[str, Any]:
    """Return options that this kind, or this API, knows, as written; raises ValueError in French, naming the key."""
    known, named = OPTIONS.get(f"api:{api}" if api else kind), f"« api: {api} »" if api else f"« kind: {kind} »"
    if known is None:
        if value:
            raise ValueError(f"{named} ne prend pas d'« options »")
        return value
    try:
        known.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "value_error" and not key:
            raise ValueError(str(first["ctx"]["error"])) from error
        cause = f" : {first['ctx']['error']}" if first["type"] == "value_error" else ""
        absent = "manque" if first["type"] == "missing" else "ne convient pas"
        names = ", ".join(known.model_fields)
        raise ValueError(f"« options.{key} » {absent}{cause} ; options de {named} : {names}") from error
    return value
