"""Right of access and right to erasure: every table, the file itself, and a hash that stays."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from tests.digest.builders import item, store_items
from veille.errors import InputError
from veille.members.importing import plan_import
from veille.model import DraftState, Feedback, Member, Opinion, ProfileDraft, Subscriber
from veille.storage.db import Database
from veille.storage.draft_store import SqlDraftStore
from veille.storage.erasing import SqlPersonStore
from veille.storage.feedback_store import SqlFeedbackStore
from veille.storage.member_store import SqlMemberStore
from veille.storage.tables import Base

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
CLAIRE, PAUL = "Claire.Martin@phytalis.example", "paul@phytalis.example"


def put(database: Database, table: str, **values: object) -> None:
    with database.write() as session:
        session.execute(Base.metadata.tables[table].insert().values(**values))


@pytest.fixture
def held(database: Database, store: SqlMemberStore) -> SqlPersonStore:
    """Two readers of one organisation; the first is named wherever this program may name anybody."""
    people = [Subscriber(email=CLAIRE, first_name="Claire"), Subscriber(email=PAUL)]
    store.save([(Member(organisation="Phytalis", needs=("enrobage",)), people)], origin="liste.csv", now=NOW)
    store_items(database, [item(1)])
    issue(database, 1, "done")
    for number, email in ((1, CLAIRE), (2, PAUL)):
        person = next(one for one in store.subscribers() if one.email == email)
        content = {"greeting": f"Bonjour {email}"}
        put(database, "bulletin", issue_id=1, subscriber_id=person.id, content=content)
        put(
            database, "selection", issue_id=1, subscriber_id=person.id, item_id=1, item_version=1, section="seize",
            rank=1, score=1.0, reasons=[],
        )  # fmt: skip
        put(
            database, "delivery", issue_id=1, subscriber_id=person.id, email=email, state="sent",
            message_id=f"<{number}@x>", tries=1, reply=f"250 {email} ok",
        )  # fmt: skip
        put(
            database, "attempt", message_id=f"<{number}@x>", at=NOW, state="sent", reply=f"250 <{email}> ok",
        )  # fmt: skip
        put(database, "seen", subscriber_id=person.id, item_id=1, issue_id=1, item_version=1, at=NOW)
        put(
            database, "bounce", mark=str(number), subscriber_id=person.id, kind="soft", status="4.2.2",
            detail=f"{email} full", at=NOW,
        )  # fmt: skip
        put(
            database, "suggestion", cluster_id="cluster", key=str(number), source_id="s", message_id=f"<s{number}@x>",
            suggested_by=email, comment=f"vu par {email.lower()}", title="t", text="t", received=NOW, state="waiting",
        )  # fmt: skip
        SqlFeedbackStore(database, "cluster").record(
            Feedback(subscriber_id=person.id, item_id=1, opinion=Opinion.WANTED, at=NOW)
        )
        member_id = store.members()[0].id
        line = ProfileDraft(
            member_id=member_id, field="skills", value=f"tri {number}", origin="page", quote=f"tri {number}", at=NOW
        )
        SqlDraftStore(database, "cluster").answer([line], by=email, now=NOW)
    put(
        database, "detail", item_id=1, source_id="m", url="https://x", host="x", content_hash="0", state="read",
        sentence="", tries=0, reading=1, amending=0, text="", repeats=False, licence="public",
        given={"note": f"suggéré par {CLAIRE} : à voir"},
    )  # fmt: skip
    return SqlPersonStore(database, "cluster")


def issue(database: Database, number: int, state: str) -> None:
    put(
        database, "issue", id=number, cluster_id="cluster", digest="hebdo", period=f"2026-W{number}", state=state,
        built_at=NOW, send_at=NOW, stale_at=NOW, frame={},
    )  # fmt: skip


def number_of(store: SqlMemberStore, email: str) -> int:
    return next(one.id for one in store.subscribers() if one.email == email)


def everything(database: Database) -> str:
    """Return every row of every table as text."""
    with database.read() as session:
        rows = {
            name: [dict(row) for row in session.execute(sql(f"SELECT * FROM {name}")).mappings()]
            for name in Base.metadata.tables
        }
    return json.dumps(rows, default=str, ensure_ascii=False).lower()


def test_all_that_is_held_is_given(held: SqlPersonStore, store: SqlMemberStore) -> None:
    given = held.held(number_of(store, CLAIRE))
    assert set(given) == {
        "subscriber", "member", "bulletin", "selection", "delivery", "attempt", "seen", "bounce", "feedback",
        "suggestion.suggested_by", "suggestion.comment", "profile_draft.decided_by", "detail.given",
    }  # fmt: skip
    assert given["subscriber"][0]["origin"] == "liste.csv"
    assert given["delivery"][0]["message_id"] == "<1@x>"
    assert PAUL not in json.dumps(given)


def test_a_person_is_erased_from_every_table_and_nobody_else(
    held: SqlPersonStore, store: SqlMemberStore, database: Database
) -> None:
    before = everything(database)
    store.suppress(CLAIRE, reason="effacement", now=NOW)
    done = held.erase(number_of(store, CLAIRE))
    after = everything(database)
    assert CLAIRE.lower() not in after
    assert "claire" not in after
    assert after.count(PAUL) == before.count(PAUL)
    tables = ("subscriber", "bulletin", "selection", "delivery", "attempt", "seen", "bounce", "feedback")
    assert done.deleted == dict.fromkeys(tables, 1)
    assert sum(done.cleaned.values()) == 4
    assert store.suppressed([CLAIRE.lower(), PAUL]) == {CLAIRE.lower()}
    assert [one.needs for one in store.members()] == [("enrobage",)]


def test_an_erased_address_is_not_in_the_file(held: SqlPersonStore, store: SqlMemberStore, database: Database) -> None:
    if database.file is None:
        assert held.erase(number_of(store, CLAIRE)).compacted is False
        return
    assert found_in(database.file)
    assert held.erase(number_of(store, CLAIRE)).compacted
    assert not found_in(database.file)


def found_in(file: Path) -> list[str]:
    """Return the files of a database in whose bytes the address stands."""
    beside = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    return [path.name for path in beside if b"laire.martin@phytalis" in path.read_bytes().lower()]


def test_a_list_does_not_bring_back_who_was_erased(
    held: SqlPersonStore, store: SqlMemberStore, tmp_path: Path, words_of: object
) -> None:
    store.suppress(CLAIRE, reason="effacement", now=NOW)
    held.erase(number_of(store, CLAIRE))
    path = tmp_path / "m.csv"
    path.write_text(f"organisation,email\nPhytalis,{CLAIRE}\n", encoding="utf-8")
    plan = plan_import(path, store, words_of)  # type: ignore[arg-type]
    assert "désinscrit" in plan.remarks[0]
    assert plan.people == ()


def test_nobody_is_taken_out_of_what_is_signed_and_may_still_leave(
    held: SqlPersonStore, store: SqlMemberStore, database: Database
) -> None:
    issue(database, 2, "approved")
    with pytest.raises(InputError, match="2026-W2 est figée"):
        held.erase(number_of(store, CLAIRE))
    assert len(store.subscribers()) == 2


def test_an_address_inside_another_one_is_another(
    held: SqlPersonStore, store: SqlMemberStore, database: Database
) -> None:
    other = f"m.{CLAIRE.lower()}"
    put(
        database, "suggestion", cluster_id="cluster", key="9", source_id="s", message_id="<s9@x>", suggested_by=other,
        comment=f"{CLAIRE}.fr", title="t", text="t", received=NOW, state="waiting",
    )  # fmt: skip
    held.erase(number_of(store, CLAIRE))
    assert other in everything(database)
    assert f"{CLAIRE}.fr".lower() in everything(database)


def test_a_stranger_and_another_cluster_are_refused(
    held: SqlPersonStore, store: SqlMemberStore, database: Database
) -> None:
    with pytest.raises(InputError, match="plus dans la liste"):
        held.erase(99)
    with pytest.raises(InputError, match="plus dans la liste"):
        SqlPersonStore(database, "autre").held(number_of(store, CLAIRE))


def test_decided_lines_outlive_who_decided_them(
    held: SqlPersonStore, store: SqlMemberStore, database: Database
) -> None:
    held.erase(number_of(store, CLAIRE))
    lines = SqlDraftStore(database, "cluster").drafts(state=DraftState.ACCEPTED)
    assert {line.decided_by for line in lines} == {"[…]", PAUL}
