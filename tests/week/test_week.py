"""Two weeks of one cluster, as staff and readers live them: real feeds, tagger, store, SMTP and pages; a frozen clock.

The weeks are those around the end of summer time: Friday 07:30 in Paris is 05:30 UTC on 23 October, 06:30 on the 30th.
"""

import email
import email.policy
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from tests.crawl.site import Page, Site, serve
from tests.digest.sink import Sink
from veille.app import App
from veille.config import instance
from veille.config.settings import load_settings
from veille.model import IssueState, Member, Subscriber
from veille.testing import FrozenClock
from veille.web.app import create_app
from veille.web.serving import front_of

PARIS = ZoneInfo("Europe/Paris")
ANNE, BOB = "anne@phytalis.example.fr", "bob@robotix.example.fr"
FOOD, ROBOTS = "ingrédients et aliments à base d'extraits végétaux", "robots industriels et cobots de production"


@dataclass(frozen=True)
class Call:
    """One call as its publisher words it."""

    number: int
    title: str
    closes: str
    words: str = FOOD

    @property
    def xml(self) -> str:
        return (
            f"<item><guid>appel-{self.number}</guid><title>{self.title}</title>"
            f"<link>https://region.example.fr/appels/{self.number}</link>"
            "<pubDate>Mon, 19 Oct 2026 05:00:00 GMT</pubDate>"
            f"<description>Appel à projets ouvert aux PME françaises pour des {self.words}. "
            f"Subvention de 200 000 € au plus. Date limite de dépôt des dossiers : {self.closes} à 17 h."
            "</description></item>"
        )


MOVES = Call(1, "Appel à projets Ingrédients végétaux de demain", "13 novembre 2026")
RECALLED = Call(2, "Appel à projets Extraits végétaux et nutrition", "5 novembre 2026")
QUIET = Call(3, "Appel à projets Aliments fonctionnels à base d'extraits végétaux", "15 décembre 2026")
ROBOTIC = Call(4, "Appel à projets Robots industriels de production", "20 novembre 2026", ROBOTS)
FRESH = Call(5, "Appel à projets Compléments alimentaires et extraits végétaux", "18 décembre 2026")


def feed(*calls: Call) -> Page:
    items = "".join(call.xml for call in calls)
    rss = f'<rss version="2.0"><channel><title>Région</title>{items}</channel></rss>'
    return Page(
        f'<?xml version="1.0" encoding="utf-8"?>{rss}'.encode(), headers={"Content-Type": "application/rss+xml"}
    )


class World:
    """One instance, its sources, its relay and its clock."""

    def __init__(self, home: Path, site: Site, sink: Sink, database_url: str) -> None:
        (home / "var").mkdir(parents=True, exist_ok=True)
        (home / "veille.toml").write_text(
            '[cluster]\nid = "pole"\nname = "Pôle Nutrition"\ncontact = "equipe@pole.example.fr"\n'
            'postal_address = "12 rue des Puys, 63000 Clermont-Ferrand"\n[site]\nurl = "https://veille.example.fr"\n'
            f'[mail]\nurl = "{sink.url}"\nsender = "veille@pole.example.fr"\n',
            encoding="utf-8",
        )
        source = (
            f"{{id: region, title: Région, kind: feed, url: '{site.url('/appels.xml')}', licence: public, every: 12h}}"
        )
        (home / "sources.yaml").write_text(f"version: 1\nsources:\n- {source}\n", encoding="utf-8")
        env = {"VEILLE_FETCH_ALLOW": "127.0.0.0/8,::1/128", "VEILLE_FETCH_HOST_DELAY": "0"}
        if database_url:
            env["VEILLE_DATABASE_URL"] = database_url
        self.site, self.sink = site, sink
        self.clock = FrozenClock(datetime(2026, 10, 19, 8, 0, tzinfo=PARIS).astimezone(UTC))
        self.app = App(load_settings(home, env), clock=self.clock)
        self.app.members.save(
            [
                (
                    Member(organisation="Phytalis", sectors=("agroalimentaire",), activity=("extraits végétaux",)),
                    [Subscriber(email=ANNE, first_name="Anne")],
                ),
                (
                    Member(organisation="Robotix", sectors=("industrie-du-futur",), activity=("robots industriels",)),
                    [Subscriber(email=BOB)],
                ),
            ],
            origin="test",
            now=self.clock.now(),
        )
        self.pages = TestClient(
            create_app(front_of(self.app), self.app.returning, self.app.publishing),
            base_url="https://veille.example.fr",
        )

    def at(self, day: int, hour: int, minute: int = 0, fold: int = 0) -> list[str]:
        """Let the clock come to a local instant of October and the daemon tick; return what it says of issues."""
        to = datetime(2026, 10, day, hour, minute, tzinfo=PARIS, fold=fold).astimezone(UTC)
        self.clock.advance(to - self.clock.now())
        report = self.app.run_due()
        return list(report.digests)

    def mail_of(self, address: str) -> EmailMessage:
        """Return the last mail that a reader got."""
        raw = [one.raw for one in self.sink.taken if one.recipients == [address]][-1]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def text_of(self, address: str) -> str:
        part = self.mail_of(address).get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\u00a0", " ").replace("\u202f", " ")

    def number(self, call: Call) -> int:
        return next(item.id for item in self.app.items() if item.title == call.title)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    home, url = tmp_path / "pole", ""
    instance.create(home)
    (home / "var").mkdir(exist_ok=True)
    if request.param == "postgres":
        new: Callable[[str], str] = request.getfixturevalue("new_postgres")
        url = new("template_veille")
    else:
        shutil.copyfile(sqlite_template, home / "var" / "veille.sqlite")
    with serve() as site, Sink() as sink:
        found = World(home, site, sink, url)
        with closing(found.app):
            yield found


def event(calendar: str, number: int) -> dict[str, str]:
    """Return one event of an iCalendar feed: its properties by name."""
    lines = calendar.replace("\r\n ", "").split("\r\n")
    for block in "\n".join(lines).split("BEGIN:VEVENT")[1:]:
        fields = dict(
            re.split(r"[;:]", line, maxsplit=1) for line in block.splitlines() if re.match(r"[A-Z]+[;:]", line)
        )
        if fields["UID"].startswith(f"echeance-{number}@"):
            return fields
    raise LookupError(f"no event of item {number}")


def test_two_weeks_around_the_end_of_summer_time(world: World) -> None:
    app, sink = world.app, world.sink
    world.site.pages["/appels.xml"] = feed(MOVES, RECALLED, QUIET, ROBOTIC)

    # Monday: the sources are read, nothing is drafted; Wednesday at eight the draft makes itself, once.
    assert world.at(19, 8) == []
    assert len(app.items()) == 4
    assert world.at(21, 7, 59) == []
    (told,) = world.at(21, 8)
    assert told.startswith("brouillon hebdo 2026-W43 : 2 bulletins")
    assert world.at(21, 8, 1) == []

    # Thursday: staff comment, write their word, and approve at four.
    world.at(22, 15)
    app.digest.curation.note(world.number(QUIET), "Le pôle monte un consortium.", by="Claire")
    app.digest.curation.word("Une semaine riche en appels.", by="Claire")
    world.at(22, 16)
    app.digest.approve(by="Claire")
    assert sink.taken == []

    # Friday, 07:30 in Paris, 05:30 UTC: it leaves, once, whatever the number of ticks.
    assert world.at(23, 7, 29) == []
    assert world.at(23, 7, 30) == ["édition hebdo 2026-W43 : 2 mails remis sur 2"]
    assert world.clock.now() == datetime(2026, 10, 23, 5, 30, tzinfo=UTC)
    assert world.at(23, 7, 31) == []
    assert sorted(one.recipients[0] for one in sink.taken) == [ANNE, BOB]
    first = world.text_of(ANNE)
    assert all(call.title in first for call in (MOVES, RECALLED, QUIET))
    assert ROBOTIC.title not in first
    assert "Le pôle monte un consortium." in first
    assert "Une semaine riche en appels." in first

    # She says that one is not for her, through the link of her mail; opening the page alone changes nothing.
    link = next(url for url in re.findall(r"https://veille\.example\.fr/m/avis/\S+", first)
                if url.endswith(f".{world.number(QUIET)}"))  # fmt: skip
    assert world.pages.get(link).status_code == 200
    assert app.opinions.all() == []
    assert world.pages.post(link, data={"avis": "not_for_me", "raison": "known"}).status_code == 200
    assert len(app.opinions.all()) == 1
    agenda = next(iter(re.findall(r"https://veille\.example\.fr/m/agenda/\S+", first)))
    before = event(world.pages.get(agenda).text, world.number(MOVES))

    # In the afternoon staff are told what came of it.
    assert world.at(23, 17) == ["rapport hebdo 2026-W43 : remis à equipe@pole.example.fr"]

    # The night when 02:30 comes twice: nothing happens twice.
    for fold in (0, 1):
        assert world.at(25, 2, 30, fold=fold) == []

    # Next week a deadline is put off, and one call is new.
    later = Call(MOVES.number, MOVES.title, "18 décembre 2026")
    world.site.pages["/appels.xml"] = feed(later, RECALLED, QUIET, ROBOTIC, FRESH)
    assert world.at(26, 8) == []
    (told,) = world.at(28, 8)
    assert told.startswith("brouillon hebdo 2026-W44 : 1 bulletins")
    app.digest.approve(by="Claire")
    assert world.at(30, 7, 29) == []
    assert world.at(30, 7, 30) == ["édition hebdo 2026-W44 : 1 mail remis sur 1"]
    assert world.clock.now() == datetime(2026, 10, 30, 6, 30, tzinfo=UTC)

    second = world.text_of(ANNE)
    assert "échéance reportée du 13 novembre au 18 décembre" in second
    assert FRESH.title in second
    assert "dernier rappel" in second
    assert RECALLED.title in second
    assert QUIET.title not in second  # sent, unchanged
    assert [one.recipients for one in sink.taken].count([BOB]) == 1
    assert len({one.message_id for one in sink.taken}) == len(sink.taken) == 4  # three bulletins and a report

    # Her calendar: the same event, moved.
    after = event(world.pages.get(agenda).text, world.number(MOVES))
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) == int(before["SEQUENCE"]) + 1
    assert (before["DTSTART"], after["DTSTART"]) == ("VALUE=DATE:20261113", "VALUE=DATE:20261218")

    # The recall is the only one, and nothing else comes back.
    world.at(30, 17)
    world.clock.advance(timedelta(days=5))
    app.run_due()
    (built,) = app.digest.build()
    assert [one.bulletin for one in built.drafted] == [None, None]
    assert [app.issue_store.find("hebdo", week).state for week in ("2026-W43", "2026-W44")] == [IssueState.DONE] * 2  # type: ignore[union-attr]
