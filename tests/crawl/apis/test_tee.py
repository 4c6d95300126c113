"""Transition écologique des entreprises: the real catalogue of programmes."""

import json
from datetime import date

import pytest

from tests.shared import shared
from veille.crawl.apis.tee import read_tee
from veille.errors import ParseError

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
    assert entry.facts.deadline == date(2027, 12, 31)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'[{"a": 1}]', b"3"])
def test_another_document_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError, match="Transition écologique"):
        read_tee(body, url=URL)
