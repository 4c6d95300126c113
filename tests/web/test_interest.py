"""« Cela m'intéresse »: staff see who wants in, until it is taken back; no other member does."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.web.conftest import ANNE, BOB, Site, send_made
from veille.cli.main import cli


@pytest.fixture
def shared(site: Site) -> Site:
    """An issue that showed item 1 to both members, as staff wanted."""
    site.app.digest.build("hebdo")
    site.app.digest.curation.pin(1, by="Claire", name="hebdo", member="Phytalis", section="seize")
    send_made(site)
    return site


def test_staff_see_who_wants_in_until_it_is_taken_back(shared: Site, tmp_path: Path) -> None:
    site = shared
    for email, number in ((ANNE, 1), (BOB, 1), (ANNE, 2)):
        link = site.links.opinion(site.person(email).id, number)
        assert site.client.post(link, data={"avis": "wanted"}).status_code == 200
    site.client.post(site.links.opinion(site.person(BOB).id, 1), data={"avis": "wanted", "action": "retirer"})

    def run(*arguments: str) -> str:
        home = ["--home", str(site.app.settings.home), "--now", "2026-11-26T10:00"]
        answer = CliRunner().invoke(cli, [*home, "interests", *arguments])
        assert answer.exit_code == 0, answer.output
        return answer.output

    told = run()
    assert "Appel à projets 1 : robots soudeurs (clôt le 18 décembre 2026)" in told
    assert told.count(ANNE) == 2
    assert BOB not in told
    assert run("2").count(ANNE) == 1
    assert "personne ne s'est encore dit intéressé par cet article" in run("3")
    table = tmp_path / "qui.csv"
    assert "2 lignes" in run("--to", str(table))
    assert table.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert [(row["numéro"], row["courriel"]) for row in rows] == [("1", ANNE), ("2", ANNE)]


def test_no_page_tells_one_member_of_another(shared: Site) -> None:
    site = shared
    site.client.post(site.links.opinion(site.person(BOB).id, 1), data={"avis": "wanted"})
    answer = site.client.get(site.links.opinion(site.person(ANNE).id, 1))
    assert answer.status_code == 200
    assert "Robotix" not in answer.text
    assert BOB not in answer.text
