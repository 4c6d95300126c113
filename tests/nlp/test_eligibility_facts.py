"""Who may apply: read only from a sentence that says so, quoted."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.config.gazetteer import load_gazetteer
from veille.model import Fact, TextToTag
from veille.nlp.applicants import eligibility_facts
from veille.nlp.places.territory import TerritoryReader

_TERRITORIES = TerritoryReader(load_gazetteer([Path(__file__).parents[2]]))


def read(text: str) -> dict[str, Fact]:
    item = TextToTag(id="x", title="", text=text)
    return {fact.name: fact for fact in eligibility_facts.read(item, _TERRITORIES.read(item))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'appel s'adresse aux PME ayant un établissement en Auvergne-Rhône-Alpes.", {
            "eligible_sizes": "pme", "eligible_territories": "fr:region:84",
        }),
        ("Bénéficiaires :\nEntreprises, associations, collectivités\nMontant : 3 k€", {
            "eligible_sizes": "tpe|pme|eti|ge|collectivite|association",
        }),
        ("Sont éligibles les TPE, PME et ETI.", {"eligible_sizes": "tpe|pme|eti"}),
        ("Réservé aux entreprises de moins de 250 salariés.", {"eligible_sizes": "tpe|pme", "staff_max": "249"}),
        ("Réservé aux entreprises bretonnes.", {
            "eligible_sizes": "tpe|pme|eti|ge", "eligible_territories": "fr:region:53",
        }),
        ("Toutes tailles ; éligible aux micro-entreprises", {"eligible_sizes": "tpe|pme|eti|ge"}),
        ("Ouvert aux start-up et aux laboratoires.", {"eligible_sizes": "tpe|pme|labo"}),
        ("Eligible applicants: SMEs and large companies.", {"eligible_sizes": "pme|ge"}),
        ("Le projet réunit au moins 2 partenaires dont un laboratoire.", {
            "partners_min": "2", "partner_roles": "labo",
        }),
        ("Consortium d'au moins trois entités indépendantes, dont une PME.", {
            "partners_min": "3", "partner_roles": "pme",
        }),
        ("At least three independent legal entities from three countries.", {"partners_min": "3"}),
        ("Chiffre d'affaires annuel supérieur à 1,5 M€ exigé.", {"turnover_min": "1500000"}),
        ("Codes NAF concernés : 10.89Z, 1086Z", {"naf": "10.89Z|10.86Z"}),
        ("Bénéficiaires : PME et ETI, hors grandes entreprises.", {
            "eligible_sizes": "pme|eti", "excluded_sizes": "ge",
        }),
        ("Peuvent candidater les entreprises, sauf les grandes entreprises.", {
            "eligible_sizes": "tpe|pme|eti", "excluded_sizes": "ge",
        }),
        ("Bénéficiaires : PME, ETI. Les grandes entreprises ne sont pas éligibles.", {
            "eligible_sizes": "pme|eti", "excluded_sizes": "ge",
        }),
        ("Bénéficiaires : les PME. Les PME en difficulté ne sont pas éligibles.", {"eligible_sizes": "pme"}),
        ("Bénéficiaires : entreprises hors Île-de-France, PME et ETI.", {
            "eligible_sizes": "pme|eti", "excluded_territories": "fr:region:11",
        }),
        ("Les grandes entreprises ne sont pas éligibles.", {"excluded_sizes": "ge"}),
        ("Ouvert aux PME, à l'exception des microentreprises.", {
            "eligible_sizes": "pme", "excluded_sizes": "tpe",
        }),
        ("Ouvert aux PME, hors micro-entrepreneurs.", {"eligible_sizes": "pme"}),
        ("Ouvert aux entreprises de 10 à 249 salariés.", {
            "eligible_sizes": "tpe|pme", "staff_min": "10", "staff_max": "249",
        }),
        ("Sont éligibles les start-up de moins de 8 ans.", {"eligible_sizes": "tpe|pme", "age_max": "8"}),
        ("Réservé aux PME créées depuis plus de trois ans.", {"eligible_sizes": "pme", "age_min": "3"}),
        ("Cible : PME reprises depuis moins de 6 mois.", {
            "eligible_sizes": "pme", "age_max": "0.5", "condition": "reprises depuis",
        }),
        ("Peuvent candidater les SCOP et les associations.", {
            "eligible_sizes": "association", "eligible_others": "entreprises",
        }),
        ("Toute personne morale peut candidater.", {
            "eligible_sizes": "tpe|pme|eti|ge|labo|collectivite|association",
        }),
        ("Bénéficiaires : les PME. Les entreprises de Corse ne sont pas concernées.", {
            "eligible_sizes": "pme", "excluded_territories": "fr:region:94",
        }),
        ("Appel ouvert aux PME dont le projet est situé en Bretagne.", {
            "eligible_sizes": "pme", "project_territories": "fr:region:53",
        }),
        ("La Région Bretagne soutient les PME du territoire régional.", {
            "eligible_sizes": "pme", "eligible_territories": "fr:region:53",
        }),
        ("La Région Bretagne aide les entreprises régionales.", {
            "eligible_sizes": "tpe|pme|eti|ge", "eligible_territories": "fr:region:53",
        }),
        ("Éligible aux PME au chiffre d'affaires inférieur à 50 M€.", {
            "eligible_sizes": "pme", "turnover_max": "50000000",
        }),
        ("Ouvert aux PME réalisant plus de 2 M€ de chiffre d'affaires.", {
            "eligible_sizes": "pme", "turnover_min": "2000000",
        }),
        ("Codes NAF exclus : 64.19Z.", {"naf_excluded": "64.19Z"}),
        ("Entreprises du code NAF 10 ou 11.", {"naf": "10|11"}),
        ("Les universités sont éligibles. Les entreprises participent comme partenaires.", {
            "eligible_sizes": "labo", "partner_roles": "entreprise",
        }),
        ("Sont éligibles les sociétés (SAS, SARL).", {"eligible_sizes": "tpe|pme|eti|ge", "legal_form": "sas|sarl"}),
    ],
)  # fmt: skip
def test_conditions_are_read_from_the_sentence_that_states_them(text: str, expected: dict[str, str]) -> None:
    assert {name: fact.value for name, fact in read(text).items()} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cet appel n'est pas réservé aux PME.", {}),
        ("Ouvert à tous, et pas seulement aux start-up.", {}),
        ("Candidatent non seulement les PME mais aussi les associations.", {"eligible_sizes": "pme|association"}),
        ("Not limited to SMEs: companies of any kind may write to us.", {}),
        ("Les grands groupes ne peuvent candidater seuls.", {}),
        ("Ne peuvent candidater que les PME.", {"eligible_sizes": "pme"}),
        ("Les ETI ne sont plus éligibles depuis janvier. PME éligibles.", {
            "eligible_sizes": "pme", "excluded_sizes": "eti",
        }),
        ("Les entreprises, notamment les PME, peuvent candidater.", {"eligible_sizes": "tpe|pme|eti|ge"}),
        ("Les structures, notamment les associations, peuvent candidater.", {
            "eligible_sizes": "association", "eligible_others": "ouvert",
        }),
        ("Peuvent candidater notamment les PME.", {"eligible_sizes": "pme", "eligible_others": "ouvert"}),
        ("Les laboratoires sont éligibles. Les entreprises peuvent être partenaires mais ne sont pas financées.", {
            "eligible_sizes": "labo", "partner_roles": "entreprise",
        }),
        ("Applicants must be SMEs. Large companies may join as associated partners.", {
            "eligible_sizes": "pme", "partner_roles": "entreprise",
        }),
        ("Les PME implantées hors d'Occitanie ne sont pas éligibles.", {
            "eligible_sizes": "pme", "eligible_territories": "fr:region:76",
        }),
        ("Les PME non implantées en Corse peuvent candidater.", {
            "eligible_sizes": "pme", "excluded_territories": "fr:region:94",
        }),
        ("Seules les PME n'ayant pas leur siège en Bretagne peuvent candidater.", {
            "eligible_sizes": "pme", "excluded_territories": "fr:region:53", "condition": "n'ayant pas",
        }),
        ("Les PME de Normandie, mais aussi celles du reste de la France, peuvent candidater.", {
            "eligible_sizes": "pme",
        }),
        ("Les PME implantées en Bretagne ou souhaitant s'y implanter peuvent candidater.", {
            "eligible_sizes": "pme", "project_territories": "fr:region:53",
        }),
        ("Notre siège social à Toulouse accueille les PME qui peuvent candidater.", {"eligible_sizes": "pme"}),
        ("Les PME peuvent candidater au siège de la Région à Lille.", {"eligible_sizes": "pme"}),
        ("L'appel s'adresse en priorité aux PME.", {"eligible_sizes": "pme", "eligible_others": "ouvert"}),
        ("Destiné aux PME. Les collectivités peuvent aussi candidater.", {"eligible_sizes": "pme|collectivite"}),
        ("Peuvent déposer : PME, ETI ou GE.", {"eligible_sizes": "pme|eti|ge"}),
        ("Ouvert aux acteurs économiques, publics ou privés.", {
            "eligible_sizes": "tpe|pme|eti|ge", "eligible_others": "publics",
        }),
        ("Vous êtes une PME ? Une collectivité ? Un laboratoire ?", {"eligible_sizes": "pme|labo|collectivite"}),
        ("Les PME ne sont pas éligibles à une aide supérieure à 50 %.", {}),
        ("Les PME ne sont pas concernées par le cofinancement.", {}),
        ("Les PME ne sont pas éligibles à cet appel.", {"excluded_sizes": "pme"}),
        ("Les grandes entreprises ne sont éligibles que si elles s'allient à une PME.", {}),
        ("Les PME souhaitant exporter en Allemagne peuvent candidater.", {"eligible_sizes": "pme"}),
        ("Les PME établies en Allemagne ou en France peuvent candidater.", {
            "eligible_sizes": "pme", "eligible_territories": "country:fr|country:de",
        }),
        ("Les PME situées à moins de 50 km de Limoges peuvent candidater.", {
            "eligible_sizes": "pme", "project_territories": "fr:commune:87085",
        }),
        ("Les PME de la Métropole de Lyon et de l'Ain peuvent candidater.", {
            "eligible_sizes": "pme", "eligible_territories": "fr:epci:200046977|fr:departement:01",
        }),
    ],
)  # fmt: skip
def test_who_is_named_beside_others_or_denied_refuses_nobody_else(text: str, expected: dict[str, str]) -> None:
    assert {name: fact.value for name, fact in read(text).items()} == expected


@pytest.mark.parametrize(
    "text",
    [
        "L'aide aux jeunes de moins de 26 ans dans les entreprises.",
        "Un prêt sur moins de 7 ans.",
        "Les dépenses éligibles sont celles de la PME et de ses laboratoires.",
        "La PME a levé 5 M€ auprès d'un grand groupe.",
        "Les aménageurs mandatés par les collectivités peuvent être bénéficiaires.",
        "Un laboratoire de Clermont a publié une étude.",
        "L'appel est doté de 10 M€ et vise au moins 30 projets.",
        "Le pôle compte 120 partenaires.",
        "La société, installée à Lyon, a ouvert une usine en Bretagne.",
        "Le groupe réalise un chiffre d'affaires supérieur à 2 M€.",
        "Le chiffre d'affaires a progressé de 2 M€.",
        "Notre association fête ses dix ans.",
        "",
    ],
)
def test_what_is_no_condition_gives_nothing(text: str) -> None:
    assert read(text) == {}


def test_a_bare_company_word_admits_every_size_so_that_nobody_is_refused_by_silence() -> None:
    assert read("Les entreprises peuvent candidater.")["eligible_sizes"].value == "tpe|pme|eti|ge"


def test_the_quote_is_the_sentence() -> None:
    text = "Bienvenue. L'appel s'adresse aux PME implantées en Bretagne. Contact : la Région."
    fact = read(text)["eligible_sizes"]
    assert fact.evidence[0].text == "L'appel s'adresse aux PME implantées en Bretagne."
    assert text[fact.evidence[0].start : fact.evidence[0].end] == fact.evidence[0].text


_PIECES = st.sampled_from(
    ["Bénéficiaires", ":", "\n", "PME", "éligibles", "au moins", "2", "partenaires", "dont", "laboratoire", "NAF",
     "10.89Z",
     "chiffre d'affaires supérieur à", "2 M€", "moins de", "250 salariés", "implantées en", "Bretagne", ".", "hors"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map(" ".join) | st.text(max_size=100))
def test_any_text_is_read_and_quoted_rightly(text: str) -> None:
    for fact in read(text).values():
        assert fact.value
        assert all(text[piece.start : piece.end] == piece.text for piece in fact.evidence)


@pytest.mark.parametrize("text", ["éligibles " * 50_000, "PME " * 100_000, "au moins " * 50_000, "\n" * 100_000])
def test_hostile_texts_are_read_quickly(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Appel ouvert aux consortiums conduits par une PME ou un laboratoire.", "eligible_sizes", "pme|labo"),
        ("L'appel s'adresse aux laboratoires, associations, etc.", "eligible_others", "ouvert"),
        ("Les candidats doivent être des entités légales : organismes publics, organisations privées (dont les ONG).",
         "eligible_sizes", "tpe|pme|eti|ge|labo|collectivite|association"),
        ("Sont éligibles les sites de moins de 250 salariés des grandes entreprises.", "staff_max", None),
        ("Entreprises éligibles : entre 20 et 250 salariés ; éligible aux micro-entreprises", "staff_min", None),
        ("Visite gratuite (sauf en Bretagne et en Normandie) pour les PME.", "excluded_territories", None),
        ("Projets portés par un établissement privé à but non lucratif localisé en Île-de-France.",
         "excluded_territories", None),
        ("Les jardins ouverts au public, avec recours à des entreprises d'insertion.", "eligible_sizes", None),
        ("Les matières ciblées sont les coproduits industriels.", "eligible_sizes", None),
        ("Les PME industrielles pourront déduire 40 % du prix des robots.", "eligible_sizes", "pme"),
        ("Les travaux sont éligibles uniquement sur le territoire des communes sinistrées.", "eligible_sizes", None),
    ],
)  # fmt: skip
def test_sentences_of_real_aids_that_had_refused_those_who_may_apply(text: str, name: str, value: str | None) -> None:
    fact = read(text).get(name)
    assert (fact and fact.value) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aide aux machines ; les organismes de recherche n'y ont pas droit.", {"excluded_sizes": "labo"}),
        ("Les laboratoires ne peuvent concourir.", {"excluded_sizes": "labo"}),
        ("Les associations ne sauraient y prétendre.", {"excluded_sizes": "association"}),
        ("Les communes ne peuvent pas déposer.", {"excluded_sizes": "collectivite"}),
        ("Les universités restent exclues.", {"excluded_sizes": "labo"}),
        # « in difficulty », « alone »: nobody as such
        ("Les ETI en difficulté ne peuvent prétendre à l'aide.", {}),
        ("Les associations ne peuvent concourir seules.", {}),
        ("Les grands groupes ne peuvent être candidats qu'avec une PME.", {}),
        (
            "Bénéficiaires\nLes PME. Les associations, les laboratoires publics ne peuvent prétendre au dispositif.",
            {"eligible_sizes": "pme"},
        ),
        (
            "Réservé aux entreprises de moins de 250 salariés, filiales de groupe exclues.",
            {"eligible_sizes": "tpe|pme", "staff_max": "249"},
        ),
        (
            "Le fonds aide. PME de moins de 250 salariés. Dossier unique.",
            {"eligible_sizes": "tpe|pme", "staff_max": "249"},
        ),
        (
            "Peuvent concourir les ateliers de cent personnes et les laboratoires publics.",
            {"eligible_sizes": "labo", "eligible_others": "entreprises"},
        ),
        (
            "Les communes du Nord, à l'exclusion de tout organisme privé.",
            {"eligible_sizes": "collectivite"},
        ),
    ],
)  # fmt: skip
def test_those_who_may_not_apply_are_read_in_the_words_of_rules(text: str, expected: dict[str, str]) -> None:
    assert {name: fact.value for name, fact in read(text).items()} == expected
