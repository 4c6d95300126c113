"""Import of a list of members: every bad line explained, good lines done, nobody deleted."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veille.addresses import address_key
from veille.config.gazetteer import Gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.errors import BadLines, ConfigError, InputError
from veille.members.cells import BadCell, Vocabulary, read_naf_version, read_siren, read_turnover
from veille.members.importing import ImportPlan, apply_import, plan_import, refuse_bad_lines
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore

from .conftest import ROOT

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Run = Callable[..., ImportPlan]

PHYTALIS = (
    "organisation;siren;naf;naf_version;size;staff;turnover_eur;legal_form;commune;sectors;needs;countries;email;"
    "first_name;rhythm\n"
    "Phytalis;732829320;1089Z;rev2;PME;25;4 200 000,50;SAS;63322;agroalimentaire;"
    "enrobage sans dioxyde de titane|gamme seniors, sarcopénie;de|MA;claire@phytalis.example;Claire;weekly\n"
)


@pytest.fixture(scope="session")
def words(places: Gazetteer) -> Vocabulary:
    return Vocabulary(load_taxonomy([ROOT]), places, NOW.date())


@pytest.fixture
def store(sqlite_database: Database, places: Gazetteer) -> SqlMemberStore:
    """One database is enough here: the store itself is held to its promises on both."""
    return SqlMemberStore(sqlite_database, "cluster", places, address_hash=address_key)


@pytest.fixture
def run(tmp_path: Path, store: SqlMemberStore, words: Vocabulary) -> Run:
    def importing(text: str | bytes, *, write: bool = True) -> ImportPlan:
        path = tmp_path / "membres.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        plan = plan_import(path, store, words)
        if write:
            apply_import(plan, store, NOW)
        return plan

    return importing


def test_whole_profile_is_stored(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    (member,) = store.members()
    assert (member.siren, member.naf, member.naf_version, member.size) == ("732829320", "10.89Z", "NAFRev2", "pme")
    assert (member.staff, member.turnover_eur, member.commune) == (25, 4200000.5, "63322")
    assert member.needs == ("enrobage sans dioxyde de titane", "gamme seniors, sarcopénie")
    assert member.countries == ("DE", "MA")
    (person,) = store.subscribers()
    assert (person.email, person.first_name, person.member_id) == ("claire@phytalis.example", "Claire", member.id)


def test_importing_the_same_list_again_changes_nothing(run: Run) -> None:
    run(PHYTALIS)
    again = run(PHYTALIS)
    assert [change.what for change in (*again.members, *again.people)] == ["inchangé", "inchangé"]
    assert not again.changes


def test_dry_run_says_the_diff_and_writes_nothing(run: Run, store: SqlMemberStore) -> None:
    plan = run(PHYTALIS, write=False)
    assert plan.members[0].what == "ajouté"
    assert store.members() == []


def test_change_names_old_and_new_value(run: Run) -> None:
    run(PHYTALIS)
    plan = run(PHYTALIS.replace(";25;", ";31;").replace("gamme seniors, sarcopénie", "sarcopénie"))
    assert plan.members[0].details == ("staff : 25 → 31", "needs : + sarcopénie ; − gamme seniors, sarcopénie")


def test_columns_that_the_list_does_not_have_stay_as_they_are(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    run("organisation,email,first_name\nPHYTALIS,claire@phytalis.example,\n")
    (member,) = store.members()
    assert member.organisation == "Phytalis"
    assert member.siren == "732829320"
    assert store.subscribers()[0].first_name == "Claire"


def test_nobody_is_deleted_and_absent_people_are_named(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    plan = run("organisation,email\nMécaforez,paul@mecaforez.example\n")
    assert plan.absent == ("claire@phytalis.example",)
    assert len(store.subscribers()) == 2


def test_rows_of_one_organisation_share_one_profile(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email,size,needs\nPhytalis,a@p.example,pme,enrobage\nphytalis,b@p.example,,enrobage|essais\n")
    (member,) = store.members()
    assert (member.size, member.needs) == ("pme", ("enrobage", "essais"))
    assert len(store.subscribers()) == 2


def test_rows_that_contradict_each_other_are_refused(run: Run) -> None:
    plan = run("organisation,email,size\nPhytalis,a@p.example,pme\nPhytalis,b@p.example,eti\n")
    (problem,) = plan.problems
    assert (problem.line, problem.column, problem.value) == (3, "size", "eti")
    assert problem.cause == "« eti » contredit « pme », donné ligne 2 pour Phytalis"


def test_same_siren_is_the_same_organisation_renamed(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    plan = run(PHYTALIS.replace("Phytalis;", "Phytalis Nutrition;"))
    assert plan.members[0].details == ("organisation : Phytalis → Phytalis Nutrition",)
    assert [member.organisation for member in store.members()] == ["Phytalis Nutrition"]


def test_a_name_that_is_stored_is_not_taken_for_a_renamed_one(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    run("organisation,siren,email\nPhytalis,,claire@phytalis.example\nPhytalis SAS,732829320,b@p.example\n")
    assert sorted(member.organisation for member in store.members()) == ["Phytalis", "Phytalis SAS"]


def test_person_who_changes_employer_is_said_to(run: Run, store: SqlMemberStore) -> None:
    run(PHYTALIS)
    plan = run("organisation,email\nMécaforez,claire@phytalis.example\n")
    assert plan.people[0].details == ("passe chez Mécaforez",)
    assert len(store.subscribers()) == 1


def test_refused_line_does_not_wipe_the_profile_it_carried(run: Run, store: SqlMemberStore) -> None:
    head = "organisation,email,size,needs\n"
    run(f"{head}Phytalis,a@p.example,pme,enrobage\nPhytalis,b@p.example,,\n")
    plan = run(f"{head}Phytalis,a@p,pme,enrobage\nPhytalis,b@p.example,,\n")
    assert [problem.line for problem in plan.problems] == [2]
    assert plan.absent == ("a@p.example",)
    assert (store.members()[0].size, store.members()[0].needs) == ("pme", ("enrobage",))


def test_empty_cell_of_a_sound_list_wipes_and_says_so(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email,size\nPhytalis,a@p.example,pme\n")
    plan = run("organisation,email,size\nPhytalis,a@p.example,\n")
    assert plan.members[0].details == ("size : pme → vide",)
    assert store.members()[0].size is None


def test_unsubscribed_address_is_not_added_again(run: Run, store: SqlMemberStore) -> None:
    store.suppress("claire@phytalis.example", reason="désinscription", now=NOW)
    plan = run(PHYTALIS)
    assert store.subscribers() == []
    assert plan.remarks == (
        "claire@phytalis.example : adresse à ne plus écrire (désinscrite, effacée ou refusée), non ajoutée",
    )
    assert not plan.problems


@pytest.mark.parametrize(
    ("column", "cell", "cause"),
    [
        ("email", "a@b.cc,d@e.ff", "interdit"),
        ("email", "alice@example.org)bob@example.com", "interdit"),
        ("email", "émile@example.fr", "accent"),
        ("created", "2014-13-01", "2014-03-01"),
        ("created", "2031-01-01", "avenir"),
        ("website", "phytalis", "adresse web"),
        ("website", "ftp://phytalis.fr", "adresse web"),
        ("website", "https://a:b@phytalis.fr", "adresse web"),
        ("languages", "suédois", "deux lettres"),
        ("added", "hier", "n'est pas un jour"),
        ("siren", "#REF!", "formule"),
        ("organisation", "", "organisation absente"),
        ("siren", "732829321", "clé de contrôle"),
        ("siren", "73282932", "zéro de tête"),
        ("naf", "1089", "10.89Z"),
        ("naf_version", "v3", "NAFRev2 ou NAF2025"),
        ("size", "PMI", "vouliez-vous « pme »"),
        ("size", "laboratoires", "vouliez-vous « labo »"),
        ("rhythm", "hebdomadere", "admis : weekly"),
        ("staff", "une vingtaine", "nombre entier"),
        ("turnover_eur", "7,2 M€", "euros en chiffres"),
        ("commune", "1053", "écrivez 01053"),
        ("commune", "Saint-Beauzire", "63322"),
        ("commune", "63720", "code postal"),
        ("commune", "7510²", "code INSEE attendu"),
        ("sectors", "agro-alimentaire", "vouliez-vous « agroalimentaire »"),
        ("sectors", "Santé, biotechnologies et dispositifs medicinaux", "vouliez-vous « sante »"),
        ("countries", "Allemagne", "deux lettres"),
        ("countries", "UK", "GB"),
        ("needs", "x" * 600, "512"),
        ("legal_form", "x" * 300, "255"),
    ],
)
def test_bad_cell_is_explained_and_the_other_lines_are_done(
    run: Run, store: SqlMemberStore, column: str, cell: str, cause: str
) -> None:
    row = {"organisation": "Phytalis", "email": "a@p.example", column: f'"{cell}"'}
    head = ",".join(row)
    good = {"organisation": "Mécaforez", "email": "b@m.example"}
    plan = run(f"{head}\n{','.join(row.values())}\n{','.join(good.get(name, '') for name in row)}\n")
    (problem,) = plan.problems
    assert (problem.line, problem.column, problem.value) == (2, column, cell[:80])
    assert cause in problem.cause
    assert [member.organisation for member in store.members()] == ["Mécaforez"]
    with pytest.raises(BadLines, match="ligne 2"):
        refuse_bad_lines(plan, dry_run=False)


def test_duplicate_address_names_the_first_line(run: Run) -> None:
    plan = run("organisation,email\nA,x@a.example\nB,x@b.example\nA,X@a.example\n")
    (problem,) = plan.problems
    assert (problem.line, problem.cause) == (4, "adresse « X@a.example » déjà donnée ligne 2")


def test_codes_keep_their_leading_zero(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email,commune\nA,x@a.example,01053\n")
    assert store.members()[0].commune == "01053"


def test_municipal_district_becomes_its_city(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email,commune\nA,x@a.example,75113\n")
    assert store.members()[0].commune == "75056"


@pytest.mark.parametrize(
    "data",
    [
        "organisation;email\r\nMécaforez;a@m.example\r\n".encode("cp1252"),
        "\ufefforganisation,email\nMécaforez,a@m.example\n".encode(),
        "organisation\temail\r\nMécaforez\ta@m.example\r\n".encode("utf-16"),
        '"Organisation";"E-MAIL "\n"Mécaforez";"a@m.example"\n\n;\n'.replace("E-MAIL ", "Email ").encode(),
    ],
    ids=["cp1252", "bom", "utf-16", "quoted"],
)
def test_what_spreadsheets_write_is_read(run: Run, store: SqlMemberStore, data: bytes) -> None:
    run(data)
    assert [member.organisation for member in store.members()] == ["Mécaforez"]


def test_windows_file_is_remarked(run: Run) -> None:
    assert "Windows-1252" in run("organisation;email\nMécaforez;a@m.example\n".encode("cp1252")).remarks[0]


def test_unknown_column_is_refused_with_the_nearest_and_nothing_is_written(run: Run, store: SqlMemberStore) -> None:
    with pytest.raises(ConfigError, match="« couriel », vouliez-vous « email »") as caught:
        run("organisation,couriel,sector\nA,a@a.example,agroalimentaire\n")
    assert "« sector », vouliez-vous « sectors »" in str(caught.value)
    assert caught.value.line == 1
    assert store.members() == []


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "vide"),
        (b"organisation,email\n", "vide"),
        (b"organisation,size\nA,pme\n", "« email » absente"),
        (b"organisation,email,email\nA,a@a.example,b@a.example\n", "en double"),
        (b"PK\x03\x04rest", "pas un classeur"),
        (b"\xd0\xcf\x11\xe0rest", "ancien format"),
        (b"organisation,email\nA\x00,a@a.example\n", "fichier texte"),
        (b"organisation,email\nA\x81\x8d,a@a.example\n", "ligne 2"),
        (b'organisation,email\nA,"' + b"x" * 200_000, "guillemet"),
    ],
    ids=["no bytes", "header only", "no email", "twice", "xlsx", "xls", "nul", "not text", "open quote"],
)
def test_unusable_file_is_refused_with_its_cause(run: Run, data: bytes, cause: str) -> None:
    with pytest.raises(InputError, match=cause):
        run(data)


def test_device_is_refused(store: SqlMemberStore, words: Vocabulary) -> None:
    with pytest.raises(InputError, match="fichier ordinaire"):
        plan_import(Path("/dev/zero"), store, words)


def test_missing_file_is_named(store: SqlMemberStore, words: Vocabulary, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.csv"):
        plan_import(tmp_path / "absent.csv", store, words)


def test_line_numbers_count_lines_inside_quotes(run: Run) -> None:
    plan = run('organisation,email,needs\nA,a@a.example,"deux\nlignes"\nB,faux,\n')
    assert [problem.line for problem in plan.problems] == [4]


def test_line_with_too_many_cells_is_refused(run: Run) -> None:
    plan = run("organisation,email\nDupont, Jean et fils,a@a.example\n")
    assert "3 cellules pour 2 colonnes" in plan.problems[0].sentence


def test_dry_run_does_not_promise_that_good_lines_are_done(run: Run) -> None:
    plan = run("organisation,email\nA,faux\n", write=False)
    with pytest.raises(BadLines, match="rien n'a été écrit"):
        refuse_bad_lines(plan, dry_run=True)


def test_spaces_in_siren_and_euros_are_read(words: Vocabulary) -> None:
    assert read_siren("732 829 320", words) == "732829320"
    assert read_turnover("1 500 000 €", words) == 1_500_000


@given(st.text(max_size=30))
def test_siren_is_read_or_refused_never_else(words: Vocabulary, cell: str) -> None:
    with suppress(BadCell):
        assert len(read_siren(cell, words)) == 9


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_give_a_plan_or_a_clear_refusal(run: Run, data: bytes) -> None:
    with suppress(InputError):
        run(b"organisation,email\n" + data)


def test_absent_file_is_said_in_french(tmp_path: Path, places: Gazetteer, store: SqlMemberStore) -> None:
    with pytest.raises(InputError, match="fichier ou dossier absent"):
        plan_import(tmp_path / "absent.csv", store, Vocabulary(load_taxonomy([ROOT]), places))


def test_a_list_as_people_keep_it_is_read(run: Run, store: SqlMemberStore) -> None:
    head = "Prénom;Nom;Entreprise;Mail;SIRET;Taille;Ville;Filière;Fréquence\n"
    plan = run(head + "Claire;Martin;Phytalis;c@p.example;73282932000074;PME;Clermont-Ferrand;Ferroviaire;mensuel\n")
    assert plan.problems == ()
    assert "« Entreprise » = organisation" in plan.remarks[0]
    (member,), (person,) = store.members(), store.subscribers()
    assert (member.siren, member.size, member.commune, member.sectors) == (
        "732829320",
        "pme",
        "63113",
        ("ferroviaire",),
    )
    assert (person.first_name, person.last_name, person.rhythm) == ("Claire", "Martin", "monthly")


@pytest.mark.parametrize("cell", ["NAF rév. 2", "rev2", "NAFRev2", "NAF rev 2"])
def test_versions_of_the_nomenclature_are_read(words: Vocabulary, cell: str) -> None:
    assert read_naf_version(cell, words) == "NAFRev2"
    assert read_naf_version("NAF 2025", words) == "NAF2025"


def test_two_headings_for_one_column_are_refused(run: Run) -> None:
    with pytest.raises(ConfigError, match="« email » en double"):
        run("Entreprise;Mail;E-mail\nA;a@a.example;b@a.example\n")
