"""Exit codes are one table in the docs."""

import re
from pathlib import Path

from veille.errors import RelayUnavailable, VeilleError

TABLE = (Path(__file__).resolve().parents[2] / "docs/reference/codes-de-sortie.md").read_text(encoding="utf-8")


def kinds(error: type[VeilleError]) -> list[type[VeilleError]]:
    return [error, *(kind for child in error.__subclasses__() for kind in kinds(child))]


def test_every_error_ends_with_a_code_of_the_table():
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)}
    assert {kind.exit_code for kind in kinds(VeilleError)} <= documented
    assert documented == {0, 1, 2, 3, 4, 5, 6, 7, 130}


def test_a_silent_relay_has_its_row():
    row = next(line for line in TABLE.splitlines() if line.startswith(f"| {RelayUnavailable.exit_code} |"))
    assert "relais" in row
    assert "veille digest send" in row
