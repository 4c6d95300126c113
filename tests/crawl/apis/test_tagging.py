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
from veille.crawl.apis.mapped import read_mapped
from veille.crawl.apis.notices import read_notices
from veille.crawl.apis.tee import read_tee
from veille.model import Origin, ParsedEntry, Scheme, Tagged, TextToTag
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
