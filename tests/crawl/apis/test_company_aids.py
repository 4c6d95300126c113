"""les-aides.fr and aides-entreprises.fr, in the shapes that public clients of theirs record."""

import json
from datetime import date
from typing import Any

import pytest

from veille.crawl.apis.aides_entreprises import read_aides_entreprises
from veille.crawl.apis.asking import first_request
from veille.crawl.apis.les_aides import read_les_aides
from veille.errors import ParseError
from veille.model import ParsedEntry, Source

CCI = "https://api.exemple/aides/?ape=A&domaine=790"
ISM = "https://api.exemple/v1.1/aides?limit=100&offset=0"


def dispositif(**fields: Any) -> dict[str, Any]:
    return {
        "numero": 1234, "nom": "Aide aux fours",
        "sigle": "FOUR", "validation": "2026-09-01",
        "generation": "2026-03-02", "implantation": "T",
        "uri": "https://exemple.fr/aide/1234?idr=987&x=1", "moyens": [833, 827],
        "resume": "<p>Pour les artisans.</p>", **fields,
    }  # fmt: skip


def cci(*found: Any, **more: Any) -> bytes:
    return json.dumps({"idr": 987, "nb_dispositifs": len(found), "dispositifs": list(found), **more}).encode()


def test_an_aid_of_the_chambers_becomes_an_entry() -> None:
    (entry,) = read_les_aides(cci(dispositif()), url=CCI).feed.entries
    assert (entry.guid, entry.title) == ("1234", "Aide aux fours (FOUR)")
    assert entry.link == "https://exemple.fr/aide/1234?x=1", "the number of the search changes with every answer"
    assert entry.categories == ("subvention", "avance, prêt ou garantie")
    assert "Portée : territoriale" in entry.text
    assert "Pour les artisans." in entry.text
    assert entry.facts.reference == "1234"
    assert str(entry.updated)[:10] == "2026-08-31", "midnight in Paris"


def test_too_many_aids_are_said_and_a_refusal_is_quoted() -> None:
    read = read_les_aides(cci(dispositif(), depassement=True, nb_dispositifs=512), url=CCI).feed
    assert read.remark == "1 aides sur 512 : précisez la recherche dans son adresse"
    with pytest.raises(ParseError, match="« APE inconnu »"):
        read_les_aides(json.dumps({"exception": "APE inconnu"}).encode(), url=CCI)
    with pytest.raises(ParseError, match="les-aides"):
        read_les_aides(b"[]", url=CCI)


def test_the_key_of_the_chambers_goes_in_a_header_and_no_address() -> None:
    source = Source(id="c", title="C", kind="api", url=CCI, options={"api": "les-aides"})
    asked = first_request(source, CCI)
    assert asked.headers == (("X-IDC", "${VEILLE_KEY_LES_AIDES}"),)
    assert asked.url == f"{CCI}&format=json"


def aid(**fields: Any) -> dict[str, Any]:
    return {
        "id_aid": "4321", "aid_nom": "Aide aux fours", "aid_objet": "<p>Remplacer les fours.</p>", "status": "1",
        "aid_montant": "Jusqu'à 5 000 €", "aid_benef": "PME", "aid_conditions": "Être à jour.", "couverture_geo": "1",
        "aid_operations_el": "Achat", "aid_validation": "2026-09-01", "date_fin": "2027-03-31 00:00:00",
        "cache_indexation": {
            "natures": [{"typ_libelle": "Appel à projets"}], "territoires": [{"ter_libelle": "BRETAGNE"}],
            "financeurs": [{"org_nom": "Région Exemple"}], "projets": [{"proj_libelle": "Énergie"}],
        },
        "complements": {"source": [{"texte": "Page", "lien": "https://financeur.exemple/aide"}], "formulaire": None},
        **fields,
    }  # fmt: skip


def ism(*found: Any, **more: Any) -> bytes:
    return json.dumps({"data": list(found), **more}).encode()


def only(**fields: Any) -> ParsedEntry:
    (entry,) = read_aides_entreprises(ism(aid(**fields)), url=ISM).feed.entries
    return entry


def test_an_aid_to_companies_becomes_an_entry_with_its_facts() -> None:
    entry = only()
    assert (entry.guid, entry.title) == ("4321", "Aide aux fours")
    assert entry.link == "https://aides-entreprises.fr/aide/4321"
    facts = entry.facts
    assert (facts.deadline, facts.financer, facts.call) == (date(2027, 3, 31), "Région Exemple", True)
    assert (facts.territories, facts.reference) == (("Bretagne",), "4321")
    assert entry.text.split("\n") == [
        "Remplacer les fours.", "Nature : Appel à projets", "Financeurs : Région Exemple", "Territoires : BRETAGNE",
        "Portée : locale ou régionale", "Projets : Énergie", "Montant :", "Jusqu'à 5 000 €", "Bénéficiaires :", "PME",
        "Opérations éligibles :", "Achat", "Conditions :", "Être à jour.", "Date limite : 31 mars 2027",
        "Source : https://financeur.exemple/aide",
    ]  # fmt: skip


def test_an_end_that_is_none_and_an_aid_that_is_withdrawn() -> None:
    assert only(date_fin="0000-00-00 00:00:00").facts.deadline is None
    assert read_aides_entreprises(ism(aid(status="0"), aid()), url=ISM).feed.entries == (only(),)
    assert only(cache_indexation=None, financeurs=[{"org_nom": "État"}]).facts.financer == "État"
    assert only(cache_indexation={"natures": [{"typ_libelle": "Subvention"}]}).facts.call is None


def test_the_open_stock_is_the_same_list_without_pages() -> None:
    read = read_aides_entreprises(json.dumps([aid()]).encode(), url="https://data.exemple/aides.json")
    assert (len(read.feed.entries), read.next) == (1, None)


def test_pages_follow_by_offset_until_one_is_short() -> None:
    full = [aid(id_aid=str(number)) for number in range(100)]
    assert read_aides_entreprises(ism(*full), url=ISM).next == ISM.replace("offset=0", "offset=100")
    assert read_aides_entreprises(ism(*full[:40]), url=ISM).next is None
    assert read_aides_entreprises(ism(*full, count=100), url=ISM).next is None


def test_both_keys_go_in_headers_and_the_address_keeps_its_filters() -> None:
    source = Source(id="e", title="E", kind="api", url="https://api.exemple/v1.1/aides?effectif=3&limit=50", options={
        "api": "aides-entreprises"
    })  # fmt: skip
    asked = first_request(source, source.url)
    assert dict(asked.headers) == {
        "X-Aidesentreprises-Id": "${VEILLE_KEY_AIDES_ENTREPRISES_ID}",
        "X-Aidesentreprises-Key": "${VEILLE_KEY_AIDES_ENTREPRISES}",
    }
    assert (
        asked.url == "https://api.exemple/v1.1/aides?effectif=3&limit=50&offset=0&clean_html=true&show_indexation=true"
    )


@pytest.mark.parametrize("wrong", [None, 3, "x", [1, None], {"a": [1]}])
def test_wrong_types_cost_a_field_never_the_list(wrong: Any) -> None:
    assert only(cache_indexation=wrong, complements=wrong, date_fin=wrong, aid_montant=wrong).title == "Aide aux fours"
    fields = {
        "sigle": wrong,
        "moyens": wrong,
        "uri": wrong,
        "resume": wrong,
        "implantation": wrong,
        "validation": wrong,
    }
    (entry,) = read_les_aides(cci(dispositif(**fields)), url=CCI).feed.entries
    assert entry.title.startswith("Aide aux fours")
