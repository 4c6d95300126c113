"""A mapping of JMESPath expressions: what it reads, and which ones are refused at load."""

import json
from datetime import date
from typing import Any

import pytest

from veille.config.mapping import evaluate, expressions
from veille.crawl.apis.mapped import read_mapped
from veille.errors import ParseError

URL = "https://api.exemple/v1/calls?size=2"
MAPPING = {
    "items": "data.calls",
    "next": "links.next",
    "id": "reference",
    "title": "label.fr || label.en",
    "link": "href",
    "published": "dates.opening",
    "deadline": "dates.closing",
    "text": ["summary", "join(' : ', ['Publics', target])"],
    "categories": "tags[].name",
    "cpv": "codes.cpv",
    "naf": "codes.naf",
    "nuts": "codes.nuts",
    "amount": "budget.max",
    "financer": "funders[0].name",
}
CALL = {
    "reference": 12,
    "label": {"fr": "Fours de demain"},
    "href": "/calls/12",
    "dates": {"opening": "2026-11-02", "closing": "2027-01-29T17:00:00+01:00"},
    "summary": "<p>Des fours <b>sobres</b>.</p>",
    "target": "artisans",
    "tags": [{"name": "énergie"}, {"name": "artisanat"}],
    "codes": {"cpv": ["39221000"], "naf": "10.71", "nuts": ["FRK"]},
    "budget": {"max": "300 000,50"},
    "funders": [{"name": "Région Exemple"}],
}


def read(document: Any, mapping: Any = None) -> Any:
    return read_mapped(json.dumps(document).encode(), url=URL, mapping=mapping or MAPPING)


def test_a_mapping_reads_an_api_that_no_code_knows() -> None:
    page = read({"data": {"calls": [CALL]}, "links": {"next": "/v1/calls?size=2&page=2"}})
    (entry,) = page.feed.entries
    assert (entry.guid, entry.title, entry.link) == ("12", "Fours de demain", "https://api.exemple/calls/12")
    assert entry.text == "Des fours sobres.\nPublics : artisans"
    assert entry.categories == ("énergie", "artisanat")
    assert (entry.facts.cpv, entry.facts.naf, entry.facts.nuts) == (("39221000",), ("10.71",), ("FRK",))
    assert (entry.facts.deadline, entry.facts.amount) == (date(2027, 1, 29), 300_000.5)
    assert entry.facts.financer == "Région Exemple"
    assert page.next == "https://api.exemple/v1/calls?size=2&page=2"


def test_a_list_at_the_root_needs_no_items() -> None:
    assert [one.title for one in read([{"t": "Un"}, {"t": "Deux"}, 3, None], {"title": "t"}).feed.entries] == [
        "Un",
        "Deux",
    ]


def test_what_does_not_apply_to_one_record_costs_that_field_only() -> None:
    mapping = {"title": "t", "text": ["floor(n)", "join(',', n)", "sort(n)", "n.*"], "amount": "n"}
    for odd in (1e999, "x", None, [1, "a"], {"a": 1}, True):
        body = json.dumps([{"t": "Un", "n": odd}]).encode()
        (entry,) = read_mapped(body, url=URL, mapping=mapping).feed.entries
        assert entry.title == "Un"
        assert entry.facts.amount is None


def test_a_mapping_that_finds_nothing_says_so() -> None:
    with pytest.raises(ParseError, match=r"aucune liste .*data\.calls"):
        read({"data": {}})
    with pytest.raises(ParseError, match="aucun titre"):
        read({"data": {"calls": [{"reference": 1}]}})


def test_an_empty_list_is_no_error() -> None:
    assert read({"data": {"calls": []}}).feed.entries == ()


@pytest.mark.parametrize(
    ("mapping", "cause"),
    [
        ({"titre": "t"}, "clé inconnue « titre »"),
        ({"title": "a["}, "expression incorrecte"),
        ({"title": ""}, "expression incorrecte"),
        ({"title": "(" * 300}, "expression incorrecte"),
        ({"title": "a" * 301}, "300 caractères"),
        ({"title": ["a", "b"]}, "une seule expression"),
        ({"title": 3}, "une seule expression"),
        ({"text": []}, "une liste"),
        ({"text": ["a"] * 13}, "une liste de 12"),
        ({"text": " | ".join(["[@, @][]"] * 20)}, "trop compliquée"),
        ({"title": "unknown_function("}, "expression incorrecte"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_at_load(mapping: Any, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        expressions(mapping)


def test_a_function_that_does_not_exist_finds_nothing() -> None:
    assert evaluate("nothing(@)", {}) is None
