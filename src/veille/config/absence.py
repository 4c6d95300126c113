"""Days on which nobody is there to approve, as veille.toml says them."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator

from veille.model import Absence


class Away(BaseModel):
    """Days on which nobody is there to approve."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date | None = Field(None, alias="from", description="premier jour d'absence, AAAA-MM-JJ")
    last: date | None = Field(None, alias="to", description="dernier jour d'absence, compris")

    @model_validator(mode="after")
    def _whole(self) -> "Away":
        if (self.first is None) != (self.last is None) or (self.first and self.last and self.last < self.first):
            raise ValueError("donnez « from » et « to », dans l'ordre")
        return self

    @property
    def period(self) -> Absence | None:
        """The days, or None where nobody is away."""
        return Absence(self.first, self.last) if self.first and self.last else None
