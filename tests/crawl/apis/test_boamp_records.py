"""Notices of the BOAMP as open data: one notice a record, whose JSON comes in four forms."""

import json
from datetime import date
from typing import Any

import pytest

from veille.crawl.apis.boamp_records import read_boamp
from veille.errors import ParseError
from veille.model import CallStatus, ParsedEntry

URL = "https://boamp.exemple/api/explore/v2.1/catalog/datasets/boamp/records?limit=100&offset=0"
EFORMS = {
    "EFORMS": {
        "ContractNotice": {
            "cac:ProcurementProject": {
                "cbc:Name": {"@languageID": "FRA", "#text": "Réfection des fours"},
                "cbc:Description": {"@languageID": "FRA", "#text": "Dépose puis pose de quatre fours."},
                "cbc:ProcurementTypeCode": {"@listName": "contract-nature", "#text": "works"},
                "cac:MainCommodityClassification": {
                    "cbc:ItemClassificationCode": {"@listName": "cpv", "#text": "42300000"}
                },
                "cac:AdditionalCommodityClassification": [
                    {"cbc:ItemClassificationCode": {"@listName": "cpv", "#text": "45210000"}},
                ],
                "cac:RealizedLocation": {
                    "cac:Address": {"cbc:CountrySubentityCode": {"@listName": "nuts", "#text": "FRK26"}}
                },
                "cac:RequestedTenderTotal": {
                    "cbc:EstimatedOverallContractAmount": {"@currencyID": "EUR", "#text": "85000"}
                },
            },
            "cac:ProcurementProjectLot": {
                "cac:TenderingProcess": {"cac:TenderSubmissionDeadlinePeriod": {"cbc:EndDate": "2027-03-31+02:00"}}
            },
        }
    }
}
DILA = {
    "IDENTITE": {"DENOMINATION": "Commune de Test", "MEL": "marches@test.exemple", "TEL": "04-00-00-00-00"},
    "OBJET": {
        "TITRE_MARCHE": "Voirie",
        "OBJET_COMPLET": "Travaux de voirie communale",
        "CPV": {"PRINCIPAL": "45233140"},
        "LIEU_EXEC_LIVR": {"CODE_NUTS": "FRL01"},
    },
    "CONDITION_DELAI": {"RECEPT_OFFRES": "2027-02-15T12:00:00"},
}
SIMPLE = {
    "FNSimple": {
        "organisme": {"nomOfficiel": "Commune de Test"},
        "initial": {
            "communication": {"adresseMailContact": "mairie@test.exemple", "telContact": "+33 400000000"},
            "natureMarche": {
                "intitule": "Réhabilitation", "description": "Travaux du bâtiment", "dureeMois": "12",
                "codeCPV": {"objetPrincipal": {"classPrincipale": "45000000"}},
                "lieuExecution": "Ville de Test",
            },
            "lots": {"lot": [
                {"intitule": "Maçonnerie", "codeCPV": {"objetPrincipal": {"classPrincipale": "45262500"}}},
                {"intitule": "Peinture", "description": "Murs et plafonds"},
            ]},
        },
    }
}  # fmt: skip
MAPA = {
    "MAPA": {
        "organisme": {"acheteurPublic": "Université de Test", "coord": {"mel": "achats@test.exemple"}},
        "attribution": {
            "attribution": {
                "resultat": {
                    "attribue": {
                        "titulaire": {"PersonneMorale": "Four SAS "}, "montant": {"@devise": "EUR", "valeur": "50044"}
                    }
                }
            }
        },
    }
}  # fmt: skip


def record(donnees: Any = None, **columns: Any) -> dict[str, Any]:
    told = donnees if isinstance(donnees, str | None) else json.dumps(donnees, ensure_ascii=False)
    return {
        "idweb": "27-12345", "objet": "Réfection de fours", "nomacheteur": "Ville de Test", "nature": "APPEL_OFFRE",
        "dateparution": "2027-01-15", "datelimitereponse": "2027-03-30T22:30:00+00:00", "code_departement": ["63"],
        "etat": "INITIAL", "donnees": told, **columns,
    }  # fmt: skip


def answer(*records: Any, total: int | None = None) -> bytes:
    return json.dumps({"total_count": len(records) if total is None else total, "results": list(records)}).encode()


def only(donnees: Any = None, **columns: Any) -> ParsedEntry:
    (entry,) = read_boamp(answer(record(donnees, **columns)), url=URL).feed.entries
    return entry


def test_the_columns_alone_make_an_entry() -> None:
    entry = only(
        type_marche=["TRAVAUX"], descripteur_libelle=["Four", "Chauffage"], procedure_libelle="Procédure adaptée",
        url_avis="https://www.boamp.fr/pages/avis/?q=idweb:27-12345",
    )  # fmt: skip
    assert (entry.guid, entry.title) == ("boamp:27-12345", "Réfection de fours")
    assert entry.link == "https://www.boamp.fr/pages/avis/?q=idweb:27-12345"
    assert entry.author == entry.facts.financer == "Ville de Test"
    assert entry.facts.deadline == date(2027, 3, 31), "half past midnight in Paris"
    assert entry.facts.territories == ("département 63",)
    assert entry.facts.reference == "27-12345"
    assert "Descripteurs : Four, Chauffage" in entry.text
    assert "Type de marché : travaux" in entry.text
    assert str(entry.published)[:10] == "2027-01-14", "midnight in Paris, in universal time"


def test_eforms_inside_are_read_by_the_reader_of_eforms() -> None:
    entry = only(EFORMS, datelimitereponse=None)
    assert entry.facts.cpv == ("42300000", "45210000")
    assert entry.facts.nuts == ("FRK26",)
    assert entry.facts.amount == 85_000
    assert entry.facts.deadline == date(2027, 3, 31)
    assert "Dépose puis pose de quatre fours." in entry.text
    assert entry.title == "Réfection de fours", "the column is what people search by"


def test_the_schema_of_the_dila_inside_is_read_by_its_reader() -> None:
    entry = only(DILA, datelimitereponse=None)
    assert entry.facts.cpv == ("45233140",)
    assert entry.facts.nuts == ("FRL01",)
    assert entry.facts.deadline == date(2027, 2, 15)
    assert entry.facts.contact == "marches@test.exemple, 04-00-00-00-00"
    assert "Travaux de voirie communale" in entry.text


def test_a_simple_national_notice_gives_its_codes_and_lots() -> None:
    entry = only(SIMPLE)
    assert entry.facts.cpv == ("45000000", "45262500")
    assert entry.facts.contact == "mairie@test.exemple, +33 400000000"
    assert "Lot 1 : Maçonnerie" in entry.text
    assert "Lot 2 : Peinture" in entry.text
    assert "Durée : 12 mois" in entry.text
    assert "Lieu d'exécution : Ville de Test" in entry.text


def test_an_award_is_over_and_names_its_winner() -> None:
    entry = only(MAPA, nature="ATTRIBUTION", titulaire=None)
    assert entry.title == "Avis d'attribution : Réfection de fours"
    assert "Attributaires : Four SAS" in entry.text
    assert (entry.facts.amount, entry.facts.status, entry.facts.deadline) == (50_044, CallStatus.CLOSED, None)


@pytest.mark.parametrize(
    ("columns", "head", "answerable"),
    [
        ({}, "", True),
        ({"nature": "RECTIFICATIF", "annonce_lie": ["27-11111"]}, "Rectificatif : ", True),
        ({"nature": "ATTRIBUTION"}, "Avis d'attribution : ", False),
        ({"nature": "INTENTION_CONCLURE"}, "Avis d'attribution : ", False),
        ({"nature": "MODIFICATION"}, "Avis d'attribution modifié : ", False),
        ({"nature": "ANNULATION"}, "Marché annulé : ", False),
        ({"etat": "AVIS_ANNULE"}, "Marché annulé : ", False),
        ({"nature": "PRE-INFORMATION"}, "Avis d'information : ", False),
        ({"nature": None, "nature_categorise_libelle": "Avis de marché/Concession"}, "", True),
        ({"nature": None, "nature_categorise_libelle": "Résultat de marché/"}, "Avis d'attribution : ", False),
        ({"nature": None}, "Avis d'information : ", False),
    ],
)
def test_only_what_may_be_answered_keeps_its_deadline(columns: dict[str, Any], head: str, answerable: bool) -> None:
    entry = only(**columns)
    assert entry.title == head + "Réfection de fours"
    assert (entry.facts.deadline is not None) == answerable


def test_the_place_of_performance_wins_and_many_departements_are_the_country() -> None:
    assert only(code_departement_prestation="2A").facts.territories == ("département 2A",)
    assert only(code_departement=["1", "73"]).facts.territories == ("département 01", "département 73")
    assert only(code_departement=[str(code) for code in range(1, 30)]).facts.territories == ("France",)
    assert only(code_departement=["x", 63, None]).facts.territories == ("département 63",)


@pytest.mark.parametrize("donnees", ["{", "[]", "3", '"a"', '{"EFORMS": {"ContractNotice": 3}}', "[" * 3000])
def test_a_body_that_cannot_be_read_costs_no_notice(donnees: str) -> None:
    entry = only(donnees)
    assert (entry.title, entry.facts.cpv) == ("Réfection de fours", ())


def test_names_that_no_xml_may_have_and_characters_it_cannot_hold_are_left() -> None:
    hostile = {"IDENTITE": {"a b": 1, "": 2, "x" * 500: 3, "MEL": "a\u0000@b.exemple"}, "OBJET": {"@": 1, "@a b": 2}}
    assert only(hostile).facts.contact == "a@b.exemple"


def test_a_body_as_deep_as_json_allows_is_read_in_no_time() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = {"a": deep}
    assert only({"OBJET": deep}).title == "Réfection de fours"


def test_pages_follow_each_other_as_in_any_dataset() -> None:
    read = read_boamp(answer(record(), total=250), url=URL)
    assert read.next == URL.replace("offset=0", "offset=1")
    assert read_boamp(answer(record()), url=URL).next is None


def test_the_first_version_of_the_api_is_read_too() -> None:
    old = {"nhits": 1, "records": [{"recordid": "a", "fields": record(SIMPLE)}]}
    (entry,) = read_boamp(json.dumps(old).encode(), url="https://b.exemple/api/records/1.0/search/").feed.entries
    assert entry.facts.cpv == ("45000000", "45262500")


def test_another_answer_is_refused() -> None:
    with pytest.raises(ParseError, match="Opendatasoft"):
        read_boamp(b'{"error_code": "InvalidRESTParameterError"}', url=URL)
