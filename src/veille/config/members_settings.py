"""Where profiles are looked up, as veille.toml says."""

from pydantic import BaseModel, ConfigDict, Field

#: DINUM's « API Recherche d'entreprises »: public, no key, seven requests a second at most.
REGISTER = "https://recherche-entreprises.api.gouv.fr"


class Members(BaseModel):
    """How profiles are drafted."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    register_url: str = Field(
        REGISTER,
        pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$",
        description="registre public des entreprises interrogé par « veille members enrich » (API Recherche "
        "d'entreprises) ; vide = aucun",
        json_schema_extra={"env": "VEILLE_REGISTER_URL"},
    )
