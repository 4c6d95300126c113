"""Where profiles are looked up, as veille.toml says."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

#: The public addresses: DINUM's « API Recherche d'entreprises » (no key, seven requests a second at most) and INSEE's
#: « API Sirene » 3.11 (a key, thirty requests a minute).
REGISTERS = {
    "recherche-entreprises": "https://recherche-entreprises.api.gouv.fr",
    "sirene": "https://api.insee.fr/api-sirene/3.11",
    "none": "",
}


class Members(BaseModel):
    """How profiles are drafted."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    registry: Literal["recherche-entreprises", "sirene", "none"] = Field(
        "recherche-entreprises",
        description="registre interrogé par « veille members enrich » : « recherche-entreprises » (sans clé), "
        "« sirene » (clé de l'INSEE dans VEILLE_KEY_SIRENE) ou « none »",
    )
    registry_url: str = Field(
        "",
        pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$",
        description="son adresse, si ce n'est pas l'adresse publique (un miroir) ; vide = l'adresse publique",
        json_schema_extra={"env": "VEILLE_REGISTRY_URL"},
    )

    @property
    def registry_base(self) -> str:
        """The address that is asked."""
        return self.registry_url or REGISTERS[self.registry]
