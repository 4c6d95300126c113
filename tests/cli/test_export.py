"""What is collected, as a table that a spreadsheet opens; the public archive and channels as commands."""

import csv
import io
from pathlib import Path
from shutil import copyfile

import openpyxl
import pytest

from tests.digest.builders import item, store_items
from tests.inside import inside
from veille.storage.db import Database

NOW = "2026-11-27T07:30:00+01:00"


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    made = tmp_path / "maison"
    (made / "var").mkdir(parents=True)
    copyfile(sqlite_template, made / "var" / "veille.sqlite")
    (made / "veille.toml").write_text('[cluster]\nid = "pole"\nname = "Pôle"\n', encoding="utf-8")
    (made / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    database = Database(f"sqlite:///{made / 'var' / 'veille.sqlite'}")
    items = [
        item(1, title='=HYPERLINK("http://pirate.example")', place="fr:region:84", sector="agroalimentaire",
             facts={"amount_max": "300000", "rate": "40"}),
        item(2, title="Appel clos", deadline="2026-11-20"),
        item(3, kind="actualite", title="Une nouvelle", deadline=None),
    ]  # fmt: skip
    store_items(database, items)
    database.close()
    return made


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))


def test_items_are_a_table_with_tags_and_facts_and_no_formula(home: Path, tmp_path: Path) -> None:
    done = inside("--home", home, "--now", NOW, "items", "export", "--to", tmp_path / "a.csv")
    assert done.stdout == f"3 articles dans {tmp_path / 'a.csv'}\n"
    first = next(row for row in table(tmp_path / "a.csv") if row["numéro"] == "1")
    assert first["titre"].startswith("'=HYPERLINK")
    assert first["type"] == "Appel à projets"
    assert first["territoires"] == "Auvergne-Rhône-Alpes"
    assert (first["échéance"], first["montant maximal (€)"], first["taux (%)"]) == ("2026-12-18", "300000,0", "40,0")
    assert len(first["résumé"]) <= 500


def test_a_workbook_holds_numbers_and_days_as_such(home: Path, tmp_path: Path) -> None:
    inside("--home", home, "--now", NOW, "items", "export", "--to", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    rows = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows[1][1] == '=HYPERLINK("http://pirate.example")'
    assert sheet["B2"].data_type == "s"
    assert rows[1][10] == 300_000
    assert rows[2][7].day == 20


def test_only_what_is_open_of_one_type(home: Path, tmp_path: Path) -> None:
    asked = ("items", "export", "--to", tmp_path / "a.csv", "--open", "--type", "appel-a-projets")
    assert inside("--home", home, "--now", NOW, *asked).returncode == 0
    assert [row["numéro"] for row in table(tmp_path / "a.csv")] == ["1"]
    wrong = inside("--home", home, "items", "export", "--to", tmp_path / "b.csv", "--type", "appel-a-projet")
    assert wrong.returncode == 2
    assert "Appel à projets" in wrong.stderr or "appel-a-projets" in wrong.stderr


@pytest.mark.parametrize("asked", [(), ("--jsonl", "--to", "x.csv"), ("--to", "x.ods")])
def test_a_form_is_asked_for(home: Path, asked: tuple[str, ...]) -> None:
    done = inside("--home", home, "items", "export", *asked)
    assert done.returncode == 2
    assert "format" in done.stderr


def test_an_archive_of_nothing_says_so(home: Path, tmp_path: Path) -> None:
    done = inside("--home", home, "publish", "archive", tmp_path / "site")
    assert done.stdout == f"archive écrite dans {tmp_path / 'site'} : 5 fichiers\n"
    assert "Aucune édition" in (tmp_path / "site" / "index.html").read_text()
    (tmp_path / "file").write_text("x")
    refused = inside("--home", home, "publish", "archive", tmp_path / "file")
    assert refused.returncode == 2


def test_channels_are_listed_without_their_secrets_and_an_unknown_one_is_named(home: Path) -> None:
    assert "aucun canal" in inside("--home", home, "publish", "channels").stdout
    settings = (
        home / "veille.toml"
    ).read_text() + '[channels.site]\nurl = "https://127.0.0.1:9/jeton"\nsecret = "s3"\n'
    (home / "veille.toml").write_text(settings, encoding="utf-8")
    listed = inside("--home", home, "publish", "channels")
    assert "site" in listed.stdout
    assert "jeton" not in listed.stdout
    assert "vouliez-vous « site »" in inside("--home", home, "publish", "test", "sites").stderr
    assert "rien ne sort" in inside("--home", home, "--now", NOW, "publish", "test", "site").stderr
    refused = inside("--home", home, "publish", "test", "site")
    assert refused.returncode != 0
    assert "jeton" not in refused.stdout + refused.stderr
