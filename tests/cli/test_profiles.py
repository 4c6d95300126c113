"""From a list of names to profiles: import, draft from a register and a site on loopback, accept, see, match."""

import io
import json
from datetime import UTC, datetime

import openpyxl
import pytest

from veille.demo.server import ReplayServer
from veille.storage.db import Database
from veille.storage.erasure_store import SqlErasureStore

MONDAY = "2026-11-23T08:00:00+01:00"
COMPANY = {
    "siren": "732829320", "nom_complet": "PHYTALIS", "nom_raison_sociale": "PHYTALIS", "activite_principale": "10.89Z",
    "categorie_entreprise": "PME", "tranche_effectif_salarie": "12", "date_creation": "2014-03-01",
    "nature_juridique": "5710", "etat_administratif": "A", "statut_diffusion": "O",
    "siege": {"commune": "63322", "libelle_commune": "SAINT-BEAUZIRE"},
}  # fmt: skip
HOME = """<!doctype html><html lang="fr"><head><title>Phytalis</title></head><body><main><h1>Phytalis</h1>
<p>Depuis 2014, Phytalis est spécialisée dans l'encapsulation d'extraits végétaux pour les compléments alimentaires.</p>
<p>Nous travaillons avec des laboratoires de toute l'Europe, et avec les producteurs de plantes du Massif central.</p>
<a href="/savoir-faire">Nos savoir-faire</a> <a href="/prive/activites">Nos activités</a>
<a href="/contact">Contact</a> <a href="https://ailleurs.example/activites">Nos activités ailleurs</a></main></body>
</html>"""
KNOW_HOW = """<!doctype html><html lang="fr"><head><title>Savoir-faire</title></head><body><main>
<h1>Nos savoir-faire</h1>
<ul><li>Encapsulation sans solvant</li><li>Enrobage de poudres</li></ul>
<p>Notre usine est certifiée ISO 22000 depuis 2019, et nos ateliers sont ouverts à la visite chaque printemps.</p>
</main></body></html>"""


def page(text: str) -> tuple[str, bytes]:
    return "text/html; charset=utf-8", text.encode()


@pytest.fixture
def outside():
    documents = {
        "/registre/search": ("application/json", json.dumps({"results": [COMPANY]}).encode()),
        "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /prive/\n"),
        "/": page(HOME),
        "/savoir-faire": page(KNOW_HOW),
        "/prive/activites": page(KNOW_HOW),
    }
    with ReplayServer(documents) as server:
        yield server


@pytest.fixture
def run(veille, home, outside):
    """Run a command in an instance whose register is on loopback; return what it wrote."""
    settings = '[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\n[site]\nurl = "https://veille.exemple.fr"\n'
    settings += f'[mail]\nsender = "veille@pole.exemple.fr"\n[members]\nregistry_url = "{outside.url}/registre"\n'
    (home / "veille.toml").write_text(settings, encoding="utf-8")
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")

    def command(*arguments, code=0):
        done = veille("--home", home, "--now", MONDAY, *arguments)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    (home / "m.csv").write_text(
        "organisation,email,commune\nPhytalis,claire@phytalis.example,63322\n", encoding="utf-8"
    )
    command("members", "import", home / "m.csv")
    return command


def test_from_a_name_to_a_profile(run, outside):
    assert "12 % ; à demander : deux phrases d'activité" in run("members", "list")
    told = run("members", "enrich", "Phytalis", "--site", outside.url)
    assert "SIREN trouvé par le nom : PHYTALIS (732829320, SAINT-BEAUZIRE)" in told
    assert "interdit cette adresse aux programmes" in told
    proposed = [json.loads(line) for line in run("members", "drafts", "--json").splitlines()]
    values = {(one["field"], one["value"]) for one in proposed}
    assert {
        ("siren", "732829320"), ("naf", "10.89Z"), ("size", "pme"), ("created", "2014-03-01"), ("legal_form", "SAS"),
        ("skills", "Encapsulation sans solvant"), ("certifications", "ISO 22000"), ("sectors", "agroalimentaire"),
        ("activity", "l'encapsulation d'extraits végétaux pour les compléments alimentaires"),
    } <= values  # fmt: skip
    assert all(one["quote"] and one["origin"] for one in proposed)
    assert "attendent une décision : 1" in run("members", "enrich")
    address, page = run("members", "link", "Phytalis").split()
    assert address == "claire@phytalis.example"
    assert page.startswith("https://veille.exemple.fr/m/profil/")
    assert "à demander" in run("members", "list").split("·")[-1]
    assert "acceptées par Nadia" in run("members", "accept", "--member", "Phytalis", "--by", "Nadia")
    shown = run("profile", "claire@phytalis.example")
    assert "SIREN 732829320 · NAF 10.89Z (NAFRev2) · pme · SAS · créée le 1er mars 2014 · Saint-Beauzire" in shown
    assert "certifications : ISO 22000" in shown
    asked = [path for path, _ in outside.log]
    assert "/prive/activites" not in asked
    assert "/contact" not in asked


def test_accepting_nothing_or_a_stranger_is_refused(run):
    assert "donnez des numéros" in run("members", "accept", code=2)
    assert "n° 77" in run("members", "refuse", "77", "--by", "Nadia", code=2)
    assert "un seul membre" in run("members", "enrich", "--siren", "732829320", code=2)
    assert "clé de contrôle" in run("members", "enrich", "Phytalis", "--siren", "732829321", code=2)


def test_an_item_is_matched_with_members(run, home, outside):
    feed = (
        "<rss version='2.0'><channel><title>F</title><item>"
        "<title>Appel à projets : encapsulation d'extraits végétaux</title>"
        f"<link>{outside.url}/appel</link><description>Pour les PME. Dépôt des dossiers jusqu'au 15 janvier 2027."
        "</description></item><item><title>Bien vieillir : les lauréats de l'appel à projets</title>"
        f"<link>{outside.url}/laureats</link><description>Trois lauréats cette année. Phytalis porte le projet"
        " NutriSenior avec deux laboratoires.</description></item></channel></rss>"
    )
    outside.documents = {"/flux.xml": ("application/rss+xml", feed.encode())}
    (home / "sources.yaml").write_text(
        f"version: 1\nsources:\n- {{id: a, title: A, kind: feed, url: '{outside.url}/flux.xml', licence: public}}\n",
        encoding="utf-8",
    )
    text = "organisation,email,size,commune,sectors,activity\n"
    text += "Phytalis,claire@phytalis.example,pme,63322,agroalimentaire,encapsulation d'extraits végétaux\n"
    text += "Mécaforez,paul@mecaforez.example,pme,42218,,usinage de précision\n"
    (home / "m.csv").write_text(text, encoding="utf-8")
    run("members", "import", home / "m.csv")
    run("crawl")
    run("tag")
    told = run("match", f"{outside.url}/appel")
    assert "à qui il va : 1 sur 2" in told
    assert "Phytalis" in told
    assert "Mécaforez" not in told
    everybody = run("match", f"{outside.url}/appel", "--all")
    assert "Mécaforez : hors sujet" in everybody
    first = json.loads(run("match", f"{outside.url}/appel", "--json").splitlines()[0])
    assert (first["member"], first["gate"]) == ("Phytalis", None)
    assert first["reasons"]
    run("members", "enrich", "Phytalis")
    proposed = [json.loads(line) for line in run("members", "drafts", "Phytalis", "--json").splitlines()]
    assert [(one["field"], one["value"]) for one in proposed] == [
        ("contributions", "Phytalis porte le projet NutriSenior avec deux laboratoires.")
    ]
    assert f"{outside.url}/laureats" in proposed[0]["origin"]
    before = (home / "var" / "veille.sqlite").stat().st_size
    preview = run("profile", "Phytalis", "--preview")
    assert "Objet : " in preview
    assert "encapsulation" in preview.lower()
    assert "Aucune édition encore" in run("digest", "status")
    assert (home / "var" / "veille.sqlite").stat().st_size == before


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_asks_before_it_writes(run, home, monkeypatch):
    (home / "n.csv").write_text("organisation,email,size\nPhytalis,claire@phytalis.example,pme\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", Terminal("non\n"))
    assert "rien n'a été écrit" in run("members", "import", home / "n.csv")
    monkeypatch.setattr("sys.stdin", Terminal("oui\n"))
    told = run("members", "import", home / "n.csv")
    assert "size : vide → pme" in told
    assert "écrire ces changements ? [o/N]" in told
    assert "organisations : 0 ajoutée, 0 changée, 1 inchangée" in run("members", "import", home / "n.csv", "--apply")
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    assert "rien n'a été effacé" in run("members", "erase", "claire@phytalis.example")


def test_an_export_comes_back_unchanged(run, home):
    for name in ("l.csv", "l.xlsx"):
        assert "(1 ligne)" in run("members", "export", home / name)
        assert "1 inchangée" in run("members", "import", home / name)
    assert "format inconnu" in run("members", "export", home / "l.pdf", code=2)


def test_a_person_asks_for_their_data_and_is_erased(run, home):
    given = json.loads(run("members", "data", "Claire@phytalis.example"))
    assert given["subscriber"][0]["email"] == "claire@phytalis.example"
    assert "données écrites" in run("members", "data", "claire@phytalis.example", "--output", home / "d.json")
    assert (home / "d.json").stat().st_mode & 0o077 == 0
    assert "vouliez-vous claire@phytalis.example" in run("members", "erase", "clair@phytalis.example", "--yes", code=2)
    judged = home / "var" / "judged" / "hebdo.jugements"  # her opinions would weigh in it
    judged.parent.mkdir()
    judged.write_bytes(b"what was judged of a draft")
    assert "effacé : subscriber 1" in run("members", "erase", "claire@phytalis.example", "--yes")
    assert not judged.exists()
    assert b"claire@phytalis" not in (home / "var" / "veille.sqlite").read_bytes()
    assert "adresse à ne plus écrire" in run("members", "import", home / "m.csv")
    assert "base réécrite" in run("db", "compact")


def test_whoever_asked_to_be_erased_is_shown_to_staff(run, home):
    database = Database(f"sqlite:///{home / 'var' / 'veille.sqlite'}")
    SqlErasureStore(database, "cluster").ask(1, datetime(2026, 11, 20, tzinfo=UTC))
    database.close()
    assert "demande d'effacement du 2026-11-20 : « veille members erase claire@phytalis.example »" in run(
        "members", "list"
    )


def test_a_meeting_is_prepared_and_its_workbook_comes_back(run, home):
    assert "Que cherchez-vous en ce moment" in run("members", "interview", "Phytalis")
    run("members", "interview", "--html", home / "f.html", "--xlsx", home / "f.xlsx")
    assert "<h1>Phytalis</h1>" in (home / "f.html").read_text("utf-8")
    book = openpyxl.load_workbook(home / "f.xlsx")
    head = [cell.value for cell in book.active[1]]
    book.active.cell(2, head.index("needs") + 1).value = "enrobage sans dioxyde de titane"
    book.save(home / "f.xlsx")
    assert "needs : vide → enrobage sans dioxyde de titane" in run("members", "import", home / "f.xlsx")
    assert "un classeur est attendu" in run("members", "interview", "--xlsx", home / "f.csv", code=2)
