"""Several living issues of one digest: none is taken in silence, each can be named."""

from datetime import timedelta

import pytest

from tests.digest.builders import item, store_items
from tests.digest.house import FRIDAY, House, digest_yaml, mails
from veille.errors import InputError
from veille.model import IssueState


@pytest.fixture
def two(house: House) -> House:
    """A correction of week 48, approved, beside week 49's issue, approved."""
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
    house.clock.advance(timedelta(days=7))
    house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    house.digests.approve(by="Paul", name="hebdo_erratum")
    house.digests.build()
    house.digests.approve(by="Claire")
    return house


def state(house: House, digest: str, period: str) -> IssueState:
    found = house.desk.issues.find(digest, period)
    assert found is not None
    return found.state


@pytest.mark.parametrize("command", ["pause", "cancel", "reopen"])
def test_command_names_the_issues_it_could_mean_and_touches_none(two: House, command: str) -> None:
    why = {"why": "x"} if command != "reopen" else {}
    with pytest.raises(InputError, match=r"hebdo 2026-W49.*hebdo_erratum 2026-W48-e1") as caught:
        getattr(two.digests.living, command)(by="Claire", **why)
    assert "--issue" in caught.value.cure
    assert {state(two, "hebdo", "2026-W49"), state(two, "hebdo_erratum", "2026-W48-e1")} == {IssueState.APPROVED}


def test_any_of_them_is_taken_by_number_period_or_both_names(two: House) -> None:
    living, found = two.digests.living, two.desk.issues.find("hebdo_erratum", "2026-W48-e1")
    assert found is not None
    assert living.pause(by="Claire", why="", said="2026-W49").digest == "hebdo"
    assert living.pause(by="Claire", why="", said=str(found.id)).digest == "hebdo_erratum"
    assert living.resume(by="Claire", said="hebdo_erratum 2026-W48-e1").state is IssueState.APPROVED
    assert living.resume(by="Claire").period == "2026-W49"  # the only one that is paused
    assert living.cancel(by="Claire", why="", name="hebdo", said="2026-W48-e1").digest == "hebdo_erratum"
    assert living.reopen(by="Claire").period == "2026-W49"


@pytest.mark.parametrize("said", ["2026-W50", "hebdo_erratum 2026-W49", "99", "9" * 30, "../x", " "])
def test_issue_that_is_not_there_is_refused_with_those_that_are(two: House, said: str) -> None:
    with pytest.raises(InputError, match=r"pas d'édition|plusieurs") as caught:
        two.digests.living.pause(by="Claire", why="", said=said)
    assert caught.value.cure
    assert state(two, "hebdo", "2026-W49") is IssueState.APPROVED


def test_one_send_sends_them_all_and_status_shows_each(two: House) -> None:
    assert [one.issue.period for one in two.digests.status()] == ["2026-W49", "2026-W48-e1"]
    assert [one.state for one in two.digests.send_all()] == [IssueState.DONE] * 2
    assert len([one for one in mails(two) if one["Subject"].startswith("Erratum")]) == 1
    assert [one.issue.period for one in two.digests.status("hebdo")] == ["2026-W49"]


def test_late_issue_beside_a_new_draft(house: House) -> None:
    """Last week's, held, may still leave when this week's is drafted: neither is approved for the other."""
    digest_yaml(house, "window_hours: 48", "window_hours: 168")
    house.digests.build()
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
    house.clock.advance(timedelta(days=7))
    house.digests.build()
    with pytest.raises(InputError, match=r"hebdo 2026-W48.*hebdo 2026-W49"):
        house.digests.approve(by="Claire")
    with pytest.raises(InputError, match=r"hebdo 2026-W48.*hebdo 2026-W49"):
        house.digests.curation.word("Bonjour.", by="Claire")
    assert house.digests.curation.word("Bonjour.", by="Claire", said="2026-W48").issue.period == "2026-W48"
    assert house.digests.approve(by="Claire", said="2026-W48")[0].period == "2026-W48"
    assert state(house, "hebdo", "2026-W49") is IssueState.DRAFT


def test_two_corrections_at_once_are_two(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    first = house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    second = house.digests.errata.make("2026-W48", 5, "La date est le 3.")
    assert [one.issue.period for one in (first, second)] == ["2026-W48-e1", "2026-W48-e2"]
    # Two staff at the same moment: the second writes after the first has chosen the same number.
    assert house.desk.issues.add_draft(first.issue, second.drafted) is None
    assert house.desk.issues.drafted(first.issue.id) == first.drafted
    with pytest.raises(InputError, match=r"2026-W48-e1.*2026-W48-e2"):
        house.digests.approve(by="Paul", name="hebdo_erratum")
    for period in ("2026-W48-e1", "2026-W48-e2"):
        house.digests.approve(by="Paul", said=period)
    house.clock.advance(FRIDAY)
    list(house.digests.run_due())
    corrected = [one for one in mails(house) if one["Subject"].startswith("Erratum")]
    assert len({one["Message-ID"] for one in corrected}) == len(corrected) == 2
