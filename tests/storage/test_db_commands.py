"""`veille db status` and `veille db upgrade`, in French, with the exit codes of the table."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from veille.cli.base import Instance
from veille.cli.db import db
from veille.errors import DatabaseMissing, SchemaMismatch
from veille.storage import schema
from veille.storage.db import Database


@pytest.fixture
def home(tmp_path: Path) -> Path:
    database = Database(f"sqlite:///{tmp_path / 'var' / 'veille.sqlite'}")
    schema.create(database)
    database.close()
    return tmp_path


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> None:
    following = f"{int(schema.HEAD) + 1:04}"
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, following))
    monkeypatch.setattr(schema, "HEAD", following)


def run(home: Path, command: str) -> Result:
    return CliRunner().invoke(db, [command], obj=Instance(home=home))


def test_current_database_is_said_to_be_so(home: Path) -> None:
    for command in ("status", "upgrade"):
        found = run(home, command)
        assert found.exit_code == 0, found.output
        assert "à jour" in found.output


@pytest.mark.usefixtures("older")
def test_older_database_is_shown_then_refused_with_the_cure(home: Path) -> None:
    found = run(home, "status")
    assert "plus ancien" in found.output
    assert isinstance(found.exception, SchemaMismatch)
    assert "veille db upgrade" in str(found.exception)


@pytest.mark.parametrize("command", ["status", "upgrade"])
def test_missing_database_is_named_and_not_made(tmp_path: Path, command: str) -> None:
    found = run(tmp_path, command)
    assert isinstance(found.exception, DatabaseMissing)
    assert "lancez veille init" in str(found.exception)
    assert list(tmp_path.iterdir()) == []


def test_help_is_french() -> None:
    found = CliRunner().invoke(db, ["--help"])
    assert "schéma" in found.output
    assert "Commandes" in found.output
