"""`request:` of sources.yaml: how an API is asked that wants more than an address; checked when the file is read.

A key is named there, `${VEILLE_KEY_…}`, in header values only: what it is stays in the environment.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

#: A reference to a key, and anything that looks like one (`net.keys` resolves the first and sends the second as it is).
KEY_NAME = re.compile(r"VEILLE_KEY_[A-Z0-9_]{1,64}")
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")  # RFC 9110 §5.1
_PLAIN = re.compile(r"[\x20-\x7e\xa0-\xff]{0,1000}")
#: Ours: who asks, for whom, how long the body is, and what travels with it.
_OURS = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "host", "if-modified-since",
    "if-none-match", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
})  # fmt: skip
_MOST_HEADERS = 20
#: Characters; the longest body of our own examples has 700.
_LONGEST_BODY = 20_000
_PLACE = r"^[A-Za-z0-9_.\[\]-]{1,100}$"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Body(_Strict):
    """What is sent along, in one of three ways."""

    headers: dict[str, str] = Field({}, description="en-têtes ajoutés ; une clé s'y écrit ${VEILLE_KEY_NOM}")
    body: dict[str, Any] | list[Any] | None = Field(None, description="corps envoyé en JSON")
    form: dict[str, str | int | float] | None = Field(None, description="corps envoyé comme un formulaire")

    @field_validator("headers")
    @classmethod
    def _usable_headers(cls, value: dict[str, str]) -> dict[str, str]:
        if len(value) > _MOST_HEADERS:
            raise ValueError(f"{_MOST_HEADERS} en-têtes au plus")
        for name, said in value.items():
            _check_header(name, said)
        return value

    @field_validator("body", "form")
    @classmethod
    def _usable_body(cls, value: Any) -> Any:
        return _check_body(value)


class TokenLine(_Body):
    """How a key is exchanged for the token that requests carry."""

    url: str = Field(max_length=2048, description="adresse où l'échanger, par POST")
    field: str = Field("token", pattern=_PLACE, description="clé de la réponse où se trouve le jeton")
    header: str = Field("Authorization", description="en-tête qui le porte ensuite")
    prefix: str = Field("Bearer ", pattern=r"^[\x20-\x7e]{0,40}$", description="ce qui le précède dans cet en-tête")
    optional: bool = Field(False, description="true = sans clé, demander sans jeton")

    @field_validator("url")
    @classmethod
    def _web(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or re.search(r"[\s\\]", value):
            raise ValueError("une adresse commence par https:// suivi d'un nom de site")
        return value

    @field_validator("header")
    @classmethod
    def _usable_header(cls, value: str) -> str:
        _check_header(value, "")
        return value

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not keys_of(self.headers):
            raise ValueError("un jeton s'échange contre une clé : nommez-la dans « headers », ${VEILLE_KEY_NOM}")
        return self


class PagingLine(_Strict):
    """How the following page is asked, where the answer does not give its address (`mapping.next`)."""

    by: Literal["page", "offset", "cursor"] = Field(
        description="numéro de page, décalage, ou repère donné par la réponse"
    )
    name: str = Field(pattern=_PLACE, description="paramètre qui le porte")
    place: Literal["query", "body"] | None = Field(
        None, description="où il se met ; absent = dans le corps s'il y en a un, sinon dans l'adresse"
    )
    first: int | None = Field(None, ge=0, le=1_000_000, description="première valeur ; absent = 1 (page) ou 0 (offset)")
    size: int | None = Field(None, ge=1, le=1_000, description="enregistrements demandés par page")
    size_name: str | None = Field(None, pattern=_PLACE, description="paramètre qui porte « size »")
    cursor: str | None = Field(None, description="expression JMESPath du repère suivant, dans la réponse")
    total: str | None = Field(None, description="expression JMESPath du nombre total d'enregistrements")

    @field_validator("cursor", "total")
    @classmethod
    def _expression(cls, value: str | None) -> str | None:
        if value is not None:
            from veille.config.mapping import check_expression  # noqa: PLC0415 - few sources need a JMESPath parser

            check_expression("paging", value)
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.by == "cursor") != (self.cursor is not None):
            raise ValueError("« cursor » va avec « by: cursor »")
        if self.size_name is not None and self.size is None:
            raise ValueError("« size_name » va avec « size »")
        return self


class RequestLine(_Body):
    """How an API is asked."""

    method: Literal["GET", "POST"] | None = Field(None, description="absent = POST s'il y a un corps, sinon GET")
    parts: dict[str, Any] | None = Field(None, description="corps en plusieurs parties (multipart), chacune en JSON")
    paging: PagingLine | None = Field(None, description="comment demander la page suivante")
    token: TokenLine | None = Field(None, description="échange préalable d'une clé contre un jeton")

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        bodies = [name for name in ("body", "form", "parts") if getattr(self, name) is not None]
        if len(bodies) > 1:
            raise ValueError(f"un seul corps : {' ou '.join(bodies)}")
        if self.method == "GET" and bodies:
            raise ValueError("une demande GET n'a pas de corps")
        if self.paging and self.paging.place == "body" and bodies not in (["body"], ["form"]):
            raise ValueError("« place: body » demande un « body » ou un « form »")
        _check_body(self.parts)
        return self


def keys_of(headers: Mapping[str, str]) -> list[str]:
    """Return the variables that header values name, once each."""
    found = (name for value in headers.values() for name in _REFERENCE.findall(value) if KEY_NAME.fullmatch(name))
    return list(dict.fromkeys(found))


def refuse_key_in_address(url: str) -> None:
    """Raise ValueError for an address that names a key: addresses are stored, shown and logged."""
    if any(KEY_NAME.match(name) for name in _REFERENCE.findall(url)):
        raise ValueError("une clé ne s'écrit pas dans une adresse : mettez-la dans « request.headers »")


def _check_body(value: Any) -> Any:
    """Return a body as it is; raises ValueError for a long one, or one that names a key."""
    written = json.dumps(value)
    if len(written) > _LONGEST_BODY:
        raise ValueError(f"un corps a {_LONGEST_BODY} caractères au plus")
    if any(KEY_NAME.match(name) for name in _REFERENCE.findall(written)):
        raise ValueError("une clé ne s'écrit que dans un en-tête, jamais dans un corps")
    return value


def _check_header(name: str, value: str) -> None:
    if not _HEADER.fullmatch(name) or name.lower() in _OURS:
        raise ValueError(f"l'en-tête « {name} » ne peut être donné")
    if not _PLAIN.fullmatch(value):
        raise ValueError(f"valeur de l'en-tête « {name} » : une ligne de 1 000 caractères latins au plus")
    for reference in _REFERENCE.findall(value):
        if not KEY_NAME.fullmatch(reference):
            raise ValueError(f"« ${{{reference}}} » : seules les variables VEILLE_KEY_… sont lues")
