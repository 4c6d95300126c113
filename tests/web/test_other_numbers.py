"""Whoever holds a link may rewrite any part of it: nothing of anybody else's, and nothing they were not sent, opens."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from tests.web.conftest import ANNE, BOB, Site
from veille.links import BULLETIN, CALENDAR, FEED, HOLDINGS, OPINION, PATHS, PREFERENCES, PROFILE, UNSUBSCRIBE
from veille.model import ProfileDraft
from veille.storage.tables import DeliveryRow

PERIOD = "2026-W48"
#: Purpose → what the file of it ends with.
ENDINGS = {CALENDAR: (".ics",), FEED: (".xml", ".json", ".ics"), HOLDINGS: ("", ".json")}
#: Of Anne's calls and of Robotix's, in the issue that left.
MINE, THEIRS = (2, 4, 6), (1, 3, 5)


def subjects(site: Site, email: str) -> dict[str, str]:
    """What each link of a reader is signed for."""
    number = site.person(email).id
    alone = (UNSUBSCRIBE, PREFERENCES, CALENDAR, FEED, PROFILE, HOLDINGS)
    return {purpose: str(number) for purpose in alone} | {BULLETIN: f"{number}.hebdo.{PERIOD}", OPINION: f"{number}."}


def opened(site: Site, purpose: str, token: str) -> set[int]:
    return {site.client.get(f"{PATHS[purpose]}{token}{end}").status_code for end in ENDINGS.get(purpose, ("",))}


def rewritten(token: str, subject: str) -> str:
    """A genuine token about something else, its signature kept."""
    key, _, *rest = token.split(".")
    return ".".join([key, urlsafe_b64encode(subject.encode()).rstrip(b"=").decode(), *rest])


def about_others(site: Site, purpose: str) -> Iterator[str]:
    theirs, me = site.person(BOB).id, site.person(ANNE).id
    yield subjects(site, BOB)[purpose]
    yield from (f"{me}.{theirs}", f"{theirs}.{me}", f"{me}.hebdo.2026-W47", f"{theirs}.hebdo.{PERIOD}", f"{me}.1", "0")


@pytest.mark.parametrize("purpose", [*ENDINGS, UNSUBSCRIBE, PREFERENCES, PROFILE, BULLETIN])
def test_no_part_of_a_link_can_be_put_otherwise(sent: Site, purpose: str) -> None:
    token = sent.links.token(purpose, subjects(sent, ANNE)[purpose])
    assert opened(sent, purpose, token) == {200}
    for subject in about_others(sent, purpose):
        if subject != subjects(sent, ANNE)[purpose]:
            assert opened(sent, purpose, rewritten(token, subject)) == {404}, subject
    theirs = sent.links.token(purpose, subjects(sent, BOB)[purpose])
    for place in range(4):  # Bob's part in Anne's token, each in turn
        parts = token.split(".")
        parts[place] = theirs.split(".")[place]
        if ".".join(parts) != token:
            assert opened(sent, purpose, ".".join(parts)) == {404}, place
    for end in (".1", ".2", ".", ".x", f".{token}"):
        assert opened(sent, purpose, token + end) == {404}, end


def test_every_purpose_with_a_page_is_walked() -> None:
    walked = {*ENDINGS, UNSUBSCRIBE, PREFERENCES, PROFILE, BULLETIN, OPINION}
    assert walked == set(PATHS) - {"item"}  # a counted link is of no reader


def test_only_what_a_reader_was_sent_can_be_judged(sent: Site) -> None:
    person = sent.person(ANNE)
    for number in range(9):
        link = sent.links.opinion(person.id, number)
        wanted = 200 if number in MINE else 404
        assert sent.client.get(link).status_code == wanted, number
        assert sent.client.post(link, data={"avis": "useful"}).status_code == wanted, number
    assert {one.item_id for one in sent.app.opinions.of(person.id)} == set(MINE)
    assert {sent.client.get(sent.links.opinion(sent.person(BOB).id, number)).status_code for number in THEIRS} == {200}


def test_a_title_that_was_not_sent_is_in_no_answer(sent: Site) -> None:
    person = sent.person(ANNE)
    for number in THEIRS:
        assert "robots soudeurs" not in sent.client.get(sent.links.opinion(person.id, number)).text


def test_what_is_only_drafted_or_approved_is_not_shown_yet(site: Site) -> None:
    link = site.links.opinion(site.person(ANNE).id, 2)
    for step in (lambda: None, lambda: site.app.digest.build("hebdo"), lambda: site.app.digest.approve(by="Claire")):
        step()
        assert site.client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("state", "begun", "opens"),
    [("uncertain", True, True), ("sending", True, True), ("deferred", True, True), ("queued", False, False),
     ("skipped", False, False), ("suppressed", False, False)],
)  # fmt: skip
def test_a_mail_that_may_have_been_taken_has_links_that_work(sent: Site, state: str, begun: bool, opens: bool) -> None:
    person = sent.person(ANNE)
    with sent.app.database.write() as session:
        values = {"state": state, "begun_at": sent.clock.now() if begun else None}
        session.execute(update(DeliveryRow).where(DeliveryRow.subscriber_id == person.id).values(**values))
    assert sent.client.get(sent.links.opinion(person.id, 2)).status_code == (200 if opens else 404)


def test_a_correction_keeps_the_links_of_what_it_corrects(sent: Site) -> None:
    made = sent.app.digest.errata.make(PERIOD, 2, "La date est le 4 janvier.", name="hebdo")
    sent.app.digest.approve(by="Claire", name=made.issue.digest)
    sent.app.digest.send(made.issue.digest)
    person = sent.person(ANNE)
    assert sent.client.get(sent.links.opinion(person.id, 2)).status_code == 200
    assert sent.client.get(sent.links.bulletin(person.id, made.issue.digest, made.issue.period)).status_code == 200


def test_a_profile_page_decides_no_other_members_lines(sent: Site) -> None:
    theirs = sent.person(BOB).member_id
    now = sent.clock.now()
    draft = ProfileDraft(member_id=theirs, field="needs", value="soudure", origin="x", quote="soudure", at=now)
    sent.app.drafts.propose([draft])
    (kept,) = sent.app.drafts.drafts(theirs)
    sent.client.post(sent.links.profile(sent.person(ANNE).id), data={f"ligne-{kept.id}": "oui"})
    assert [one.id for one in sent.app.drafts.drafts(theirs)] == [kept.id]
