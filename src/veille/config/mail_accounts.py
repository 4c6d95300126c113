"""Accounts of mailboxes that letters are read from: their secrets stand in the environment, by name of the account."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from veille.config.named_env import NAME, named_in

#: VEILLE_MAILBOX_LETTRES_PASSWORD is the password of the account « lettres ».
PREFIX = "VEILLE_MAILBOX_"
ACCOUNT_NAME = NAME


class MailAccount(BaseModel):
    """One account of a mailbox: a password, or what is exchanged for an access token (XOAUTH2)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    host: str = Field(
        "",
        max_length=254,
        description="serveur à qui ce secret peut être donné, et à nul autre : imap.exemple.fr",
        json_schema_extra={"env": f"{PREFIX}NOM_HOST"},
    )
    password: SecretStr = Field(
        SecretStr(""),
        description="mot de passe (chez les grands hébergeurs, un mot de passe d'application)",
        json_schema_extra={"env": f"{PREFIX}NOM_PASSWORD"},
    )
    token_url: str = Field(
        "",
        max_length=500,
        description="sans mot de passe : adresse où un jeton s'actualise (OAuth 2.0, grant_type=refresh_token)",
        json_schema_extra={"env": f"{PREFIX}NOM_TOKEN_URL"},
    )
    client_id: str = Field(
        "",
        max_length=300,
        description="identifiant de l'application déclarée chez l'hébergeur",
        json_schema_extra={"env": f"{PREFIX}NOM_CLIENT_ID"},
    )
    client_secret: SecretStr = Field(
        SecretStr(""), description="son secret", json_schema_extra={"env": f"{PREFIX}NOM_CLIENT_SECRET"}
    )
    refresh_token: SecretStr = Field(
        SecretStr(""),
        description="jeton d'actualisation ; vide = grant_type=client_credentials",
        json_schema_extra={"env": f"{PREFIX}NOM_REFRESH_TOKEN"},
    )
    scope: str = Field(
        "",
        max_length=500,
        description="portée demandée, si l'hébergeur en veut une",
        json_schema_extra={"env": f"{PREFIX}NOM_SCOPE"},
    )

    @property
    def usable(self) -> bool:
        """Say whether there is a password, or what a token needs."""
        return bool(self.password.get_secret_value() or (self.token_url and self.client_id))


def accounts_in(env: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return account → key → value, of the variables that name an account; raises ConfigError for an unknown key."""
    return named_in(env, PREFIX, MailAccount, "une boîte")
