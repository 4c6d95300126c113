"""One issue that left, and what two readers said of it."""

import pytest

from tests.web.conftest import ANNE, BOB, WEDNESDAY, Site, send
from tests.web.conftest import site as site  # noqa: PLC0414 - a fixture of another folder
from veille.model import Feedback, Issue, Opinion


@pytest.fixture
def week(site: Site) -> tuple[Site, Issue]:
    """An issue that left on Friday, with an interest, a vote and an old vote from before it."""
    anne = site.person(ANNE)
    site.app.opinions.record(Feedback(subscriber_id=anne.id, item_id=2, opinion=Opinion.USEFUL, at=WEDNESDAY))
    send(site)
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
