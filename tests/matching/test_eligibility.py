"""Three-valued eligibility: the call's own sentence, and never a no from what is unknown."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.matching.eligibility import judge
from veille.matching.profile import prepare_profile
from veille.model import Eligibility, Evidence, Fact, Origin, Verdict

from .build import a_member, an_item, context_with
from .judgements import places, taxonomy

YES, CHECK, NO = Verdict.YES, Verdict.CHECK, Verdict.NO


def verdict(facts: dict[str, str], kind: str = "appel-a-projets", **member: Any) -> Eligibility:
    item = an_item(type=kind, facts={name: [value, f"La phrase sur {name}."] for name, value in facts.items()})
    return judge(context_with().view(item), prepare_profile(a_member(**member), places(), taxonomy()))


@pytest.mark.parametrize(
    ("facts", "member", "expected"),
    [
        ({"eligible_sizes": "pme|tpe"}, {}, YES),
        ({"eligible_sizes": "pme"}, {"size": "tpe"}, YES),
        ({"eligible_sizes": "tpe"}, {}, NO),
        ({"eligible_sizes": "collectivite"}, {}, NO),
        ({"eligible_sizes": "collectivite"}, {"size": None}, CHECK),
        ({"eligible_sizes": "collectivite", "partner_roles": "labo|pme"}, {}, CHECK),
        ({"eligible_sizes": "inconnu"}, {}, CHECK),
        ({"eligible_territories": "fr:region:84|fr:region:27"}, {}, YES),
        ({"eligible_territories": "fr:region:53"}, {}, NO),
        ({"eligible_territories": "fr:region:53"}, {"commune": None}, CHECK),
        ({"turnover_min": "1500000"}, {}, CHECK),
        ({"turnover_min": "1500000"}, {"turnover_eur": 2_000_000.0}, YES),
        ({"turnover_min": "1500000"}, {"turnover_eur": 900_000.0}, NO),
        ({"turnover_min": "illisible"}, {"turnover_eur": 900_000.0}, CHECK),
        ({"naf": "10|11"}, {}, YES),
        ({"naf": "62.01Z"}, {}, NO),
        ({"naf": "62.01Z"}, {"naf_version": None}, CHECK),
        ({"naf": "62.01Z"}, {"naf_version": "NAF2025"}, CHECK),
        ({"naf": "62.01Z"}, {"naf": None}, CHECK),
        ({"legal_form": "association"}, {"legal_form": "SAS"}, NO),
        ({"legal_form": "association"}, {"legal_form": "Association"}, YES),
        ({"legal_form": "SCIC|SCOP"}, {"legal_form": "SAS"}, CHECK),
        ({"legal_form": "association"}, {"legal_form": None}, CHECK),
        ({"eligible_sizes": "pme", "turnover_min": "1500000"}, {}, CHECK),
        ({"turnover_max": "1500000"}, {"turnover_eur": 2_000_000.0}, NO),
        ({"turnover_max": "1500000"}, {"turnover_eur": 1_000_000.0}, YES),
        ({"eligible_sizes": "association", "eligible_others": "entreprises"}, {}, CHECK),
        ({"eligible_sizes": "association", "eligible_others": "entreprises"}, {"size": "labo"}, NO),
        ({"eligible_others": "entreprises"}, {}, CHECK),
        ({"eligible_others": "publics"}, {}, NO),
        ({"eligible_others": "ouvert"}, {"size": None}, CHECK),
        ({"excluded_sizes": "ge|pme"}, {}, NO),
        ({"excluded_sizes": "ge"}, {}, CHECK),
        ({"excluded_sizes": "tpe"}, {"size": "tpe"}, CHECK),
        ({"eligible_sizes": "labo", "partner_roles": "entreprise"}, {}, CHECK),
        ({"eligible_sizes": "labo", "partner_roles": "collectivite"}, {}, NO),
        ({"rates": "pe=45|me=35"}, {}, YES),
        ({"rates": "pe=45|me=35"}, {"size": "ge"}, CHECK),
        ({"eligible_sizes": "pme", "staff_min": "30"}, {"staff": 25}, NO),
        ({"eligible_sizes": "pme", "staff_min": "20"}, {"staff": 25}, YES),
        ({"eligible_sizes": "pme", "staff_min": "30"}, {}, CHECK),
        ({"eligible_sizes": "pme", "staff_min": "10"}, {}, YES),
        ({"eligible_sizes": "tpe|pme", "staff_max": "249"}, {}, YES),
        ({"eligible_sizes": "tpe|pme", "staff_max": "49"}, {}, CHECK),
        ({"staff_max": "249"}, {"size": "ge"}, NO),
        ({"staff_max": "249"}, {"size": "eti"}, CHECK),
        ({"eligible_sizes": "pme", "staff_max": "beaucoup"}, {}, YES),
        ({"eligible_sizes": "pme", "age_max": "8"}, {}, CHECK),
        ({"eligible_sizes": "labo", "age_max": "8"}, {"size": "labo"}, YES),
        ({"eligible_sizes": "pme", "excluded_territories": "fr:region:84"}, {}, NO),
        ({"eligible_sizes": "pme", "excluded_territories": "fr:region:94"}, {}, YES),
        ({"eligible_sizes": "pme", "project_territories": "fr:region:53"}, {}, CHECK),
        ({"eligible_sizes": "pme", "project_territories": "fr:region:84"}, {}, YES),
        ({"eligible_sizes": "pme", "naf_excluded": "10.89Z"}, {}, CHECK),
        ({"eligible_sizes": "pme", "naf_excluded": "64.19Z"}, {}, YES),
        ({"eligible_sizes": "pme", "condition": "titulaires"}, {}, CHECK),
        ({"eligible_sizes": "ge", "condition": "titulaires"}, {}, NO),
        ({"eligible_sizes": "pme", "eligible_territories": "fr:region:53"}, {}, NO),
        ({}, {}, CHECK),
    ],
)
def test_verdict(facts: dict[str, str], member: dict[str, Any], expected: Verdict) -> None:
    assert verdict(facts, **member).verdict is expected


def test_sentence_that_decided_is_quoted() -> None:
    judged = verdict({"eligible_sizes": "pme", "eligible_territories": "fr:region:53"})
    assert judged.quote == "La phrase sur eligible_territories."
    assert judged.note == "réservé à un autre territoire"


def test_partner_abroad_is_to_be_checked() -> None:
    item = an_item(facts={"partners_min": ["2", "at least two partners from two different countries"]})
    judged = judge(context_with().view(item), prepare_profile(a_member(), places(), taxonomy()))
    assert (judged.verdict, judged.note) == (CHECK, "partenaire étranger ?")


@pytest.mark.parametrize(
    ("sentence", "read", "note"),
    [
        (
            "Open to SMEs led by women entrepreneurs.",
            "led by",
            "condition « led by women entrepreneurs »",
        ),
        (
            "Entreprises titulaires d'un label ; en activité.",
            "titulaires",
            "condition « titulaires d'un label »",
        ),
    ],
)
def test_a_condition_is_told_in_the_call_s_own_words_to_their_end(sentence: str, read: str, note: str) -> None:
    evidence = tuple(Evidence(text=text, where="text") for text in (sentence, read))
    item = replace(an_item(), facts=(Fact(name="condition", value=read, origin=Origin.CUE, evidence=evidence),))
    judged = judge(context_with().view(item), prepare_profile(a_member(), places(), taxonomy()))
    assert judged.note == note


def test_tender_knows_no_home_ground() -> None:
    facts = {"eligible_territories": "fr:commune:29019", "eligible_sizes": "collectivite"}
    assert verdict(facts, kind="marche-public").verdict is CHECK


def test_event_elsewhere_keeps_nobody_out() -> None:
    assert verdict({"eligible_territories": "fr:commune:29019"}, kind="evenement").verdict is CHECK


NAMES = (
    "eligible_sizes", "eligible_others", "excluded_sizes", "rates", "staff_min", "age_max", "eligible_territories",
    "excluded_territories", "turnover_min", "naf", "naf_excluded", "legal_form", "partners_min", "condition",
)  # fmt: skip


@settings(deadline=None)  # the first example reads the related words
@given(
    st.dictionaries(
        st.sampled_from(NAMES),
        st.sampled_from(["pme|tpe", "collectivite", "fr:region:53", "1500000", "62.01Z", "association", "x", " "]),
    )
)
def test_unknown_data_never_says_no(facts: dict[str, str]) -> None:
    unknown = {"size": None, "commune": None, "turnover_eur": None, "naf": None, "legal_form": None}
    assert verdict(facts, **unknown).verdict is not NO


@pytest.mark.parametrize(
    ("zone", "kind", "expected"),
    [
        ("x:zonage:qpv", "subvention-aide", CHECK),
        ("x:gal:perche", "subvention-aide", CHECK),
        # it has a map, which the gate of territory holds against the member
        ("x:massif:massif-central", "subvention-aide", YES),
        # one need not be where an event is about
        ("x:zonage:qpv", "evenement", YES),
    ],
)
def test_a_zone_without_a_map_is_to_be_checked(zone: str, kind: str, expected: Verdict) -> None:
    item = an_item(type=kind, zones=[zone], facts={"eligible_sizes": ["pme", "Ouvert aux PME."]})
    said = (Evidence(text="la zone", where="text"),)
    item = replace(item, tags=tuple(replace(tag, evidence=said) for tag in item.tags))
    judged = judge(context_with().view(item), prepare_profile(a_member(), places(), taxonomy()))
    assert judged.verdict is expected
    assert ("zone à vérifier : « la zone »" in judged.note) is (expected is CHECK)
