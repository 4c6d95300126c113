"""What an instance chose: kept beside the text that it was given, and applied to the catalogue as it ships today."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from veille.config.choosing import Choice, is_wanted, proposal, switched
from veille.config.gazetteer import load_gazetteer
from veille.config.sources import load_sources
from veille.files import write_atomically
from veille.model import Source

_NAME = "choice.json"


class _Line(BaseModel):
    """The file: nobody but `veille init` writes it."""

    model_config = ConfigDict(extra="forbid")

    sectors: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()


def remember(folder: Path, choice: Choice) -> None:
    """Keep a choice in the folder that holds the text as shipped."""
    kept = {"sectors": choice.sectors, "territories": choice.territories}
    write_atomically(folder / _NAME, json.dumps(kept, ensure_ascii=False, indent=1).encode())


def remembered(folder: Path) -> Choice | None:
    """Return the choice kept in a folder; None where there is none, or it was damaged (it can be made again)."""
    try:
        line = _Line.model_validate_json((folder / _NAME).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None
    return Choice(line.sectors, line.territories)


class Chosen:
    """A catalogue and a choice: which of its sources are on."""

    def __init__(self, catalogue: Path, folders: tuple[Path, ...], choice: Choice | None) -> None:
        self._catalogue = catalogue
        self._wanted: dict[str, bool] = {}
        if choice is not None:
            gazetteer = load_gazetteer(folders)
            found = load_sources(catalogue).sources
            self._wanted = {source.id: is_wanted(source, choice, gazetteer) for source in found}

    def text(self) -> str:
        """Return the text of the catalogue with what was chosen on and the rest off; as it ships without a choice."""
        shipped = self._catalogue.read_text(encoding="utf-8")
        return switched(shipped, self._wanted) if self._wanted else shipped

    def proposal(self, own: tuple[Source, ...]) -> str:
        """Say what the sources of an edited file would have to change; empty if nothing."""
        return proposal(own, self._wanted)
