"""One test per gate: what it refuses, what it says, and what it lets through."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from veille.matching.gates import off_topic

from .build import a_member, an_item, case_of, judge, score_of
from .judgements import TODAY


def gate_of(item: Any, member: Any = None) -> tuple[str, str]:
    judged = judge(item, member)
    assert judged.score is None
    assert judged.reasons == ()
    assert judged.gate is not None
    return judged.gate.kind, judged.gate.text


def test_what_suits_passes_every_gate() -> None:
    judged = judge(an_item())
    assert judged.gate is None
    assert judged.score


def test_call_that_closed_yesterday_is_refused_and_today_is_not() -> None:
    closed = an_item(facts={"deadline": [(TODAY - timedelta(days=1)).isoformat(), ""]})
    assert gate_of(closed) == ("gate:expired", "clos depuis le 26 novembre 2026")
    assert judge(an_item(facts={"deadline": [TODAY.isoformat(), ""]})).gate is None


def test_event_that_took_place_is_refused_and_today_is_not() -> None:
    day = TODAY - timedelta(days=1)
    past = an_item(type="evenement", facts={"event_date": [day.isoformat(), ""]})
    assert gate_of(past) == ("gate:expired", "a eu lieu le 26 novembre 2026")
    assert judge(an_item(type="evenement", facts={"event_date": [TODAY.isoformat(), ""]})).gate is None


def test_regulation_does_not_close() -> None:
    assert judge(an_item(type="reglementation", facts={"deadline": ["2026-11-01", ""]})).gate is None


@pytest.mark.parametrize(
    ("kind", "place", "passes"),
    [
        ("appel-a-projets", "fr:region:84", True),
        ("appel-a-projets", "fr:departement:63", True),
        ("appel-a-projets", "country:fr", True),
        ("appel-a-projets", "country-group:ue", True),
        ("appel-a-projets", "fr:region:53", False),
        ("appel-a-projets", "fr:departement:03", False),
        ("appel-a-projets", "fr:commune:34079", False),
        ("evenement", "fr:departement:03", True),
        ("evenement", "fr:region:53", False),
        ("signal-affaires", "fr:region:53", True),
        ("signal-affaires", "country:us", False),
        ("vie-du-cluster", "fr:region:53", True),
        ("reglementation", "country:us", True),
        ("innovation-techno", "fr:region:53", True),
        ("innovation-techno", "country:us", False),
        ("export-salon", "country:de", False),
    ],
)
def test_territory_gate(kind: str, place: str, passes: bool) -> None:
    judged = judge(an_item(type=kind, main=[place]))
    assert (judged.gate is None) is passes
    if not passes:
        assert judged.gate is not None
        assert judged.gate.kind == "gate:territory"


@pytest.mark.parametrize(
    ("kind", "zone", "main", "passes"),
    [
        ("appel-a-projets", "x:massif:massif-central", [], True),
        ("appel-a-projets", "x:pnr:volcans-d-auvergne", [], True),
        ("appel-a-projets", "x:massif:vosges", [], False),
        ("appel-a-projets", "x:massif:alpes", [], False),
        ("evenement", "x:massif:alpes", [], True),
        ("appel-a-projets", "x:massif:vosges", ["country:fr"], True),
        ("appel-a-projets", "x:zonage:qpv", [], True),
        ("appel-a-projets", "x:zonage:outre-mer", [], False),
        ("appel-a-projets", "x:communes:moins-de-2000", [], True),
        ("export-salon", "x:monde:maghreb", [], True),
    ],
)
def test_a_zone_refuses_who_lies_outside_it(kind: str, zone: str, main: list[str], passes: bool) -> None:
    judged = judge(an_item(type=kind, main=main, zones=[zone]))
    assert (judged.gate is None) is passes


def test_a_zone_is_named_in_french_where_it_refuses_and_where_it_suits() -> None:
    assert (
        gate_of(an_item(main=[], zones=["x:massif:vosges"]))[1] == "hors de votre territoire : vise massif des Vosges"
    )
    reasons = judge(an_item(main=[], zones=["x:massif:massif-central"])).reasons
    assert "votre territoire : Massif central" in [reason.text for reason in reasons]


def test_a_region_of_the_world_holds_the_countries_that_a_member_aims_at() -> None:
    reasons = judge(an_item(main=[], zones=["x:monde:maghreb"]), a_member(countries=("MA",))).reasons
    assert "pays que vous visez : Maroc" in [reason.text for reason in reasons]


def test_territory_refusal_names_the_place() -> None:
    assert gate_of(an_item(main=["fr:region:53"]))[1] == "hors de votre territoire : vise Bretagne"


def test_place_named_in_passing_refuses_nobody() -> None:
    assert judge(an_item(main=[], mentioned=["fr:region:53"])).gate is None


def test_member_without_commune_is_never_refused_by_territory() -> None:
    assert judge(an_item(main=["fr:region:53"]), a_member(commune=None)).gate is None


def test_country_of_interest_opens_the_territory_gate() -> None:
    assert judge(an_item(type="export-salon", main=["country:de"]), a_member(countries=("DE",))).gate is None


def test_distant_tender_passes_only_when_its_title_names_the_product() -> None:
    far = {"type": "marche-public", "main": ["fr:departement:29"]}
    assert judge(an_item(title="Gommes aux extraits végétaux pour un hôpital", **far)).gate is None
    vague = an_item(title="Denrées pour le portage de repas", text="Dont gommes aux extraits végétaux.", **far)
    assert gate_of(vague)[0] == "gate:territory"


def test_call_for_others_is_refused_with_its_condition() -> None:
    facts = {"eligible_sizes": ["collectivite", "Réservé aux collectivités."]}
    judged = judge(an_item(facts=facts))
    assert judged.gate is not None
    assert (judged.gate.kind, judged.gate.text) == ("gate:eligibility", "non éligible : réservé aux collectivités")
    assert judged.eligibility is not None
    assert judged.eligibility.quote == "Réservé aux collectivités."


def test_muted_term_is_refused_as_whole_words_in_order() -> None:
    muted = a_member(muted=("compléments alimentaires",))
    assert gate_of(an_item(), muted)[1] == "terme que vous avez coupé : « compléments alimentaires »"
    other = an_item(text="Des aliments complets pour seniors.")
    assert judge(other, muted).gate is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"type": "laureats-attributions"}, "résultats"),
        ({"title": "Sarcopénie : les lauréats sont connus", "facts": {}}, "résultats"),
        ({"title": "Sarcopénie : appel à projets 2025", "facts": {}}, "autre année (2025)"),
        ({"type": "actualite", "facts": {}, "published": date(2026, 5, 4)}, "trop ancien : publié le 4 mai 2026"),
        ({"facts": {}, "published": date(2024, 6, 1)}, "trop ancien : publié le 1er juin 2024"),
    ],
)
def test_noise_is_refused_with_its_cause(changed: dict[str, Any], words: str) -> None:
    kind, text = gate_of(an_item(**changed))
    assert kind == "gate:noise"
    assert words in text


def test_call_named_after_a_past_year_that_is_still_open_passes() -> None:
    assert judge(an_item(title="Sarcopénie : appel à projets 2025, dernière vague")).gate is None


@pytest.mark.parametrize("title", ["Légumes pour les cantines", "Agroalimentaire : l'emploi progresse"])
def test_shared_filiere_alone_is_off_topic(title: str) -> None:
    said = "hors sujet : même filière, mais aucun mot de votre profil"
    assert gate_of(an_item(title=title, text="")) == ("gate:off-topic", said)


@pytest.mark.parametrize(
    ("chance", "own", "kind", "sector", "word"),
    [
        ("Chips : une nouvelle ligne aux extraits de piment", "Gommes aux extraits végétaux : une nouvelle ligne",
         "appel-a-projets", "agroalimentaire", "extraits"),
        ("Le titane monte", "L'enrobage sans dioxyde de titane monte", "actualite", "mines-metallurgie", "titane"),
    ],
)  # fmt: skip
def test_one_word_by_chance_stays_far_below_the_whole_line(
    chance: str, own: str, kind: str, sector: str, word: str
) -> None:
    by_chance = an_item(title=chance, text="", type=kind, sectors=[sector])
    whole = an_item(title=own, text="", type=kind, sectors=[sector])
    assert not case_of(by_chance).concerned
    assert case_of(whole).on_topic
    assert score_of(by_chance) < 0.65 * score_of(whole)
    assert off_topic(case_of(by_chance)) == f"hors sujet : « {word} » ne suffit pas à en faire votre métier"


@pytest.mark.parametrize("kind", ["actualite", "evenement", "formation", "signal-affaires", "subvention-aide"])
@pytest.mark.parametrize("title", ["Le salon du mariage ouvre ses portes", "Une exposition de broderie"])
def test_what_is_only_near_is_off_topic(kind: str, title: str) -> None:
    near = {"type": kind, "text": "", "sectors": [], "main": ["fr:departement:63"], "facts": {}}
    assert gate_of(an_item(title=title, **near)) == ("gate:off-topic", "hors sujet : aucun mot de votre profil")
    assert judge(an_item(title=f"{title} : la sarcopénie", **near)).gate is None


def test_the_network_s_own_life_needs_no_word_of_the_member_s() -> None:
    party = an_item(type="vie-du-cluster", title="La soirée des adhérents", text="", sectors=[], facts={})
    assert judge(party).gate is None


def test_tender_for_the_equipment_of_the_trade_is_off_topic() -> None:
    member = a_member(sectors=("industrie-du-futur",), activity=("usinage de précision",), needs=())
    bought = {"type": "marche-public", "sectors": ["industrie-du-futur"], "text": ""}
    assert gate_of(an_item(title="Acquisition d'un centre d'usinage", **bought), member)[0] == "gate:off-topic"
    assert judge(an_item(title="Usinage de pièces", **bought), member).gate is None


def test_gates_are_asked_in_a_fixed_order() -> None:
    wrong = an_item(
        title="Vendanges",
        text="",
        main=["fr:region:53"],
        facts={"deadline": ["2026-11-01", ""], "eligible_sizes": ["collectivite", ""]},
    )
    assert gate_of(wrong)[0] == "gate:expired"
    opened = an_item(title="Vendanges", text="", main=["fr:region:53"], facts={"eligible_sizes": ["collectivite", ""]})
    assert gate_of(opened)[0] == "gate:territory"


# ── what was there before its source was watched ────────────────────────────────────────────────────────────────────
def archived(**changed: Any) -> Any:
    """Make news about sarcopenia that stood there when its source began to be watched."""
    item = an_item(**{"type": "innovation-techno", "facts": {}, **changed})
    return replace(item, baseline=True, first_seen=datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC))


def test_news_that_was_old_when_its_source_began_to_be_watched_is_refused() -> None:
    old = archived(published=TODAY - timedelta(days=30))
    kind, said = gate_of(old)
    assert kind == "gate:archive"
    assert said == "déjà ancien quand la veille de cette source a commencé : publié le 28 octobre 2026"
    assert judge(replace(old, baseline=False)).gate is None


def test_undated_news_of_a_first_import_is_refused_and_later_ones_are_not() -> None:
    undated = replace(archived(), published=None)
    assert gate_of(undated) == ("gate:archive", "déjà en ligne, sans date, quand la veille de cette source a commencé")
    assert judge(replace(undated, baseline=False)).gate is None


def test_recent_news_of_a_first_import_is_news() -> None:
    assert judge(archived(published=TODAY - timedelta(days=20))).gate is None


def test_a_followed_name_brings_no_archive_either() -> None:
    followed = a_member(follows=("Sarcopénie",))
    assert gate_of(archived(published=TODAY - timedelta(days=60)), followed)[0] == "gate:archive"


@pytest.mark.parametrize("days", [30, 400])
def test_what_can_still_be_seized_is_stock_whatever_its_age(days: int) -> None:
    dated = archived(
        type="appel-a-projets",
        published=TODAY - timedelta(days=days),
        facts={"deadline": [(TODAY + timedelta(days=9)).isoformat(), ""]},
    )
    assert judge(dated).gate is None
    assert judge(archived(type="subvention-aide", published=TODAY - timedelta(days=days))).gate is None
    assert judge(replace(archived(type="subvention-aide"), published=None)).gate is None


def test_an_open_consultation_of_a_first_import_is_no_archive() -> None:
    day = (TODAY + timedelta(days=20)).isoformat()
    consulted = archived(type="reglementation", published=TODAY - timedelta(days=60), facts={"deadline": [day, ""]})
    assert judge(consulted).gate is None


def test_item_in_a_language_that_nobody_reads_is_refused() -> None:
    german = replace(an_item(), lang="de")
    assert gate_of(german) == ("gate:language", "écrit en allemand, que vous ne lisez pas")
    assert gate_of(replace(an_item(), lang="xx"))[1] == "écrit en « xx », que vous ne lisez pas"
    assert judge(replace(an_item(), lang="en")).gate is None
    assert judge(replace(an_item(), lang=None)).gate is None


def test_chosen_languages_stand_in_for_french_and_english() -> None:
    reader = a_member(languages=("fr", "de"))
    assert judge(replace(an_item(), lang="de"), reader).gate is None
    assert gate_of(replace(an_item(), lang="en"), reader)[0] == "gate:language"


def test_one_word_far_down_a_long_text_is_no_topic() -> None:
    member = a_member(needs=("variétés résistantes à la sécheresse", "sarcopénie"), activity=())
    talk = "Le comité examine chaque dossier complet. " * 40
    assert judge(an_item(title="Appel régional", text=f"Sarcopénie. {talk}"), member).gate is None
    assert gate_of(an_item(title="Appel régional", text=f"{talk} Sarcopénie."), member)[0] == "gate:off-topic"


@pytest.mark.parametrize(
    ("title", "place", "passes"),
    [
        ("Salon de la sarcopénie à Rennes", "fr:region:53", True),
        ("Assises de la sarcopénie : Rennes", "fr:commune:35238", True),
        ("Rendez-vous d'affaires de la sarcopénie, Rennes", "fr:region:53", True),
        ("Webinaire : la sarcopénie vue de Rennes", "fr:region:53", True),
        ("Sarcopénie : matinée à Rennes et en ligne", "fr:region:53", True),
        ("Sarcopénie : matinée à Rennes", "fr:region:53", False),
        ("Sarcopénie : matinée à Rennes, programme en ligne", "fr:region:53", False),
        ("Salon du mariage de Rennes", "fr:region:53", False),
        ("Salon de la sarcopénie à Boston", "country:us", False),
    ],
)
def test_an_event_of_a_whole_trade_or_online_is_refused_by_no_territory(title: str, place: str, passes: bool) -> None:
    event = an_item(type="evenement", title=title, main=[place], facts={}, text="Une demi-journée.")
    assert (judge(event).gate is None) is passes


@pytest.mark.parametrize(
    ("title", "passes"),
    [
        ("Sarcopénie : un ingénieur recherché à Clermont", False),
        ("Trois diététiciennes spécialistes de la sarcopénie cherchent un poste", True),
        ("Sarcopénie : douze diplômés disponibles en janvier", True),
    ],
)
def test_people_who_look_for_a_post_are_no_vacancy(title: str, passes: bool) -> None:
    assert (judge(an_item(type="emploi", title=title, facts={})).gate is None) is passes


@pytest.mark.parametrize(
    ("text", "kind", "closed"),
    [
        ("ATTENTION : CETTE AIDE N'EST PLUS PROPOSÉE.", "subvention-aide", True),
        ("Vous ne pouvez plus la demander.", "subvention-aide", True),
        ("Ce dispositif n'est plus réservé aux PME.", "subvention-aide", False),
        ("Cette aide n'est plus proposée.", "actualite", False),
    ],
)
def test_an_aid_that_says_itself_that_it_is_no_more_is_closed(text: str, kind: str, closed: bool) -> None:
    judged = judge(an_item(type=kind, facts={}, text=f"La sarcopénie des seniors. {text}"))
    assert (judged.gate is not None and judged.gate.kind == "gate:expired") is closed
