"""Territories: names at every level, homonyms, negatives, scope, structured facts and the source's own."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.config.gazetteer import load_gazetteer
from veille.model import Origin, StructuredFacts, Tag, TextToTag
from veille.nlp.places.territory import TerritoryReader

_GAZETTEER = load_gazetteer([Path(__file__).parents[2]])
_READER = TerritoryReader(_GAZETTEER)


def read(text: str, title: str = "", **others: Any) -> dict[str, Tag]:
    return {tag.term: tag for tag in _READER.read(TextToTag(id="x", title=title, text=text, **others))}


FOUND = [
    # régions, d'hier et d'aujourd'hui
    ("La Région Auvergne-Rhône-Alpes lance un appel.", {"fr:region:84"}),
    ("Un appel en AURA pour les PME.", {"fr:region:84"}),
    ("Entreprises de Franche-Comté", {"fr:region:27"}),
    ("Industriels alsaciens et lorrains", {"fr:region:44"}),
    ("LES PME D’ÎLE DE FRANCE", {"fr:region:11"}),
    ("Les start-up franciliennes", {"fr:region:11"}),
    ("La Région Sud soutient ses PME", {"fr:region:93"}),
    ("Des entreprises à La Réunion", {"fr:region:04", "fr:departement:974"}),
    ("L'île de la Réunion accueille", {"fr:region:04"}),
    # départements
    ("Conseil départemental du Puy-de-Dôme", {"fr:departement:63"}),
    ("Le département de la Loire finance", {"fr:departement:42"}),
    ("Une aide de la Loire (42)", {"fr:departement:42"}),
    ("CCI de l'Ain : réunion des adhérents", {"fr:departement:01"}),
    ("Les entreprises situées en Isère", {"fr:departement:38"}),
    ("Appel réservé aux départements 03, 15, 43 et 63", {
        "fr:departement:03", "fr:departement:15", "fr:departement:43", "fr:departement:63",
    }),
    ("Les PME situées dans les départements suivants : Ain, Loire et Rhône", {
        "fr:departement:01", "fr:departement:42", "fr:departement:69",
    }),
    ("Les producteurs drômois", {"fr:departement:26"}),
    ("Fonds Côte d'or", {"fr:departement:21"}),
    # EPCI
    ("La métropole de Lyon et la communauté de communes de Saint-Flour", {"fr:epci:200046977"}),
    ("Sur le territoire de Brest métropole", {"fr:epci:242900314"}),
    ("CA du Pays de Gex", {"fr:epci:240100750"}),
    ("La communauté d'agglomération du Pays de Gex recrute", {"fr:epci:240100750"}),
    ("Clermont Auvergne Métropole soutient", {"fr:epci:246300701"}),
    # communes
    ("La mairie de SAINT BONNET EN CHAMPSAUR", {"fr:commune:05132"}),
    ("Rénovation à St-Bonnet-en-Champsaur", {"fr:commune:05132"}),
    ("Le GAL du Pays d'Ancenis", {"fr:epci:244400552"}),
    ("Usine à Clermont-Ferrand", {"fr:commune:63113"}),
    ("Nos bureaux de CLERMONT FD", {"fr:commune:63113"}),
    ("Un club au Mans", {"fr:commune:72181"}),
    ("Laboratoire, 63000 Clermont-Ferrand", {"fr:commune:63113"}),
    ("Entreprise installée à Plaisir", {"fr:commune:78490"}),
    ("La ville de Sens (89) investit", {"fr:commune:89387"}),
    ("Lyons La Forêt", {"fr:commune:27377"}),
    ("Commune d'Epinal", {"fr:commune:88160"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), FOUND)
def test_printed_names_give_their_territory(text: str, codes: set[str]) -> None:
    assert codes <= set(read(text))


NOT_FOUND = [
    ("La commune d'Aulnay-sous-Bois", "fr:commune", {"fr:commune:93005"}),
    ("Clermont-l'Hérault accueille un salon", "fr:", {"fr:commune:34079"}),
    ("La réunion publique aura lieu mardi", "fr:", set()),
    ("La Réunion d'information du 3 mars", "fr:", set()),
    ("Le Centre accueille les entreprises, le Sud aussi", "fr:", set()),
    ("Une perte de sens, un vis, le port, l'orange et la tour", "fr:", set()),
    ("Donner du Sens à l'action", "fr:", set()),
    ("Un grand est attendu demain", "fr:", set()),
    ("L'agence de l'eau Loire-Bretagne finance", "fr:", set()),
    ("L'agence de l'eau Rhône-Méditerranée-Corse finance", "fr:", set()),
    ("Recherche de partenaires en Grande-Bretagne", "fr:", set()),
    ("Signataire de l'Accord de Paris", "fr:", set()),
    ("12 rue de Paris", "fr:", set()),
    ("Lot 2 : fournitures ; lot 3 : services", "fr:", set()),
    ("Les bords de la Loire", "fr:", set()),
    ("Mme Claire Sens, directrice", "fr:", set()),
    ("Raymond Barre et Jean Moulins", "fr:", set()),
    ("Europe du Nord et Amérique du Nord", "fr:", set()),
    ("Le nord de la France", "fr:", set()),
    ("Le groupe Orange et L'Oréal Paris", "fr:", set()),
    ("Avis d'attribution : Ville, Mairie, Bus, Rue", "fr:", set()),
    ("Écrire à contact@bretagne.fr ou www.lyon.fr", "fr:", set()),
    ("La Chambre a rendu sa décision", "fr:", set()),
]


@pytest.mark.parametrize(("text", "prefix", "allowed"), NOT_FOUND)
def test_words_that_are_no_territory_are_left_alone(text: str, prefix: str, allowed: set[str]) -> None:
    assert {code for code in read(text) if code.startswith(prefix)} <= allowed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Saint-Denis, en Seine-Saint-Denis", "fr:commune:93066"),
        ("Saint-Denis de La Réunion : la ville de Saint-Denis à La Réunion", "fr:commune:97411"),
        ("La commune de Saint-Denis (974)", "fr:commune:97411"),
        ("Saint-Denis (93)", "fr:commune:93066"),
        ("À Vienne, près de Lyon", "fr:commune:38544"),
        ("Valence (Drôme)", "fr:commune:26362"),
    ],
)
def test_homonyms_are_told_apart_by_what_stands_around(text: str, code: str) -> None:
    found = read(text)
    assert code in found
    same = {"fr:commune:93066", "fr:commune:97411"} - {code}
    assert not same & set(found)


def test_a_shortened_name_is_the_long_one_that_the_text_prints() -> None:
    assert "fr:commune:28113" in read("Travaux à Coulombs")
    found = read("Travaux à Coulombs\nCOULOMBS EN VALOIS")
    assert "fr:commune:77129" in found
    assert "fr:commune:28113" not in found


def test_where_the_text_names_no_area_the_one_who_pays_gives_it_and_the_evidence_says_so() -> None:
    facts = StructuredFacts(financer="Conseil départemental du Cantal")
    tag = read("Aide aux exploitations.", facts=facts, source_territory="fr:region:53")["fr:departement:15"]
    assert (tag.origin, tag.scope) == (Origin.FACT, "main")
    assert (tag.evidence[0].where, tag.evidence[0].text) == ("financer", "Conseil départemental du Cantal")
    assert "fr:departement:15" not in read("Aide aux entreprises de Bretagne.", facts=facts)
    assert set(read("Aide.", facts=StructuredFacts(financer="Ademe"), source_territory="fr:region:53")) == {
        "fr:region:53"
    }


@pytest.mark.parametrize(
    ("text", "aimed"),
    [
        ("Toutes les régions, hors Île-de-France, sont éligibles.", set()),
        ("Aide aux communes d'Auvergne et du Limousin.", {"fr:region:84", "fr:region:75"}),
        ("Sont éligibles les départements 22, 29, 35 et 56.", {f"fr:departement:{n}" for n in (22, 29, 35, 56)}),
        ("Le Var et les Alpes-Maritimes sont concernés.", {"fr:departement:83", "fr:departement:06"}),
        ("Renseignements auprès de la chambre d'agriculture de la Marne.", {"fr:departement:51"}),
    ],
)
def test_lists_and_exclusions_tell_the_area_aimed_at(text: str, aimed: set[str]) -> None:
    assert {code for code, tag in read(text).items() if tag.scope == "main" and code.startswith("fr:")} == aimed


def test_journeys_and_helpers_from_elsewhere_are_left_out() -> None:
    travel = read("Réduction vers Paris, Auvergne-Rhône-Alpes ou Centre-Val de Loire.", title="TER de Normandie")
    assert {code for code in travel if code.startswith("fr:")} == {"fr:region:28"}
    helped = read("Avec l'aide de la Ville de Grenoble.", title="Concours en Pays de la Loire")
    assert "fr:commune:38185" not in helped
    assert "fr:commune:38185" in read("Avec l'aide de la Ville de Grenoble.", title="Concours de cuisine")


def test_a_homonym_that_nothing_tells_apart_gives_no_commune() -> None:
    assert not [code for code in read("La commune de Sainte-Colombe rénove son école.") if "commune" in code]


def test_the_source_tells_homonyms_apart() -> None:
    found = read("La mairie de Saint-Denis rénove son école.", source_territory="fr:departement:974")
    assert "fr:commune:97411" in found


def test_the_area_aimed_at_is_main_and_a_passing_mention_is_not() -> None:
    found = read(
        "L'appel est réservé aux PME implantées en Auvergne-Rhône-Alpes. Le jury comprend un expert venu de Lille. "
        "Contact : 12 avenue Foch, 33000 Bordeaux."
    )
    assert found["fr:region:84"].scope == "main"
    assert found["fr:commune:59350"].scope == "mentioned"
    assert found["fr:commune:33063"].scope == "mentioned"
    assert next(iter(found)) == "fr:region:84"


def test_the_source_territory_is_used_where_the_text_aims_nowhere_and_says_so() -> None:
    found = read("Un appel pour les PME.", source_territory="fr:region:53")
    assert found["fr:region:53"].origin is Origin.SOURCE
    found = read("La Région Normandie lance un appel.", source_territory="fr:region:53")
    assert set(found) == {"fr:region:28"}


def test_structured_codes_come_first() -> None:
    found = read("Travaux à Lyon", facts=StructuredFacts(nuts=("FRK14", "FRK14")))
    assert next(iter(found)) == "fr:departement:63"
    assert found["fr:departement:63"].origin is Origin.FACT


def test_the_whole_country_and_the_union_are_told() -> None:
    assert read("Ouvert sur l'ensemble du territoire national.")["country:fr"].scope == "main"
    assert "country-group:ue" in read("Projets de trois États membres de l’Union européenne")


@pytest.mark.parametrize(
    ("text", "aimed"),
    [
        ("Aide ouverte aux entreprises immatriculées en France.", {"country:fr"}),
        ("L'appel s'adresse aux laboratoires français.", set()),
        ("L'appel s'adresse aux entreprises françaises.", {"country:fr"}),
        ("Communes de métropole et d'outre-mer.", {"country:fr"}),
        ("Toute entité établie dans l'Union européenne peut candidater.", {"country-group:ue"}),
        ("Le programme finance les PME et start-up européennes.", {"country-group:ue"}),
        ("Only SMEs established in the EU may apply.", {"country-group:ue"}),
        ("Appel à projets franco-allemand sur l'hydrogène.", {"country:fr", "country:de"}),
        ("L'amitié franco-allemande a 60 ans.", set()),
        ("Les entreprises françaises exportent.", set()),
        ("Applicants must be established in Germany or Austria.", {"country:de", "country:at"}),
        ("Notre voisine, l'Allemagne, exporte.", set()),
    ],
)
def test_countries_are_aimed_at_where_applicants_must_be(text: str, aimed: set[str]) -> None:
    assert {code for code, tag in read(text).items() if tag.scope == "main"} == aimed


@pytest.mark.parametrize("text", ["Quimper (Finistère) soutient ses artisans.", "À Die, dans la Drôme, un tiers-lieu."])
def test_the_area_that_tells_which_town_is_meant_does_not_hide_the_town(text: str) -> None:
    assert {tag.scope for tag in read(text).values()} == {"main"}


def test_nearly_every_epci_is_read_by_its_whole_name() -> None:
    codes = [f"fr:epci:{code}" for code in _GAZETTEER.epci_codes]
    missed = [code for code in codes if code not in read(f"La {_GAZETTEER.name(code)} lance un appel.", lang="fr")]
    assert len(missed) <= 0.01 * len(codes), [_GAZETTEER.name(code) for code in missed]


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("Réhabilitation du parc thermal du Mont-Dore", "fr:commune:63236", "fr:commune:98817"),
        ("La ville du Mont-Dore, en Nouvelle-Calédonie", "fr:commune:98817", "fr:commune:63236"),
        ("La CA du Puy-en-Velay finance", "fr:epci:200073419", "fr:commune:43157"),
        ("La CC de Vitry, Champagne et Der finance", "fr:epci:200034718", "fr:commune:51649"),
        ("Agglomérations de Rouen, Reims et Grenoble", "fr:epci:200040715", "fr:commune:38185"),
    ],
)
def test_names_that_share_words_are_told_apart(text: str, found: str, not_found: str) -> None:
    assert found in read(text)
    assert not_found not in read(text)


def test_evidence_quotes_the_printed_words_where_they_stand() -> None:
    text = "Un « appel »\u00a0: les PME d’Auvergne – Rhône-Alpes et de Saint-Étienne (42) œuvrent."
    for tag in read(text, title="PME\u00a0de BRETAGNE").values():
        for piece in tag.evidence:
            source = text if piece.where == "text" else "PME\u00a0de BRETAGNE"
            assert source[piece.start : piece.end] == piece.text
            assert piece.text


_NAMES = st.sampled_from(
    ["Saint", "St.", "Denis", "Loire", "(42)", "Nord", "de", "la", "Réunion", "PARIS", "œuvre", "63000", "CC du",
     "Pays de Gex", "Grand Est", "-", "\n", "’", "région", "Ville", "e\u0301", "\u200f", "départements 01, 63"]
)  # fmt: skip


@settings(deadline=None)
@given(text=st.lists(_NAMES, max_size=25).map(" ".join) | st.text(max_size=100))
def test_any_text_is_read_and_quoted_rightly(text: str) -> None:
    for tag in read(text).values():
        assert all(text[piece.start : piece.end] == piece.text for piece in tag.evidence)


@pytest.mark.parametrize("text", ["", "🙂", "a" * 1_000_000, "Saint " * 100_000, "Paris\n" * 50_000])
def test_hostile_texts_are_read(text: str) -> None:
    assert len(read(text)) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "A Plan for the Baby of the family and the Nice people of Orange County.",
        "Auch die zweite Version des Landes ist nicht für die Industrie und wird angeboten.",
        "That is a Plan which would be good for the companies and for us.",
    ],
)
def test_words_of_another_language_are_no_communes(text: str) -> None:
    assert not [code for code in read(text) if code.startswith("fr:")]


def test_a_french_place_is_found_in_an_english_call() -> None:
    found = read(
        "The call is open to companies of Auvergne-Rhône-Alpes and the event will be held in Toulouse.", lang="en"
    )
    assert {"fr:region:84", "fr:commune:31555"} <= set(found)


@pytest.mark.parametrize(
    ("text", "aimed"),
    [
        ("Des modalités spécifiques valent sur les territoires situés en Corse et en Outre-mer.", set()),
        (f"{'Aide aux travaux. ' * 30}Liste : solaire en autoconsommation en Corse et en Outre-mer.", set()),
        ("Le coût est compris entre 100 k€ (25 k€ en Corse) et 3 M€.", set()),
        ("Prix ouvert à toutes régions dont outre-mer.", set()),
        (f"{'Aide aux travaux. ' * 30}Zone franche d'activité des départements d'Outre-mer.", set()),
        ("Il n'est pas ouvert aux projets situés en Bretagne. Pour les entreprises de Bretagne, écrivez.", set()),
        ("Webinaire, mardi 8 décembre 2026 à 9 h (Paris).", set()),
        ("Territoires : Aisne, Nord, Oise, Pas-de-Calais, Somme.",
         {f"fr:departement:{code}" for code in ("02", "59", "60", "62", "80")}),
        ("Aide réservée aux entreprises de Corse et d'outre-mer.", {"fr:region:94", "x:zonage:outre-mer"}),
    ],
)  # fmt: skip
def test_special_rules_and_lists_of_real_aids(text: str, aimed: set[str]) -> None:
    tags = _READER.read(TextToTag(id="x", title="", text=text))
    assert {tag.term for tag in tags if tag.scope == "main"} == aimed


def test_a_town_in_passing_does_not_narrow_the_territory_of_its_source() -> None:
    text = TextToTag(
        id="x", title="", text="Trois ateliers gratuits se suivent à Oyonnax.", source_territory="fr:departement:01"
    )
    aimed = {tag.term for tag in _READER.read(text) if tag.scope == "main"}
    assert aimed == {"fr:commune:01283", "fr:departement:01"}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Les PME de la région Ocitanie", "fr:region:76"),
        ("Les PME de la région Haut-de-France", "fr:region:32"),
        ("Les PME de Nouvelle Aquitane", "fr:region:75"),
        ("LES PME DE BOURGOGNE FRANCHE COMTE", "fr:region:27"),
        ("Les PME d'Auvergne Rhône-Alppes", "fr:region:84"),
    ],
)
def test_a_region_one_letter_wrong_is_that_region(text: str, region: str) -> None:
    assert set(read(text)) == {region}


@pytest.mark.parametrize("text", ["Un grand et beau projet", "La réunion du bureau", "une danse occitane du bal"])
def test_a_word_near_a_region_is_no_region_misspelt(text: str) -> None:
    assert not {tag.term for tag in read(text).values() if tag.score > 0.9}
