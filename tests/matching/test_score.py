"""One test per part of the score: what adds to it, and what it says."""

from dataclasses import replace
from datetime import date

import pytest

from veille.matching.context import prepare
from veille.matching.reasons import reasons_for
from veille.matching.relevance import match, rank
from veille.model import Item, ItemSource, Licence, Member, Verdict

from .build import FILLER, a_member, an_item, case_of, context_with, judge
from .judgements import TODAY, places, taxonomy


def score(item: object, member: object = None) -> float:
    judged = judge(item, member)  # type: ignore[arg-type]
    assert judged.score is not None, judged.gate
    return judged.score


def reasons(item: object, member: object = None) -> dict[str, str]:
    return {reason.kind: reason.text for reason in judge(item, member).reasons}  # type: ignore[arg-type]


def test_need_is_quoted() -> None:
    assert reasons(an_item())["need"] == "votre besoin « sarcopénie » est dans l'appel"


def test_several_needs_are_one_reason() -> None:
    member = a_member(needs=("sarcopénie", "gamme seniors"))
    assert reasons(an_item(), member)["need"] == "vos besoins « sarcopénie » et « seniors » sont dans l'appel"


def test_activity_is_quoted_as_the_profile_says_it() -> None:
    item = an_item(title="Extraits végétaux : appel", text="")
    assert reasons(item)["activity"] == "« extraits végétaux » = votre activité"


def test_other_form_in_the_item_is_shown_beside() -> None:
    item = an_item(title="Extrait végétal : appel", text="")
    assert reasons(item)["activity"] == "« extraits végétaux » (ici « Extrait végétal ») = votre activité"


def test_english_call_is_matched_by_cognates_and_glossary() -> None:
    member = a_member(needs=("gamme seniors, sarcopénie",))
    item = an_item(title="Healthy ageing and sarcopenia", text="", lang="en", main=["country-group:ue"])
    said = reasons(item, member)["need"]
    assert "« sarcopénie » (ici « sarcopenia »)" in said
    assert "« seniors » (ici « ageing »)" in said


def test_need_weighs_more_than_skill() -> None:
    need = a_member(activity=(), needs=("sarcopénie",))
    skill = a_member(activity=(), needs=(), skills=("sarcopénie",))
    assert score(an_item(), need) > score(an_item(), skill)


def test_expression_weighs_more_than_one_of_its_words() -> None:
    phrase = an_item(title="Enrobage sans dioxyde de titane", text="")
    word = an_item(title="Enrobage", text="")
    assert score(phrase) > score(word)


def test_title_weighs_more_than_text() -> None:
    assert score(an_item(title="Sarcopénie", text="Appel.")) > score(an_item(title="Appel", text="Sarcopénie."))


def test_followed_name_passes_gates_and_is_said() -> None:
    member = a_member(follows=("Nutrabel",))
    item = an_item(
        title="Nutrabel ouvre une usine", text="", type="signal-affaires", main=["fr:region:53"], sectors=[], facts={}
    )
    assert reasons(item, member) == {"follow": "nom suivi : Nutrabel"}


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Horizon Europe : nouveaux appels", False),
        ("À l'horizon 2030, la filière recrute", False),
        ("La société Horizon ouvre une usine", True),
        ("Horizon SAS rachète un concurrent", True),
    ],
)
def test_ordinary_word_is_a_name_only_in_a_company_s_context(title: str, named: bool) -> None:
    item = an_item(title=title, text="", type="signal-affaires", sectors=[], facts={})
    others = [replace(item, id=9100 + n, title=f"Horizon Europe, appel {n}") for n in range(6)]
    context = context_with(item, *others)
    judged = match(item, a_member(follows=("Horizon",)), context)
    assert any(reason.kind == "follow" for reason in judged.reasons) is named


def test_followed_name_is_not_found_inside_another_word() -> None:
    item = an_item(title="Nutrabelle, la nouvelle marque", text="", sectors=[], facts={})
    assert judge(item, a_member(follows=("Nutrabel",))).gate is not None


def test_country_of_interest_is_named() -> None:
    item = an_item(type="export-salon", main=["country:de"])
    assert reasons(item, a_member(countries=("DE",)))["country"] == "pays que vous visez : Allemagne"


def test_country_of_interest_without_the_filiere_is_off_topic() -> None:
    item = an_item(title="Salon du jouet à Berlin", text="", type="export-salon", main=["country:de"], sectors=[])
    assert judge(item, a_member(countries=("DE",))).gate is not None


def test_own_departement_weighs_more_than_own_region() -> None:
    assert score(an_item(main=["fr:departement:63"])) > score(an_item(main=["fr:region:84"]))


def test_eligible_call_is_said_so() -> None:
    facts = {"eligible_sizes": ["pme|tpe", "Ouvert aux PME."]}
    assert reasons(an_item(facts=facts))["eligible"] == "éligible : ouvert aux TPE, PME"


def test_aid_for_all_trades_is_shown_low_to_those_it_is_open_to() -> None:
    facts = {"eligible_sizes": ["pme|tpe", "Ouvert aux PME."]}
    item = an_item(title="Chèque innovation", text="", type="subvention-aide", sectors=[], facts=facts)
    assert reasons(item)["audience"] == "ouvert aux PME, tous métiers"
    assert score(item) < score(an_item())
    assert judge(item, a_member(size="labo")).gate is not None
    unsaid = judge(item, a_member(size=None))  # unknown data never says no
    assert unsaid.gate is None
    assert unsaid.eligibility is not None
    assert unsaid.eligibility.verdict is Verdict.CHECK


def test_standing_national_scheme_for_all_trades_is_shown_low_and_lower_to_whoever_says_more() -> None:
    aid = {"title": "Garantie innovation", "text": "", "type": "pret-garantie", "sectors": [], "main": ["country:fr"]}
    standing = an_item(**aid, facts={"eligible_sizes": ["pme", ""]})
    dated = an_item(**aid, facts={"eligible_sizes": ["pme", ""], "deadline": ["2027-01-15", ""]})
    rich = a_member(activity=("gélules", "gommes", "comprimés"))
    terse = a_member(activity=(), skills=(), needs=(), axes=())
    assert score(standing, rich) < score(standing, terse) < score(an_item(), terse)
    assert judge(dated).gate is None


def told(item: Item, member: Member) -> list[str]:
    return [reason.kind for reason in reasons_for(case_of(item, member))]


def test_own_words_come_before_the_place_and_nearness_after_it() -> None:
    teas = a_member(activity=("thés et infusions",), needs=(), naf=None)
    own = an_item(title="Infusions : appel", text="")
    near = an_item(title="Tisanes et boissons chaudes : appel", text="", sectors=[])
    assert told(own, teas)[0] == "activity"
    assert told(near, teas)[:2] == ["territory", "activity"]
    said = {reason.kind: reason.text for reason in reasons_for(case_of(near, teas))}
    assert said["activity"] == "« boissons » : proche de votre activité « thés et infusions »"


def test_aid_for_every_company_is_told_for_whom_it_is_before_a_need_that_only_its_kind_answers() -> None:
    facts = {"eligible_sizes": ["pme|tpe", "Ouvert aux PME."], "deadline": ["2027-01-15", ""]}
    aid = an_item(
        title="Aide à l'embauche pour les PME", text="", type="subvention-aide", sectors=[], main=[], facts=facts
    )
    said = judge(aid, a_member(needs=("trouver des sertisseurs", "recruter des conducteurs de ligne")))
    kinds = [reason.kind for reason in said.reasons]
    assert kinds[0] == "audience"


def test_member_known_by_its_filiere_is_told_it_before_what_is_only_near() -> None:
    known = a_member(activity=(), needs=(), commune=None)
    item = an_item(title="Acides aminés : le marché se tend", text="", type="actualite", main=[], facts={})
    assert told(item, known) == ["sector", "activity"]


def test_country_alone_is_no_reason() -> None:
    item = an_item(title="Salon du jouet à Berlin", text="", type="export-salon", main=["country:de"], sectors=[])
    assert told(item, a_member(countries=("DE",), activity=(), needs=(), naf=None)) == []


def test_life_of_the_network_is_told_as_that() -> None:
    item = an_item(title="Assemblée générale et dîner des membres", text="", type="vie-du-cluster", facts={})
    assert reasons(item) == {"common": "vie du réseau"}


def test_grammar_is_never_quoted_for_a_line() -> None:
    member = a_member(activity=("remettre plus de vieux enrobés dans les neufs",), needs=(), naf=None)
    item = an_item(title="Plus loin dans les Alpes : prime aux vergers", text="", facts={})
    assert not {"dans", "Plus", "plus"} & {
        word for reason in judge(item, member).reasons for word in reason.text.replace("«", " ").split()[:1]
    }


def test_technique_at_work_in_another_filiere_is_a_bridge() -> None:
    item = an_item(
        title="L'encapsulation passe au textile",
        text="",
        type="innovation-techno",
        sectors=["textile-mode-luxe"],
        facts={},
        main=[],
    )
    assert reasons(item) == {"bridge": "pont : « encapsulation » dans votre profil"}


def test_urgency_rises_from_thirty_days_to_ten() -> None:
    def closing(day: date) -> float:
        return score(an_item(facts={"deadline": [day.isoformat(), ""]}))

    assert closing(date(2026, 12, 4)) > closing(date(2026, 12, 20)) > closing(date(2027, 1, 20))


def test_open_call_does_not_age_and_news_does() -> None:
    def of(kind: str, day: date, **facts: list[str]) -> float:
        return score(an_item(type=kind, published=day, facts=facts))

    deadline = ["2027-01-20", ""]
    assert of("appel-a-projets", TODAY, deadline=deadline) == of("appel-a-projets", date(2026, 9, 1), deadline=deadline)
    assert of("reglementation", TODAY) > of("reglementation", date(2026, 9, 1))


def test_what_is_read_of_a_need_is_as_useful_as_what_can_be_seized() -> None:
    assert min(score(an_item(facts={})), score(an_item(type="reglementation", facts={}))) > 0.8


def test_first_hand_stands_above_press() -> None:
    assert score(an_item()) > score(replace(an_item(), licence=Licence.PRESS))


def test_several_sources_add_a_little() -> None:
    item = an_item()
    more = replace(
        item, sources=tuple(ItemSource(source_id=str(n), title="", link=None, published=None) for n in (1, 2))
    )
    assert score(more) > score(item)
    assert reasons(more)["source"] == "2 sources"


def test_ranking_is_best_first_and_the_same_whatever_the_order_of_items() -> None:
    context = prepare(FILLER, today=TODAY, places=places(), taxonomy=taxonomy())
    forth, back = rank(FILLER, a_member(), context), rank(FILLER[::-1], a_member(), context)
    assert [one.item_id for one in forth] == [one.item_id for one in back]
    scores = [one.score or 0 for one in forth]
    assert scores == sorted(scores, reverse=True)


def test_item_that_was_not_prepared_is_judged_all_the_same() -> None:
    context = prepare((), today=TODAY, places=places(), taxonomy=taxonomy())
    assert match(an_item(), a_member(), context).score
