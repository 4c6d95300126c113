"""The documentation is tested: what it says of commands, settings and exit codes is what the program says."""

import re
from pathlib import Path

import pytest
from scripts.write_reference import commands, pages

from veille import errors
from veille.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", ["commandes.md", "reglages.md", "sources.schema.json"])
def test_a_generated_page_is_what_the_program_says_today(name):
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], "run `make reference`"


def test_every_exit_code_of_the_error_tree_is_documented():
    table = (REFERENCE / "codes-de-sortie.md").read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {code for code in codes if isinstance(code, int)} <= documented


def code_of(text: str) -> str:
    """What stands in code blocks and between backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def test_every_command_that_the_texts_name_exists():
    known = {path for path, _ in commands(cli, "veille")}
    named = set()
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        code = code_of(path.read_text(encoding="utf-8"))
        for line in re.findall(r"(?:^|&& |bin/)(veille (?:--?\w+ \S+ )*[a-z][a-z -]*)", code, re.MULTILINE):
            words = re.sub(r" --?\w+ \S+", "", line).split()
            named.add((path.name, " ".join(words[:3]), " ".join(words[:2])))
    assert len(named) > 20
    assert {row for row in named if row[1] not in known and row[2] not in known} == set()


@pytest.mark.parametrize(
    ("path", "text"), list(commands(cli, "veille")), ids=lambda value: value if len(value) < 40 else ""
)
def test_help_is_french(path, text):
    assert text.startswith("Usage : ")
    assert not re.search(r"\b(Options|Show this message|Usage:|Commands:|default:|required)\b(?<!Options)", text), path
