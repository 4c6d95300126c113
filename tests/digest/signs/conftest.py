"""One issue that left, and what two readers said of it."""

import pytest

from tests.web.conftest import ANNE, BOB, WEDNESDAY, Site
from tests.web.conftest import sent as sent  # noqa: PLC0414 - fixtures of another folder
from tests.web.conftest import sent_home as sent_home  # noqa: PLC0414
from veille.model import Feedback, Issue, Opinion


@pytest.fixture
def week(sent: Site) -> tuple[Site, Issue]:
    """An issue that left on Friday, with an interest, a vote and an old vote from before it."""
    site = sent
    anne = site.person(ANNE)
    site.app.opinions.record(Feedback(subscriber_id=anne.id, item_id=2, opinion=Opinion.USEFUL, at=WEDNESDAY))
    issue = site.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None
    shown = {one.subscriber.email: one.bulletin.lines for one in site.app.issue_store.drafted(issue.id) if one.bulletin}
    for email, opinion in ((ANNE, Opinion.WANTED), (BOB, Opinion.NOT_FOR_ME)):
        site.app.opinions.record(
            Feedback(
                subscriber_id=site.person(email).id, item_id=shown[email][0].item_id, opinion=opinion,
                at=site.clock.now(),
            )
        )  # fmt: skip
    return site, issue
