"""Counted links: off, nothing in a mail's item links is anybody's; on, an item's day is counted and nobody else."""

import re
from pathlib import Path
from shutil import copytree

import pytest

from tests.web.conftest import ANNE, BOB, FRIDAY, Site, open_site, sent_house
from veille.model import Issue

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


def mails(site: Site) -> dict[str, str]:
    """Each reader's mail, decoded."""
    from email import message_from_bytes, policy

    found = {}
    for path in (site.app.settings.home / "var" / "mail").glob("hebdo*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        found[str(mail["To"])] = "".join(part.get_content() for part in mail.iter_parts())
    return found


def item_links(text: str) -> set[str]:
    return set(re.findall(r"https?://[^\s\"<>]+", text)) - {
        link for link in re.findall(r"https?://[^\s\"<>]+", text) if "/m/" in link
    }


def test_counting_is_off_and_links_are_direct_and_the_same_for_everybody(sent: Site) -> None:
    texts = mails(sent)
    assert len(texts) == 2
    assert "aucun lien suivi" in texts[ANNE]
    for text in texts.values():
        links = item_links(text)
        assert links
        assert not [link for link in links if "veille.example.fr" in link], "no link of an item passes by us"
        for person in (ANNE, BOB):
            number = str(sent.person(person).id)
            assert not [link for link in links if f"={number}" in link or f".{number}." in link]


@pytest.fixture(scope="module")
def counting_home(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sent_house(tmp_path_factory.mktemp("compte") / "maison", sqlite_template, "count_links = true\n")


@pytest.fixture
def counting(counting_home: Path, tmp_path: Path):
    """The same, its links counted."""
    site = open_site(Path(copytree(counting_home, tmp_path / "maison")), FRIDAY)
    yield site
    site.app.close()


def counted(site: Site) -> list[str]:
    return sorted(link for link in item_links(mails(site)[ANNE]) if "/l/" in link)


def issue_of(site: Site) -> Issue:
    issue = site.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None
    return issue


def openings(site: Site) -> int:
    return sum((site.app.returning.signs.signs(issue_of(site).id, counted=True).opened or {}).values())


def test_who_asks_what_is_held_is_told_of_the_counts(counting: Site) -> None:
    page = counting.client.get(counting.links.holdings(counting.person(ANNE).id)).text
    assert "comptés par article et par jour" in page
    assert "aucune ouverture" not in page


def test_counted_links_are_the_same_for_everybody_and_the_mail_says_so(counting: Site) -> None:
    issue = issue_of(counting)
    for one in counting.app.issue_store.drafted(issue.id):
        assert one.bulletin is not None
        made = {counting.links.item("hebdo", "2026-W48", line.item_id) for line in one.bulletin.lines}
        found = {link for link in item_links(mails(counting)[one.subscriber.email]) if "/l/" in link}
        assert found == {f"https://veille.example.fr{link}" for link in made}, "made without knowing the reader"
    text = " ".join(mails(counting)[ANNE].split())
    assert "comptés par article et par jour, jamais par personne" in text
    assert "aucun lien suivi" not in text
    assert not [link for link in item_links(mails(counting)[ANNE]) if "veille.example.fr" in link and "/l/" not in link]


def test_a_click_leads_to_the_item_and_is_counted_by_day(counting: Site) -> None:
    link = counted(counting)[0]
    answer = counting.client.get(link, headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 302
    target = answer.headers["location"]
    issue = issue_of(counting)
    shown = {
        line.url for one in counting.app.issue_store.drafted(issue.id) if one.bulletin for line in one.bulletin.lines
    }
    assert target in shown
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    counting.client.get(link, headers=BROWSER, follow_redirects=False)
    signs = counting.app.returning.signs.signs(issue.id, counted=True)
    assert signs.by_day == {"2026-11-27": 2}
    with counting.app.database.read() as session:
        rows = list(session.connection().exec_driver_sql("SELECT * FROM link_count").mappings())
    assert [set(row) for row in rows] == [{"issue_id", "item_id", "day", "count"}], "nothing about who"


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", BROWSER),
        ("GET", {"User-Agent": ""}),
        ("GET", {"User-Agent": "python-requests/2"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}),
        ("GET", {"User-Agent": "Mozilla/5.0 BarracudaCentral"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5"}),
        ("GET", BROWSER | {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", BROWSER | {"X-Moz": "prefetch"}),
    ],
)
def test_machines_are_led_on_but_not_counted(counting: Site, method: str, headers: dict[str, str]) -> None:
    answer = counting.client.request(method, counted(counting)[0], headers=headers, follow_redirects=False)
    assert answer.status_code == 302
    assert openings(counting) == 0


def test_no_link_leads_anywhere_but_to_an_item(counting: Site) -> None:
    token = counted(counting)[0].rpartition("/")[2]
    person = counting.person(ANNE)
    forged = [
        token[:-3] + "abc", token + "x", "x", "https:%2F%2Fevil.example", "..%2f..%2fetc",
        counting.links.unsubscribe(person.id).rpartition("/")[2],
        counting.links.opinion(person.id, 1).rpartition("/")[2],
        counting.links.item("hebdo", "2026-W48", 999_999).rpartition("/")[2],
    ]  # fmt: skip
    for one in forged:
        answer = counting.client.get(f"/l/{one}?next=https://evil.example", headers=BROWSER, follow_redirects=False)
        assert answer.status_code == 404, one
        assert "location" not in answer.headers
    assert openings(counting) == 0


def test_an_item_whose_address_is_no_web_address_leads_nowhere(counting: Site) -> None:
    from veille.storage.tables import ItemRow

    link = counted(counting)[0]
    with counting.app.database.write() as session:
        session.query(ItemRow).update({"url": "javascript:alert(1)"})
    assert counting.client.get(link, headers=BROWSER, follow_redirects=False).status_code == 404


def test_the_report_counts_openings_where_they_are_counted(counting: Site) -> None:
    from veille.digest.signs.reporting import report_of
    from veille.digest.signs.wording import headline

    link = counted(counting)[0]
    for _ in range(3):
        counting.client.get(link, headers=BROWSER, follow_redirects=False)
    report = report_of(counting.app.returning.reports, issue_of(counting))
    assert headline(report) == "remis 2, consultés 3 liens, 0 intérêt, 0 réponse"
    assert report.lines[0].opened == 3
