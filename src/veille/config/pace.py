"""How fast bulletins may leave, as an instance sets it: `[pace]`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Family = Literal["gmail", "microsoft", "orange", "sfr", "laposte", "free", "other"]


class Pace(BaseModel):
    """Zero = no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    connections: int = Field(
        4, ge=1, le=50, description="connexions tenues ouvertes vers le relais ; ce qu'un plantage laisse incertain"
    )
    per_second: float = Field(
        0.0, ge=0, le=1000, allow_inf_nan=False, description="mails par seconde, au plus ; 0 = sans limite"
    )
    per_hour: int = Field(0, ge=0, description="mails par heure glissante, au plus ; 0 = sans limite")
    per_day: int = Field(
        0, ge=0, description="mails par 24 heures glissantes, au plus ; le reste part ensuite ; 0 = sans limite"
    )
    warm_up: int = Field(
        0, ge=0, description="mails le premier jour d'un nouveau relais, deux fois plus chaque jour d'envoi ; 0 = tous"
    )
    families: dict[Family, float] = Field(
        {},
        description="mails par seconde vers une famille de destinataires : gmail, microsoft, orange, sfr, laposte,"
        " free, other",
    )
    mx_lookup: bool = Field(
        default=False,
        description="demander au DNS qui reçoit le courrier d'un domaine, pour le compter dans sa famille",
    )
