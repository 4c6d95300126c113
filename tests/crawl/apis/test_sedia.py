"""The search of the EU Funding & Tenders portal, in the shapes that public clients record."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from veille.crawl.apis.asking import first_request
from veille.crawl.apis.sedia import read_sedia
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry, Source

URL = "https://api.exemple/search-api/prod/rest/search?apiKey=SEDIA&text=***&pageSize=100&pageNumber=1"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ID = "HORIZON-TEST-2027-01-01"
BUDGET = {
    "budgetTopicActionMap": {
        "1": [
            {"action": f"{ID} - HORIZON-RIA", "budgetYearMap": {"2027": 12_000_000, "2028": "3000000"},
             "minContribution": 2_000_000, "maxContribution": 4_000_000, "expectedGrants": 5},
            {"action": "HORIZON-TEST-2027-01-02 - HORIZON-IA", "budgetYearMap": {"2027": 99_000_000}},
        ]
    },
    "budgetYearsColumns": ["2027"],
}  # fmt: skip


def record(**metadata: Any) -> dict[str, Any]:
    return {
        "reference": "51234567TOPICSen",
        "url": f"https://ec.exemple/data/topicDetails/{ID.lower()}.json",
        "summary": "Better ovens",
        "language": "en",
        "metadata": {
            "identifier": [ID], "title": ["Better ovens"], "type": ["1"], "status": ["31094502"],
            "callTitle": ["Industry 2027"], "startDate": ["2026-10-01T00:00:00.000+0000"],
            "deadlineDate": ["2026-09-15T00:00:00.000+0000", "2027-04-06T00:00:00.000+0000"],
            "deadlineModel": ["two-stage"], "typesOfAction": ["HORIZON-RIA"], "DATASOURCE": ["SEDIA"],
            "keywords": ['["ovens", "industry"]'], "budgetOverview": [json.dumps(BUDGET)],
            "descriptionByte": ["<p>Expected <b>outcome</b>: fewer losses.</p>"],
            **metadata,
        },
    }  # fmt: skip


def answer(*records: Any, total: int | None = None) -> bytes:
    return json.dumps({"totalResults": len(records) if total is None else total, "results": list(records)}).encode()


def only(now: datetime | None = NOW, **metadata: Any) -> ParsedEntry:
    (entry,) = read_sedia(answer(record(**metadata)), url=URL, now=now).feed.entries
    return entry


def test_a_topic_becomes_an_entry_with_its_facts() -> None:
    entry = only()
    assert (entry.guid, entry.title, entry.language) == (f"sedia:{ID}", "Better ovens", "en")
    assert entry.link == (
        f"https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/opportunities/topic-details/{ID}"
    ), "the topic's own file is dead: people open its page"
    facts = entry.facts
    assert (facts.deadline, facts.opening) == (date(2027, 4, 6), date(2026, 10, 1))
    assert (facts.amount, facts.amount_min, facts.amount_max) == (15_000_000, 2_000_000, 4_000_000)
    assert (facts.call, facts.status, facts.reference) == (True, CallStatus.OPEN, ID)
    assert facts.financer == "Commission européenne"
    assert "Expected outcome: fewer losses." in entry.text
    assert "Dates limites : 15 septembre 2026, 6 avril 2027" in entry.text
    assert entry.categories == ("ovens", "industry")
    assert entry.published is None, "the day a call opens is not that of its publication"


@pytest.mark.parametrize(
    ("dates", "now", "deadline"),
    [
        (["2026-09-15", "2027-04-06"], NOW, date(2027, 4, 6)),
        (["2027-09-15", "2027-04-06"], NOW, date(2027, 4, 6)),
        (["2026-01-15", "2026-04-06"], NOW, date(2026, 4, 6)),
        (["2026-09-15", "2027-04-06"], None, date(2026, 9, 15)),
        ([], NOW, None),
        (["bientôt", 3, None], NOW, None),
    ],
)
def test_the_next_of_several_cut_off_dates_is_the_deadline(dates: Any, now: Any, deadline: date | None) -> None:
    assert only(now, deadlineDate=dates).facts.deadline == deadline


def test_a_call_that_stayed_open_after_its_last_deadline_is_not_said_open() -> None:
    assert only(deadlineDate=["2024-01-01"]).facts.status is None
    assert only(deadlineDate=["2024-01-01"], status=["31094503"]).facts.status is CallStatus.CLOSED
    assert only(status=["31094501"]).facts.status is CallStatus.UPCOMING
    assert only(status=["9"]).facts.status is None


def test_a_tender_has_a_buyer_codes_and_an_amount() -> None:
    buyers = [{"name": "Agence B"}, {"name": "Agence A", "isLeadAuthority": True}]
    raw = record(
        type=["0"], identifier=["EC-TEST/2027/OP/0001"], mainCpvCode=["42300000"], keywords=None,
        cftLeadContractingAuthorityCode=[json.dumps(buyers)],
        cftEstimatedOverallContractAmount=["600000"], cftEstimatedOverallContractAmountCurrency=["EUR"],
    )  # fmt: skip
    raw["url"] = "https://ec.exemple/portal/tender-details/17"
    (entry,) = read_sedia(answer(raw), url=URL, now=NOW).feed.entries
    assert entry.link == "https://ec.exemple/portal/tender-details/17"
    assert (entry.facts.financer, entry.facts.cpv, entry.facts.amount) == ("Agence A", ("42300000",), 600_000)
    assert entry.facts.call is None
    assert "Nature : marché" in entry.text


def test_a_call_in_cascade_is_named_by_its_own_title_and_reference() -> None:
    raw = record(type=["8"], callTitle=["Third-party call"], title=["Parent project"])
    raw["url"] = "https://ec.exemple/portal/competitive-calls-cs/9"
    (entry,) = read_sedia(answer(raw), url=URL, now=NOW).feed.entries
    assert (entry.title, entry.guid) == ("Third-party call", "sedia:51234567TOPICS")


def test_what_an_archive_adds_is_left_out_and_a_budget_of_another_topic_is_not_ours() -> None:
    assert read_sedia(answer(record(DATASOURCE=["OLD"])), url=URL, now=NOW).feed.entries == ()
    facts = only(identifier=["HORIZON-AUTRE"]).facts
    assert (facts.amount, facts.amount_min) == (None, None)


@pytest.mark.parametrize("wrong", [None, 3, "x", ["{"], [[1]], {"a": 1}, ["[" * 5000]])
def test_wrong_types_cost_a_field_never_the_record(wrong: Any) -> None:
    names = ("keywords", "budgetOverview", "deadlineDate", "startDate", "cftLeadContractingAuthorityCode", "status")
    assert only(**dict.fromkeys(names, wrong), type=["0"]).title == "Better ovens"


def test_pages_are_numbered_until_the_total() -> None:
    assert read_sedia(answer(record(), total=250), url=URL, now=NOW).next == URL.replace(
        "text=***&pageSize=100&pageNumber=1", "text=%2A%2A%2A&pageSize=100&pageNumber=2"
    )
    last = URL.replace("pageNumber=1", "pageNumber=3")
    assert read_sedia(answer(record(), total=250), url=last, now=NOW).next is None
    assert read_sedia(answer(total=250), url=URL, now=NOW).next is None


def test_the_question_is_a_form_of_json_parts_the_same_for_the_same_options() -> None:
    options = {"api": "sedia", "text": "ovens", "types": ("grant",), "programmes": ("43108390",), "language": "fr"}
    source = Source(id="s", title="S", kind="api", url=URL.partition("?")[0], options=options)
    asked = first_request(source, source.url)
    assert asked == first_request(source, source.url)
    assert asked.url.endswith("?apiKey=SEDIA&text=ovens&pageSize=100&pageNumber=1")
    body = (asked.body or b"").decode()
    assert asked.content_type.startswith("multipart/form-data; boundary=veille-")
    assert asked.content_type.partition("boundary=")[2] in body
    assert '{"terms": {"type": ["1"]}}' in body
    assert '{"terms": {"status": ["31094502", "31094501"]}}' in body
    assert '{"terms": {"frameworkProgramme": ["43108390"]}}' in body
    assert '["fr"]' in body


def test_another_answer_is_refused() -> None:
    with pytest.raises(ParseError, match="SEDIA"):
        read_sedia(b'{"type": "businessError"}', url=URL, now=NOW)
