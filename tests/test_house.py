"""Rules of the house that no linter holds."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted((ROOT / "src").rglob("*.py"))
#: Libraries that `veille --help` must not pay for (measured: each costs 50 ms to 2 s to import).
HEAVY = (
    "spacy",
    "numpy",
    "sqlalchemy",
    "alembic",
    "httpx",
    "feedparser",
    "bs4",
    "lxml",
    "rich",
    "pydantic",
    "apscheduler",
)
#: Training and browser tools are extras: the program must run without them.
EXTRAS = ("sklearn", "torch", "transformers", "playwright", "selenium", "pandas")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()] or CODE


@pytest.mark.parametrize("library", EXTRAS)
def test_the_default_install_imports_no_training_or_browser_library(library):
    pattern = re.compile(rf"^\s*(import|from)\s+{library}\b", re.MULTILINE)
    assert [path for path in CODE if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_help_imports_nothing_heavy():
    probe = (
        "import sys, click\nfrom veille.cli.main import cli\n"
        "try:\n    cli.main(['--help'], standalone_mode=True)\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_rooms_stay_small():
    crowded = {
        str(path.relative_to(ROOT)): count for path in CODE if (count := len(path.read_text().splitlines())) > 400
    }
    assert crowded == {}


def test_broad_excepts_are_rare():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"except( Exception| BaseException)?\s*:", line) or "except Exception as" in line
    ]
    assert len(found) <= 4, found


def test_nothing_names_a_machine_path_or_a_registry_host():
    own = Path(__file__).resolve()
    pattern = re.compile(
        r"(?<![\w.])/(work|farm|root|home/\w+)/[a-z.]|pypi\.org|registry\.npmjs|pythonhosted|deb\.debian"
    )
    found = {}
    for path in tracked():
        if path.resolve() == own or path.suffix in {".gz", ".npz", ".png", ".bin"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if match := pattern.search(text):
            found[str(path.relative_to(ROOT))] = match[0]
    assert found == {}


def test_the_readme_is_short_and_its_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
