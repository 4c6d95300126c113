"""The APIs that veille knows by name, and what each may be told under `options:`."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

ApiName = Literal[
    "aides-entreprises",
    "aides-territoires",
    "boamp",
    "les-aides",
    "notices",
    "opendatasoft",
    "sedia",
    "ted",
    "tee",
]
#: Written from the code and the words of others: no real answer of these was at hand, whole and public.
EXPERIMENTAL_APIS = frozenset({"aides-entreprises", "les-aides", "sedia"})
#: APIs whose fields `mapping` must name.
MAPPED_APIS = frozenset({"opendatasoft"})
_LONGEST = 5_000
_MOST = 50

Words = str | tuple[str, ...]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListOptions(_Options):
    """What any list of an API may be told."""

    whole: bool | None = Field(
        None,
        description="true = relire toute la liste à chaque relève (dans la limite de « pages ») : une échéance modifiée"
        " loin dans la liste est alors vue ; absent = selon l'API",
    )


class OpendatasoftOptions(ListOptions):
    """Filters of a dataset, as Explore v2.1 calls them."""

    where: Words | None = Field(None, description="condition ODSQL, ou liste de conditions toutes exigées")
    refine: Words | None = Field(None, description="« champ:valeur », ou liste : ne garder que ces valeurs")
    exclude: Words | None = Field(None, description="« champ:valeur », ou liste : écarter ces valeurs")
    select: Words | None = Field(None, description="champs demandés ; absent = tous")
    order_by: Words | None = Field(None, description="tri, le plus récent d'abord : « date desc »")

    @field_validator("where", "refine", "exclude", "select", "order_by")
    @classmethod
    def _short_lists(cls, value: Words | None) -> Words | None:
        return _bounded(value)

    @field_validator("refine", "exclude")
    @classmethod
    def _pairs(cls, value: Words | None) -> Words | None:
        for one in listed(value):
            field, colon, wanted = one.partition(":")
            if not (colon and field.strip() and wanted.strip()):
                raise ValueError(f"« {one[:60]} » : écrivez « champ:valeur »")
        return value


class TedOptions(ListOptions):
    """A search of TED."""

    query: str = Field(min_length=3, max_length=_LONGEST, description="requête experte de TED, sans SORT BY")
    scope: Literal["ACTIVE", "LATEST", "ALL"] = Field("ACTIVE", description="ACTIVE = avis en cours")
    language: Literal["fra", "eng", "deu", "spa", "ita", "nld"] = Field("fra", description="langue préférée des textes")

    @field_validator("query")
    @classmethod
    def _without_order(cls, value: str) -> str:
        if "sort by" in " ".join(value.lower().split()):
            raise ValueError("sans « SORT BY » : l'ordre est ajouté, le plus récent d'abord")
        return value


class SediaOptions(ListOptions):
    """A search of the EU Funding & Tenders portal."""

    text: str = Field("***", max_length=500, description="mots cherchés ; *** = tout")
    types: tuple[Literal["grant", "proposals", "cascade", "tender"], ...] = Field(
        ("grant", "proposals", "cascade"), min_length=1, description="subventions, appels, sous-appels, marchés"
    )
    status: tuple[Literal["open", "forthcoming", "closed"], ...] = Field(
        ("open", "forthcoming"), min_length=1, description="ouverts, annoncés, clos"
    )
    programmes: tuple[str, ...] = Field((), max_length=_MOST, description="codes de programme-cadre : 43108390…")
    language: Literal["en", "fr", "de", "es", "it"] = Field("en", description="langue des textes")
    query: dict[str, Any] = Field({}, description="autre condition, recopiée de la requête du portail")

    @field_validator("query")
    @classmethod
    def _short(cls, value: dict[str, Any]) -> dict[str, Any]:
        if len(json.dumps(value)) > _LONGEST:
            raise ValueError(f"{_LONGEST} caractères au plus")
        return value


#: The environment variables whose keys an API wants, in the order of the headers that carry them.
API_KEYS = {
    "aides-entreprises": ("VEILLE_KEY_AIDES_ENTREPRISES_ID", "VEILLE_KEY_AIDES_ENTREPRISES"),
    "aides-territoires": ("VEILLE_KEY_AIDES_TERRITOIRES",),
    "les-aides": ("VEILLE_KEY_LES_AIDES",),
}
#: Keys without which a service may still answer.
OPTIONAL_KEYS = frozenset({"VEILLE_KEY_AIDES_TERRITOIRES"})
#: API → its options; one that is not here takes none.
API_OPTIONS: dict[str, type[BaseModel]] = {
    "aides-entreprises": ListOptions,
    "aides-territoires": ListOptions,
    "boamp": OpendatasoftOptions,
    "opendatasoft": OpendatasoftOptions,
    "sedia": SediaOptions,
    "ted": TedOptions,
}


def listed(value: Words | None) -> tuple[str, ...]:
    """Return one text or several as several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _bounded(value: Words | None) -> Words | None:
    several = listed(value)
    if len(several) > _MOST or any(not one.strip() or len(one) > _LONGEST for one in several):
        raise ValueError(f"un texte, ou une liste de {_MOST} au plus, sans texte vide")
    return value
