"""Whether somebody is written to, and if not why, as commands say it."""

from datetime import date

from veille.french import french_day
from veille.model import Subscriber
from veille.model.returns import ERASURE, OPT_OUT

_STOPPED = {OPT_OUT: "désinscrit", ERASURE: "effacement demandé"}


def silence(person: Subscriber, stopped: str | None, today: date) -> str:
    """Return why nothing is sent to a person, empty where mail is; `stopped`: why their address is not written to."""
    if stopped is not None:
        return _STOPPED.get(stopped, "adresse qui refuse")
    if person.left_at is not None:
        return "a quitté"
    if person.reads(today):
        return ""
    return f"en pause jusqu'au {french_day(person.paused_until)}" if person.paused_until else "en pause"
