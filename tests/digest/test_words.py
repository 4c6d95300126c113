import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.builders import FRIDAY, digest, item, match, member, seen, subscriber
from veille import french
from veille.digest.choosing import wording
from veille.digest.choosing.brevity import shortened
from veille.digest.choosing.bulletin import compose, one_line, selection, web_link
from veille.digest.choosing.select import Offer
from veille.excerpt import PRESS_CHARACTERS, PRESS_SHARE, excerpt
from veille.model import Bulletin, Edit, Eligibility, Fact, ItemSource, Licence, Origin, Reason, Scheme, Verdict

NBSP = "\u00a0"
ZONE = ZoneInfo("Europe/Paris")


class Labels:
    def short(self, scheme: Scheme, term: str) -> str:
        return {"appel-a-projets": "AAP", "fr:region:84": "AURA"}.get(term, term)


def made(*offers: Offer, **who: str) -> Bulletin:
    person = subscriber(first_name="Anne")
    organisation = who.get("organisation", "Phytalis")
    return compose(
        digest(),
        offers,
        member=member(organisation=organisation),
        subscriber=person,
        day=FRIDAY,
        zone=ZONE,
        labels=Labels(),
    )


def an_offer(section: str = "seize", **changes: object) -> Offer:
    values = {"item": item(), "match": match(), "section": section, **changes}
    return Offer(**values)


@pytest.mark.parametrize(
    ("value", "shown"), [(300_000, "300 k€"), (2e6, "2 M€"), (1_500_000, "1,5 M€"), (800, "800 €"), (12_500, "12,5 k€")]
)
def test_amounts_are_short(value: float, shown: str):
    assert french.euros(value).replace(NBSP, " ") == shown


def test_line_is_facts_in_words():
    facts = {"amount_max": "300000", "rate": "40", "partners_min": "2"}
    line = made(an_offer(item=item(facts=facts, place="fr:region:84", deadline="2026-12-08"))).lines[0]
    assert [fact.replace(NBSP, " ") for fact in line.facts] == ["AAP", "AURA", "≤ 300 k€", "40 %", "≥ 2 partenaires"]
    assert line.deadline.replace(NBSP, " ") == "mardi 8 décembre"
    assert (line.badge, line.verb) == ("J-11", "clôt")
    assert (line.eligibility, line.eligibility_note.replace(NBSP, " ")) == ("éligible", "« PME de la région »")


def test_unknown_amount_is_shown_as_it_is_printed():
    assert made(an_offer(item=item(facts={"amount_max": "selon devis"}))).lines[0].facts[1].endswith("selon devis")


def test_event_takes_place_it_does_not_close():
    assert made(an_offer(item=item(kind="evenement"))).lines[0].verb == ""


def test_deadline_of_next_year_carries_its_year():
    assert made(an_offer(item=item(deadline="2027-01-15"))).lines[0].deadline.endswith("2027")


def test_deadline_to_be_checked_says_so_and_closes_nothing_in_the_subject():
    shown = made(an_offer(item=item(facts={"deadline_state": "check"})))
    assert shown.lines[0].deadline == f"vendredi 18{NBSP}décembre (date à vérifier)"
    assert "date à vérifier" not in shown.lines[0].facts
    assert "clôt" not in shown.subject


def test_deadline_that_is_no_day_is_told_among_the_facts():
    line = made(an_offer(item=item(deadline=None, facts={"deadline_state": "check"}))).lines[0]
    assert (line.deadline, line.facts[-1]) == ("", "date à vérifier")


def test_deadline_that_the_source_states_is_not_doubted():
    stated = tuple(
        Fact(name=name, value=value, origin=origin)
        for name, value, origin in (
            ("deadline", "2026-12-18", Origin.FACT),
            ("deadline_state", "check", Origin.CUE),
        )
    )
    line = made(an_offer(item=replace(item(), facts=stated))).lines[0]
    assert line.deadline == f"vendredi 18{NBSP}décembre"


def test_moved_deadline_says_from_when_to_when():
    moved = an_offer(
        item=item(version=2, deadline="2027-01-15"), seen=seen(deadline=date(2026, 12, 15)), changed=("deadline",)
    )
    line = made(moved).lines[0]
    assert line.change.replace(NBSP, " ") == "échéance reportée du 15 décembre au 15 janvier 2027"
    assert line.recall.replace(NBSP, " ") == "déjà vu le 23 octobre"


def test_changed_amount_says_both():
    raised = item(version=2, facts={"amount_max": "500000"}, previous={"amount_max": "300000"})
    line = made(an_offer(item=raised, seen=seen(), changed=("amount_max",))).lines[0]
    assert line.change.replace(NBSP, " ") == "plafond : 300 k€ → 500 k€"


def edited(before: str, after: str) -> Edit:
    title = "Appel numéro 1 pour les ingrédients"
    return Edit(title=title, text=before, new_title=title, new_text=after, at=datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("Les dossiers sont attendus. Date limite de dépôt : 15 janvier 2027.", ""),
        ("Les dossiers sont attendus. Clôture le 15/01/2027 à midi.", ""),
        ("Les dossiers sont attendus. Le taux d'aide est doublé.", " ; ajouté : « Le taux d'aide est doublé »"),
        (
            "Les dossiers sont attendus. Date limite : 15 janvier 2027. Un webinaire est ajouté au programme.",
            " ; ajouté : « Un webinaire est ajouté au programme »",
        ),
    ],
)
def test_a_moved_deadline_is_not_told_twice(after: str, told: str):
    edit = edited("Les dossiers sont attendus.", after)
    moved = item(version=2, deadline="2027-01-15", previous={"deadline": "2026-12-15"}, edit=edit, text=after)
    offer = an_offer(item=moved, seen=seen(deadline=date(2026, 12, 15)), changed=("deadline", "text"))
    said = "échéance reportée du 15 décembre au 15 janvier 2027"
    assert made(offer).lines[0].change.replace(NBSP, " ") == said + told
    assert " ; ".join(wording.what_changed(moved, FRIDAY)).replace(NBSP, " ") == said + told


def test_the_first_mail_says_where_the_address_comes_from():
    person = subscriber(basis="adhésion", origin="adherents.csv", added=datetime(2026, 11, 3, 8, 0, tzinfo=UTC))
    told = compose(
        digest(), [an_offer()], member=member(), subscriber=person, day=FRIDAY, zone=ZONE, labels=Labels(), first=True
    ).origin.replace(NBSP, " ")
    assert told == (
        "C’est notre premier message à cette adresse. D’où elle vient : notre liste « adherents.csv », depuis le mardi"
        " 3 novembre 2026. À quel titre : adhésion."
    )
    assert made(an_offer()).origin == ""


@pytest.mark.parametrize("section", ["seize", "partners", "network"])
def test_what_has_no_address_is_told_where_it_is_shown(section: str):
    said = "Rendez-vous à Quimper.\nAppelez Anne avant jeudi : 04 73 00 00 00."
    heard = item(url=None, text=said, licence=Licence.OWN)
    bulletin = made(an_offer(section, item=heard))
    assert (
        bulletin.lines[0].extract.replace(NBSP, " ")
        == "Rendez-vous à Quimper. Appelez Anne avant jeudi : 04 73 00 00 00."
    )
    assert shortened(bulletin, 1).lines[0].extract == bulletin.lines[0].extract
    assert len(made(an_offer(section, item=replace(heard, text=said * 100))).lines[0].extract) <= 500


def test_recall_says_so():
    line = made(an_offer("deadlines", seen=seen())).lines[0]
    assert line.reasons[0] == "dernier rappel"


def test_every_line_has_a_reason_even_without_match():
    bare = an_offer("network", match=match(score=None), common=True)
    assert made(bare).lines[0].reasons == ("pour tous les membres du réseau",)


def test_common_line_also_says_why_this_member():
    assert made(an_offer("understand", common=True)).lines[0].reasons[1] == "pour tous les membres du réseau"


def test_reasons_shown_elsewhere_on_the_line_are_not_repeated():
    reasons = (Reason(kind="deadline", text="clôt dans 3 jours"), Reason(kind="need", text="votre besoin"))
    assert made(an_offer(match=match(reasons=reasons))).lines[0].reasons == ("votre besoin",)


def test_doubtful_eligibility_says_what_to_check():
    doubt = Eligibility(verdict=Verdict.CHECK, note="votre taille n'est pas connue")
    line = made(an_offer(match=match(eligibility=doubt))).lines[0]
    assert (line.eligibility, line.eligibility_note) == ("à vérifier", "votre taille n'est pas connue")


def test_call_that_states_no_condition_says_only_that_it_is_to_be_checked():
    line = made(an_offer(match=match(eligibility=Eligibility(verdict=Verdict.CHECK)))).lines[0]
    assert (line.eligibility, line.eligibility_note) == ("éligibilité à vérifier", "")


@pytest.mark.parametrize("kind", ["appel-partenaires", "evenement", "formation", "export-salon"])
@pytest.mark.parametrize("verdict", [Verdict.CHECK, Verdict.YES])
def test_what_one_joins_says_nothing_of_eligibility(kind: str, verdict: Verdict):
    judged = Eligibility(verdict=verdict, quote="Ouvert aux PME.", note="ouvert aux PME")
    line = made(an_offer(item=item(kind=kind), match=match(eligibility=judged))).lines[0]
    assert (line.eligibility, line.eligibility_note) == ("", "")


def test_five_sources_make_one_line():
    sources = tuple(ItemSource(source_id=str(n), title=f"Source {n}", link=None, published=None) for n in range(5))
    assert len(made(an_offer(item=item(sources=sources))).lines[0].sources) == 5


def test_subject_counts_what_can_be_seized_and_names_the_next_closing():
    offers = [an_offer(item=item(n, deadline=f"2026-12-{7 + n:02}"), star=True) for n in (1, 2, 3)]
    assert made(*offers).subject.replace(NBSP, " ") == "Phytalis : 3 choses à saisir, un appel clôt mardi 8 décembre"


def test_subject_of_one_thing_is_singular():
    one = made(an_offer(item=item(deadline=None), star=True))
    assert one.subject.replace(NBSP, " ") == "Phytalis : une chose à saisir"


def test_subject_without_anything_to_seize():
    offers = [an_offer("understand", item=item(n, "reglementation", deadline=None)) for n in (1, 2)]
    assert made(*offers).subject.replace(NBSP, " ") == "Phytalis : 2 choses à connaître"


@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_preheader_holds_between_forty_and_a_hundred_and_ten_characters(titles: list[str]):
    offers = [an_offer(item=item(n, title=title)) for n, title in enumerate(titles, 1)]
    assert 40 <= len(made(*offers).preheader) <= 110


@given(st.text(max_size=12_000))
def test_title_is_one_clean_line_of_bounded_length(title: str):
    shown = made(an_offer(item=item(title=title))).lines[0].title
    assert 0 < len(shown) <= 180
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", shown)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//exemple.fr", "https://a b", "http://[", None]
)
def test_unsafe_link_is_dropped(url: str | None):
    assert web_link(url) is None


def test_french_punctuation_does_not_break():
    assert one_line("« clair » : oui ?", 50) == f"«{NBSP}clair{NBSP}»{NBSP}: oui{NBSP}?"


def test_selection_keeps_order_score_and_reasons():
    record = selection([an_offer(), an_offer(item=item(2), match=match(2, 0.1))])
    assert [(one.item_id, one.rank, one.score) for one in record] == [(1, 1, 0.5), (2, 2, 0.1)]
    assert all(one.reasons for one in record)


def test_bulletin_survives_the_store():
    before = made(an_offer(star=True), an_offer("understand", item=item(2, "reglementation")))
    assert Bulletin.from_data(before.as_data()) == before
    assert item().published == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@given(st.text(max_size=3_000), st.integers(0, 5_000), st.floats(0, 1))
def test_press_extract_never_copies_more_than_allowed(text: str, characters: int, share: float):
    whole = " ".join(re.split(r"\s+", text)).strip()
    said = excerpt(text, Licence.PRESS, characters=characters, share=share).removesuffix(" …")
    assert said in whole
    assert len(said) <= min(PRESS_CHARACTERS, PRESS_SHARE * len(whole))


@given(st.text(max_size=3_000), st.sampled_from(list(Licence)))
def test_extract_is_never_longer_than_asked(text: str, licence: Licence):
    assert len(excerpt(text, licence, characters=160).removesuffix(" …")) <= 160
