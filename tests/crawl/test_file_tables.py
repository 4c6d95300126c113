"""A folder of tables as a source: CSV in all its forms, workbooks within bounds, OPML as a list of sources to add."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.crawl.test_runner import FORCE, House
from veille.config.source_kinds import FILE_FIELDS, FileOptions
from veille.config.sources import load_sources
from veille.crawl.files.columns import field_of
from veille.crawl.files.reader import read_folder
from veille.crawl.kinds import Background
from veille.errors import ConfigError, ParseError
from veille.model import CallStatus, ParsedEntry, ParsedFeed, Source, SourceHealth, StructuredFacts
from veille.net.bundle import BUNDLE_TYPE, Bundle, NamedFile, pack
from veille.net.folders import Folders
from veille.storage.db import Database
from veille.testing import FrozenClock

URL = "file:///dossier"
TABLE = (
    "Titre;Lien;Date limite de dépôt;Montant (€);Territoire;Filière;Financeur;Publics visés;Description;Remarque\n"
    "Aide aux fours;https://a.exemple/1;31/03/2027;12 000;Bretagne;Boulangerie, Énergie;Région Exemple;TPE;"
    "Remplacer un four.;à relancer\n"
    "Prêt d'étuve;www.a.exemple/2;au fil de l'eau;selon projet;;;;;;\n"
)


def read(*files: tuple[str, bytes], urls: Sequence[str] = (), **options: Any) -> ParsedFeed:
    body = pack(Bundle(tuple(NamedFile(name, data) for name, data in files)))
    source = Source(id="f", title="F", kind="file", url=URL, options=options)
    return read_folder(body, BUNDLE_TYPE, URL, source, Background(urls=frozenset(urls)))


def table(text: str, name: str = "aides.csv", encoding: str = "utf-8", **options: Any) -> tuple[ParsedEntry, ...]:
    return read((name, text.encode(encoding)), **options).entries


def workbook(rows: Sequence[Sequence[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if change:
        change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


# ── what a row says ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_row_is_an_entry_with_the_facts_of_its_columns() -> None:
    first, second = table(TABLE)
    assert (first.title, first.link, first.author) == ("Aide aux fours", "https://a.exemple/1", "Région Exemple")
    assert first.facts == StructuredFacts(
        deadline=date(2027, 3, 31), amount=12_000.0, territories=("Bretagne",), financer="Région Exemple",
        financers=("Région Exemple",), audiences=("TPE",),
    )  # fmt: skip
    assert first.categories == ("Boulangerie", "Énergie")
    assert first.text.split("\n") == [
        "Remplacer un four.", "à relancer", "Date limite de dépôt : 31 mars 2027", "Montant (€) : 12 000",
        "Territoire : Bretagne", "Filière : Boulangerie, Énergie", "Financeur : Région Exemple", "Publics visés : TPE",
    ]  # fmt: skip
    assert second.link == "https://www.a.exemple/2"
    assert (second.facts.status, second.facts.deadline, second.facts.amount) == (CallStatus.ROLLING, None, None)
    assert "Montant (€) : selon projet" in second.text, "what is no sum stays for the reader of text"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("TITRE", "title"), ("Intitulé de l'appel", "title"), ("Nom du dispositif", "title"), ("Objet", "title"),
        ("Lien vers la page", "link"), ("URL", "link"), ("Date de clôture", "deadline"), ("Échéance", "deadline"),
        ("Date limite de candidature", "deadline"), ("Date d'ouverture", "opening"),
        ("Montant max de l'aide", "amount_max"),
        ("Plafond (€ HT)", "amount_max"), ("Taux d'aide", "rate"), ("Région(s)", "territories"),
        ("Filières", "categories"),
        ("Thématiques", "categories"), ("Nom du financeur", "financer"), ("Bénéficiaires éligibles", "audiences"),
        ("N° de dossier", "reference"), ("Statut", "status"), ("Codes NAF", "naf"), ("Mise à jour le", "updated"),
        ("Publié le", "published"), ("Courriel", "contact"), ("Code postal", None), ("Régime d'aide", None), ("", None),
    ],
)  # fmt: skip
def test_french_headings_are_known(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_every_field_that_a_column_may_give_has_headings_of_its_own() -> None:
    headings = {
        "id": "Identifiant",
        "author": "Auteur",
        "amount_min": "Montant minimum",
        "language": "Langue",
        "type": "Nature",
    }
    for field in FILE_FIELDS:
        assert field_of(headings.get(field, field.replace("_", " "))) in {field, None}
    assert {field_of(heading) for heading in headings.values()} == set(headings)


@pytest.mark.parametrize(
    ("written", "sum_"),
    [
        ("12000", 12_000), ("12 000 €", 12_000), ("12\u202f000,50 euros", 12_000.5), ("12.000,50", 12_000.5),
        ("12,000.50", 12_000.5),
        ("1.500", 1_500), ("1,5 M€", 1_500_000), ("25k€", 25_000), ("3 millions d'euros", 3_000_000),
        ("10 000 € HT", 10_000),
        ("jusqu'à 5 000 €", None), ("0", None), ("-5", None), ("€", None), ("1e9", None), ("9" * 30, None),
    ],
)  # fmt: skip
def test_sums_are_read_as_people_write_them(written: str, sum_: float | None) -> None:
    (entry,) = table(f"Titre;Montant\nAide;{written}")
    assert entry.facts.amount == sum_


@pytest.mark.parametrize(
    "written", ["31/03/2027", "31 mars 2027", "2027-03-31", "31/03/27", "31.03.2027", "46477", "2027-03-31 17:00"]
)
def test_days_are_read_as_people_and_sheets_write_them(written: str) -> None:
    (entry,) = table(f"Titre;Date limite\nAide;{written}")
    assert entry.facts.deadline == date(2027, 3, 31)


def test_columns_may_be_named_and_silenced() -> None:
    text = "A;B;Remarque interne;Date limite\nAide;lundi 5 avril 2027;secret;\n"
    (entry,) = table(text, columns={"A": "title", "B": "deadline", "Remarque interne": ""})
    assert (entry.title, entry.facts.deadline) == ("Aide", date(2027, 4, 5))
    assert "secret" not in entry.text
    (other,) = table("Titre;Région;Département\nAide;;63", columns={"Région": "categories"})
    assert (other.categories, other.facts.territories) == ((), ("département 63",))


def test_the_headings_may_stand_below_a_title() -> None:
    (entry,) = table("Liste des aides 2027;;\n;;\nTitre;Lien;Date limite\nAide;https://a.exemple/1;31/03/2027\n")
    assert entry.title == "Aide"


@pytest.mark.parametrize("prefix", ["=", "+", "-", "@"])
def test_the_apostrophe_against_formulas_is_undone(prefix: str) -> None:
    (entry,) = table(f"Titre;Référence\n'{prefix}Aide;'{prefix}1")
    assert (entry.title, entry.facts.reference) == (f"{prefix}Aide", f"{prefix}1")
    assert table("Titre;Lien\nL'aide;\n")[0].title == "L'aide"


def test_identity_is_the_key_column_else_the_id_else_the_link() -> None:
    text = "Code interne;Identifiant;Titre;Lien\nA1;7;Aide;https://a.exemple/1\n"
    assert table(text, key="code interne")[0].guid == "A1"
    assert table(text)[0].guid == "7"
    assert table("Titre;Lien\nAide;https://a.exemple/1\n")[0].guid is None


def test_unsafe_links_and_markup_in_cells_stay_harmless() -> None:
    (entry,) = table("Titre;Lien;Description\n<b>Aide</b> & co;javascript:alert(1);<script>alert(1)</script>a<b\n")
    assert (entry.title, entry.link) == ("Aide & co", None)
    assert entry.text == "<script>alert(1)</script>a<b", "text, which whoever prints it escapes"


# ── CSV in all its forms ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_and_character_sets_are_recognised(delimiter: str, encoding: str) -> None:
    text = (
        delimiter.join(["Titre", "Échéance", "Financeur"])
        + "\r\n"
        + delimiter.join(["Été économe", "31/03/2027", '"a, b; c"'])
    )
    (entry,) = table(text + "\r\n", encoding=encoding)
    assert (entry.title, entry.facts.deadline) == ("Été économe", date(2027, 3, 31))


def test_options_win_over_what_is_recognised() -> None:
    assert table("Titre|Lien\nA;b|\n", delimiter="|")[0].title == "A;b"
    (entry,) = read(("a.csv", "Titre;Lien\nété;\n".encode("cp850")), encoding="cp850").entries
    assert entry.title == "été"


def test_the_line_of_excel_that_names_the_separator_is_obeyed() -> None:
    assert table("sep=|\r\nTitre|Lien\r\nA;b|\r\n")[0].title == "A;b"


def test_cells_of_several_lines_and_quotation_marks_are_one_cell() -> None:
    (entry,) = table('Titre;Description\n"Aide ""four""";"Une ligne\nune autre"\n')
    assert entry.title == 'Aide "four"'
    assert entry.text == "Une ligne\nune autre"


def test_rows_that_are_torn_or_empty_are_said() -> None:
    found = read(("a.csv", b"Titre;Lien\n;https://a.exemple/1\n;;\nAide;https://a.exemple/2;trop;trop\nBon;\n"))
    assert [entry.title for entry in found.entries] == ["Bon"]
    assert found.remark == "« a.csv » : 1 ligne sans titre ; « a.csv » : 1 ligne avec plus de cellules que de colonnes"


def test_notes_beside_a_table_tear_no_row() -> None:
    assert len(table("Titre;Lien;\nAide;https://a.exemple/1;une note\n")) == 1
    assert len(read(("a.xlsx", workbook([["Titre", "Lien"], ["Aide", None, None, "une note"]]))).entries) == 1


BROKEN = [
    (b"", "le fichier est vide"),
    (b" \n ", "le fichier est vide"),
    (b"a\x00b;c\n", "pas un fichier texte"),
    (b"x;y\n1;2\n", "aucune ligne d'en-t"),
    (b"Lien;Date limite\nhttps://a.exemple;2027-01-01\n", "aucune colonne de titre"),
    (b'Titre;Lien\n"jamais ferm\xe9;' + b"x" * 200_000, "cellule démesurée"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "format ancien"),
    (b"PK\x03\x04" + b"\x00" * 50, "pas un classeur"),
]


@pytest.mark.parametrize(("data", "cause"), BROKEN)
def test_a_file_that_is_no_table_says_why_and_the_others_are_read(data: bytes, cause: str) -> None:
    with pytest.raises(ParseError, match=re.escape("« a.csv » : ")) as refused:
        read(("a.csv", data))
    assert cause in refused.value.message
    found = read(("a.csv", data), ("b.csv", TABLE.encode()))
    assert len(found.entries) == 2
    assert cause in found.remark
    assert found.advice


def test_a_column_that_was_named_and_is_not_there_says_which_are() -> None:
    with pytest.raises(ParseError, match=r"colonne « Objet du marché » absente ; il y a : « Titre »"):
        table("Titre;Lien\nA;\n", columns={"Objet du marché": "title"})
    with pytest.raises(ParseError, match=r"options\.key"):
        table("Titre;Lien\nA;\n", key="Code")


def test_a_long_table_is_read_up_to_a_number_that_is_said() -> None:
    rows = "".join(f"Aide {number};https://a.exemple/{number}\n" for number in range(2_500))
    found = read(("a.csv", f"Titre;Lien\n{rows}".encode()))
    assert (len(found.entries), found.dropped) == (2_000, 500)
    assert "500 lignes au-delà de 2000" in found.remark
    huge = read(("a.csv", f"Titre;Lien\n{rows * 5}".encode()))
    assert "seules les 10000 premières lignes" in huge.remark


# ── workbooks ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_workbook_is_read_like_a_csv() -> None:
    def percent(book: Any) -> None:
        book.active["D2"].number_format = "0%"
        book.create_sheet("Autre").append(["Titre", "Lien"])
        book["Autre"].append(["Dans l'autre", None])

    data = workbook(
        [
            ["Titre", "Date limite", "Montant", "Taux", "Appel", "Référence", "Ouverture"],
            ["Aide", datetime.fromisoformat("2027-03-31"), 12_000.0, 0.4, True, 12, date(2027, 1, 1)],
            ["Autre aide", datetime.fromisoformat("2027-03-31T17:30"), "#N/A", 40, None, "=1+1", None],
        ],
        percent,
    )
    first, second = read(("aides.xlsx", data)).entries
    assert first.facts == StructuredFacts(
        deadline=date(2027, 3, 31), opening=date(2027, 1, 1), amount=12_000.0, rate=40.0, reference="12"
    )
    assert (second.facts.deadline, second.facts.amount, second.facts.rate) == (date(2027, 3, 31), None, 40.0)
    assert read(("aides.xlsx", data), sheet="Autre").entries[0].title == "Dans l'autre"
    with pytest.raises(ParseError, match="pas de feuille « Non » ; il y a : Sheet, Autre"):
        read(("aides.xlsx", data), sheet="Non")


def test_a_hidden_sheet_is_not_the_first() -> None:
    def hide(book: Any) -> None:
        book.create_sheet("Vu").append(["Titre", "Lien"])
        book["Vu"].append(["Aide vue", None])
        book["Sheet"].sheet_state = "hidden"

    assert read(("a.xlsx", workbook([["Titre", "Lien"], ["Caché", None]], hide))).entries[0].title == "Aide vue"


def test_a_workbook_named_csv_is_a_workbook_and_the_other_way_round_is_refused() -> None:
    assert len(read(("a.csv", workbook([["Titre", "Lien"], ["Aide", None]]))).entries) == 1
    with pytest.raises(ParseError, match="pas un classeur"):
        read(("a.xlsx", TABLE.encode()))


def archive(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/"), content)
    return data.getvalue()


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return archive(**{
            name: change(packed.read(name)) if name == part else packed.read(name) for name in packed.namelist()
        })  # fmt: skip


SHEET = "xl/worksheets/sheet1.xml"
SIMPLE = [["Titre", "Lien"], ["Aide", None]]


def lying(data: bytes) -> bytes:
    """Return an archive whose directory says that its parts hold ten bytes each."""
    return re.sub(rb"(PK\x01\x02.{20})....", lambda found: found[1] + b"\n\0\0\0", data, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (archive(big=b"0" * 70_000_000), "décompressé"),
        (archive(**{f"p{number}": b"" for number in range(2_500)}), "décompressé"),
        (lying(archive(big=b"0" * 70_000_000)), "classeur"),
        (rewritten(workbook(SIMPLE), SHEET, lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml), "DOCTYPE"),
        (rewritten(workbook(SIMPLE), SHEET, lambda xml: xml[: len(xml) // 2]), "illisible"),
        (rewritten(workbook(SIMPLE), SHEET, lambda _: b""), "illisible"),
        (rewritten(workbook(SIMPLE), "xl/workbook.xml", lambda _: b"<a/>"), "aucune feuille"),
        (rewritten(workbook(SIMPLE), "[Content_Types].xml", lambda _: b"<a/>"), "abîmé"),
        (workbook(SIMPLE)[:-40], "classeur"),
        (archive(hello=b"monde"), "illisible"),
    ],
)
def test_a_hostile_or_broken_workbook_is_refused_in_bounds(data: bytes, cause: str) -> None:
    with pytest.raises(ParseError) as refused:
        read(("a.xlsx", data))
    assert cause in refused.value.message


def test_a_sheet_that_says_it_has_a_million_rows_is_read_for_what_it_holds() -> None:
    data = rewritten(
        workbook(SIMPLE), SHEET, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)
    )
    assert len(read(("a.xlsx", data)).entries) == 1
    far = rewritten(
        workbook(SIMPLE), SHEET, lambda xml: xml.replace(b'r="2"', b'r="1048576"').replace(b'"A2"', b'"A1048576"')
    )
    assert read(("a.xlsx", far)).entries == ()


def test_a_hundred_flipped_bytes_never_escape() -> None:
    data = bytearray(workbook([*SIMPLE, *SIMPLE]))
    for place in range(0, len(data), max(1, len(data) // 100)):
        broken = bytearray(data)
        broken[place] ^= 0x5A
        try:
            read(("a.xlsx", bytes(broken)))
        except ParseError as error:
            assert error.message  # noqa: PT017 - most still open: each answer is good


# ── OPML ────────────────────────────────────────────────────────────────────────────────────────────────────────────
OPML = """<?xml version="1.0"?><opml version="2.0"><body><outline text="Dossier">
<outline type="rss" text="Connu" xmlUrl="https://connu.exemple/rss?utm_source=x"/>
<outline type="rss" text="Nouveau" xmlUrl="https://nouveau.exemple/rss"/></outline></body></opml>"""


def test_an_opml_file_names_the_sources_that_are_not_followed_and_makes_no_entry() -> None:
    found = read(("veille.opml", OPML.encode()), urls=["http://connu.exemple/rss"])
    assert found.entries == ()
    assert found.sentence == "OPML : 1 flux absents de sources.yaml : « Nouveau »"
    assert found.advice == "veille sources import FICHIER.opml les ajoute"
    beside = read(("veille.opml", OPML.encode()), ("a.csv", TABLE.encode()), urls=["https://connu.exemple/rss"])
    assert len(beside.entries) == 2
    assert "« Nouveau »" in beside.remark
    known = read(("v.opml", OPML.encode()), urls=["https://connu.exemple/rss", "https://nouveau.exemple/rss"])
    assert (known.sentence, known.advice) == ("OPML : tous ses flux sont déjà dans sources.yaml", "")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (f'<!DOCTYPE l [<!ENTITY a0 "ha">{LAUGHS}]><opml><body><outline text="&a10;"/></body></opml>', "DTD"),
        ('<!DOCTYPE o SYSTEM "file:///etc/passwd"><opml/>', "DTD"),
        ("<html/>", "OPML"),
        ("<opml>", "bien formé"),
        ("", "bien formé"),
    ],
)
def test_a_hostile_opml_is_refused(text: str, cause: str) -> None:
    with pytest.raises(ParseError) as refused:
        read(("v.opml", text.encode()))
    assert cause in refused.value.message


# ── the folder as a source ──────────────────────────────────────────────────────────────────────────────────────────
def test_an_empty_folder_is_no_error() -> None:
    assert read().sentence == "aucun tableau dans ce dossier (.csv, .tsv, .xlsx, .opml)"
    assert read(("a.csv", b"Titre;Lien\n")).sentence == "aucune ligne dans ces tableaux"
    with pytest.raises(ParseError, match="pas un dossier"):
        read_folder(b"<html>", "", URL, Source(id="f", title="F", kind="file", url=URL))


def test_from_the_folder_to_the_store_rows_that_change_are_entries_that_change(
    tmp_path: Path, sqlite_database: Database
) -> None:
    folder = tmp_path / "tableaux"
    folder.mkdir()
    (folder / "aides.csv").write_text(TABLE, encoding="cp1252")
    clock = FrozenClock()
    source = Source(id="f", title="Tableaux", kind="file", url=folder.as_uri())
    house = House(sqlite_database, Folders([tmp_path], clock, max_bytes=10_000_000), source)
    house.clock = clock

    def crawl() -> tuple[str, int, int, str]:
        (report,) = house.crawler().crawl(FORCE)
        return report.state.value, report.new, report.changed, report.sentence

    assert crawl() == ("ok", 2, 0, "2 entrées lues")
    assert crawl() == ("inchangé", 0, 0, "rien de nouveau depuis la dernière relève")
    (folder / "aides.csv").write_text(
        TABLE.replace("31/03/2027", "30/04/2027") + "Nouvelle;;;;;;;;;\n", encoding="utf-8"
    )
    assert crawl()[:3] == ("ok", 1, 1)
    deadlines = {known.title: known.facts.deadline for known in house.store.known("f").values()}
    assert deadlines["Aide aux fours"] == date(2027, 4, 30)
    (folder / "abîmé.xlsx").write_bytes(b"PK\x03\x04")
    assert "« abîmé.xlsx » : ce n'est pas un classeur" in crawl()[3]
    (folder / "lien.csv").symlink_to("/etc/passwd")
    assert crawl()[0] in {"ok", "inchangé"}
    assert len(house.store.known("f")) == 3


def test_a_folder_that_is_not_allowed_is_a_state_that_names_the_setting(
    tmp_path: Path, sqlite_database: Database
) -> None:
    clock = FrozenClock()
    source = Source(id="f", title="Tableaux", kind="file", url=tmp_path.as_uri())
    (report,) = House(sqlite_database, Folders([], clock, max_bytes=1_000), source).crawler().crawl()
    assert report.state is SourceHealth.BLOCKED
    assert "fetch.allow_folders" in report.sentence


# ── sources.yaml and its documentation ──────────────────────────────────────────────────────────────────────────────
HEAD = "version: 1\nsources:\n  - {id: f, title: F, kind: file, url: 'file:///a', "


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ("{columns: {Titre: titre}}", "n'est pas un champ"),
        ("{encoding: klingon}", "jeu de caractères"),
        ("{encoding: base64}", "jeu de caractères"),
        ("{delimiter: ':'}", "delimiter"),
        ("{inconnu: 1}", "inconnu"),
        ("{key: ''}", "key"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path: Path, options: str, cause: str) -> None:
    (tmp_path / "sources.yaml").write_text(f"{HEAD}options: {options}}}", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_sources(tmp_path / "sources.yaml")
    assert cause in str(refused.value)


DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sources" / "file.md"


def test_the_example_of_the_documentation_can_be_loaded_and_names_every_option_and_field(tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "sources.yaml").write_text(block, encoding="utf-8")
    assert {source.kind for source in load_sources(tmp_path / "sources.yaml").sources} == {"file"}
    assert {name for name in (*FileOptions.model_fields, *FILE_FIELDS) if f"`{name}`" not in text} == set()


def test_what_a_bundle_says_of_a_folder_reaches_the_state() -> None:
    body = pack(Bundle((NamedFile("a.csv", TABLE.encode()),), ("« b.csv » illisible : accès refusé",)))
    source = Source(id="f", title="F", kind="file", url=URL)
    assert "« b.csv » illisible" in read_folder(body, BUNDLE_TYPE, URL, source).remark
    assert json.loads(body.partition(b"\n")[0])["remarks"]
