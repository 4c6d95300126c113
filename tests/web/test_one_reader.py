"""A page costs what its reader has, however many others there are."""

import pytest
from sqlalchemy import delete, event

from tests.web.conftest import ANNE, Site
from tests.web.test_limits import addresses
from veille.storage.feedback_store import SqlFeedbackStore
from veille.storage.issue_store import SqlIssueStore
from veille.storage.member_store import SqlMemberStore
from veille.storage.tables import SeenRow


def member_pages(site: Site) -> list[str]:
    person, links = site.person(ANNE), site.links
    more = [links.calendar(person.id), links.holdings(person.id) + ".json"]
    return [*(page for page in addresses(site) if page.startswith("/m/") and "faux" not in page), *more]


def test_no_page_reads_all_members_readers_opinions_or_a_whole_issue(
    sent: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = member_pages(sent)
    sent.client.post(sent.links.opinion(sent.person(ANNE).id, 2), data={"avis": "useful"})

    def too_much(*_: object) -> None:
        raise AssertionError("that is everybody's")

    for store, names in (
        (SqlMemberStore, ("members", "subscribers")),
        (SqlIssueStore, ("drafted",)),
        (SqlFeedbackStore, ("all",)),
    ):
        for name in names:
            monkeypatch.setattr(store, name, too_much)
    assert [sent.client.get(page).status_code for page in pages] == [200] * len(pages)
    assert len(pages) == 8


def test_queries_do_not_grow_with_what_a_reader_was_sent_and_said(sent: Site) -> None:
    asked: list[str] = []
    event.listen(
        sent.app.database.reader, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement)
    )
    person = sent.person(ANNE)

    def counts() -> list[int]:
        found = []
        for link in (sent.links.calendar, sent.links.holdings, sent.links.preferences):
            asked.clear()
            assert sent.client.get(link(person.id)).status_code == 200
            found.append(len(asked))
        return found

    def say(item: int) -> None:
        assert sent.client.post(sent.links.opinion(person.id, item), data={"avis": "useful"}).status_code == 200

    say(2)
    with_three = counts()
    say(4)
    assert counts() == with_three
    with sent.app.database.write() as session:
        session.execute(delete(SeenRow).where(SeenRow.subscriber_id == person.id, SeenRow.item_id != 2))
    assert counts() == with_three
