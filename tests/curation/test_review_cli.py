"""Reviewing as one busy person does it: from the command line, in an instance with a filière of its own."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.crawl.builders import item, rss
from tests.crawl.site import Page, serve
from tests.inside import inside

FILIERE = """\
version: 1
scheme: sector
terms:
- id: horlogerie
  label: "Horlogerie et microtechniques"
  sentence: "Fabriquer montres, mouvements et pièces minuscules de précision."
  cues: [horlogerie, horloger, montre, cadran, tourbillon, décolletage, microtechnique*, échappement, bracelet-montre,
    haute précision]
"""
AXES = """\
version: 1
scheme: axis
terms:
- {id: mouvements, label: Mouvements, broader: horlogerie, cues: [mouvement mécanique, tourbillon, échappement]}
- {id: habillage, label: Habillage, broader: horlogerie, cues: [cadran, bracelet, boîte de montre]}
- {id: hors-sujet, label: Hors sujet, cues: [montre en main]}
"""
SETTINGS = '[cluster]\nname = "Arc"\n[fetch]\nallow = ["127.0.0.0/8", "::1/128"]\nhost_delay = 0\n'
DUE = f"{datetime.now(UTC) + timedelta(days=60):%d/%m/%Y}"
YESTERDAY = format_datetime(datetime.now(UTC) - timedelta(days=1))
FIRST = item("Appel à projets : un nouveau tourbillon", "/1", description=f"Date limite : {DUE}.")
OTHERS = [
    item("Le musée du cadran émaillé rouvre", "/2", description="Horlogerie et bracelets.", pubDate=YESTERDAY),
    item("La liste de la majorité : un ancien du rugby", "/3", description="Le maire se retire.", pubDate=YESTERDAY),
]


def publish(site, first=FIRST):
    site.pages["/flux"] = Page(rss(first, *OTHERS))


@pytest.fixture(scope="module")
def site():
    with serve() as found:
        publish(found)
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory, site):
    folder = tmp_path_factory.mktemp("review") / "arc"
    assert inside("init", folder).returncode == 0
    source = {"id": "arc", "title": "Arc", "kind": "feed", "url": site.url("/flux"), "licence": "public"}
    (folder / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [source]}), encoding="utf-8")
    (folder / "veille.toml").write_text(SETTINGS, encoding="utf-8")
    for name, text in (("horlogerie.yaml", FILIERE), ("axes-arc.yaml", AXES)):
        path = folder / "pipelines" / "taxonomy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in (["crawl", "--no-details"], ["tag"]):
        done = inside("--home", folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def veille(home):
    def run(*words, code=0):
        done = inside("--home", home, *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


@pytest.fixture(scope="module")
def number(home):
    listed = inside("--home", home, "items", "list").stdout.splitlines()
    return {word: int(line.split()[0]) for line in listed for word in ("tourbillon", "cadran", "rugby") if word in line}


def tags(veille, item_id):
    shown = json.loads(veille("items", "show", item_id, "--json"))
    return {(tag["scheme"], tag["term"]) for tag in shown["tags"]}


def test_a_filiere_of_one_s_own_works_at_once(veille, number):
    assert {("sector", "horlogerie"), ("axis", "mouvements")} <= tags(veille, number["tourbillon"])
    assert {("sector", "horlogerie"), ("axis", "habillage")} <= tags(veille, number["cadran"])
    assert ("axis", "hors-sujet") in tags(veille, number["rugby"])


def test_next_shows_the_open_call_first_with_what_is_doubtful(veille, number):
    printed = veille("review", "next")
    assert printed.splitlines()[0].split()[0] == str(number["tourbillon"])
    assert f"jusqu'au {DUE}" in printed
    assert "3 articles à relire" in printed
    (one,) = [json.loads(line) for line in veille("review", "next", "--limit", 1, "--json").splitlines()]
    assert one["item"] == number["tourbillon"]
    assert {"due", "gain", "doubts", "tags"} <= set(one)


def test_a_corrected_tag_outlives_a_new_tagging_and_an_edited_page(veille, number, site, home):
    item_id = number["tourbillon"]
    printed = veille(
        "tag", "correct", item_id, "--add", "axis:habillage", "--remove", "axe:Mouvements", "--why", "c'est un boîtier"
    )
    assert "Habillage (dit à la main)" in printed
    corrected = tags(veille, item_id)
    assert ("axis", "habillage") in corrected
    assert ("axis", "mouvements") not in corrected
    assert "c'est un boîtier" in veille("items", "show", item_id)
    publish(
        site, item("Appel à projets : un nouveau tourbillon volant", "/1", description=f"Date limite reportée : {DUE}.")
    )
    (home / "pipelines" / "taxonomy" / "axes-arc.yaml").write_text(AXES + "# changed\n", encoding="utf-8")
    veille("crawl", "--no-details", "--force")
    assert "étiquetée" in veille("tag")
    assert tags(veille, item_id) >= {("axis", "habillage"), ("sector", "horlogerie")}
    assert ("axis", "mouvements") not in tags(veille, item_id)
    veille("tag", "correct", item_id, "--undo", "axis:habillage", "--undo", "axis:mouvements")
    assert ("axis", "mouvements") in tags(veille, item_id)


def test_what_was_judged_leaves_the_queue_and_comes_back_when_reopened(veille, number):
    item_id = number["cadran"]
    assert "gardé" in veille("review", "accept", item_id, "--by", "Ana", "--why", "pour tous")
    assert "gardé le" in veille("items", "show", item_id)
    assert str(item_id) not in waiting(veille)
    veille("review", "reopen", item_id)
    assert str(item_id) in waiting(veille)


def waiting(veille):
    return {str(json.loads(line)["item"]) for line in veille("review", "next", "--json").splitlines()}


def test_what_is_rejected_goes_to_nobody_and_why_says_so(veille, number, tmp_path):
    (tmp_path / "m.csv").write_text("organisation;email;sectors;activity\nCadranor;a@b.fr;horlogerie;cadran émaillé\n")
    veille("members", "import", tmp_path / "m.csv")
    item_id = number["cadran"]
    assert "oui" in veille("why", item_id, "Cadranor")
    veille("review", "reject", item_id, "--off-topic", "--by", "Ana", "--why", "un musée")
    assert "écarté à la relecture par Ana : un musée" in veille("why", item_id, "Cadranor")
    assert ("axis", "hors-sujet") in tags(veille, item_id)
    assert ("axis", "habillage") not in tags(veille, item_id)
    veille("review", "reopen", item_id)
    assert "dit hors sujet à la relecture" in veille("why", item_id, "Cadranor")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tag", "correct", "1"], "dites ce qui change"),
        (["tag", "correct", "999", "--add", "sector:eau"], "n° 999"),
        (["tag", "correct", "1", "--add", "sector:horlogeri"], "horlogerie"),
        (["tag", "correct", "1", "--undo", "sector:eau"], "personne n'a rien dit"),
        (["review", "accept", "999"], "n° 999"),
        (["review", "accept"], "il manque l'argument"),
    ],
)
def test_mistakes_are_named_and_write_nothing(veille, home, words, said):
    assert said in veille(*words, code=2)
    with sqlite3.connect(home / "var" / "veille.sqlite") as database:
        assert database.execute("SELECT count(*) FROM review WHERE item_id = 999").fetchone() == (0,)


def test_learning_asks_for_enough_settled_items_and_forgetting_says_what_there_was(veille):
    assert "trop peu d'articles" in veille("pipeline", "learn", code=2)
    assert "rien n'avait été appris" in veille("pipeline", "learn", "--forget")
