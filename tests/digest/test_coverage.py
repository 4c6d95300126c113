"""Which share of the calls that suit readers an issue shows in time: noted with the draft, told until the report."""

from typing import Any

import pytest

from tests.digest.builders import NOW
from tests.digest.house import House
from veille.cli.digest_shown import show_built, show_sent, status_row
from veille.digest.choosing.drafting import covered
from veille.digest.signs.gathering import gather
from veille.digest.signs.wording import as_text
from veille.model import Drafted, Issue, IssueState, Subscriber
from veille.model.returns import Signs


def drafted(calls: int, shown: int) -> Drafted:
    return Drafted(subscriber=Subscriber(id=1, member_id=1, email="a@exemple.fr"), bulletin=None, calls=calls,
                   calls_shown=shown)  # fmt: skip


def issue(**frame: Any) -> Issue:
    return Issue(id=1, digest="hebdo", period="2026-W48", state=IssueState.DRAFT, built_at=NOW, frame=frame)


def test_it_is_the_share_of_all_readers_together_and_unknown_without_calls():
    assert issue(coverage=covered([drafted(5, 4), drafted(3, 1)])).coverage == 62
    assert issue(coverage=covered([drafted(0, 0)])).coverage is None
    assert issue().coverage is None


def test_the_report_to_staff_tells_it():
    reports = [gather(one, [], [], [], Signs(), [], gone=()) for one in (issue(coverage=[5, 8]), issue())]
    assert "couverture, % des appels qui conviennent : 62" in as_text(reports[0])
    assert "couverture" not in as_text(reports[1])


def test_it_is_kept_with_the_issue_through_edits_and_approval_and_told_by_each_command(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (built,) = house.digests.build()
    told = built.issue.coverage
    assert told is not None
    said = f"Couverture : {told} % des appels"
    show_built(built, {})
    assert said in capsys.readouterr().out
    house.digests.curation.note(1, "À lire.", by="Claire")
    assert house.digests.status()[0].issue.coverage == told
    house.digests.approve(by="Paul")
    (sent,) = house.digests.status()
    assert status_row(sent)["coverage"] == told
    show_sent(sent)
    assert said in capsys.readouterr().out
