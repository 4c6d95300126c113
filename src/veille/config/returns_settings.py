"""[returns]: what comes back of what was sent, and what staff are told of it."""

from pydantic import BaseModel, ConfigDict, Field

_BOX = "un dossier Maildir, ou « imaps://nom@serveur/Dossier »"


class Returns(BaseModel):
    """What comes back: answers, events of a relay, a probe; and the report on it."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    replies: str = Field(
        "",
        description=f"boîte où arrivent les réponses aux bulletins, pour les compter ({_BOX}, compte « reponses ») ; "
        "rien n'en est gardé",
    )
    probe: str = Field(
        "",
        description=f"boîte témoin où « veille mail doctor --probe » cherche son message ({_BOX}, compte « sonde »)",
    )
    authserv_id: str = Field(
        "",
        max_length=253,
        description="nom que votre serveur de réception écrit dans Authentication-Results ; nul autre n'est cru",
    )
    hook_version: str = Field(
        "",
        max_length=64,
        description="changez-le pour rendre sans valeur les adresses de webhook déjà données à un relais",
        json_schema_extra={"env": "VEILLE_RETURNS_HOOK_VERSION"},
    )
    report_hours: int = Field(
        8,
        ge=0,
        le=72,
        description="heures après l'heure d'envoi où le rapport de l'édition part à cluster.contact",
    )
