"""What is past its end is neither signed nor set going again: it would not leave."""

from datetime import timedelta

import pytest

from tests.digest.house import FRIDAY, House
from veille.errors import InputError
from veille.model import IssueState

WINDOW = timedelta(hours=48)


@pytest.mark.parametrize("sign", ["approve", "freeze"])
def test_a_draft_past_its_end_is_not_signed_until_it_is_made_again(house: House, sign: str) -> None:
    (built,) = house.digests.build()
    house.clock.advance(FRIDAY + WINDOW)  # a Sunday of the same week
    with pytest.raises(InputError, match=r"périmée.*avant le 29/11/2026 à 07:30") as caught:
        getattr(house.digests, sign)(by="Claire")
    assert "veille digest build" in (caught.value.cure or "")
    assert house.desk.issues.get(built.issue.id).state is IssueState.DRAFT
    house.digests.build()  # dated anew, for Monday
    (issue,) = getattr(house.digests, sign)(by="Claire")
    assert issue.stale_at is not None
    assert issue.stale_at > house.clock.now()


def test_a_correction_past_its_end_is_made_again_by_its_own_command(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    house.clock.advance(timedelta(days=9))
    with pytest.raises(InputError, match="périmée") as caught:
        house.digests.approve(by="Claire", name="hebdo_erratum")
    assert "veille digest erratum" in (caught.value.cure or "")


def test_a_held_issue_past_its_end_is_not_resumed(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.pause(by="Claire", why="un doute")
    house.clock.advance(FRIDAY + WINDOW)
    with pytest.raises(InputError, match="périmée"):
        house.digests.living.resume(by="Claire")
    assert house.digests.status()[0].state is IssueState.PAUSED
    list(house.digests.run_due())
    assert house.digests.status()[0].state is IssueState.EXPIRED
