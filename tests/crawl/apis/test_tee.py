"""Transition écologique des entreprises: the real catalogue of programmes."""

import json
from datetime import date

import pytest

from tests.shared import shared
from veille.crawl.apis.tee import read_tee
from veille.errors import ParseError
from veille.model import CallStatus, StructuredFacts

URL = "https://tee.exemple/programs.json"


@pytest.mark.shared
def test_every_real_programme_becomes_an_entry() -> None:
    payload = shared("corpus", "payloads", "tee_programs.json").read_bytes()
    raw = json.loads(payload)
    entries = read_tee(payload, url=URL).feed.entries
    assert [entry.guid for entry in entries] == [one["id"] for one in raw]
    assert sum(entry.facts.deadline is not None for entry in entries) == sum("fin de validité" in one for one in raw)
    assert all(entry.title.startswith(" ".join(one["titre"].split())) for entry, one in zip(entries, raw, strict=True))
    assert all(entry.facts.financer == one["opérateur de contact"] for entry, one in zip(entries, raw, strict=True))
    assert all(entry.link for entry in entries)
    assert sum(entry.facts.opening is not None for entry in entries) == sum("début de validité" in one for one in raw)
    limited = [one for one in raw if 0 < len(one["eligibilityData"]["company"].get("allowedRegion", [])) < 12]
    assert sum(bool(entry.facts.territories) for entry in entries) == len(limited) == 56
    assert sum("Administrations publiques" in entry.facts.audiences for entry in entries) == 37
    for entry, one in zip(entries, raw, strict=True):
        if not one.get("url"):
            assert (entry.link or "").endswith(f"/aides-entreprise/{entry.guid}")


def test_conditions_amounts_and_validity_are_printed() -> None:
    programme = {
        "id": "diag",
        "titre": "Diagnostic four",
        "promesse": "Faites le **point**",
        "opérateur de contact": "Agence",
        "autres opérateurs": ["Chambre"],
        "nature de l'aide": "étude",
        "montant du financement": "Jusqu'à 5 000 €",
        "conditions d'éligibilité": {"secteur géographique": ["Bretagne"], "taille de l'entreprise": ["TPE"]},
        "fin de validité": "31/12/2027",
        "objectifs": [{"description": "Appelez"}, None, 3],
    }
    (entry,) = read_tee(json.dumps([programme, None, "x"]).encode(), url=URL).feed.entries
    assert entry.title == "Diagnostic four — Faites le **point**".replace("**", "")
    assert entry.text.split("\n") == [
        "Faites le point",
        "Opérateurs : Agence, Chambre",
        "Nature de l'aide : étude",
        "Montant du financement : Jusqu'à 5 000 €",
        "Secteur géographique : Bretagne",
        "Taille de l'entreprise : TPE",
        "Fin de validité : 31 décembre 2027",
        "Appelez",
    ]
    assert entry.facts == StructuredFacts(
        deadline=date(2027, 12, 31), financer="Agence", financers=("Agence", "Chambre"), audiences=("Entreprises",)
    )


def test_where_for_whom_and_whether_it_is_open_are_facts() -> None:
    programme = {
        "id": "diag", "titre": "Diagnostic four", "début de validité": "06/02/2027",
        "contact question": "mailto:a@b.exemple",
        "aide temporairement indisponible": "oui",
        "eligibilityData": {"company": {"allowedRegion": ["Bretagne"], "openToPublicAdministration": True}},
    }  # fmt: skip
    (entry,) = read_tee(json.dumps([programme]).encode(), url=URL).feed.entries
    assert entry.facts == StructuredFacts(
        opening=date(2027, 2, 6), contact="a@b.exemple", status=CallStatus.CLOSED, territories=("Bretagne",),
        audiences=("Entreprises", "Administrations publiques"),
    )  # fmt: skip


@pytest.mark.parametrize("body", [b"[]", b"{}", b'[{"a": 1}]', b"3"])
def test_another_document_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="Transition écologique"):
        read_tee(body, url=URL)
