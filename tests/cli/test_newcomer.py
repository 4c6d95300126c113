"""The first quarter of an hour: what the commands say to whoever has nothing yet, and what they give to do next."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.digest.builders import item, match, store_items
from tests.inside import inside
from veille.digest.choosing.select import Offer
from veille.digest.choosing.welcome import opens
from veille.errors import BadLines
from veille.storage.db import Database


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with a list of members and nothing else."""
    home = tmp_path_factory.mktemp("neuf") / "mon dossier"
    done = inside("init", home)
    assert f"Ensuite : veille --home '{home}' crawl" in done.stdout
    (home / "m.csv").write_text(
        "organisation,email,needs\nPhytalis,a@p.example,encapsulation\nRobotix,a@p.example,soudage\n", encoding="utf-8"
    )
    assert inside("--home", home, "members", "import", home / "m.csv").returncode == 0
    return home


def test_an_instance_made_here_is_told_without_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Instance prête dans ce dossier. Ensuite : veille crawl\n" in inside("init").stdout


def test_a_draft_of_nothing_says_what_comes_first_and_whose_each_line_is(started: Path) -> None:
    built = inside("--home", started, "digest", "build", "--name", "hebdo").stdout
    assert "Rien n'est encore relevé : « veille crawl », puis « veille tag »." in built
    assert "a@p.example (Phytalis)" in built
    assert "a@p.example (Robotix)" in built
    shown = inside("--home", started, "profile", "Phytalis", "--preview", "--name", "hebdo")
    assert shown.returncode == 2
    assert "rien n'est encore relevé : « veille crawl », puis « veille tag »" in shown.stderr


def test_what_does_not_suit_is_asked_of_why(started: Path) -> None:
    database = Database(f"sqlite:///{started / 'var' / 'veille.sqlite'}")
    store_items(database, [item(1, title="Appel forestier", text="Des grumes et des scieries. " * 20)])
    database.close()
    shown = inside("--home", started, "digest", "preview", "Robotix", "--name", "hebdo")
    assert "« veille why ÉLÉMENT MEMBRE » dit pourquoi un élément n'y est pas" in shown.stderr


def test_refused_lines_stand_one_below_the_other() -> None:
    said = str(BadLines("m.csv", [(2, "siren faux"), (3, "adresse vide")]))
    assert said == (
        "m.csv :\n  ligne 2 : siren faux\n  ligne 3 : adresse vide\n"
        " — corrigez ces lignes et relancez : les autres sont faites"
    )
    assert str(BadLines("m.csv", [(2, "siren faux")])).startswith("m.csv : ligne 2 : siren faux — ")


def test_an_issue_approved_in_the_evening_is_told_the_day_that_it_leaves(tmp_path: Path) -> None:
    home = tmp_path / "soir"
    assert inside("init", home).returncode == 0
    (home / "m.csv").write_text("organisation,email,needs\nPhytalis,a@p.example,encapsulation\n", encoding="utf-8")
    (home / "veille.toml").write_text(
        '[site]\nurl = "https://veille.example.fr"\n[mail]\nsender = "v@pole.example.fr"\n', encoding="utf-8"
    )
    assert inside("--home", home, "members", "import", home / "m.csv").returncode == 0
    database = Database(f"sqlite:///{home / 'var' / 'veille.sqlite'}")
    store_items(database, [item(1, title="Encapsulation : appel à projets", text="Encapsulation de poudres. " * 20)])
    database.close()
    wednesday = "2026-11-25T21:00:00+01:00"
    for command in ("build", "approve"):
        assert inside("--home", home, "--now", wednesday, "digest", command, "--name", "hebdo").returncode == 0
    sent = inside("--home", home, "--now", wednesday, "digest", "send", "--name", "hebdo")
    assert sent.returncode == 2
    assert "elle partira le 27/11/2026 à 07:30" in sent.stderr


def test_one_open_call_is_the_one() -> None:
    call = item(1)
    offer = Offer(item=call, match=match(1, 1.0), section="seize")
    assert opens([offer], "new").startswith("Bienvenue. Pour commencer, voici la possibilité ouverte qui vous concerne")
    assert opens([offer], "profiled") == "Votre profil a changé : voici la possibilité ouverte qui lui répond le mieux."


def test_a_first_bulletin_of_what_all_share_does_not_say_that_it_concerns_its_reader() -> None:
    news = Offer(item=item(1, "vie-du-cluster"), match=match(1, 0.1), section="network", common=True)
    assert opens([news], "new").startswith("Bienvenue. Voici des nouvelles communes à tous")
    assert opens([replace(news, common=False)], "new").startswith("Bienvenue. Pour commencer, voici ce qui vous")
