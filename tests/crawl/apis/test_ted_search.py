"""The search of TED v3: fields as it answered them in September 2026 (public recording: see docs)."""

import json
from datetime import date
from typing import Any

import pytest

from veille.crawl.apis.asking import first_request
from veille.crawl.apis.ted_search import read_ted
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry, Request, Source

URL = "https://api.ted.exemple/v3/notices/search"
ASKED = Request(url=URL, body=b"{}")
OPTIONS = {"api": "ted", "query": "buyer-country IN (FRA)"}


def notice(**fields: Any) -> dict[str, Any]:
    number = "612345-2026"
    return {
        "publication-number": number, "publication-date": "2026-09-11+02:00", "notice-type": "cn-standard",
        "form-type": "competition", "official-language": ["FRA"], "contract-nature-main-proc": "supplies",
        "title-proc": {"fra": "Fourniture de fours"}, "buyer-name": {"fra": ["Ville de Test"]},
        "notice-title": {"fra": "France – Fours – Fourniture de fours", "eng": "France – Ovens – Fourniture de fours"},
        "description-lot": {"fra": ["Quatre fours.", "Deux fours."]}, "title-lot": {"fra": ["Lot nord", "Lot sud"]},
        "classification-cpv": ["42300000", "42300000", "42310000"], "buyer-country": ["FRA"],
        "place-of-performance": ["FRA", "FRK26", "FRK26", "FRA"],
        "deadline-receipt-tender-date-lot": ["2026-10-20+02:00", "2026-10-02+02:00"],
        "links": {"html": {"FRA": f"https://ted.exemple/fr/notice/-/detail/{number}"}},
        **fields,
    }  # fmt: skip


def answer(*notices: Any, **more: Any) -> bytes:
    return json.dumps({"notices": list(notices), "totalNoticeCount": len(notices), "timedOut": False, **more}).encode()


def only(**fields: Any) -> ParsedEntry:
    (entry,) = read_ted(answer(notice(**fields)), asked=ASKED, options=OPTIONS).feed.entries
    return entry


def test_a_notice_becomes_an_entry_with_its_facts() -> None:
    entry = only()
    assert (entry.guid, entry.title) == ("ted:612345-2026", "Fourniture de fours")
    assert entry.link == "https://ted.exemple/fr/notice/-/detail/612345-2026"
    assert entry.author == entry.facts.financer == "Ville de Test"
    assert entry.facts.cpv == ("42300000", "42310000")
    assert entry.facts.nuts == ("FRK26",)
    assert entry.facts.deadline == date(2026, 10, 2), "the first of the lots"
    assert entry.facts.reference == "612345-2026"
    assert "Remises selon les lots : 2026-10-02, 2026-10-20" in entry.text
    assert "Type de marché : fournitures" in entry.text
    assert "Quatre fours." in entry.text
    assert "Lot : Lot nord" in entry.text
    assert entry.language == "fr"


@pytest.mark.parametrize(
    ("fields", "head"),
    [
        ({}, ""),
        ({"form-type": "result", "notice-type": "can-standard"}, "Avis d'attribution : "),
        ({"form-type": "dir-awa-pre"}, "Avis d'attribution : "),
        ({"form-type": "cont-modif", "notice-type": "can-modif"}, "Avis d'attribution modifié : "),
        ({"form-type": "planning"}, "Avis d'information : "),
        ({"form-type": "consultation"}, "Avis d'information : "),
        ({"form-type": None, "notice-type": "can-modif"}, "Avis d'attribution modifié : "),
        ({"form-type": None, "notice-type": "pin-only"}, "Avis d'information : "),
        ({"form-type": None, "notice-type": "pin-cfc-standard"}, ""),
        ({"form-type": ["x"], "notice-type": None}, "Avis d'information : "),
    ],
)
def test_only_a_call_may_be_answered(fields: dict[str, Any], head: str) -> None:
    entry = only(**fields)
    assert entry.title == f"{head}Fourniture de fours"
    assert (entry.facts.deadline is None) == bool(head)
    assert entry.facts.status is (CallStatus.CLOSED if "attribution" in head else None)


def test_a_foreign_notice_has_the_title_that_ted_translates_and_the_language_of_its_text() -> None:
    entry = only(
        **{
            "official-language": ["POL"],
            "title-proc": {"pol": "Dostawa pieców"},
            "notice-title": {"fra": "Pologne – Fours – Dostawa pieców", "eng": "Poland – Ovens – Dostawa pieców"},
            "description-lot": {"pol": ["Cztery piece."]},
            "title-lot": {"pol": ["Część 1"]},
            "place-of-performance": ["POL"],
        }
    )
    assert entry.title == "Pologne – Fours – Dostawa pieców"
    assert entry.language == "pl"
    assert entry.facts.nuts == ("PL",)


@pytest.mark.parametrize(
    ("places", "nuts"),
    [
        (["FRA", "FRK"], ("FRK",)),
        (["DEU", "DEA", "DE212"], ("DEA", "DE212")),
        (["ITA", "ITC4"], ("ITC4",)),
        (["AGO"], ()),
        (["FRA", "BEL"], ("FR", "BE")),
        ([], ("FR",)),
        ("FRL0", ("FRL0",)),
        ([3, None, {"a": 1}, "fr101"], ("FR101",)),
    ],
)
def test_codes_of_areas_are_told_from_those_of_countries(places: Any, nuts: tuple[str, ...]) -> None:
    assert only(**{"place-of-performance": places}).facts.nuts == nuts


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({"estimated-value-proc": "250000.00", "estimated-value-cur-proc": "EUR"}, 250_000),
        ({"estimated-value-proc": "1", "estimated-value-cur-proc": "EUR"}, None),
        ({"estimated-value-proc": "250000", "estimated-value-cur-proc": "SEK"}, None),
        ({"estimated-value-lot": ["90000"], "estimated-value-cur-lot": ["EUR"]}, 90_000),
        ({"estimated-value-lot": ["90000", "80000"], "estimated-value-cur-lot": ["EUR"]}, None),
        ({"estimated-value-proc": "beaucoup", "estimated-value-cur-proc": "EUR"}, None),
    ],
)
def test_an_estimate_counts_in_euros_and_lots_are_never_paired(fields: dict[str, Any], amount: float | None) -> None:
    assert only(**fields).facts.amount == amount


def test_requests_to_take_part_come_before_tenders() -> None:
    assert only(**{"deadline-receipt-request-date-lot": ["2026-09-30+02:00"]}).facts.deadline == date(2026, 9, 30)


def test_a_notice_without_link_has_its_page_on_ted() -> None:
    assert only(links=None).link == "https://ted.europa.eu/fr/notice/-/detail/612345-2026"
    assert only(links={"html": {"FRA": "javascript:alert(1)"}}).link.endswith("612345-2026")  # type: ignore[union-attr]
    assert only(links=3, **{"publication-number": "../x"}).link is None


def test_the_search_goes_on_with_the_token_of_the_answer_and_the_same_query() -> None:
    source = Source(id="t", title="T", kind="api", url=URL, options={**OPTIONS, "language": "eng"})
    asked = first_request(source, URL)
    read = read_ted(answer(notice(), iterationNextToken="abc"), asked=asked, options=source.options)
    assert isinstance(read.next, Request)
    before, after = json.loads(asked.body or b""), json.loads(read.next.body or b"")
    assert before["query"] == "(buyer-country IN (FRA)) SORT BY publication-date DESC"
    assert after == {**before, "iterationNextToken": "abc"}
    assert read.next.url == URL
    for last in ({}, {"iterationNextToken": None}, {"iterationNextToken": ""}, {"iterationNextToken": 3}):
        assert read_ted(answer(notice(), **last), asked=asked, options=OPTIONS).next is None
    assert read_ted(answer(iterationNextToken="abc"), asked=asked, options=OPTIONS).next is None


def test_a_search_cut_short_by_the_service_is_read_again() -> None:
    read = read_ted(answer(notice(), timedOut=True), asked=ASKED, options=OPTIONS).feed
    assert not read.complete
    assert "pas eu le temps" in read.remark
    assert len(read.entries) == 1


def test_wrong_types_cost_a_field_never_the_notice() -> None:
    names = ("title-lot", "description-lot", "buyer-name", "classification-cpv", "links", "official-language")
    for wrong in (3, ["x", 3, None], {"fra": {"a": 1}}, "x"):
        assert only(**dict.fromkeys(names, wrong)).title


def test_another_answer_is_refused() -> None:
    with pytest.raises(ParseError, match="TED"):
        read_ted(b'{"message": "Parameter query is invalid"}', asked=ASKED, options=OPTIONS)
