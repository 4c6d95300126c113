"""What a structured source states wins over what its text seems to say: the real tagger on what the readers make."""

import json
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.shared import shared
from veille.crawl.apis.aides_territoires import read_aides_territoires
from veille.crawl.apis.boamp_records import read_boamp
from veille.crawl.apis.mapped import read_mapped
from veille.crawl.apis.notices import read_notices
from veille.crawl.apis.sedia import read_sedia
from veille.crawl.apis.ted_search import read_ted
from veille.crawl.apis.tee import read_tee
from veille.model import Origin, ParsedEntry, Request, Scheme, Tagged, TextToTag
from veille.nlp.tagger import SpacyTagger, load_tagger

ROOT = Path(__file__).resolve().parents[3]
URL = "https://api.exemple/v1/aids"
RESULTS = "laureats-attributions"


@cache
def tagger() -> SpacyTagger:
    return load_tagger([ROOT])


def tagged(entries: Any, source_type: str | None = None) -> list[tuple[ParsedEntry, Tagged]]:
    listed = list(entries)
    texts = [
        TextToTag(
            id=str(place), title=entry.title, text=entry.text, published=entry.published, lang=entry.language,
            facts=entry.facts, source_type=source_type,
        )
        for place, entry in enumerate(listed)
    ]  # fmt: skip
    return list(zip(listed, tagger().tag(texts), strict=True))


def main_type(found: Tagged) -> str:
    return found.of(Scheme.TYPE)[0].term


def notices(folder: str) -> list[ParsedEntry]:
    files = sorted(shared("corpus", "payloads", folder).glob("*.xml"))
    return [entry for file in files for entry in read_notices(file.read_bytes(), url=URL).feed.entries]


def test_stated_facts_win_over_the_text() -> None:
    record = {
        "t": "Fours pour la Bretagne",
        "s": "Date limite de dépôt : 3 mars 2027. Enveloppe : 12 000 €. Le tourisme breton est visé.",
        "d": "2027-05-31", "cpv": "33100000", "nuts": "FRK26", "a": 750_000,
    }  # fmt: skip
    mapping = {"title": "t", "text": "s", "deadline": "d", "cpv": "cpv", "nuts": "nuts", "amount": "a"}
    ((_, found),) = tagged(read_mapped(json.dumps([record]).encode(), url=URL, mapping=mapping).feed.entries)
    deadline, amount = found.fact("deadline"), found.fact("amount_total")
    assert deadline is not None
    assert (deadline.value[:10], deadline.origin) == ("2027-05-31", Origin.FACT)
    assert amount is not None
    assert (amount.value, amount.origin) == ("750000", Origin.FACT)
    assert found.of(Scheme.TERRITORY)[0].term == "fr:departement:69"
    assert any(said.where == "cpv" for tag in found.of(Scheme.SECTOR)[:1] for said in tag.evidence)


def test_a_call_flag_says_what_the_words_do_not() -> None:
    aid = {"id": 1, "url": "/a/", "name": "Subvention aux fours", "description": "Aide aux artisans."}
    flags = {}
    for flag in (True, False):
        body = json.dumps({"results": [{**aid, "is_call_for_project": flag}]}).encode()
        ((_, found),) = tagged(read_aides_territoires(body, url=URL).feed.entries)
        flags[flag] = (main_type(found), found.of(Scheme.TYPE)[0].origin)
    assert flags == {True: ("appel-a-projets", Origin.FACT), False: ("subvention-aide", Origin.CUE)}


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["ted", "eforms", "boamp"])
def test_an_award_is_never_an_open_call(folder: str) -> None:
    for entry, found in tagged(notices(folder), "marche-public"):
        deadline = found.fact("deadline")
        if entry.categories[0] == "avis de marché":
            assert main_type(found) == "marche-public"
            stated = entry.facts.deadline.isoformat() if entry.facts.deadline else None
            assert (deadline.value[:10] if deadline else None) == stated
        else:
            assert deadline is None
        if entry.categories[0].startswith(("avis d'attribution", "modification")):
            assert main_type(found) == RESULTS


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["ted", "eforms", "boamp"])
def test_codes_of_a_notice_name_its_place_and_what_it_buys(folder: str) -> None:
    counts: Counter[str] = Counter()
    for entry, found in tagged(notices(folder), "marche-public"):
        if entry.facts.nuts:
            assert any(tag.origin is Origin.FACT for tag in found.of(Scheme.TERRITORY))
        if entry.facts.cpv:
            coded = any(said.where == "cpv" for tag in found.of(Scheme.SECTOR) for said in tag.evidence)
            counts["coded" if coded else "bare"] += 1
    assert counts["coded"] >= 0.9 * counts.total()


@pytest.mark.shared
def test_real_aids_keep_their_deadline_call_flag_and_perimeter() -> None:
    payload = shared("corpus", "payloads", "aides_territoires_api.json").read_bytes()
    placed: Counter[bool] = Counter()
    for entry, found in tagged(read_aides_territoires(payload, url=URL).feed.entries):
        deadline = found.fact("deadline")
        if entry.facts.deadline:
            assert deadline is not None
            assert deadline.value[:10] == entry.facts.deadline.isoformat()
        assert (found.of(Scheme.TYPE)[0].origin is Origin.FACT) == bool(entry.facts.call)
        printed = next(
            line.removeprefix("Périmètre : ") for line in entry.text.split("\n") if line.startswith("Périmètre : ")
        )
        if printed.endswith(("(Région)", "(Département)", "(EPCI)")):
            name = printed.rsplit(" (", 1)[0].lower()
            mains = [tag for tag in found.of(Scheme.TERRITORY) if tag.scope == "main"]
            placed[
                any(said.text.lower() in name or name in said.text.lower() for tag in mains for said in tag.evidence)
            ] += 1
    assert placed[True] >= 0.95 * placed.total()


@pytest.mark.shared
def test_real_programmes_keep_the_end_of_their_validity() -> None:
    payload = shared("corpus", "payloads", "tee_programs.json").read_bytes()
    for entry, found in tagged(read_tee(payload, url=URL).feed.entries):
        deadline = found.fact("deadline")
        if entry.facts.deadline:
            assert deadline is not None
            assert date.fromisoformat(deadline.value[:10]) == entry.facts.deadline


@pytest.mark.shared
def test_what_real_aids_state_of_place_public_and_dates_are_tags_and_facts_of_that_origin() -> None:
    payload = shared("corpus", "payloads", "aides_territoires_api.json").read_bytes()
    placed: Counter[bool] = Counter()
    for entry, found in tagged(read_aides_territoires(payload, url=URL).feed.entries):
        placed[any(tag.origin is Origin.FACT for tag in found.of(Scheme.TERRITORY))] += 1
        named = {name for name in entry.facts.audiences if name != "Particuliers"}
        assert not named or any(tag.origin is Origin.FACT for tag in found.of(Scheme.AUDIENCE)), entry.facts.audiences
        for name, value in (("opening", entry.facts.opening), ("rate", entry.facts.rate), ("financer", entry.author)):
            said = found.fact(name)
            assert value is None or (said is not None and said.origin is Origin.FACT), (name, value)
    assert placed[True] >= 0.75 * placed.total(), "the others are river basins, GAL, SCOT"


@pytest.mark.parametrize(
    ("read", "territory", "coded"),
    [
        (lambda: read_boamp(BOAMP, url=URL), "fr:departement:63", "cpv"),
        (lambda: read_ted(TED, asked=Request(url=URL), options={}), "fr:departement:69", "cpv"),
    ],
    ids=["boamp", "ted"],
)
def test_departements_and_codes_of_notices_are_tags_of_that_origin(read: Any, territory: str, coded: str) -> None:
    ((entry, found),) = tagged(read().feed.entries, "marche-public")
    places = {tag.term: tag.origin for tag in found.of(Scheme.TERRITORY)}
    assert places.get(territory) is Origin.FACT
    assert any(said.where == coded for tag in found.of(Scheme.SECTOR) for said in tag.evidence)
    deadline, reference = found.fact("deadline"), found.fact("reference")
    assert (deadline and (deadline.value[:10], deadline.origin)) == ("2027-03-31", Origin.FACT)
    assert (reference and reference.value) == entry.facts.reference


BOAMP = json.dumps({"total_count": 1, "results": [{
    "idweb": "27-12345", "objet": "Achat d'équipements médicaux", "nomacheteur": "Hôpital de Test",
    "nature": "APPEL_OFFRE", "dateparution": "2027-01-15", "datelimitereponse": "2027-03-31T10:00:00+00:00",
    "code_departement": ["63"],
    "donnees": json.dumps({"OBJET": {"CPV": {"PRINCIPAL": "33100000"}}}),
}]}).encode()  # fmt: skip
TED = json.dumps({"notices": [{
    "publication-number": "12345-2027", "publication-date": "2027-01-15+01:00", "form-type": "competition",
    "notice-title": {"fra": "France – Équipements médicaux – Achat"}, "place-of-performance": ["FRA", "FRK26"],
    "classification-cpv": ["33100000"], "deadline-receipt-tender-date-lot": ["2027-03-31+02:00"],
}]}).encode()  # fmt: skip


def test_a_call_of_the_union_states_its_envelope_its_opening_and_its_status() -> None:
    budget = {"budgetTopicActionMap": {"1": [{"action": "T-1 - RIA", "budgetYearMap": {"2027": 5_000_000}}]}}
    body = json.dumps({"results": [{"metadata": {
        "identifier": ["T-1"], "title": ["Better ovens"], "type": ["1"], "status": ["31094501"],
        "startDate": ["2027-01-10T00:00:00.000+0000"], "deadlineDate": ["2027-03-31T00:00:00.000+0000"],
        "budgetOverview": [json.dumps(budget)],
    }}]}).encode()  # fmt: skip
    ((_, found),) = tagged(read_sedia(body, url=URL, now=None).feed.entries)
    told = {name: (fact.value[:10], fact.origin) for name in ("deadline", "opening", "amount_total", "status")
            if (fact := found.fact(name))}  # fmt: skip
    assert told == {
        "deadline": ("2027-03-31", Origin.FACT),
        "opening": ("2027-01-10", Origin.FACT),
        "amount_total": ("5000000", Origin.FACT),
        "status": ("upcoming", Origin.FACT),
    }
    assert main_type(found) == "appel-a-projets"
    assert found.of(Scheme.TYPE)[0].origin is Origin.FACT
