"""The public archive tells what was sent and nothing of anybody."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest

from tests.digest.builders import bulletin, subscriber
from veille.config.brand import Brand
from veille.digest.publishing.archive import Archive, Publisher, entries
from veille.digest.publishing.feeds import Channel, Entry, calendar, json_feed, newest_first, rss
from veille.digest.publishing.public import Printed, published
from veille.model import Drafted, Issue, IssueState, Line, Section

AT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
WHO = Publisher(
    name="Pôle & Cie", contact="veille@pole.example.fr", postal_address="1 rue du Port, 29200 Brest",
    address="https://veille.pole.example.fr/archives", domain="pole.example.fr", brand=Brand(),
)  # fmt: skip


def issue(number: int = 1, *, digest: str = "hebdo", state: IssueState = IssueState.DONE, week: int = 48) -> Issue:
    return Issue(
        id=number, digest=digest, period=f"2026-W{week}", state=state, built_at=AT, approved_at=AT,
        approved_by="Claire",
        frame={"title": "La veille de la semaine", "day": "2026-11-27"},
    )  # fmt: skip


def line(number: int, **changes: object) -> Line:
    values: dict[str, object] = {
        "item_id": number, "item_version": 2, "title": f"Titre <{number}> & cætera",
        "url": f"https://exemple.fr/{number}?a=1&b=2",
        "facts": ("AAP", "AURA"), "deadline": "mardi 8 décembre", "verb": "clôt", "badge": "J-11",
        "reasons": ("votre besoin « sarcopénie »",), "sources": ("Région",), "closes": "2026-12-08",
        "eligibility": "non éligible", "eligibility_note": "plus de 250 salariés",
        "recall": "déjà vu le 23 octobre", "star": True,
    }  # fmt: skip
    return Line(**{**values, **changes})  # type: ignore[arg-type]


def drafted(number: int, **sections: Sequence[Line]) -> Drafted:
    titles = {"seize": "À saisir", "followed": "Vos noms suivis", "partners": "Avec qui ?", "understand": "À lire",
              "deadlines": "Échéances proches"}  # fmt: skip
    made = tuple(Section(kind=kind, title=titles[kind], lines=tuple(lines)) for kind, lines in sections.items())
    return Drafted(subscriber=subscriber(number, first_name="Anne"), bulletin=bulletin(number, sections=made))


class Issues:
    def __init__(self, held: dict[int, tuple[Issue, list[Drafted]]]) -> None:
        self.held = held
        self.read: list[int] = []

    def issues(self, states: Sequence[IssueState], *, limit: int) -> list[Issue]:
        return [one for one, _ in sorted(self.held.values(), key=lambda pair: -pair[0].id) if one.state in states][
            :limit
        ]

    def printed(self, issue_id: int) -> Printed:
        self.read.append(issue_id)
        return Printed.whole(self.held[issue_id][1])


def archive(*held: tuple[Issue, list[Drafted]]) -> Archive:
    return over(Issues({one.id: (one, what) for one, what in held}))


def over(issues: Issues) -> Archive:
    return Archive(issues, WHO, printed=issues.printed, digests=["hebdo"])


def everything(found: Archive) -> dict[str, str]:
    return {path: one.body.decode() for path in found.paths() if (one := found.find(path)) is not None}


def test_nothing_of_anybody_is_in_any_file() -> None:
    found = everything(archive((issue(), [drafted(1, seize=[line(1)], followed=[line(2)], partners=[line(3)])])))
    private = ("Phytalis", "Anne", "personne1@", "sarcopénie", "éligible", "250 salariés", "déjà vu", "Claire",
               "Titre &lt;2&gt;", "Titre <2>", "Titre <3>", "Vos noms suivis")  # fmt: skip
    assert {(path, word) for path, text in found.items() for word in private if word in text} == set()


def test_what_one_member_follows_shows_only_where_others_had_it_for_itself() -> None:
    both = [drafted(1, followed=[line(7)]), drafted(2, understand=[line(7)])]
    assert [one.item_id for one in published(issue(), Printed.whole(both)).lines] == [7]
    assert published(issue(), Printed.whole(both[:1])).lines == ()


def test_a_call_stands_once_with_its_link_whoever_had_it_where() -> None:
    held = [drafted(1, deadlines=[line(4)]), drafted(2, seize=[line(4), line(5, url=None)])]
    edition = published(issue(), Printed.whole(held))
    (section,) = edition.sections
    assert (section.kind, section.title, [one.item_id for one in section.lines]) == ("seize", "À saisir", [4])


def test_editions_under_way_and_alerts_are_not_published() -> None:
    held = [(issue(1), [drafted(1, seize=[line(1)])]), (issue(2, state=IssueState.SENDING, week=49), []),
            (issue(3, digest="alerte"), [])]  # fmt: skip
    assert [path for path in archive(*held).paths() if path.startswith("editions/")] == ["editions/hebdo-2026-W48.html"]
    assert archive(*held).find("editions/hebdo-2026-W49.html") is None


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "editions/", "editions/hebdo-2026-W48", "flux.ics", "flux.", "x.css", "archive.py"]
)
def test_a_path_that_was_not_listed_leads_nowhere(path: str) -> None:
    assert archive((issue(), [drafted(1, seize=[line(1)])])).find(path) is None


def test_the_feed_is_read_by_a_feed_reader() -> None:
    found = archive((issue(), [drafted(1, seize=[line(1), line(2, title="Un \x00titre\ufffe\u202e")])]))
    raw = found.find("flux.xml")
    assert raw is not None
    read = feedparser.parse(raw.body)
    assert not read.bozo
    assert read.feed.title == "La veille · Pôle & Cie"
    assert {one.title for one in read.entries} == {"Titre <1> & cætera", "Un titre"}
    first = next(one for one in read.entries if one.title.startswith("Titre"))
    assert (first.link, first.id) == ("https://exemple.fr/1?a=1&b=2", "tag:pole.example.fr,2026:item-1")
    assert "clôt mardi 8 décembre" in first.summary
    assert ET.fromstring(raw.body).find("channel/{http://www.w3.org/2005/Atom}link") is not None


def test_json_feed_and_calendar_hold_the_same_items() -> None:
    found = archive((issue(), [drafted(1, seize=[line(1), line(2, closes="", deadline="")])]))
    data = json.loads(everything(found)["flux.json"])
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert {one["_veille"]["item"] for one in data["items"]} == {1, 2}
    told = everything(found)["echeances.ics"]
    assert "UID:echeance-1@pole.example.fr" in told
    assert "SEQUENCE:1" in told
    assert told.count("BEGIN:VEVENT") == 1


def test_an_item_keeps_its_place_and_takes_its_last_words() -> None:
    def entry(day: int, title: str, item: int = 1) -> Entry:
        return Entry(
            item_id=item,
            moves=day - 1,
            title=title,
            url=None,
            told=(),
            at=AT.replace(day=day),
            closes=date(2026, 12, 8),
        )

    kept = newest_first([entry(20, "neuf"), entry(6, "ancien"), entry(13, "autre", 2)], 10)
    assert [one.title for one in kept] == ["autre", "neuf"]
    channel = Channel(title="t", about="a", home="https://x.fr/", address="https://x.fr/f", domain="x.fr", entries=kept)
    assert b"<title>neuf</title>" in rss(channel)
    assert b"SEQUENCE:19" in calendar(channel)
    assert json.loads(json_feed(channel))["items"][0]["title"] == "autre"


def test_the_archive_is_written_as_a_folder_whose_links_lead_somewhere(tmp_path: Path) -> None:
    found = archive((issue(1, week=47), [drafted(1, seize=[line(1)])]), (issue(2), [drafted(1, seize=[line(2)])]))
    assert found.write(tmp_path) == 7
    index = (tmp_path / "index.html").read_text()
    assert index.index("hebdo-2026-W48") < index.index("hebdo-2026-W47")
    assert "vendredi 27\u00a0novembre 2026" in index
    for target in ("editions/hebdo-2026-W48.html", "flux.xml", "flux.json", "echeances.ics", "archive.css"):
        assert f'href="{target}"' in index
        assert (tmp_path / target).is_file()
    page = (tmp_path / "editions" / "hebdo-2026-W48.html").read_text()
    assert 'href="../archive.css"' in page
    assert "Titre &lt;2&gt; &amp; cætera" in page


def test_an_edition_is_read_once() -> None:
    issues = Issues({1: (issue(), [drafted(1, seize=[line(1)])])})
    found = over(issues)
    everything(found)
    assert issues.read == [1]


def test_an_empty_archive_says_so() -> None:
    assert "Aucune édition" in everything(archive())["index.html"]
    assert list(entries(published(issue(), Printed.whole([])))) == []
