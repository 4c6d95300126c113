"""Whatever the bytes, only ParseError comes out, and nothing unsafe comes through."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from veille.config.mapping import expressions
from veille.crawl.apis import payload as limits
from veille.crawl.apis.readers import APIS, read_api, read_json_api
from veille.errors import ParseError
from veille.model import ParsedFeed, Source

URL = "https://api.exemple/v1/aids?limit=10"
MAPPING = {
    "items": "results", "next": "next", "id": "id", "title": "name", "link": "url", "published": "date_created",
    "updated": "date_updated", "deadline": "submission_deadline", "text": ["description", "to_string(@)"],
    "categories": "categories[]", "cpv": "codes", "amount": "loan_amount", "financer": "financers[0]",
}  # fmt: skip
FIELDS = MAPPING | {"items": "results", "text": ["description"]}
KEYS = (
    "results", "records", "record", "fields", "recordid", "next", "total_count", "nhits", "id", "slug", "name", "url",
    "description", "eligibility", "financers", "categories", "submission_deadline", "date_created", "date_updated",
    "loan_amount", "subvention_rate_lower_bound", "subvention_rate_upper_bound", "is_call_for_project", "origin_url",
    "perimeter", "titre", "promesse", "opérateur de contact", "autres opérateurs", "conditions d'éligibilité",
    "eligibilityData", "validity", "end", "fin de validité", "objectifs", "codes",
)  # fmt: skip
#: Fields of the APIs that search or want keys, each with what holds a record there and names it.
FIELDS_OF = {
    "boamp": (
        "idweb", "nature", "etat", "dateparution", "datelimitereponse", "nomacheteur", "titulaire", "code_departement",
        "type_marche", "descripteur_libelle", "url_avis", "annonce_lie", "donnees", "nature_categorise_libelle",
    ),
    "ted": (
        "publication-number", "publication-date", "notice-type", "form-type", "official-language", "links",
        "title-proc", "description-lot", "title-lot", "buyer-name", "classification-cpv", "place-of-performance",
        "buyer-country", "deadline-receipt-tender-date-lot", "estimated-value-proc", "estimated-value-cur-proc",
        "html", "fra", "FRA",
    ),
    "sedia": (
        "type", "status", "identifier", "callTitle", "startDate", "deadlineDate", "keywords", "budgetOverview",
        "descriptionByte", "mainCpvCode", "cftLeadContractingAuthorityCode", "cftEstimatedOverallContractAmount",
    ),
    "les-aides": ("numero", "sigle", "validation", "generation", "implantation", "uri", "moyens", "resume"),
    "aides-entreprises": (
        "id_aid", "aid_objet", "aid_montant", "aid_validation", "date_fin", "horodatage", "couverture_geo",
        "cache_indexation", "complements", "financeurs", "natures", "territoires", "source", "lien", "org_nom",
    ),
}  # fmt: skip
WRAPPED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "boamp": lambda one: {"total_count": 9, "results": [{**one, "objet": "Aide"}]},
    "ted": lambda one: {"notices": [{**one, "notice-title": {"fra": "Aide"}}], "iterationNextToken": "x"},
    "sedia": lambda one: {"totalResults": 9, "results": [{**one, "metadata": {**one, "title": ["Aide"]}}]},
    "les-aides": lambda one: {"dispositifs": [{**one, "nom": "Aide"}], "depassement": True},
    "aides-entreprises": lambda one: {"data": [{**one, "aid_nom": "Aide", "status": "1"}]},
}
ODD = st.sampled_from(
    [
        *(
            "",
            "\x00",
            "\ud800",
            "\u202egnp",
            "javascript:alert(1)",
            "https://a.exemple/x",
            "//[",
            "http://[::1",
            "\\\\a\\b",
        ),
        *(
            "2026-02-31",
            "20261301 99:99",
            "2027-01-01+99:99",
            "0001-01-01",
            "9" * 400,
            "<p>" * 50,
            "&#xD800;",
            "é" * 600,
        ),
        *(1e308, -1, 0, 10**30, True, False, None, 1e999, [], {}, [[]], [{}], [None]),
    ]
)
VALUES = st.recursive(
    ODD | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=25,
)
TAGS = st.sampled_from(
    [
        *(
            "<TED_EXPORT>",
            "</TED_EXPORT>",
            "<ANNONCE>",
            "</ANNONCE>",
            "<ContractNotice>",
            "</ContractNotice>",
            "<a:b>",
            "&a;",
        ),
        *(
            "<GESTION>",
            "</GESTION>",
            "<REFERENCE>",
            "</REFERENCE>",
            "<OBJET>",
            "</OBJET>",
            "<LOT>",
            "</LOT>",
            "<P>",
            "</P>",
        ),
        *("<CODED_DATA_SECTION>", "</CODED_DATA_SECTION>", "<FORM_SECTION>", "</FORM_SECTION>", "<F02_2014 LG='FR'>"),
        *(
            "</F02_2014>",
            "<TITLE>",
            "</TITLE>",
            "<VALUE TYPE='GLOBAL' CURRENCY='EUR'>",
            "</VALUE>",
            "<ProcurementProject>",
        ),
        *(
            "</ProcurementProject>",
            "<Name languageID='FRA'>",
            "</Name>",
            "<NoticeTypeCode listName='competition'/>",
            "<IDWEB>",
        ),
        *(
            "</IDWEB>",
            "<RESUME_OBJET>",
            "</RESUME_OBJET>",
            "<!DOCTYPE a [<!ENTITY a 'b'>]>",
            "<!--",
            "-->",
            "<?pi ?>",
            "é",
            "7",
        ),
        *(
            "<EndDate>2027-99-99+99:00</EndDate>",
            "<![CDATA[",
            "]]>",
            "\x00",
            "\x0b",
            "&#0;",
            "&#xD800;",
            "<ID>00-x</ID>",
        ),
    ]
)


def source(api: str) -> Source:
    options: dict[str, Any] = {"mapping": FIELDS if api == "opendatasoft" else MAPPING, "query": "CY=FRA"}
    kind = "json" if api == "json" else "api"
    return Source(id="x", title="X", kind=kind, url=URL, options=options if kind == "json" else {**options, "api": api})


def read(api: str, body: bytes) -> ParsedFeed:
    reader = read_json_api if api == "json" else read_api
    return reader(body, "", URL, source(api))


def harmless(feed: ParsedFeed) -> None:
    for entry in feed.entries:
        for said in (
            entry.title,
            entry.text,
            entry.author or "",
            *entry.categories,
            *entry.facts.cpv,
            entry.guid or "",
        ):
            said.encode()
            assert "\x00" not in said
        assert entry.title
        assert entry.link is None or urlsplit(entry.link).scheme in {"http", "https"}
        (entry.facts.financer or "").encode()
        for sum_ in (entry.facts.amount, entry.facts.amount_min, entry.facts.amount_max):
            assert sum_ is None or 0 < sum_ <= 1e14
        assert entry.facts.rate is None or 0 < entry.facts.rate <= 100
        facts = entry.facts
        named = (*facts.financers, *facts.audiences, *facts.territories, facts.contact or "", facts.reference or "")
        for said in named:
            said.encode()
            assert "\x00" not in said
    assert feed.next is None or urlsplit(feed.next.url).hostname == "api.exemple"


EVERY = st.sampled_from([*sorted(APIS), "json"])
SLOW = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(
    EVERY, VALUES | st.builds(lambda one: {"results": [one], "total_count": 99}, VALUES) | st.lists(VALUES, max_size=3)
)
@SLOW
def test_any_json(api: str, document: Any) -> None:
    with suppress(ParseError):
        harmless(read(api, json.dumps(document).encode("utf-8", "surrogatepass")))


@given(
    st.sampled_from(["aides-territoires", "opendatasoft", "json"]),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=12),
)
@SLOW
def test_any_record_under_a_title(api: str, record: dict[str, Any]) -> None:
    document = {"results": [{**record, "name": "Aide"}], "next": record.get("next"), "total_count": record.get("nhits")}
    feed = read(api, json.dumps(document).encode("utf-8", "surrogatepass"))
    assert len(feed.entries) == 1
    harmless(feed)


def record_of(api: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    inner = VALUES | st.dictionaries(st.sampled_from(FIELDS_OF[api]), VALUES, max_size=4) | ODD.map(json.dumps)
    return st.tuples(st.just(api), st.dictionaries(st.sampled_from(FIELDS_OF[api]), inner, max_size=10))


@given(st.sampled_from(sorted(FIELDS_OF)).flatmap(record_of))
@SLOW
def test_any_record_of_a_search_under_a_title(found: tuple[str, dict[str, Any]]) -> None:
    api, record = found
    feed = read(api, json.dumps(WRAPPED[api](record)).encode("utf-8", "surrogatepass"))
    assert len(feed.entries) == (0 if api == "sedia" and "DATASOURCE" in record else 1)
    harmless(feed)


@given(EVERY, st.binary(max_size=200))
@SLOW
def test_any_bytes(api: str, body: bytes) -> None:
    with suppress(ParseError):
        harmless(read(api, body))


@given(st.lists(TAGS, max_size=30), st.sampled_from(["ANNONCE", "TED_EXPORT", "ContractNotice", "x"]))
@SLOW
def test_any_tags_inside_a_notice(tags: list[str], root: str) -> None:
    with suppress(ParseError):
        harmless(read("notices", f"<{root}>{''.join(tags)}</{root}>".encode("utf-8", "surrogatepass")))


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["a", "[", "]", "@", ".", "*", "||", "&", "`1`", "'x'", "{a: b}", "sort(", ")", "-1", "?"]),
        max_size=20,
    ).map("".join)
)
@SLOW
def test_any_expression_is_accepted_or_refused_in_words(expression: str) -> None:
    with suppress(ValueError):
        expressions({"title": expression})
        harmless(read("json", b'{"results": [{"name": "Aide", "n": [1, "a", null]}]}'))


@pytest.mark.parametrize("api", [*sorted(APIS), "json"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00" * 50,
        b"[" * 200_000,
        b'{"results":' * 50_000,
        b'{"results": [{"name": ' + b"9" * 6_000 + b"}]}",
        b'{"results": [1, "x", null, [[]]]',
        "\ufeff<html><body>Accès refusé</body></html>".encode(),
        b"<a " + b"b='c' " * 50_000 + b"/>",
        "{}".encode("utf-16"),
    ],
    ids=["empty", "nul", "deep list", "deep table", "long number", "cut", "html", "attributes", "utf-16"],
)
def test_hostile_documents_are_refused_in_words(api: str, body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        read(api, body)
    assert caught.value.message
    assert caught.value.cure


@pytest.mark.parametrize("api", [*sorted(APIS), "json"])
def test_a_body_beyond_the_cap_is_refused_before_it_is_read(api: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits.MAX_BYTES == 50_000_000
    monkeypatch.setattr(limits, "MAX_BYTES", 1_000)
    with pytest.raises(ParseError, match="plus de"):
        read(api, b" " * 1_001)
