"""Channels that are told of an edition once it has left: another program's address, or a room where people talk."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from veille.config.named_env import NAME, named_in

#: VEILLE_CHANNEL_SITE_URL is the address of the channel « site ».
PREFIX = "VEILLE_CHANNEL_"
CHANNEL_NAME = NAME


class Channel(BaseModel):
    """One channel."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    kind: Literal["webhook", "chat"] = Field(
        "webhook",
        description="webhook : un programme reçoit l'édition en JSON ; chat : un salon en reçoit le résumé ("
        "Mattermost, Teams, Slack, Matrix… ; demande l'extra « chat »)",
        json_schema_extra={"env": f"{PREFIX}NOM_KIND"},
    )
    url: SecretStr = Field(
        SecretStr(""),
        description="adresse https du programme, ou adresse Apprise du salon (mmost://…, msteams://…, matrixs://…)",
        json_schema_extra={"env": f"{PREFIX}NOM_URL"},
    )
    secret: SecretStr = Field(
        SecretStr(""),
        description="clé partagée qui signe les envois d'un webhook (HMAC-SHA256, en-tête webhook-signature)",
        json_schema_extra={"env": f"{PREFIX}NOM_SECRET"},
    )

    @model_validator(mode="after")
    def _complete(self) -> "Channel":
        url = self.url.get_secret_value()
        if not url:
            raise ValueError("il manque « url », l'adresse du canal")
        if self.kind == "webhook" and not url.startswith(("https://", "http://")):
            raise ValueError("l'adresse d'un webhook commence par https://")
        return self


def channels_in(env: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return channel → key → value, of the variables that name a channel; raises ConfigError for an unknown key."""
    return named_in(env, PREFIX, Channel, "un canal")
