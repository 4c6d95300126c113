"""An instance with one sent issue, and its pages behind a test client."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile, copytree

import pytest
from starlette.testclient import TestClient

from tests.digest.builders import item, store_items
from veille.app import App
from veille.config.settings import load_settings
from veille.links import LinkMaker
from veille.model import Member, Subscriber
from veille.testing import FrozenClock
from veille.web.app import create_app
from veille.web.member.front import Front
from veille.web.serving import front_of

#: The Wednesday of the draft; the issue leaves on Friday.
WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
ANNE, BOB = "anne@phytalis.example.fr", "bob@robotix.example.fr"


@dataclass
class Site:
    app: App
    front: Front
    client: TestClient
    clock: FrozenClock

    @property
    def links(self) -> LinkMaker:
        keys = self.app.keys
        return LinkMaker(keys, "", self.clock.now().date(), keys.newest)

    def person(self, email: str) -> Subscriber:
        return next(one for one in self.app.members.subscribers() if one.email == email)


def make_home(home: Path, template: Path, more: str = "") -> Path:
    """Write an instance with two members and six calls; `more` stands below [site] in its settings."""
    (home / "var").mkdir(parents=True)
    copyfile(template, home / "var" / "veille.sqlite")
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\nname = "Pôle Nutrition & Santé"\ncontact = "equipe@pole.example.fr"\n'
        'postal_address = "12 rue des Puys, 63000 Clermont-Ferrand"\n'
        f'[site]\nurl = "https://veille.example.fr"\n{more}[mail]\nsender = "veille@pole.example.fr"\n',
        encoding="utf-8",
    )
    (home / "sources.yaml").write_text("version: 1\nsources: []\n", encoding="utf-8")
    app = App(load_settings(home), clock=FrozenClock(WEDNESDAY))
    app.members.save(
        [
            (
                Member(organisation="Phytalis", sectors=("agroalimentaire",), activity=("extraits végétaux",)),
                [Subscriber(email=ANNE)],
            ),
            (
                Member(organisation="Robotix", sectors=("industrie-du-futur",), activity=("robots soudeurs",)),
                [Subscriber(email=BOB)],
            ),
        ],
        origin="test",
        now=WEDNESDAY,
    )
    trades = (("agroalimentaire", "extraits végétaux"), ("industrie-du-futur", "robots soudeurs"))
    calls = [
        item(number, sector=sector, title=f"Appel à projets {number} : {words}")
        for number in range(1, 7)
        for sector, words in [trades[number % 2]]
    ]
    store_items(app.database, calls)
    app.close()
    return home


def open_site(home: Path, now: datetime) -> Site:
    """Open an instance at an instant, with its pages."""
    clock = FrozenClock(now)
    app = App(load_settings(home), clock=clock)
    front = front_of(app)
    client = TestClient(
        create_app(front, app.returning, app.publishing),
        base_url="https://veille.example.fr",
        raise_server_exceptions=False,
    )
    return Site(app, front, client, clock)


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path):
    site = open_site(make_home(tmp_path / "maison", sqlite_template), WEDNESDAY)
    yield site
    site.app.close()


def send(site: Site) -> None:
    """Draft, approve and send the issue of that week."""
    site.app.digest.build("hebdo")
    send_made(site)


def send_made(site: Site) -> None:
    """Approve and send the draft as it stands."""
    site.app.digest.approve(by="Claire", name="hebdo")
    site.clock.advance(FRIDAY - WEDNESDAY)
    site.app.digest.send("hebdo")


def sent_house(home: Path, template: Path, more: str = "") -> Path:
    """The same, its issue sent: made once, copied for each test."""
    site = open_site(make_home(home, template, more), WEDNESDAY)
    send(site)
    site.app.close()
    return home


@pytest.fixture(scope="session")
def sent_home(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sent_house(tmp_path_factory.mktemp("parti") / "maison", sqlite_template)


@pytest.fixture
def sent(sent_home: Path, tmp_path: Path):
    site = open_site(Path(copytree(sent_home, tmp_path / "maison")), FRIDAY)
    yield site
    site.app.close()
