"""The queue of suggestions as staff use it: listed with who suggested what, accepted as an item, refused for good."""

import re
from pathlib import Path

import pytest

from tests.crawl.newsletters.test_forwarded import GMAIL, forward
from tests.inside import inside

SOURCES = """version: 1
sources:
  - id: boite
    title: Boîte du pôle
    kind: mailbox
    url: "maildir://{home}/boite"
    options: {{ authserv_id: mx.pole.exemple, forwarded: true, forwarders: ["fonderie.exemple"] }}
"""
WORDS = "Bonjour,\n\nLes fondeurs se réuniront le 12 janvier à Thiers.\n\nLuc"
ESCAPES = "\x1b[31mAppel\x1b[0m \u202eprojets"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An instance whose box has received three forwarded mails, crawled once."""
    assert inside("init", tmp_path).returncode == 0
    (tmp_path / "sources.yaml").write_text(SOURCES.format(home=tmp_path), encoding="utf-8")
    for step in ("cur", "new"):
        (tmp_path / "boite" / step).mkdir(parents=True)
    mails = {
        "1": forward(GMAIL),
        "2": forward(plain=WORDS, subject="Réunion", message_id="<f2@x>"),
        "3": forward(plain=f"{ESCAPES}\n", subject="Essai", message_id="<f3@x>"),
    }
    for name, raw in mails.items():
        (tmp_path / "boite" / "new" / name).write_bytes(raw)
    crawled = inside("--home", tmp_path, "crawl")
    assert "3 suggestions reçues" in crawled.stdout, crawled.stdout + crawled.stderr
    return tmp_path


def test_staff_list_accept_and_refuse(home: Path) -> None:
    listed = inside("--home", home, "items", "queue")
    assert listed.returncode == 0, listed.stderr
    assert "luc@fonderie.exemple  Appel à projets fonderies" in listed.stdout
    assert "https://www.region.exemple/appels/fonderies-2027" in listed.stdout
    assert "« À étudier ? »" in listed.stdout
    assert "3 suggestions en attente" in listed.stdout
    assert "\x1b" not in listed.stdout
    assert "\u202e" not in listed.stdout

    accepted = inside("--home", home, "items", "queue", "accept", 1, 2)
    assert accepted.returncode == 0, accepted.stderr
    assert re.search(
        r"n° 1 ajoutée : article n° \d+, « Appel à projets fonderies », suggérée par luc@", accepted.stdout
    )
    assert re.search(r"n° 2 ajoutée : article n° \d+, « Réunion », suggérée par luc@fonderie", accepted.stdout)
    refused = inside("--home", home, "items", "queue", "refuse", 3)
    assert "n° 3 refusée : « Essai »" in refused.stdout
    assert "0 suggestion en attente" in inside("--home", home, "items", "queue").stdout

    item = re.findall(r"article n° (\d+)", accepted.stdout)[0]
    card = inside("--home", home, "items", "show", item).stdout
    assert "suggéré par luc@fonderie.exemple : À étudier ?" in card
    titles = inside("--home", home, "items", "list").stdout
    assert "Appel à projets fonderies" in titles
    assert "Réunion" in titles


@pytest.mark.parametrize(("decision", "word"), [("accept", "acceptée"), ("refuse", "refusée")])
def test_a_decision_is_made_once(decision: str, word: str, home: Path) -> None:
    assert inside("--home", home, "items", "queue", decision, 2).returncode == 0
    for again in ("accept", "refuse"):
        refused = inside("--home", home, "items", "queue", again, 2)
        assert refused.returncode == 2
        assert f"suggestion n° 2 déjà {word}" in refused.stderr
    assert inside("--home", home, "items", "queue", "accept", 99).returncode == 2
    inside("--home", home, "crawl", "--force")
    assert "2 suggestions en attente" in inside("--home", home, "items", "queue").stdout


def test_two_suggestions_of_one_address_are_one_item(home: Path) -> None:
    (home / "boite" / "new" / "4").write_bytes(forward(GMAIL, message_id="<f4@x>"))
    inside("--home", home, "crawl", "--force")
    listed = inside("--home", home, "items", "queue").stdout
    numbers = re.findall(r"^ *(\d+) .*Appel à projets fonderies$", listed, re.MULTILINE)
    assert len(numbers) == 2
    done = inside("--home", home, "items", "queue", "accept", *numbers)
    assert done.returncode == 0, done.stderr
    assert "déjà connue" in done.stdout
    assert len(set(re.findall(r"article n° (\d+)", done.stdout))) == 1
