"""What is refused says why in words that are true of the issue at hand, and what to do."""

import pytest

from tests.digest.house import House
from veille.errors import InputError
from veille.model import IssueState
from veille.storage.db import Database


def test_a_draft_is_not_reopened(house: House) -> None:
    (built,) = house.digests.build()
    with pytest.raises(InputError, match="déjà à l'état de brouillon"):
        house.digests.living.reopen(by="Claire")
    assert house.desk.issues.get(built.issue.id).state is IssueState.DRAFT


def test_what_nobody_paused_is_not_resumed(house: House) -> None:
    house.digests.build()
    with pytest.raises(InputError, match="brouillon : elle n'est pas suspendue"):
        house.digests.living.resume(by="Claire")


def test_an_issue_without_bulletins_is_not_said_to_wait_for_approval(empty: House) -> None:
    empty.digests.build("hebdo")
    with pytest.raises(InputError, match="ne contient aucun bulletin") as caught:
        empty.digests.send()
    assert "veille digest build" in (caught.value.cure or "")
    assert "approve" not in str(caught.value)


def test_no_correction_to_approve_says_how_to_make_one(house: House) -> None:
    with pytest.raises(InputError, match="aucun brouillon") as caught:
        house.digests.approve(by="Claire", name="hebdo_erratum")
    assert "veille digest erratum" in (caught.value.cure or "")


@pytest.fixture
def empty(sqlite_database: Database, tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(sqlite_database, tmp_path_factory.mktemp("vide") / "maison")
