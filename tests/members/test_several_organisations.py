"""One address that reads for several organisations: as a list gives it, as it is stored, as it is exported."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from veille.addresses import address_key
from veille.config.gazetteer import Gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.members.cells import Vocabulary
from veille.members.exporting import table
from veille.members.importing import ImportPlan, apply_import, plan_import
from veille.storage.db import Database
from veille.storage.member_store import SqlMemberStore

from .conftest import ROOT

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BOTH = "organisation,email,rhythm\nPhytalis,claire@p.example,weekly\nRobotix,Claire@P.example,monthly\n"
Run = Callable[[str], ImportPlan]


@pytest.fixture(scope="module")
def words(places: Gazetteer) -> Vocabulary:
    return Vocabulary(load_taxonomy([ROOT]), places, NOW.date())


@pytest.fixture
def store(database: Database, places: Gazetteer) -> SqlMemberStore:
    return SqlMemberStore(database, "cluster", places, address_hash=address_key)


@pytest.fixture
def run(tmp_path: Path, store: SqlMemberStore, words: Vocabulary) -> Run:
    def importing(text: str) -> ImportPlan:
        path = tmp_path / "membres.csv"
        path.write_text(text, encoding="utf-8")
        plan = plan_import(path, store, words)
        apply_import(plan, store, NOW)
        return plan

    return importing


def readings(store: SqlMemberStore) -> list[tuple[str, str, str]]:
    """Return (address, organisation, rhythm), in order."""
    names = {member.id: member.organisation for member in store.members()}
    return sorted((one.email, names[one.member_id], one.rhythm) for one in store.subscribers())


def test_a_list_may_give_one_address_to_two_organisations(run: Run, store: SqlMemberStore) -> None:
    plan = run(BOTH)
    assert plan.problems == ()
    assert [one.details[0] for one in plan.people] == ["Phytalis, en plus de Robotix", "Robotix, en plus de Phytalis"]
    both = [("claire@p.example", "Phytalis", "weekly"), ("claire@p.example", "Robotix", "monthly")]
    assert readings(store) == both
    again = run(BOTH)
    assert not again.changes
    assert readings(store) == both


def test_what_is_exported_of_two_readings_changes_nothing(run: Run, store: SqlMemberStore) -> None:
    run(BOTH)
    rows = table(store.members(), store.subscribers(), columns=("organisation", "email", "rhythm"))
    text = "".join(",".join(str(cell) for cell in row) + "\n" for row in rows)
    assert text.count("claire@p.example") == 2
    assert not run("organisation,email,rhythm\n" + text).changes


def test_a_second_organisation_is_added_where_the_list_keeps_the_first(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email\nPhytalis,claire@p.example\n")
    (before,) = store.subscribers()
    plan = run("organisation,email\nPhytalis,claire@p.example\nRobotix,CLAIRE@p.example\n")
    assert [one.what for one in plan.people] == ["inchangé", "ajouté"]
    assert [(email, name) for email, name, _ in readings(store)] == [
        ("claire@p.example", "Phytalis"), ("claire@p.example", "Robotix"),
    ]  # fmt: skip
    assert before.id in {one.id for one in store.subscribers()}


def test_a_list_of_one_organisation_leaves_the_other_reading(run: Run, store: SqlMemberStore) -> None:
    run(BOTH)
    plan = run("organisation,email\nMécaforez,claire@p.example\nRobotix,claire@p.example\n")
    assert plan.people[0].details == ("Mécaforez, en plus de Phytalis, Robotix",)
    assert plan.absent == ("claire@p.example pour Phytalis",)
    assert [name for _, name, _ in readings(store)] == ["Mécaforez", "Phytalis", "Robotix"]


def test_a_refused_line_moves_nobody(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email,size\nPhytalis,claire@p.example,pme\n")
    plan = run("organisation,email,size\nPhytalis,claire@p.example,énorme\nRobotix,claire@p.example,pme\n")
    assert [problem.line for problem in plan.problems] == [2]
    assert [one.what for one in plan.people] == ["ajouté"]
    assert plan.absent == ()
    assert [name for _, name, _ in readings(store)] == ["Phytalis", "Robotix"]


def test_who_left_one_organisation_is_given_to_another_and_not_back(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email\nPhytalis,claire@p.example\n")
    (claire,) = store.subscribers()
    store.leave(claire.id, NOW)
    plan = run("organisation,email\nPhytalis,claire@p.example\n")
    assert plan.remarks == ("claire@p.example a quitté sur sa page le bulletin de Phytalis : il ne lui est pas rendu",)
    run("organisation,email\nRobotix,claire@p.example\n")
    now = {one.member_id == claire.member_id: one.left_at for one in store.subscribers()}
    assert now == {True: NOW, False: None}


def test_an_address_to_write_to_no_more_gets_no_second_reading(run: Run, store: SqlMemberStore) -> None:
    run("organisation,email\nPhytalis,claire@p.example\n")
    store.suppress("claire@p.example", reason="opt-out", now=NOW)
    plan = run(BOTH)
    assert len(store.subscribers()) == 1
    assert "claire@p.example : adresse à ne plus écrire (désinscrite, effacée ou refusée), non ajoutée" in plan.remarks


def test_one_reading_is_withheld_and_the_other_is_not(run: Run, store: SqlMemberStore) -> None:
    run(BOTH)
    first, second = sorted(store.subscribers(), key=lambda one: one.id)
    people = {one.id: one.email for one in (first, second)}
    store.leave(first.id, NOW)
    assert store.withheld(people) == {first.id}
    assert [one.id for one in store.same_address(second.id)] == [second.id, first.id]
    store.leave(first.id, None)
    assert store.withheld(people) == frozenset()
    store.suppress(first.email, reason="opt-out", now=NOW)
    assert store.withheld(people) == {first.id, second.id}
