"""Aides-territoires: real answers of API v1.1, and what a later page or a hostile one may say."""

import html
import json
import re
from datetime import date
from typing import Any

import pytest

from tests.shared import shared
from veille.crawl.apis.aides_territoires import read_aides_territoires
from veille.crawl.apis.asking import newest_first
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry, StructuredFacts

URL = "https://aides.exemple/api/aids/?page=1"


def answer(*aids: dict[str, Any], **fields: Any) -> bytes:
    return json.dumps({"count": len(aids), "next": None, "previous": None, "results": list(aids), **fields}).encode()


def aid(**fields: Any) -> dict[str, Any]:
    return {"id": 7, "url": "/aides/une-aide/", "name": "Aide aux fours économes", **fields}


def only(**fields: Any) -> ParsedEntry:
    (entry,) = read_aides_territoires(answer(aid(**fields)), url=URL).feed.entries
    return entry


def first_word(markup: str) -> str:
    return next(iter(re.sub(r"<[^>]+>", " ", html.unescape(markup)).split()), "")


@pytest.mark.shared
def test_every_real_aid_becomes_an_entry_with_its_facts() -> None:
    payload = shared("corpus", "payloads", "aides_territoires_api.json").read_bytes()
    raw = json.loads(payload)["results"]
    entries = read_aides_territoires(payload, url=URL).feed.entries
    assert len(entries) == len(raw) == 291
    for entry, stated in zip(entries, raw, strict=True):
        assert entry.guid == str(stated["id"])
        assert entry.link == "https://aides.exemple" + stated["url"]
        assert (entry.facts.deadline and entry.facts.deadline.isoformat()) == stated["submission_deadline"]
        financers = tuple(re.sub(r"[ \n]+", " ", name) for name in stated["financers"])
        assert (entry.facts.financer, entry.facts.financers) == (financers[0] if financers else None, financers)
        assert (entry.facts.opening and entry.facts.opening.isoformat()) == stated["start_date"]
        assert entry.facts.rate == stated["subvention_rate_upper_bound"]
        assert entry.facts.audiences == tuple(dict.fromkeys(stated["targeted_audiences"]))
        assert entry.facts.territories == (" ".join(stated["perimeter"].split()),)
        assert (entry.facts.contact or "").startswith(first_word(stated["contact"]))
        rolling = stated["recurrence"] == "Permanente" and not stated["submission_deadline"]
        assert (entry.facts.status is CallStatus.ROLLING) == rolling
        assert entry.facts.call == stated["is_call_for_project"]
        assert f"Périmètre : {' '.join(stated['perimeter'].split())}" in entry.text
        assert entry.published is not None


def test_all_that_helps_is_printed_for_reader_and_tagger() -> None:
    entry = only(
        description="<p>On remplace les <b>fours</b>.</p>",
        eligibility="<p>Être artisan.</p>",
        financers=["Région Exemple", "État"],
        targeted_audiences=["Entreprises privées"],
        aid_types=["Subvention"],
        categories=["Énergies|Économies"],
        is_call_for_project=True,
        start_date="2027-01-01",
        predeposit_date="2027-02-15",
        submission_deadline="2027-03-31",
        subvention_rate_lower_bound=20,
        subvention_rate_upper_bound=50,
        loan_amount=150000,
        origin_url="https://financeur.exemple/aide",
    )
    assert entry.text.split("\n") == [
        "On remplace les fours.",
        "Nature : appel à projets",
        "Financeurs : Région Exemple, État",
        "Publics visés : Entreprises privées",
        "Types d'aide : Subvention",
        "Taux de subvention : de 20 à 50 %",
        "Montant du prêt : jusqu'à 150 000 €",
        "Ouverture : 1er janvier 2027",
        "Date limite de pré-dépôt : 15 février 2027",
        "Date limite de dépôt : 31 mars 2027",
        "Conditions d'éligibilité :",
        "Être artisan.",
        "Page du financeur : https://financeur.exemple/aide",
    ]
    assert entry.categories == ("Énergies", "Économies")
    assert (entry.facts.deadline, entry.facts.call) == (date(2027, 3, 31), True)


def test_the_next_page_is_followed_on_its_own_host_only() -> None:
    def following(target: Any) -> str | None:
        return read_aides_territoires(answer(aid(), next=target), url=URL).next

    assert following("http://aides.exemple/api/aids/?page=2") == "https://aides.exemple/api/aids/?page=2"
    assert following("/api/aids/?page=2") == "https://aides.exemple/api/aids/?page=2"
    assert following("https://ailleurs.exemple/api/aids/?page=2") is None
    assert following("file:///etc/passwd") is None
    assert following(URL) is None
    assert following(["x"]) is None


def test_wrong_types_cost_a_field_never_the_list() -> None:
    entry = only(financers="Région", categories={"a": 1}, submission_deadline=12, description=["x"], loan_amount="NaN")
    assert entry.facts.financer == "Région"
    assert entry.facts.deadline is None
    assert entry.facts.call is None


def test_an_unsafe_link_is_dropped() -> None:
    assert (
        only(url="javascript:alert(1)", origin_url="https://financeur.exemple/a").link == "https://financeur.exemple/a"
    )


def test_another_answer_is_refused_with_the_name_of_the_api() -> None:
    with pytest.raises(ParseError, match="Aides-territoires"):
        read_aides_territoires(b'{"detail": "Authentication required"}', url=URL)


def test_an_answer_without_any_title_is_a_changed_api() -> None:
    with pytest.raises(ParseError, match="aucun titre"):
        read_aides_territoires(answer({"id": 1}, {"id": 2}), url=URL)


def test_the_newest_are_asked_for_first_unless_the_url_says_otherwise() -> None:
    assert newest_first(URL) == f"{URL}&order_by=publication_date&itemsPerPage=100"
    chosen = f"{URL}&order_by=submission_deadline&size=20"
    assert newest_first(chosen) == chosen


def test_fields_of_later_versions_are_read_where_they_are() -> None:
    entry = only(
        perimeter="Bretagne", perimeter_scale="Région", subvention_comment="Plafond selon l'effectif", is_charged=True,
        categories=["Énergies / Économies"],
    )  # fmt: skip
    assert entry.text.split("\n") == [
        "Périmètre : Bretagne (Région)",
        "Précisions sur la subvention : Plafond selon l'effectif",
        "Accès payant : oui",
    ]
    assert only(perimeter="Bretagne (Région)", perimeter_scale="Région").text == "Périmètre : Bretagne (Région)"


def test_fields_of_their_own_are_facts_that_the_tagger_trusts() -> None:
    entry = only(
        start_date="2027-01-01", subvention_rate_upper_bound=50, loan_amount=150_000, perimeter="Bretagne (Région)",
        targeted_audiences=["Communes"], financers_full=[{"id": 1, "name": "Région Exemple"}],
        contact="<p>Service Énergie<br>02 00 00 00 00</p>",
    )  # fmt: skip
    assert entry.facts == StructuredFacts(
        opening=date(2027, 1, 1), rate=50.0, amount_max=150_000.0, territories=("Bretagne (Région)",),
        audiences=("Communes",), financer="Région Exemple", financers=("Région Exemple",),
        contact="Service Énergie 02 00 00 00 00",
    )  # fmt: skip
    assert "02 00" not in entry.text, "an address in the text would pass for the area of the aid"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"recurrence": "Permanente"}, CallStatus.ROLLING),
        ({"recurrence": "Permanente", "submission_deadline": "2027-01-31"}, None),
        ({"recurrence": "Ponctuelle"}, None),
        ({"is_live": False, "recurrence": "Permanente"}, CallStatus.CLOSED),
    ],
)
def test_an_aid_without_end_is_rolling_and_a_withdrawn_one_closed(fields: dict[str, Any], status: Any) -> None:
    assert only(**fields).facts.status is status


def test_values_that_no_aid_can_have_are_left() -> None:
    facts = only(subvention_rate_upper_bound=250, loan_amount=-3, targeted_audiences={"a": 1}, perimeter=["x"]).facts
    assert facts == StructuredFacts()
