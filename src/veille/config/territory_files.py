"""The files that the territories are read from: where they are, and what they hold (`pipelines/territories/`)."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from veille.config.problems import refuse
from veille.config.yaml_source import load_yaml
from veille.errors import ConfigError


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _RegionNames(_Table):
    names: list[str] = []
    former: list[str] = []
    adjectives: list[str] = []


class _CountryNames(_Table):
    eu: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}


class _Names(_Table):
    """The keys of names.yaml."""

    version: Literal[1]
    regions: dict[str, _RegionNames] = {}
    departements: dict[str, list[str]] = {}
    epci: dict[str, list[str]] = {}
    communes: dict[str, list[str]] = {}
    countries: _CountryNames = _CountryNames()
    nuts: dict[str, str] = {}
    not_places: list[str] = []


def find(folders: Sequence[Path], name: str) -> Path:
    """Return that file of the first folder that has it; raises ConfigError."""
    for folder in folders:
        if (path := folder / "pipelines" / "territories" / name).is_file():
            return path
    where = folders[0] if folders else Path()
    raise ConfigError(
        "fichier absent", file=where / "pipelines" / "territories" / name, cure="réinstallez veille ou restaurez-le"
    )


def read_tables(path: Path) -> dict[str, Any]:
    """Read the compacted geographic code; raises ConfigError."""
    try:
        tables: Any = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        raise ConfigError(
            "fichier illisible", file=path, cure="refaites-le avec scripts/build_territories.py, ou retirez-le"
        ) from error
    if not isinstance(tables, dict) or "communes" not in tables:
        raise ConfigError("ce n'est pas une table des territoires", file=path, cure="retirez ce fichier")
    return dict(tables)


def read_names(path: Path) -> dict[str, Any]:
    """Read names.yaml; raises ConfigError with the line that is wrong."""
    raw, locate = load_yaml(path)
    try:
        return _Names.model_validate(raw).model_dump()
    except ValidationError as error:
        raise refuse(error, _Names, path, locate) from error
