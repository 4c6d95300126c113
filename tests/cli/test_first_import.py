"""A source's archive is no news, and what can still be seized is: from the first crawl to two bulletins."""

import json
from html import escape

import pytest

MONDAY, NEXT = "2026-11-23T08:00:00+01:00", "2026-11-30T08:00:00+01:00"
SITE = "https://gouv.exemple"

#: name → title, date, text.
PUBLISHED = {
    "sans-date": (
        "Encapsulation d'extraits végétaux : un procédé breveté",
        None,
        "Une technologie innovante brevetée.",
    ),
    "ancienne": ("Encapsulation d'extraits végétaux : brevet déposé", "Mon, 01 Jun 2026", "Une technologie innovante."),
    "recente": ("Encapsulation d'extraits végétaux : nouveau procédé", "Wed, 18 Nov 2026", "Une technologie brevetée."),
    "appel": (
        "Appel à projets : encapsulation d'extraits végétaux",
        "Mon, 02 Mar 2026",
        "Dépôt des dossiers jusqu'au 15 janvier 2027.",
    ),
    "nouvelle": ("Encapsulation d'extraits végétaux : un procédé sans solvant", None, "Une technologie brevetée."),
}


def feed(*names: str) -> tuple[str, bytes]:
    items = ""
    for name in names:
        title, day, text = PUBLISHED[name]
        date = f"<pubDate>{day} 08:00:00 +0100</pubDate>" if day else ""
        items += f"<item><title>{escape(title)}</title><link>{SITE}/{name}</link>{date}"
        items += f"<description>{escape(text)}</description></item>"
    document = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"
    return "application/rss+xml", document.encode()


@pytest.fixture
def watched(home, served):
    """An instance that watches one source which has published for months, with one member."""
    source = {"id": "good", "title": "Bonne", "kind": "feed", "url": f"{served.url}/good.xml", "licence": "public"}
    (home / "sources.yaml").write_text(json.dumps({"version": 1, "sources": [source]}), encoding="utf-8")
    settings = '[fetch]\nallow = ["127.0.0.0/8"]\nhost_delay = 0\n[site]\nurl = "https://veille.exemple.fr"\n'
    (home / "veille.toml").write_text(settings + '[mail]\nsender = "veille@pole.exemple.fr"\n', encoding="utf-8")
    served.documents["/good.xml"] = feed("sans-date", "ancienne", "recente", "appel")
    return home


@pytest.fixture
def run(veille, watched):
    """Run a command at a time; return what it wrote."""

    def command(moment, *arguments):
        done = veille("--home", watched, "--now", moment, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (watched / "m.csv").write_text(
        "organisation,email,needs\nPhytalis,a@phytalis.exemple.fr,encapsulation d'extraits végétaux\n", "utf-8"
    )
    command(MONDAY, "members", "import", watched / "m.csv")
    command(MONDAY, "crawl")
    command(MONDAY, "tag")
    return command


def sent(run, moment):
    (row,) = [json.loads(line) for line in run(moment, "digest", "build", "--json").splitlines()]
    return {item["url"].rpartition("/")[2] for item in row["items"]}


def why(run, moment, name):
    return run(moment, "why", f"{SITE}/{name}", "Phytalis")


def test_an_archive_is_refused_with_its_reason_and_an_open_call_is_stock(run):
    assert "sans date, quand la veille de cette source a commencé (archive)" in why(run, MONDAY, "sans-date")
    assert "publié le 1er juin 2026 (archive)" in why(run, MONDAY, "ancienne")
    assert "oui — score" in why(run, MONDAY, "recente")
    assert "oui — score" in why(run, MONDAY, "appel")
    assert sent(run, MONDAY) == {"recente", "appel"}


def test_why_tells_the_way_to_the_bulletin_and_the_score_alone_where_a_digest_is_broken(run, watched):
    told = why(run, MONDAY, "appel")
    assert "dans le bulletin, « À saisir »" in told
    assert "prochain bulletin « La veille de la semaine » : " in told
    (way,) = json.loads(run(MONDAY, "why", f"{SITE}/appel", "Phytalis", "--json"))["ways"]
    assert (way["course"]["stop"], way["digest"]) == ("in", "hebdo")
    folder = watched / "digests" / "hebdo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digest.yaml").write_text("version: 2\n", encoding="utf-8")
    told = why(run, MONDAY, "appel")
    assert "oui — score" in told
    assert "le chemin jusqu'au bulletin ne peut être dit" in told


def test_what_the_source_publishes_afterwards_is_news_without_a_date(run, served):
    served.documents["/good.xml"] = feed("nouvelle", "sans-date", "ancienne", "recente", "appel")
    run(NEXT, "crawl")
    run(NEXT, "tag")
    assert "oui — score" in why(run, NEXT, "nouvelle")
    assert "(archive)" in why(run, NEXT, "sans-date")
    # nothing was sent in between: the call is as new as on the first day
    assert {"nouvelle", "appel"} <= sent(run, NEXT)


def test_a_source_at_a_new_address_brings_no_archive(run, watched, served):
    path = watched / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("/good.xml", "/complet.xml"), encoding="utf-8")
    served.documents["/complet.xml"] = feed("nouvelle", "recente", "appel")
    run(NEXT, "crawl")
    run(NEXT, "tag")
    assert "(archive)" in why(run, NEXT, "nouvelle")
    assert "appel" in sent(run, NEXT)
