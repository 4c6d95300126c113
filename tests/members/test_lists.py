"""Lists of members as people keep them: workbooks, exports that are read back, previews field by field."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.addresses import address_key
from veille.cli.members_report import write_list, write_report
from veille.config.gazetteer import Gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.errors import InputError
from veille.members.cells import BadCell, Vocabulary, read_list, read_name, read_website
from veille.members.exporting import table
from veille.members.importing import ImportPlan, apply_import, plan_import
from veille.model import Member, Preferences, Subscriber
from veille.spreadsheets import as_csv, write_xlsx
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore

from .conftest import ROOT

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Import = Callable[[Path], ImportPlan]


@pytest.fixture(scope="module")
def words(places: Gazetteer) -> Vocabulary:
    return Vocabulary(load_taxonomy([ROOT]), places, NOW.date())


@pytest.fixture
def store(sqlite_database: Database, places: Gazetteer) -> SqlMemberStore:
    return SqlMemberStore(sqlite_database, "cluster", places, address_hash=address_key)


@pytest.fixture
def done(store: SqlMemberStore, words: Vocabulary) -> Import:
    def importing(path: Path) -> ImportPlan:
        plan = plan_import(path, store, words)
        apply_import(plan, store, NOW)
        return plan

    return importing


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def listed(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_workbook_is_read_with_its_numbers_and_days(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    head = ["organisation", "email", "siren", "staff", "turnover_eur", "created", "commune", "website", None]
    row = ["Phytalis", "a@p.example", 732829320, 25.0, 4200000.5, date(2014, 3, 1), "63322", "www.phytalis.fr", None]
    plan = done(workbook(tmp_path / "m.xlsx", [head, row, [None] * 9]))
    assert plan.problems == ()
    (member,) = store.members()
    assert (member.siren, member.staff, member.turnover_eur) == ("732829320", 25, 4200000.5)
    assert (member.created, member.website) == (date(2014, 3, 1), "https://www.phytalis.fr/")


def test_a_zero_that_a_workbook_lost_is_asked_for(done: Import, tmp_path: Path) -> None:
    plan = done(workbook(tmp_path / "m.xlsx", [["organisation", "email", "commune"], ["A", "a@a.example", 1053]]))
    assert [(one.line, one.column) for one in plan.problems] == [(2, "commune")]
    assert "écrivez 01053" in plan.problems[0].cause


def test_a_formula_never_computed_is_an_empty_cell_not_its_text(
    done: Import, store: SqlMemberStore, tmp_path: Path
) -> None:
    rows = [["organisation", "email", "legal_form"], ["A", "a@a.example", '=HYPERLINK("http://pirate.example")']]
    done(workbook(tmp_path / "m.xlsx", rows))
    assert store.members()[0].legal_form is None


def test_every_bad_cell_of_a_line_is_named_at_once(done: Import, tmp_path: Path) -> None:
    text = "organisation,email,siren,size,created\nA,a@a,123,PMI,demain\nB,b@b.example,,,\n"
    plan = done(listed(tmp_path / "m.csv", text))
    assert [problem.column for problem in plan.problems] == ["siren", "size", "created", "email"]
    assert [change.name for change in plan.members] == ["B"]


def test_a_namesake_is_told(done: Import, tmp_path: Path) -> None:
    head = "organisation,email,siren\n"
    plan = done(listed(tmp_path / "m.csv", f"{head}Horizon,a@a.example,732829320\nHorizon,b@b.example,552100554\n"))
    assert "Horizon (ville)" in plan.problems[0].cause
    later = done(listed(tmp_path / "m.csv", f"{head}Horizon,b@b.example,552100554\n"))
    (remark,) = later.remarks
    assert remark.startswith("Horizon change de SIREN (732829320 → 552100554) ; si c'est une autre organisation")


def test_names_of_everywhere_are_kept(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    names = ["Ti Gwenn Breizh", "Società Agricola Niccolò", "Kréol'Ay Run", "Œuvre & Cie", "L'Écho-Nord"]
    rows = "".join(f"{name},c{place}@x.example\n" for place, name in enumerate(names))
    done(listed(tmp_path / "m.csv", "organisation,email\n" + rows))
    assert {member.organisation for member in store.members()} == set(names)


def test_a_profile_without_reader_is_kept_and_said(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    plan = done(listed(tmp_path / "m.csv", "organisation,email,size\nPhytalis,,pme\n"))
    assert plan.remarks == (
        "ligne 2 : Phytalis est sans adresse ; son profil est gardé, personne n'en recevra de bulletin",
    )
    assert (store.members()[0].size, store.subscribers()) == ("pme", [])
    again = done(listed(tmp_path / "m.csv", "organisation,email,first_name\nPhytalis,,Claire\n"))
    assert [problem.column for problem in again.problems] == ["email"]


def test_what_people_chose_themselves_stands(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    path = listed(tmp_path / "m.csv", "organisation,email,rhythm,languages\nA,a@a.example,weekly,fr|en\n")
    done(path)
    store.prefer(store.subscribers()[0].id, Preferences(rhythm="monthly", languages=("fr",)), NOW)
    plan = done(path)
    assert not plan.changes
    assert plan.remarks == ("a@a.example a choisi sur sa page : rhythm, languages gardé",)
    assert store.subscribers()[0].rhythm == "monthly"


def test_basis_origin_and_day_of_an_address_are_kept(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    done(listed(tmp_path / "m.csv", "organisation,email\nA,a@a.example\n"))
    person = store.subscribers()[0]
    assert (person.basis, person.origin, person.added) == ("adhésion", "m.csv", NOW)
    text = "organisation,email,basis,origin,added\nA,a@a.example,consentement,salon 2025,2025-03-31\n"
    assert done(listed(tmp_path / "n.csv", text)).people[0].details == (
        "basis : adhésion → consentement", "origin : m.csv → salon 2025", "added : 2026-11-23 → 2025-03-31",
    )  # fmt: skip
    assert store.subscribers()[0].added == datetime(2025, 3, 31, 12, tzinfo=UTC)


def test_only_new_words_of_activity_or_need_reprofile(done: Import, store: SqlMemberStore, tmp_path: Path) -> None:
    head = "organisation,email,needs,staff,muted\n"
    done(listed(tmp_path / "m.csv", f"{head}A,a@a.example,enrobage|essais,10,\n"))
    before = store.members()[0].profiled_at
    apply = replace(store.members()[0], needs=("enrobage",), staff=12, muted=("cantine",))
    store.save([(apply, [])], origin="", now=datetime(2026, 12, 1, tzinfo=UTC))
    assert store.members()[0].profiled_at == before == NOW
    later = datetime(2026, 12, 2, tzinfo=UTC)
    store.save([(replace(apply, needs=("enrobage", "sarcopénie")), [])], origin="", now=later)
    assert store.members()[0].profiled_at == later


def test_absent_organisations_and_people_are_named(done: Import, tmp_path: Path) -> None:
    done(listed(tmp_path / "m.csv", "organisation,email\nA,a@a.example\nB,b@b.example\n"))
    plan = done(listed(tmp_path / "n.csv", "organisation,email\nA,c@a.example\n"))
    assert (plan.absent_members, plan.absent) == (("B",), ("a@a.example", "b@b.example"))


def test_report_holds_every_change_and_refusal(done: Import, tmp_path: Path) -> None:
    done(listed(tmp_path / "m.csv", "organisation,email,staff\nA,a@a.example,10\n"))
    plan = done(listed(tmp_path / "n.csv", "organisation,email,staff\nA,a@a.example,12\n=B,b@b,\n"))
    write_report(plan, tmp_path / "r.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[1][:4] == ["refusé", "ligne 3", "email", "b@b"]
    assert rows[2] == ["changé", "A", "staff", "10", "12"]
    assert (tmp_path / "r.csv").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["liste.csv", "liste.xlsx"])
def test_an_export_imported_changes_nothing(
    done: Import, store: SqlMemberStore, words: Vocabulary, tmp_path: Path, name: str
) -> None:
    hostile = '=HYPERLINK(""http://pirate.example"")'
    text = (
        "organisation,email,needs,created,turnover_eur,languages,first_name\n"
        f'"=1+1 SARL",a@a.example,"{hostile}|+33 export|@x|-2",2014-03-01,1500000.5,fr|en,"\'=Léa"\n'
        "Sans lecteur,,,,,,\n"
    )
    assert done(listed(tmp_path / "m.csv", text)).problems == ()
    path = tmp_path / name
    assert write_list(path, store.members(), store.subscribers(), private=True) == 2
    plan = plan_import(path, store, words)
    assert (plan.problems, plan.changes) == ((), False)
    assert plan.absent == plan.absent_members == ()


def test_no_cell_of_an_export_computes(store: SqlMemberStore, tmp_path: Path) -> None:
    member = Member(organisation="=cmd|' /C calc'!A0", needs=("@SUM(1;1)",))
    store.save([(member, [Subscriber(email="a@a.example", first_name="+1")])], origin="", now=NOW)
    for name in ("l.csv", "l.xlsx"):
        write_list(tmp_path / name, store.members(), store.subscribers(), private=True)
    read = list(csv.reader(io.StringIO((tmp_path / "l.csv").read_text("utf-8-sig"), newline=""), delimiter=";"))[1]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in read)
    sheet = openpyxl.load_workbook(tmp_path / "l.xlsx").active
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"s"}


def test_followed_names_stay_home_where_asked(store: SqlMemberStore, tmp_path: Path) -> None:
    store.save([(Member(organisation="A", follows=("Nutrabel",), muted=("cantine",)), [])], origin="", now=NOW)
    write_list(tmp_path / "l.csv", store.members(), [], private=False)
    assert "Nutrabel" not in (tmp_path / "l.csv").read_text("utf-8-sig")
    assert "cantine" not in (tmp_path / "l.csv").read_text("utf-8-sig")


def test_another_ending_is_refused(store: SqlMemberStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.csv ou \.xlsx"):
        write_list(tmp_path / "liste.ods", store.members(), [], private=True)


@dataclass(frozen=True)
class Held:
    """What a store holds, for a pure comparison."""

    held: tuple[Member, ...]
    people: tuple[Subscriber, ...]

    def members(self) -> Sequence[Member]:
        return self.held

    def subscribers(self) -> Sequence[Subscriber]:
        return self.people

    def suppressed(self, emails: object) -> frozenset[str]:
        return frozenset()


PHRASE = st.text(max_size=20)


@settings(deadline=None)  # a file a try: on a busy machine one takes longer than the 200 ms allowed
@given(name=PHRASE, first=PHRASE, phrases=st.lists(PHRASE, max_size=3), book=st.booleans())
def test_any_words_come_back_from_an_export(
    words: Vocabulary, tmp_path_factory: pytest.TempPathFactory, name: str, first: str, phrases: list[str], book: bool
) -> None:
    needs = read_list("|".join(phrases), words)
    member = Member(id=1, organisation="A" + read_name(name, words).strip(), needs=needs, activity=needs)
    first = read_name(first, words)
    person = Subscriber(id=1, member_id=1, email="a@a.example", first_name=first, basis="adhésion", added=NOW)
    path = tmp_path_factory.getbasetemp() / ("aller.xlsx" if book else "aller.csv")
    head, rows = columns_and_rows(member, person)
    if book:
        write_xlsx(path, "Membres", head, rows)
    else:
        path.write_bytes(as_csv(head, rows))
    plan = plan_import(path, Held((member,), (person,)), words)  # type: ignore[arg-type]
    assert plan.problems == ()
    assert [one.details for one in (*plan.members, *plan.people) if one.what != "inchangé"] == []


def columns_and_rows(member: Member, person: Subscriber) -> tuple[tuple[str, ...], list[list[object]]]:
    from veille.members.columns import COLUMNS

    return COLUMNS, list(table([member], [person]))  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_a_site_is_an_address_of_the_web_or_refused(words: Vocabulary, cell: str) -> None:
    try:
        site = read_website(cell, words)
    except BadCell:
        return
    assert site.startswith(("http://", "https://"))
    assert read_website(site, words) == site
    assert "@" not in site.split("/")[2]


def test_a_list_as_a_cluster_keeps_it_is_read_and_what_a_bulletin_needs_not_is_left(
    done: Import, store: SqlMemberStore, tmp_path: Path
) -> None:
    head = "Société;Nom;Prénom;Adresse mail;Téléphone;Fonction;Code postal;;"
    path = listed(tmp_path / "m.csv", f"{head}\nPhytalis;Martin;Claire;c@p.example;0473000000;Directrice;63360;;\n")
    plan = done(path)
    assert plan.problems == ()
    aside = "« Téléphone », « Fonction », « Code postal »"
    assert f"colonnes laissées de côté, dont un bulletin n'a pas besoin : {aside}" in plan.remarks
    (person,) = store.subscribers()
    assert (person.email, person.first_name, person.last_name) == ("c@p.example", "Claire", "Martin")


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("organisation;;email", "colonne sans nom"), ("organisation;email;---", "colonne inconnue « --- »"),
        ("organisation;email;besion", "vouliez-vous « needs » ?"), ("société;entreprise;email", "en double"),
    ],
)  # fmt: skip
def test_a_heading_that_may_say_something_is_never_passed_over(
    done: Import, tmp_path: Path, head: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        done(listed(tmp_path / "m.csv", f"{head}\nA;B;a@a.example\n"))
    assert said in str(caught.value)


def test_a_cell_beyond_the_header_is_a_bad_line_and_empty_ones_are_none(done: Import, tmp_path: Path) -> None:
    plan = done(listed(tmp_path / "m.csv", "organisation;email;;\nA;a@a.example;;\nB;b@b.example;;perdu\n"))
    assert [(one.line, one.cause[:29]) for one in plan.problems] == [(3, "4 cellules pour 2 colonnes : ")]
