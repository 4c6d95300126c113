"""The folder shared/ beside the checkout: real corpora, never committed; tests that need it skip where it is absent."""

import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "shared"


def required(thing: str) -> bool:
    """Return True where VEILLE_REQUIRE (a comma list) says that `thing` must be there."""
    return thing in os.environ.get("VEILLE_REQUIRE", "").split(",")


def shared(*parts: str) -> Path:
    """Return a path in shared/, or skip (fail where VEILLE_REQUIRE names shared)."""
    path = _FOLDER.joinpath(*parts)
    if path.exists():
        return path
    message = f"shared/{'/'.join(parts)} is not beside this checkout"
    if required("shared"):
        pytest.fail(message)
    pytest.skip(message)
