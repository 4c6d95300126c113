"""When a digest may leave by itself: days and hours, in the cluster's own time."""

import re
from datetime import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WORKING_DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")


def local_hour(value: str) -> str:
    """Check an hour of the clock, HH:MM; raises ValueError for one that does not exist or exists twice some nights."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError("écrivez HH:MM entre guillemets, par exemple '07:30'")
    if value.startswith("02:"):
        raise ValueError("entre 02:00 et 03:00 l'heure n'existe pas ou existe deux fois aux changements d'heure")
    return value


class SendingHours(BaseModel):
    """Days and hours in which mails leave; a public holiday is no such day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: tuple[Day, ...] = Field(WORKING_DAYS, min_length=1, description="jours où les mails partent, en anglais")
    start: str = Field("07:00", description="première heure, HH:MM")
    end: str = Field("19:00", description="dernière heure, HH:MM : ce qui reste part à l'ouverture suivante")

    @field_validator("start", "end")
    @classmethod
    def _hour(cls, value: str) -> str:
        return local_hour(value)

    @model_validator(mode="after")
    def _in_order(self) -> "SendingHours":
        if self.start >= self.end:
            raise ValueError("« start » vient avant « end », le même jour")
        return self

    def holds(self, hour: time) -> bool:
        """Say whether that hour of a day is within."""
        return time.fromisoformat(self.start) <= hour < time.fromisoformat(self.end)
