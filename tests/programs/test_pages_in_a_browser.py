"""Members' pages as readers meet them: a real browser opens links and presses buttons, in light, dark, on a phone."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import uvicorn

from tests.programs.browser import Browser
from tests.web.calendar_form import read
from tests.web.conftest import ANNE, Site, sent, sent_home  # noqa: F401 - fixtures
from veille.model import Opinion, ProfileDraft

pytestmark = pytest.mark.chromium
#: axe-core, where the packages of `tests/programs/node` are there.
AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(chromium, tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture
def served(sent: Site) -> Iterator[str]:  # noqa: F811
    """The pages over HTTP on loopback; gives their address."""
    config = uvicorn.Config(sent.client.app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_leaving_takes_a_button_and_one_more_comes_back(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    browser.open(served + sent.links.unsubscribe(sent.person(ANNE).id))
    assert not sent.app.members.suppressed([ANNE])
    browser.click("button")
    assert sent.app.members.suppressed([ANNE])
    assert "nous n’écrirons plus" in browser.text()
    browser.click("button")
    assert not sent.app.members.suppressed([ANNE])


def test_preferences_are_ticked_and_kept(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    browser.open(served + sent.links.preferences(sent.person(ANNE).id))
    browser.set("document.querySelector('[value=paused]').checked = true")
    browser.set("document.querySelector('[name=reprise]').value = '2027-01-04'")
    browser.set("document.querySelector('[name=mots]').value = 'restauration collective'")
    browser.set("document.querySelector('[name=langue][value=fr]').checked = true")
    browser.click("form button")
    person = sent.person(ANNE)
    assert (person.rhythm, str(person.paused_until)) == ("paused", "2027-01-04")
    assert (person.muted, person.languages) == (("restauration collective",), ("fr",))
    assert "jusqu’au 4 janvier 2027" in browser.text()


def test_a_vote_asks_its_reason_says_what_changes_and_is_taken_back(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    person = sent.person(ANNE)
    browser.open(served + sent.links.opinion(person.id, 4))
    assert browser.value("document.querySelector('fieldset').closest('form').checkValidity()") is False
    browser.set("document.querySelector('[value=other_trade]').checked = true")
    browser.click("fieldset ~ button")
    (said,) = sent.app.opinions.of(person.id)
    assert (said.opinion, said.reason) == (Opinion.NOT_FOR_ME, "other_trade")
    assert "Vous avez dit : pas pour moi (hors de notre métier)" in browser.text()
    assert "ne vous sera plus proposé" in browser.text()
    browser.click("section:nth-of-type(2) button")
    assert sent.app.opinions.of(person.id) == []


def test_interest_is_said_and_withdrawn(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    person = sent.person(ANNE)
    browser.open(served + sent.links.opinion(person.id, 4))
    browser.click("section:nth-of-type(1) button")
    assert [one.opinion for one in sent.app.opinions.of(person.id)] == [Opinion.WANTED]
    assert "aucun autre membre" in browser.text()
    browser.click("section:nth-of-type(1) button")
    assert sent.app.opinions.of(person.id) == []


def test_the_bulletin_reads_online_and_deadlines_are_a_calendar(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    person = sent.person(ANNE)
    browser.open(served + sent.links.bulletin(person.id, "hebdo", "2026-W48"))
    assert "préparé pour Phytalis" in browser.text()
    with urlopen(served + sent.links.calendar(person.id)) as answer:
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.read().count(b"BEGIN:VEVENT") == 3


def test_the_calendar_is_kept_by_the_browser_as_it_was_served(
    browser: Browser,
    served: str,
    sent: Site,  # noqa: F811
    tmp_path: Path,
) -> None:
    link = sent.links.calendar(sent.person(ANNE).id)
    folder = tmp_path / "recus"
    folder.mkdir()
    kept = browser.download(served + link, folder)
    assert kept.name == "echeances.ics"
    assert kept.read_bytes() == sent.client.get(link).content
    assert {one["UID"] for one in read(kept.read_bytes())} == {f"echeance-{n}@pole.example.fr" for n in (2, 4, 6)}


def pages(site: Site) -> dict[str, str]:
    """Every page of a reader, each in the state that shows the most."""
    person, links = site.person(ANNE), site.links
    site.client.post(links.opinion(person.id, 2), data={"avis": "wanted"})
    site.client.post(links.opinion(person.id, 2), data={"avis": "not_for_me", "raison": "other_trade"})
    draft = ProfileDraft(
        member_id=person.member_id, field="needs", value="enrobage sans dioxyde de titane",
        origin=f"https://phytalis.example.fr/{'besoins' * 20}", quote=f"Un {'enrobage' * 30}.", at=site.clock.now(),
    )  # fmt: skip
    site.app.drafts.propose([draft])
    return {
        "accueil": "/",
        "introuvable": "/m/avis/faux",
        "desinscription": links.unsubscribe(person.id),
        "preferences": links.preferences(person.id),
        "avis": links.opinion(person.id, 4),
        "avis-donne": links.opinion(person.id, 2),
        "bulletin": links.bulletin(person.id, "hebdo", "2026-W48"),
        "profil": links.profile(person.id),
        "donnees": links.holdings(person.id),
    }


def test_every_page_fits_runs_nothing_and_satisfies_axe(browser: Browser, served: str, sent: Site) -> None:  # noqa: F811
    axe = AXE.read_text(encoding="utf-8") if AXE.exists() else ""
    for name, path in pages(sent).items():
        for width, dark in ((1000, False), (1000, True), (375, False), (375, True)):
            browser.dress(width=width, dark=dark)
            browser.open(served + path)
            # Not innerWidth: a phone widens it until all is in.
            assert browser.value("document.documentElement.scrollWidth") <= width, name
            assert browser.value("document.scripts.length") == 0, name
            if axe:
                browser.value(axe)
                found = browser.value("axe.run().then(all => all.violations.map(one => [one.id, one.nodes[0].html]))")
                assert found == [], (name, width, dark)
