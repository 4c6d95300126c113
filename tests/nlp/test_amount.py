"""Amounts: the most per project, the envelope, the rate; and money that is none of these."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.model import Fact, Origin, StructuredFacts, TextToTag
from veille.nlp.facts import amount


def read(text: str, **facts: Any) -> dict[str, Fact]:
    found = amount.read(TextToTag(id="x", title="", text=text, facts=StructuredFacts(**facts)))
    return {fact.name: fact for fact in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Subvention jusqu’à 2,5 M€ par projet.", {"amount_max": "2500000"}),
        ("Aide plafonnée à 300 k€.", {"amount_max": "300000"}),
        ("Le plafond de l'aide est de 1 500 000 euros", {"amount_max": "1500000"}),
        ("Plafond de 200\u202f000 € HT", {"amount_max": "200000"}),
        ("Une enveloppe de 10 millions d'euros est prévue.", {"amount_total": "10000000"}),
        ("L'appel est doté de 10 M€ ; l'aide est plafonnée à 200 000 € par projet.", {
            "amount_total": "10000000", "amount_max": "200000",
        }),
        ("Taux d'aide : 40 % maximum", {"rate": "40"}),
        ("50 % des coûts éligibles dans la limite de 20 000 €", {"rate": "50", "amount_max": "20000"}),
        ("Subvention de 37,5 % des dépenses", {"rate": "37.5"}),
        ("40 % pour les PME, 30 % pour les grandes entreprises", {"rate": "40", "rates": "pme=40|ge=30"}),
        ("Prime de 1 500 €", {"amount_max": "1500"}),
        ("Prêt de 10 000 € à 50 000 €", {"amount_max": "50000"}),
        ("Grant of up to EUR 3 million per project; funding rate 70 %", {"amount_max": "3000000", "rate": "70"}),
        ("Budget total : 1,2 milliard d'euros", {"amount_total": "1200000000"}),
        ("Valeur estimée hors TVA : 1 500 000 EUR", {"amount_total": "1500000"}),
        ("Aide maximale : 2.500.000 €", {"amount_max": "2500000"}),
        ("Soutien maximal de 0,5 M€", {"amount_max": "500000"}),
        ("Dotation de 15 000 € par lauréat", {"amount_max": "15000"}),
        ("Aide de 5 k€ maximum", {"amount_max": "5000"}),
        ("Up to EUR 900,000 per project", {"amount_max": "900000"}),
        ("Grants of EUR 1 to 2 million", {"amount_max": "2000000"}),
        ("A grant of €2-3 million", {"amount_max": "3000000"}),
        ("Grants of €50,000 to €150,000", {"amount_max": "150000"}),
        ("Up to €2.5m for each consortium", {"amount_max": "2500000"}),
        ("Aide maximale : 2.5 M EUR", {"amount_max": "2500000"}),
        ("Aide maximale : 1,250 M€", {"amount_max": "1250000"}),
        ("Lump sum of EUR 1,250,000.50", {"amount_max": "1250000.5"}),
        ("EUR 30,000 per company", {"amount_max": "30000"}),
        ("Chaque lauréat recevra 15 000 €.", {"amount_max": "15000"}),
        ("L'agence verse 363 k€ au laboratoire.", {"amount_max": "363000"}),
        ("Financement par projet : entre 800 k€ et 2 M€.", {"amount_max": "2000000"}),
        ("Plancher d'aide publique par projet : 6 250 €.", {}),
        ("Une aide de 30 % des investissements, entre 1 500 € et 7 500 €.", {"rate": "30", "amount_max": "7500"}),
        ("La Région prend en charge 50 % du salaire, plafond 30 000 €.", {"rate": "50", "amount_max": "30000"}),
        ("Subvention jusqu'à 2,5 M€, et un apport en fonds propres de 15 M€ au plus.", {"amount_max": "2500000"}),
        ("Crédit d'impôt de 20 % des dépenses, retenues dans la limite de 400 000 €.", {"rate": "20"}),
        ("Dépôt jusqu'à mi-juin, 40 % des dépenses, plafond 200 k€.", {"rate": "40", "amount_max": "200000"}),
        ("Dotation : 5 000 €.", {"amount_max": "5000"}),
        ("Dotation : 5 M€.", {"amount_total": "5000000"}),
        ("Les douze lauréats se partagent 3,2 M€.", {"amount_total": "3200000"}),
        ("Pour les PME de moins de 250 salariés, la Région finance 50 % des frais.", {"rate": "50"}),
        ("Grants cover up to 60% of relevant costs.", {"rate": "60"}),
        ("70 % du coût pour les petites entreprises, 60 % pour les moyennes.", {"rate": "70", "rates": "pe=70|me=60"}),
        ("Total budget EUR 40 million", {"amount_total": "40000000"}),
        ("L'aide peut atteindre 100 000 €.", {"amount_max": "100000"}),
        ("Les lauréats recevront 20 000 euros chacun.", {"amount_max": "20000"}),
        ("EU contribution of between EUR 4.00 and 6.00 million.", {"amount_max": "6000000"}),
        ("Le marché est estimé à 250 000 € HT.", {"amount_total": "250000"}),
        ("Taux maximum d'aide : 40 % (50 % pour les PME, 60 % pour les TPE)", {
            "rate": "60", "rates": "tpe=60|pme=50",
        }),
        ("Subvention de 45 % pour les petites entreprises, 35 % pour les moyennes et 25 % pour les grandes.", {
            "rate": "45", "rates": "pe=45|me=35|ge=25",
        }),
        ("Taux d'aide : PE 60 %, ME 50 %, GE 40 %.", {"rate": "60", "rates": "pe=60|me=50|ge=40"}),
        ("Funding rate: 60% for SMEs, 50% for large companies.", {"rate": "60", "rates": "pme=60|ge=50"}),
        ("Aide de 15 €/t, plafonnée à 2 000 €", {"amount_max": "2000"}),
    ],
)  # fmt: skip
def test_amounts_and_rates_are_read(text: str, expected: dict[str, str]) -> None:
    assert {name: fact.value for name, fact in read(text).items()} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Une ETI dont le chiffre d'affaires n'excède pas 1,5 Md €",
        "Des frais pris en charge dans la limite de 10 000 € de dépenses éligibles",
        "Entreprises de plus de 2 M€ de chiffre d'affaires",
        "Chiffre d'affaires supérieur à 2 M€",
        "Une levée de fonds de 5 M€",
        "La société lève 5 M€",
        "Dépenses plafonnées à 40 000 €",
        "Baisse de 40 % des émissions",
        "Entreprise détenue à 75 % par des personnes physiques",
        "Plancher de 3 000 €",
        "Une prime de 0,30 € par repas",
        "Une prime de 1 500 € par hectare",
        "Aide de 12 € / tonne",
        "Up to USD 5 million",
        "Au moins 10 000 € d'investissement",
        "TVA à 20 %",
        "Le tarif est de 250 €",
        "Une amende de 3 000 €",
        "10 salariés, 2 projets, 300 dossiers",
        "Capital de 100 000 €",
        "Une hausse de 12 % en 2026",
        "",
    ],
)
def test_other_sums_and_percentages_are_left_alone(text: str) -> None:
    assert read(text) == {}


def test_a_structured_amount_wins() -> None:
    facts = read("Enveloppe de 10 M€", amount=250_000.0)
    assert facts["amount_total"].value == "250000"
    assert facts["amount_total"].origin is Origin.FACT


def test_the_sentence_and_the_printed_sum_are_quoted() -> None:
    text = "Un appel. L'aide est plafonnée à 300 k€ par projet. Contact : la Région."
    sentence, printed = read(text)["amount_max"].evidence
    assert sentence.text == "L'aide est plafonnée à 300 k€ par projet."
    assert printed.text == "300 k€"
    assert text[printed.start : printed.end] == printed.text


_PIECES = st.sampled_from(
    [
        "aide",
        "jusqu'à",
        "300",
        "k€",
        "2,5",
        "M€",
        "1\u202f000",
        ".",
        ",",
        "%",
        "40",
        "enveloppe",
        "de",
        "millions",
        "d'euros",
        "€",
        "9999999999999999",
        "par",
        "projet",
    ]
)


@given(st.lists(_PIECES, max_size=30).map(" ".join) | st.text(max_size=100))
def test_any_text_gives_plain_numbers_that_are_quoted(text: str) -> None:
    for fact in read(text).values():
        assert float(fact.value) > 0
        assert "e" not in fact.value.lower()
        assert all(text[piece.start : piece.end] == piece.text for piece in fact.evidence)
