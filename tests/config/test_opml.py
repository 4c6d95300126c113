"""Lists of feeds come in and go out; what is hostile, doubled or unusable is named."""

import csv
import io
from pathlib import Path

import pytest

from tests.bad_inputs import cases, value_of
from veille.config.importing import SourceImport, plan_import
from veille.config.instance import shipped
from veille.config.opml import MAX_BYTES, MAX_DEPTH, Outline, read_opml, write_csv, write_opml
from veille.config.source_writing import add_sources
from veille.config.sources import load_sources
from veille.config.taxonomy import Taxonomy, load_taxonomy
from veille.errors import InputError
from veille.model import Scheme, Source

BODY = """<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>Mes flux</title></head><body>
<outline text="Forêt, bois et ameublement" title="Forêt, bois et ameublement">
  <outline type="rss" text="Bois &amp; Cie" xmlUrl="https://bois.exemple/rss" htmlUrl="https://bois.exemple/"/>
  <outline text="Sous-dossier">
    <outline title="Scierie" text="x" xmlurl="http://scierie.exemple/feed/" language="en-GB"/>
  </outline>
</outline>
<outline text="Sans dossier" type="rss" xmlUrl="https://seul.exemple/atom.xml" category="/Presse/Locale,Bois"/>
<outline text="Un lien" type="link" url="https://lien.exemple/"/>
</body></opml>"""


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy((shipped(),))


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "liste.opml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def plan(folder: Path, text: str, taxonomy: Taxonomy, *sources: Source) -> SourceImport:
    return plan_import(read_opml(written(folder, text)), sources, taxonomy)


def feed(name: str, **more: object) -> Source:
    return Source(**{"id": name, "title": name, "kind": "feed", "url": f"https://{name}.exemple/rss", **more})  # type: ignore[arg-type]


def test_feeds_are_read_with_their_folders(tmp_path: Path) -> None:
    wood = "Forêt, bois et ameublement"
    assert read_opml(written(tmp_path, BODY)) == [
        Outline("Bois & Cie", "https://bois.exemple/rss", (wood,)),
        Outline("Scierie", "http://scierie.exemple/feed/", (wood, "Sous-dossier"), "en-GB"),
        Outline("Sans dossier", "https://seul.exemple/atom.xml", ("Presse", "Locale", "Bois")),
    ]


def test_a_folder_becomes_a_sector_only_where_it_bears_its_name(tmp_path: Path, taxonomy: Taxonomy) -> None:
    label = next(iter(taxonomy.of(Scheme.SECTOR).values())).label
    slug = next(iter(taxonomy.of(Scheme.SECTOR)))
    text = BODY.replace("Forêt, bois et ameublement", label.replace("&", "&amp;"))
    first, second, third = plan(tmp_path, text, taxonomy).new
    assert first.fields == {
        "id": "bois-cie", "title": "Bois & Cie", "kind": "feed", "url": "https://bois.exemple/rss", "sectors": [slug],
    }  # fmt: skip
    assert second.fields["language"] == "en"
    assert "Sous-dossier" in second.reasons["title"]
    assert "sectors" not in third.fields


def test_what_is_there_already_is_named(tmp_path: Path, taxonomy: Taxonomy) -> None:
    again = Source(id="ma-scierie", title="S", kind="feed", url="https://www.scierie.exemple/feed")
    found = plan(tmp_path, BODY.replace("atom.xml", "rss").replace("seul", "bois"), taxonomy, again)
    assert [one.id for one in found.new] == ["bois-cie"]
    assert [(outline.title, name) for outline, name in found.known] == [
        ("Scierie", "ma-scierie"),
        ("Sans dossier", "bois-cie"),
    ]


def test_ids_stay_apart(tmp_path: Path, taxonomy: Taxonomy) -> None:
    lines = "".join(
        f'<outline text="{"É" * 300 if number == 3 else "Actualités"}" xmlUrl="https://{number}.exemple/"/>'
        for number in range(4)
    )
    found = plan(
        tmp_path, f"<opml><body>{lines}</body></opml>", taxonomy, feed("actualites", formerly=("actualites-2",))
    )
    assert [one.id for one in found.new][:3] == ["actualites-3", "actualites-4", "actualites-5"]
    assert len(found.new[3].id) <= 128


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "https://", "ftp://x.exemple/", "https://x y/", "/rss", "h" * 3000],
)
def test_an_address_that_cannot_be_asked_is_refused_by_name(tmp_path: Path, taxonomy: Taxonomy, url: str) -> None:
    found = plan(tmp_path, f'<opml><body><outline text="X" xmlUrl="{url}"/></body></opml>', taxonomy)
    assert not found.new
    assert found.refused[0][0].title == "X"


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("parse", classes={"opml"}))
def test_hostile_lists_of_the_shared_inputs_are_refused(case: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="DTD"):
        read_opml(written(tmp_path, value_of(case)))


DTD = '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/hostname">]><opml><body><outline text="&a;" xmlUrl="https://x/"/></body></opml>'
BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
DEEP = "<opml><body>" + '<outline text="d">' * (MAX_DEPTH + 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (DTD, "DTD"),
        (BOMB, "DTD"),
        (DEEP, "dossiers"),
        ("<opml><body><outline text='x'", "bien formé"),
        ("<html><body>Connexion</body></html>", "OPML"),
        ("", "bien formé"),
        (b"\xff\xfe\x00\x00", "bien formé"),
        (b'<?xml version="1.0" encoding="x-inconnu"?><opml/>', "bien formé"),
        ("<opml><body>" + "<outline/>" * 20_001 + "</body></opml>", "découpez"),
        (b" " * (MAX_BYTES + 1), "Mo"),
    ],
    ids=["external entity", "bomb", "deep", "cut", "html", "empty", "binary", "encoding", "many", "large"],
)
def test_what_is_no_honest_list_is_refused_by_file_and_cause(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_opml(written(tmp_path, content))
    assert "liste.opml" in str(refused.value)


def test_a_folder_or_an_absent_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="dossier"):
        read_opml(tmp_path)
    with pytest.raises(InputError, match="absent"):
        read_opml(tmp_path / "rien.opml")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_declared_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body><outline text="Économie" xmlUrl="https://e.exemple/"/></body></opml>'
    (found,) = read_opml(written(tmp_path, text.encode(encoding)))
    assert found.title == "Économie"


def test_what_goes_out_comes_back(tmp_path: Path, taxonomy: Taxonomy) -> None:
    slugs = list(taxonomy.of(Scheme.SECTOR))
    labels = {slug: term.label for slug, term in taxonomy.of(Scheme.SECTOR).items()}
    sources = [
        feed("a", title='Un « titre » <b> & "guillemets"', sectors=(slugs[0], slugs[1])),
        feed("b", title="Sans filière", language="en", url="https://b.exemple/rss?x=1&y=2"),
        feed("c", title="Autre", sectors=(slugs[2],)),
        feed("page", kind="page"),
    ]
    text = write_opml(sources, "Ma veille & co", labels)
    back = plan(tmp_path, text, taxonomy).new
    assert {(one.fields["title"], one.fields["url"], tuple(one.fields.get("sectors", ()))) for one in back} == {
        (one.title, one.url, one.sectors) for one in sources if one.kind == "feed"
    }
    path = tmp_path / "sources.yaml"
    path.write_text("version: 1\nsources: []\n", encoding="utf-8")
    add_sources(path, back)
    assert write_opml(load_sources(path).sources, "Ma veille & co", labels) == text


def test_csv_holds_every_source_and_no_formula() -> None:
    rows = list(
        csv.reader(
            io.StringIO(write_csv([feed("a", title="=1+1"), feed("p", kind="page", enabled=False)])), delimiter=";"
        )
    )
    assert [row[0] for row in rows] == ["id", "a", "p"]
    assert rows[1][1] == "'=1+1"
    assert rows[2][9] == "non"
