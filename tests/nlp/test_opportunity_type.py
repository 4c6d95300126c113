"""Types: what a title, a source, a code and a printed deadline each prove."""

import pytest

from veille.model import Origin, Scheme, StructuredFacts, TextToTag


def types(tagger, title, body="", **more):
    [tagged] = tagger.tag([TextToTag(id="1", title=title, text=body, **more)])
    return tagged.of(Scheme.TYPE)


@pytest.mark.parametrize(
    "title",
    [
        "Avis d’une agence sanitaire sur une allégation nutritionnelle",
        "Les halles ferment un an pour travaux",
        "Yaourts végétaux : un marché en hausse",
        "Drones : de nouveaux services dans le ciel",
        "Construction : les défaillances reculent",
        "Additifs : des colorants de remplacement à l’essai",
        "Assurance : les tarifs augmentent",
        "Marchés de Noël : où aller",
        "Lait : le prix payé aux producteurs baisse",
    ],
)
def test_a_common_word_in_a_title_makes_no_tender_and_no_prize(tagger, title):
    found = {tag.term for tag in types(tagger, title)}
    assert not found & {"marche-public", "concours-prix"}


@pytest.mark.parametrize(
    "more",
    [
        {"source_type": "marche-public"},
        {"facts": StructuredFacts(cpv=("45233140",))},
        {"body": "Accord-cadre à bons de commande."},
        {"body": "Date limite de dépôt : 15 mars 2027."},
    ],
    ids=["source", "code", "cue", "deadline"],
)
def test_a_common_word_counts_as_soon_as_something_backs_it(tagger, more):
    assert types(tagger, "Travaux de voirie", **more)[0].term == "marche-public"


def test_the_usual_type_of_the_source_wins_over_one_word(tagger):
    main = types(tagger, "Avis sur une allégation « os »", source_type="reglementation", source_title="Registre")[0]
    assert main.term == "reglementation"


def test_the_usual_type_of_the_source_is_there_when_the_text_is_silent(tagger):
    [only] = types(tagger, "Formulaire modifié", source_type="reglementation", source_title="Registre")
    assert (only.term, only.origin) == ("reglementation", Origin.SOURCE)
    assert only.evidence[0].text == "Registre"


def test_what_says_nothing_is_plain_news_of_its_source(tagger):
    [only] = types(tagger, "Le cidre sort de la niche", source_title="La Gazette")
    assert (only.term, only.origin) == ("actualite", Origin.SOURCE)


def test_a_printed_deadline_makes_a_call_of_what_says_nothing_else(tagger):
    main = types(tagger, "Décors virtuels", "Dépôt des dossiers avant le 15 février 2027.")[0]
    assert main.term == "appel-a-projets"
    assert main.origin is Origin.CUE


def test_a_word_that_labels_the_title_names_the_type(tagger):
    body = "Un diagnostic, un plan d’actions, puis des questions. Inscription gratuite."
    assert types(tagger, "Webinaire : le bilan carbone pas à pas", body)[0].term == "evenement"


def test_a_call_that_is_over_is_no_open_call(tagger):
    found = [tag.term for tag in types(tagger, "Assainissement : l’appel est clos", "Appel à projets clos.")]
    assert found[0] == "laureats-attributions"
    assert "appel-a-projets" not in found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Types d'aide : Prêt, Subvention", ["pret-garantie", "subvention-aide"]),
        ("Nature de l'aide : ingénierie technique", ["accompagnement"]),
        ("Type d’événement : webinaire", ["evenement"]),
    ],
)
def test_a_labelled_line_names_the_types_in_its_order(tagger, line, expected):
    body = f"La Région accompagne la rénovation des ateliers.\n{line}\nContact : Maison de la Région."
    found = types(tagger, "Rénovation des ateliers d’artistes", body)
    assert [tag.term for tag in found][: len(expected)] == expected
    assert found[0].origin is Origin.CUE


def test_a_label_elsewhere_than_at_the_head_of_a_line_names_nothing(tagger):
    body = "Le guide dit quel type d'aide : prêt ou garantie, convient à un projet de recherche sur les algues."
    assert types(tagger, "Diagnostic gratuit de votre projet", body)[0].term == "accompagnement"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Prêt d’amorçage", "pret-garantie"),
        ("Trophées régionaux de l’artisanat", "concours-prix"),
        ("Formation aux éco-gestes", "formation"),
        ("Rénovation des copropriétés — appel à projets 2027", "appel-a-projets"),
    ],
)
def test_a_noun_that_heads_the_title_or_a_call_named_in_it_says_what_it_is(tagger, title, expected):
    body = "La Région soutient les entreprises : subvention de 50 % des dépenses éligibles, conseil d’un expert."
    assert types(tagger, title, body)[0].term == expected


def test_a_text_that_calls_itself_a_call_is_one(tagger):
    body = "Cet appel à projets vise à soutenir les ateliers. Aide plafonnée à 40 000 €, taux de subvention de 50 %."
    assert types(tagger, "Soutenir la rénovation des ateliers", body)[0].term == "appel-a-projets"


def test_a_round_table_is_fund_raising_in_the_press_and_a_consortium_where_partners_are_sought(tagger):
    title, body = "Un tour de table bouclé pour le bioréacteur", "Le tour de table réunit cinq acteurs."
    assert types(tagger, title, body)[0].term == "financement-capital"
    assert types(tagger, title, body, source_type="actualite")[0].term == "financement-capital"
    assert types(tagger, title, body, source_type="appel-partenaires")[0].term == "appel-partenaires"


def test_regulation_is_to_be_understood_and_a_call_to_be_seized(tagger):
    [rule] = tagger.tag([TextToTag(id="1", title="Décret relatif aux emballages", text="")])
    [call] = tagger.tag([TextToTag(id="1", title="Appel à projets emballages", text="")])
    assert [tag.term for tag in rule.of(Scheme.HORIZON)] == ["prospective"]
    assert [tag.term for tag in call.of(Scheme.HORIZON)] == ["operationnelle"]


def test_a_text_that_calls_itself_a_loan_or_a_tax_credit_is_one(tagger):
    aid = "La Région soutient les ateliers et leur transition, avec l’accompagnement d’un expert. "
    loan = aid + "Ce prêt finance les machines sans garantie."
    credit = aid + "Ce crédit d’impôt réduit vos coûts."
    assert types(tagger, "Moderniser les ateliers", loan)[0].term == "pret-garantie"
    assert types(tagger, "Moderniser les ateliers", credit)[0].term == "avantage-fiscal"


@pytest.mark.parametrize(
    ("title", "body", "declared"),
    [
        (
            "Accompagnement des commerçants du Vieux-Port",
            "Ateliers, diagnostics, suivi de 40 boutiques.",
            "marche-public",
        ),
        ("Acheter des plants locaux", "Prise en charge des frais de port.", "marche-public"),
        ("Formation linguistique, lot 3", "Apprentissage du français.", "marche-public"),
        ("PFAS : l'agence publie son avis", "La restriction viserait les agents de démoulage.", "reglementation"),
        ("Rapport annuel : les petites entreprises sont dispensées", "Le barème change.", "reglementation"),
        ("Institute looking for a bonding test facility", "A consortium preparing a proposal.", "appel-partenaires"),
        ("Assemblée générale et dîner des membres", "Lyon et en ligne, 17 décembre 2026.", "vie-du-cluster"),
        ("Moules silicone : l'atelier du soir", "Diagnostic de vos pièces, conseils d'un expert.", "formation"),
    ],
)
def test_the_type_that_a_source_declares_outweighs_words_in_passing(tagger, title, body, declared):
    assert types(tagger, title, body, source_type=declared)[0].term == declared


@pytest.mark.parametrize(
    ("title", "declared", "expected"),
    [
        ("Avis d’attribution : entretien des fossés", "marche-public", "laureats-attributions"),
        ("Webinaire : lire un cahier des charges", "marche-public", "evenement"),
        ("Appel à projets « Berges » 2027", "reglementation", "appel-a-projets"),
        ("Webinaire sur les moules imprimés", "vie-du-cluster", "evenement"),
        ("Appel à projets « Berges » 2027", "actualite", "appel-a-projets"),
    ],
)
def test_a_title_that_names_another_type_outweighs_what_its_source_declares(tagger, title, declared, expected):
    assert types(tagger, title, source_type=declared)[0].term == expected


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Ferrandier lève 6 millions et vise les Alpes", "Le loueur achète deux agences.", "signal-affaires"),
        ("Prix « Gestes rares » 2027", "Ouvert aux ateliers de France.", "concours-prix"),
        ("Cuir : aide à l’embauche d’un apprenti sellier", "4 000 euros aux entreprises du Tarn.", "subvention-aide"),
        ("Câbleurs : préparation opérationnelle à Rodez", "Douze demandeurs d’emploi formés.", "formation"),
        ("Emballage de barquettes : matinée à Lille", "Le 3 décembre 2026, trieurs et enseignes.", "evenement"),
        ("Fonderie Marchal placée en sauvegarde", "130 emplois en jeu, moules à transférer.", "signal-affaires"),
        ("Protection légère, relève d’automne", "Close le 24 novembre 2026.", "appel-a-projets"),
    ],
)
def test_news_prizes_and_help_to_hire_are_no_call_no_tender_and_no_vacancy(tagger, title, body, expected):
    assert types(tagger, title, body)[0].term == expected


def test_what_others_raise_is_no_money_to_be_had_but_a_round_open_to_candidates_is(tagger):
    told = types(tagger, "La biotech Alvo lève 12 M€ auprès de deux fonds")
    assert "financement-capital" not in {tag.term for tag in told}
    assert types(tagger, "Levée de fonds : candidatez au comité d’investisseurs")[0].term == "financement-capital"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Close le 24 novembre 2026.", "2026-11-24"),
        ("Studios et agences. Offres le 17 décembre 2026. Procédure adaptée.", "2026-12-17"),
        ("Opérateurs de la région. Jusqu’au 18 janvier 2027.", "2027-01-18"),
        ("Communes seulement, demande avant le 27 janvier 2027.", "2027-01-27"),
        ("Exercice clos le 31 décembre 2026.", None),
        ("Exposition au musée. Jusqu’au 30 décembre 2026.", None),
    ],
)
def test_a_last_day_that_is_a_sentence_of_its_own_is_read(tagger, text, day):
    [tagged] = tagger.tag([TextToTag(id="1", title="Sans titre", text=text)])
    assert next((fact.value for fact in tagged.facts if fact.name == "deadline"), None) == day


@pytest.mark.parametrize(
    ("title", "over"),
    [
        ("Piles usées : les onze projets de la première vague", True),
        ("Moulins : les dix-huit sites d’outre-mer retenus", True),
        ("Éclairage du port : les entreprises retenues", True),
        ("Piles usées : appel à projets, première vague", False),
        ("Les projets de la filière, vague après vague", False),
    ],
)
def test_those_who_were_chosen_in_a_round_close_it(tagger, title, over):
    assert (types(tagger, title)[0].term == "laureats-attributions") is over
