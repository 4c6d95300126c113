"""An edition that has left is told to each channel once, whatever happens on the way."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from pydantic import ValidationError
from sqlalchemy import update

from tests.crawl.site import Page, Site, serve
from tests.digest.ledger import approved, issues_of
from tests.digest.publishing.test_archive import AT, drafted, issue, line
from veille.config.channels import Channel, channels_in
from veille.config.settings import Fetch
from veille.digest.publishing.announcing import Announcer
from veille.digest.publishing.calls import room_message
from veille.digest.publishing.public import Printed, published
from veille.errors import ConfigError, InputError
from veille.model import FetchOutcome, Issue, IssueState, Request
from veille.model.announcing import Announcement, AnnouncementState
from veille.net.chat import say
from veille.net.fetcher import GuardedFetcher
from veille.net.posting import post
from veille.storage.announcement_store import SqlAnnouncementStore
from veille.storage.db import Database
from veille.storage.tables import IssueRow
from veille.testing import FrozenClock

SECRET = "une clé partagée"


class OneIssue:
    """The last edition that left, whatever the store holds of it."""

    def __init__(self, number: int) -> None:
        self.held = replace(issue(number), send_at=AT)

    def issues(self, states: tuple[IssueState, ...], *, limit: int) -> list[Issue]:
        return [self.held] if self.held.state in states else []

    def printed(self, issue_id: int) -> Printed:
        return Printed.whole([drafted(1, seize=[line(n) for n in range(1, 9)], followed=[line(20)])])


class Receiver:
    """A program that is told of editions: what it answers is scripted, then 200."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.url = site.url("/hooks/veille")
        self.statuses: list[int] = []
        site.pages["/hooks/veille"] = lambda _: Page(status=self.statuses.pop(0) if self.statuses else 200)

    @property
    def asked(self) -> list[tuple[dict[str, str], bytes]]:
        return [(request.headers, request.body) for request in self._site.requests]


@pytest.fixture
def program() -> Iterator[Receiver]:
    with serve() as site:
        yield Receiver(site)


class House:
    """What an announcer needs, over a real store and the real way out."""

    def __init__(self, database: Database, channels: dict[str, Channel]) -> None:
        self.clock = FrozenClock(AT + timedelta(hours=1))
        self.store = SqlAnnouncementStore(database, "pole")
        self.issues = OneIssue(approved(database, 1).id)
        self.said: list[tuple[str, str, str]] = []
        self.answer: Callable[[], str] = lambda: ""
        fetcher = GuardedFetcher(Fetch(allow=["127.0.0.0/8"]), contact="veille@pole.example.fr", clock=self.clock)
        self.announcer = Announcer(
            issues=self.issues, printed=self.issues.printed, store=self.store, channels=channels,
            digests=["hebdo"], cluster="Pôle",
            archive="https://veille.pole.example.fr/archives", clock=self.clock, post=partial(post, fetcher),
            say=self._say,
        )  # fmt: skip

    def _say(self, url: str, title: str, text: str) -> str:
        self.said.append((url, title, text))
        return self.answer()

    @property
    def states(self) -> dict[str, AnnouncementState]:
        return {one.channel: one.state for one in self.store.of(self.issues.held.id)}


def webhook(program: Receiver) -> dict[str, Channel]:
    return {"site": Channel(url=program.url, secret=SECRET)}


ROOM = {"salon": Channel(kind="chat", url="mmosts://jeton@discussion.example.fr/veille")}


def test_a_program_is_told_once_with_a_signature_that_its_receiver_can_check(
    database: Database, program: Receiver
) -> None:
    house = House(database, webhook(program))
    assert house.announcer.announce() == ["canal site : « La veille de la semaine » annoncée"]
    assert house.announcer.announce() == []
    ((headers, body),) = program.asked
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    assert told["type"] == "edition.sent"
    assert [one["id"] for one in told["data"]["items"]] == list(range(1, 9))
    assert told["data"]["archive"].endswith("/archives/editions/hebdo-2026-W48.html")
    assert "Phytalis" not in body.decode()
    assert "sarcopénie" not in body.decode()


def test_a_busy_program_is_told_later_under_the_same_id(database: Database, program: Receiver) -> None:
    house = House(database, webhook(program))
    program.statuses = [503, 429]
    assert house.announcer.announce() == ["canal site : refusé par le programme appelé : statut 503"]
    assert house.announcer.announce() == []  # not before its time
    house.clock.advance(timedelta(minutes=5))
    house.announcer.announce()
    house.clock.advance(timedelta(minutes=15))
    house.announcer.announce()
    assert house.states == {"site": AnnouncementState.TOLD}
    assert len({headers["webhook-id"] for headers, _ in program.asked}) == 1
    assert len(program.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_a_program_that_refuses_for_good_is_not_asked_again(database: Database, program: Receiver, status: int) -> None:
    house = House(database, webhook(program))
    program.statuses = [status]
    house.announcer.announce()
    house.clock.advance(timedelta(days=1))
    assert house.announcer.announce() == []
    assert house.states == {"site": AnnouncementState.FAILED}


def test_tries_end(database: Database, program: Receiver) -> None:
    house = House(database, webhook(program))
    program.statuses = [500] * 50
    for _ in range(60):
        house.announcer.announce()
        house.clock.advance(timedelta(hours=1))
    assert house.states == {"site": AnnouncementState.FAILED}
    assert len(program.asked) == 5


def test_a_redirect_is_not_followed(database: Database, program: Receiver) -> None:
    house = House(database, webhook(program))
    program.statuses = [307]
    house.announcer.announce()
    assert house.states == {"site": AnnouncementState.DEFERRED}


def test_an_address_of_the_machine_itself_is_refused_without_leave(database: Database, program: Receiver) -> None:
    house = House(database, webhook(program))
    closed = GuardedFetcher(Fetch(), contact="veille@pole.example.fr", clock=house.clock)
    (said,) = replace(house.announcer, post=partial(post, closed)).announce()
    assert program.asked == []
    assert "127.0.0.1" in said


def test_after_a_crash_a_program_is_told_again_under_its_id_and_a_room_is_not(
    database: Database, program: Receiver
) -> None:
    house = House(database, {**webhook(program), **ROOM})
    for channel in house.announcer.channels:
        house.store.record(
            Announcement(
                issue_id=house.issues.held.id, channel=channel, state=AnnouncementState.TELLING, tries=1,
                next_at=house.clock.now() + timedelta(minutes=10), at=house.clock.now(),
            )
        )  # fmt: skip
    assert house.announcer.announce() == []  # whoever tells it may still be alive
    house.clock.advance(timedelta(minutes=11))
    house.announcer.announce()
    assert house.states == {"site": AnnouncementState.TOLD, "salon": AnnouncementState.UNCERTAIN}
    assert (len(program.asked), house.said) == (1, [])
    assert house.announcer.announce() == []


def test_two_runs_at_once_tell_a_room_and_a_program_once(database: Database, program: Receiver) -> None:
    house = House(database, {**webhook(program), **ROOM})
    other: list[list[str]] = []

    def meanwhile() -> str:
        other.append(house.announcer.announce())  # a second « run », while this one tells the room
        return ""

    house.answer = meanwhile
    real = house.announcer.post

    def told(request: Request) -> FetchOutcome:
        other.append(house.announcer.announce())
        return real(request)

    first = replace(house.announcer, post=told).announce()
    assert other == [[], ["canal salon : « La veille de la semaine » annoncée"]]  # the one that nobody told yet
    assert first == ["canal site : « La veille de la semaine » annoncée"]
    assert (len(house.said), len(program.asked)) == (1, 1)
    assert house.states == {"site": AnnouncementState.TOLD, "salon": AnnouncementState.TOLD}


def test_a_room_reads_the_first_lines_and_where_the_others_are(database: Database) -> None:
    house = House(database, ROOM)
    house.announcer.announce()
    ((url, title, text),) = house.said
    assert url.startswith("mmosts://")
    assert title.startswith("La veille de la semaine · Pôle · vendredi 27")
    assert text.splitlines()[0] == "8 choses à connaître"
    assert text.count("•") == 6
    assert "et 2 autres" in text
    assert text.endswith("Toute l'édition : https://veille.pole.example.fr/archives/editions/hebdo-2026-W48.html")


def test_without_an_archive_the_room_is_told_where_the_rest_is() -> None:
    _, text = room_message(
        published(issue(), Printed.whole([drafted(1, seize=[line(n) for n in range(1, 8)])])), "Pôle", ""
    )
    assert text.endswith("et 1 autre dans le bulletin")


def test_a_room_that_does_not_answer_is_told_later(database: Database) -> None:
    house = House(database, ROOM)
    house.answer = lambda: "le salon n'a pas répondu, ou a refusé"
    assert house.announcer.announce() == ["canal salon : le salon n'a pas répondu, ou a refusé"]
    assert house.states == {"salon": AnnouncementState.DEFERRED}


def test_a_channel_added_later_is_not_told_of_old_editions(database: Database) -> None:
    house = House(database, ROOM)
    house.clock.advance(timedelta(days=4))
    assert house.announcer.announce() == []


def test_nothing_under_way_is_told(database: Database) -> None:
    house = House(database, ROOM)
    house.issues.held = replace(house.issues.held, state=IssueState.SENDING)
    assert house.announcer.announce() == []


def test_a_test_keeps_no_state_and_says_that_it_is_one(database: Database, program: Receiver) -> None:
    house = House(database, webhook(program))
    assert house.announcer.test("site").heard
    assert json.loads(program.asked[0][1])["data"]["title"] == "Essai · La veille de la semaine"
    assert house.states == {}
    with pytest.raises(InputError, match="vouliez-vous « site »"):
        house.announcer.test("sites")


def test_the_store_returns_the_editions_that_left(database: Database) -> None:
    made = approved(database, 1)
    store = issues_of(database)
    assert store.issues((IssueState.DONE,), limit=5) == []
    with database.write() as session:
        session.execute(update(IssueRow).where(IssueRow.id == made.id).values(state="done"))
    assert [one.id for one in store.issues((IssueState.DONE,), limit=5)] == [made.id]


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # Apprise, before Python 3.13
def test_apprise_tells_a_real_room(program: Receiver) -> None:
    assert say(program.url.replace("http://", "json://"), "Titre", "Texte é") == ""
    assert json.loads(program.asked[0][1])["message"] == "Texte é"
    program.statuses = [500]
    assert "refusé" in say(program.url.replace("http://", "json://"), "Titre", "Texte")


def test_an_unknown_room_is_said_without_its_secrets() -> None:
    said = say("nulpart://secret@hote/x", "t", "x")
    assert "nulpart" in said
    assert "secret" not in said


def test_channels_are_read_from_the_environment_and_a_mistake_is_named() -> None:
    env = {"VEILLE_CHANNEL_SITE_URL": "https://x.fr/h", "VEILLE_CHANNEL_SITE_SECRET": "s", "PATH": "/bin"}
    assert channels_in(env) == {"site": {"url": "https://x.fr/h", "secret": "s"}}
    with pytest.raises(ConfigError, match="aucun réglage d'un canal"):
        channels_in({"VEILLE_CHANNEL_SITE_URI": "x"})


@pytest.mark.parametrize(
    ("values", "said"),
    [({}, "il manque « url »"), ({"url": "ftp://x"}, "https://"), ({"url": "https://x.fr", "kind": "sms"}, "webhook")],
)
def test_a_channel_that_cannot_work_is_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Channel.model_validate(values)
    assert "jeton" not in repr(Channel(url="https://x.fr/jeton"))
