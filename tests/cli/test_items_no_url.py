"""`veille items add --no-url`: what was heard on the phone goes to a section and is shown without a dead link."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inside import inside

Veille = Callable[..., "subprocess.CompletedProcess[str]"]
MEMBERS = (
    "organisation;email;sectors\nPhytalis;anne@phytalis.example.fr;agroalimentaire\n"
    "Robotix;bob@robotix.example.fr;numerique-confiance\n"
)
NOW = ("--now", "2026-11-25T10:00:00+01:00")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with two members, which tests copy."""
    home = tmp_path_factory.mktemp("made") / "instance"
    assert inside("init", home).returncode == 0
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    (home / "liste.csv").write_text(MEMBERS, encoding="utf-8")
    done = inside("--home", home, *NOW, "members", "import", home / "liste.csv")
    assert done.returncode == 0, done.stderr + done.stdout
    return home


@pytest.fixture
def veille(made: Path, tmp_path: Path) -> Veille:
    home = tmp_path / "instance"
    shutil.copytree(made, home)
    return lambda *arguments: inside("--home", home, *NOW, *arguments)


def test_news_of_the_network_reach_everybody_without_a_link(veille: Veille) -> None:
    added = veille(
        "items", "add", "--no-url", "--title", "Petit-déjeuner du réseau jeudi 10 décembre", "--section", "network",
        "--text", "Phytalis nous reçoit : dites-nous si vous venez.",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "ajouté : n° 1" in added.stdout
    built = veille("digest", "build")
    assert built.returncode == 0, built.stderr
    pinned = veille("digest", "common", "1")
    assert pinned.returncode == 0, pinned.stderr
    shown = veille("digest", "pin", "1", "--member", "Phytalis")
    assert "1 lecteur" in shown.stdout, shown.stderr
    text = veille("digest", "preview", "Phytalis").stdout
    assert "== Vie du réseau ==" in text
    assert "Petit-déjeuner du réseau" in text
    html = veille("digest", "preview", "Phytalis", "--eml").stdout
    assert 'href=3D""' not in html
    assert 'href=3D"None"' not in html


def test_the_same_thing_is_added_once(veille: Veille) -> None:
    veille("items", "add", "--no-url", "--title", "Deux nouveaux adhérents")
    again = veille("items", "add", "--no-url", "--title", "Deux nouveaux adhérents")
    assert "déjà là : n° 1" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "une adresse, ou --no-url"),
        (("https://exemple.fr/a", "--no-url", "--title", "x"), "une adresse, ou --no-url"),
        (("--no-url",), "il faut un titre"),
        (("--no-url", "--title", "   "), "il faut un titre"),
        (("--no-url", "--title", "Un titre", "--section", "netwrk"), "vouliez-vous « network » ?"),
    ],
)
def test_what_is_missing_is_said(veille: Veille, arguments: tuple[str, ...], said: str) -> None:
    done = veille("items", "add", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
