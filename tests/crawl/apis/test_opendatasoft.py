"""Opendatasoft datasets: the real shape of v1, those of v2.0 and v2.1, and paging."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.shared import shared
from veille.crawl.apis.asking import first_page
from veille.crawl.apis.opendatasoft import read_opendatasoft
from veille.errors import ParseError

V1 = "https://data.exemple/api/records/1.0/search/?dataset=aides&rows=50"
V2 = "https://data.exemple/api/explore/v2.1/catalog/datasets/aides/records"
MAPPING = {"id": "id_aide", "title": "titre", "deadline": "date_cloture", "financer": "porteur"}
IDF = {
    "id": "id_aide",
    "title": "nom_de_l_aide_de_la_demarche",
    "link": "url_descriptif",
    "published": "date_ouverture",
    "updated": "date",
    "deadline": "date_cloture",
    "financer": "porteur_aide",
    "text": ["chapo_txt", "objectif_txt", "modalite_txt"],
    "categories": ["theme", "mots_cles"],
}


def read(document: Any, url: str = V2, mapping: Any = None) -> Any:
    return read_opendatasoft(json.dumps(document).encode(), url=url, mapping=mapping or MAPPING)


@pytest.mark.shared
def test_every_real_record_of_the_ile_de_france_dataset_is_read() -> None:
    payload = shared("corpus", "payloads", "ods_v1_ile_de_france_aides.json").read_bytes()
    raw = [record["fields"] for record in json.loads(payload)["records"]]
    page = read_opendatasoft(payload, url=V1, mapping=IDF)
    assert [entry.link for entry in page.feed.entries] == [one["url_descriptif"] for one in raw]
    assert sum(entry.facts.deadline is not None for entry in page.feed.entries) == sum(
        "date_cloture" in one for one in raw
    )
    assert {entry.facts.financer for entry in page.feed.entries} == {one["porteur_aide"] for one in raw}
    assert page.next == f"{V1}&start=50"


def test_the_three_shapes_of_a_record_are_one() -> None:
    fields = {"titre": "Aide", "date_cloture": "2027-03-30T22:00:00+00:00", "porteur": "Région"}
    shapes = (
        ({"total_count": 1, "results": [fields]}, V2),
        ({"total_count": 1, "records": [{"record": {"id": "x", "fields": fields}}]}, V2.replace("v2.1", "v2.0")),
        ({"nhits": 1, "records": [{"recordid": "x", "fields": fields}]}, V1),
    )
    for document, url in shapes:
        (entry,) = read(document, url).feed.entries
        # midnight in Paris on the 31st: the day that French people read
        assert (entry.title, entry.facts.deadline, entry.facts.financer) == ("Aide", date(2027, 3, 31), "Région")


def test_paging_goes_on_by_offset_until_the_total() -> None:
    records = [{"titre": f"Aide {number}"} for number in range(100)]
    page = read({"total_count": 230, "results": records}, f"{V2}?where=a%3D1&limit=100")
    assert page.next == f"{V2}?where=a%3D1&limit=100&offset=100"
    last = read({"total_count": 230, "results": records[:30]}, f"{V2}?limit=100&offset=200")
    assert last.next is None


def test_paging_stops_where_the_api_does() -> None:
    records = [{"titre": "Aide"}] * 100
    assert read({"total_count": 99_999, "results": records}, f"{V2}?limit=100&offset=9900").next is None
    near = read({"total_count": 99_999, "results": records}, f"{V2}?limit=100&offset=9850").next
    assert near == f"{V2}?limit=50&offset=9950"


@pytest.mark.parametrize("total", [None, "230", [], True])
def test_a_total_that_is_none_ends_the_list(total: Any) -> None:
    assert read({"total_count": total, "results": [{"titre": "Aide"}]}).next is None


def test_the_first_page_asks_for_as_many_as_may_be() -> None:
    assert first_page(V2) == f"{V2}?limit=100"
    assert first_page(f"{V2}?limit=20") == f"{V2}?limit=20"
    assert first_page(V1.removesuffix("&rows=50")) == V1.replace("rows=50", "rows=100")


def test_dates_become_instants() -> None:
    record = {"titre": "Aide", "le": "2026-01-02T03:04:05+00:00"}
    (entry,) = read({"results": [record]}, mapping={"title": "titre", "published": "le"}).feed.entries
    assert entry.published == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_another_answer_is_refused() -> None:
    with pytest.raises(ParseError, match="Opendatasoft"):
        read({"error_code": "ODSQLError"})
