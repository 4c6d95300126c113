"""`veille items search`, as a person and a program use it."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.site import Page, serve

Veille = Callable[..., "CompletedProcess[str]"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that has crawled two entries."""
    from click.testing import CliRunner

    from veille.cli.main import cli

    folder = tmp_path_factory.mktemp("search") / "poste"
    run = CliRunner()
    with serve() as site:
        site.pages["/flux"] = Page(
            rss(
                item("Appels à projets bois", "/1", description="Aide à l&#39;investissement."),
                item("Salon de l'eau", "/2", description="À Saint-Étienne."),
            )
        )
        assert run.invoke(cli, ["init", str(folder)]).exit_code == 0
        source = {"id": "pole", "title": "Pôle", "kind": "feed", "url": site.url("/flux")}
        (folder / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [source]}), encoding="utf-8")
        settings = '[fetch]\nallow = ["127.0.0.0/8", "::1/128"]\nhost_delay = 0\n'
        (folder / "veille.toml").write_text(settings, encoding="utf-8")
        done = run.invoke(cli, ["--home", str(folder), "crawl", "--no-details"])
        assert done.exit_code == 0, done.output
    return folder


def test_a_person_finds_an_item_by_its_words(veille: Veille, home: Path) -> None:
    done = veille("--home", home, "items", "search", "appel", "projet")
    assert done.returncode == 0, done.stderr
    assert "Appels à projets bois" in done.stdout
    assert done.stdout.endswith("1 article\n")


def test_nothing_found_is_no_error(veille: Veille, home: Path) -> None:
    done = veille("--home", home, "items", "search", "licorne")
    assert (done.returncode, done.stdout) == (0, "aucun résultat\n")


def test_a_program_reads_lines_then_the_total(veille: Veille, home: Path) -> None:
    done = veille("--home", home, "items", "search", "--json", "--limit", "1", "l'aide")
    *lines, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["title"] for line in lines] == ["Appels à projets bois"]
    assert last == {"total": 1, "page": None}


def test_a_word_is_left_out_after_two_dashes(veille: Veille, home: Path) -> None:
    assert "aucun résultat" in veille("--home", home, "items", "search", "--", "salon", "-eau").stdout
    assert "1 article" in veille("--home", home, "items", "search", "--", "salon", "-bois").stdout


def test_filters_and_a_wrong_page(veille: Veille, home: Path) -> None:
    assert "1 article" in veille("--home", home, "items", "search", "--source", "pole", "salon").stdout
    assert "aucun" in veille("--home", home, "items", "search", "--source", "autre", "salon").stdout
    assert "aucun" in veille("--home", home, "items", "search", "--since", "2999-01-01", "salon").stdout
    done = veille("--home", home, "items", "search", "--page", "x", "salon")
    assert done.returncode == 2
    assert "page de résultats" in done.stderr
