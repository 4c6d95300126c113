"""What a source states in fields of its own wins over its text, and says where it stood."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from veille.crawl.normalize import content_hash
from veille.french import without_removed
from veille.model import CallStatus, Fact, Origin, Scheme, StructuredFacts, Tagged, TextToTag
from veille.model.tags import NO_FACTS
from veille.nlp.facts.call_status import status
from veille.nlp.jsonl import as_json, read_text
from veille.nlp.tagger import SpacyTagger
from veille.storage.structured import facts_column, facts_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHOLE = StructuredFacts(
    cpv=("33100000",),
    naf=("26.51",),
    nuts=("FRK26",),
    deadline=date(2027, 5, 31),
    amount=750_000.0,
    financer="Région Exemple",
    call=False,
    opening=date(2026, 12, 1),
    amount_min=1_000.0,
    amount_max=50_000.0,
    rate=70.0,
    financers=("Région Exemple", "État"),
    audiences=("Entreprises privées (TPE)", "Associations"),
    territories=("Bretagne (Région)",),
    contact="aides@region.exemple",
    reference="AAP-2027-12",
    status=CallStatus.OPEN,
)
TEXT = (
    "Ouverture des candidatures : 3 janvier 2027. Subvention de 20 % plafonnée à 12 000 €, enveloppe de 90 000 €."
    " Les laboratoires de Normandie peuvent candidater avant le 3 mars 2027."
)


def tagged(tagger: SpacyTagger, facts: StructuredFacts, text: str = TEXT) -> Tagged:
    (found,) = tagger.tag([TextToTag(id="1", title="Aide aux fours", text=text, facts=facts)])
    return found


def fact(found: Tagged, name: str) -> Fact:
    read = found.fact(name)
    assert read is not None, name
    return read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("opening", "2026-12-01"),
        ("deadline", "2027-05-31"),
        ("amount_total", "750000"),
        ("amount_min", "1000"),
        ("amount_max", "50000"),
        ("rate", "70"),
        ("financer", "Région Exemple, État"),
        ("contact", "aides@region.exemple"),
        ("reference", "AAP-2027-12"),
        ("status", "open"),
    ],
)
def test_a_stated_fact_wins_over_the_text(tagger: SpacyTagger, name: str, value: str) -> None:
    read = fact(tagged(tagger, WHOLE), name)
    assert (read.value, read.origin) == (value, Origin.FACT)
    assert read.evidence
    assert read.evidence[0].start is None, "it stands in no text"


def test_without_statements_the_text_is_read(tagger: SpacyTagger) -> None:
    found = tagged(tagger, NO_FACTS)
    assert {name: fact(found, name).value for name in ("opening", "deadline", "amount_max", "rate")} == {
        "opening": "2027-01-03", "deadline": "2027-03-03", "amount_max": "12000", "rate": "20",
    }  # fmt: skip
    assert all(read.origin is Origin.CUE for read in found.facts)


def test_stated_areas_and_audiences_become_tags_before_those_of_the_text(tagger: SpacyTagger) -> None:
    found = tagged(tagger, replace(WHOLE, nuts=()))
    place, *_ = found.of(Scheme.TERRITORY)
    assert (place.term, place.origin, place.evidence[0].where) == ("fr:region:53", Origin.FACT, "territories")
    audiences = found.of(Scheme.AUDIENCE)
    assert [(tag.term, tag.origin) for tag in audiences[:2]] == [
        ("tpe", Origin.FACT), ("association-ess", Origin.FACT),
    ]  # fmt: skip
    assert ("recherche", Origin.CUE) in [(tag.term, tag.origin) for tag in audiences]


def test_an_area_that_means_nothing_adds_nothing(tagger: SpacyTagger) -> None:
    odd = StructuredFacts(territories=("", "???", "Périmètre non précisé " * 40), audiences=("", "\x00"))
    assert all(tag.origin is not Origin.FACT for tag in tagged(tagger, odd, "Rien à lire.").tags)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (StructuredFacts(status=CallStatus.CLOSED, deadline=date(2027, 5, 31)), "closed"),
        (StructuredFacts(status=CallStatus.UPCOMING), "upcoming"),
        (StructuredFacts(status=CallStatus.UPCOMING, opening=date(2026, 11, 1)), "open"),
        (StructuredFacts(status=CallStatus.UPCOMING, opening=date(2026, 11, 1), deadline=date(2027, 1, 1)), "open"),
        (StructuredFacts(status=CallStatus.ROLLING), "rolling"),
        (StructuredFacts(status=CallStatus.OPEN), "open"),
        (StructuredFacts(status=CallStatus.OPEN, deadline=date(2026, 11, 1)), "closed"),
        (NO_FACTS, "unknown"),
    ],
)
def test_whether_one_may_apply_follows_what_is_stated_and_the_calendar(
    tagger: SpacyTagger, facts: StructuredFacts, said: str
) -> None:
    assert status(tagged(tagger, facts, "Aide."), NOW) == said


def test_jsonl_takes_every_stated_fact(tagger: SpacyTagger) -> None:
    column = facts_column(WHOLE)
    read = read_text({"id": "1", "title": "Aide aux fours", "facts": column})
    assert read.facts == WHOLE
    (found,) = tagger.tag([read])
    assert as_json(found, tagger.gazetteer, NOW)["facts"]["reference"]["origin"] == "fact"


def test_what_is_stored_comes_back_and_what_says_nothing_is_not_stored() -> None:
    assert facts_of(facts_column(WHOLE)) == WHOLE
    assert facts_column(StructuredFacts(status=CallStatus.ROLLING)) == {"status": "rolling"}
    assert facts_column(NO_FACTS) is None
    assert facts_of({"deadline": "2027-05-31", "of a later version": 3}) == StructuredFacts(deadline=date(2027, 5, 31))


def test_entries_stored_before_a_field_existed_do_not_look_edited() -> None:
    before = StructuredFacts(cpv=("33100000",), deadline=date(2027, 5, 31))
    digest = content_hash("Titre", "https://a.exemple/x", None, "texte", before)
    # as computed by the version that knew seven fields
    assert digest == "772b8b83bd8236313092b86cc5a8568f931aa8699521a683225cfcff31028610"
    assert digest != content_hash("Titre", "https://a.exemple/x", None, "texte", replace(before, rate=50.0))


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("Entreprises privées", {"tpe", "pme", "eti", "grande-entreprise"}),
        ("Entreprises", {"tpe", "pme", "eti", "grande-entreprise"}),
        ("Recherche", {"recherche"}),
        ("Régions", {"collectivite"}),
        ("Départements", {"collectivite"}),
        ("Entreprises publiques locales (Sem, Spl, SemOp)", {"collectivite"}),
        ("Établissements publics (écoles, bibliothèques…) / Services de l'État", {"collectivite"}),
        ("TPE", {"tpe"}),
        ("Particuliers", set()),
    ],
)
def test_publics_are_known_by_the_names_that_the_administration_gives_them(
    tagger: SpacyTagger, name: str, terms: set[str]
) -> None:
    found = tagged(tagger, StructuredFacts(audiences=(name,)), "Remplacer un four.")
    stated = {tag.term: tag for tag in found.of(Scheme.AUDIENCE)}
    assert set(stated) == terms
    assert all(tag.origin is Origin.FACT and tag.evidence[0].text == name for tag in stated.values())


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("France", "country:fr"),
        ("France (Pays)", "country:fr"),
        ("Nationale", "country:fr"),
        ("Europe", "country-group:ue"),
        ("Union européenne", "country-group:ue"),
        ("département 63", "fr:departement:63"),
        ("Bretagne (Région)", "fr:region:53"),
        ("Loire (Département)", "fr:departement:42"),
    ],
)
def test_an_area_stated_by_its_name_alone_is_that_area(tagger: SpacyTagger, name: str, area: str) -> None:
    found = tagged(tagger, StructuredFacts(territories=(name,)), "Remplacer un four.")
    places = {tag.term: tag.origin for tag in found.of(Scheme.TERRITORY)}
    assert places.get(area) is Origin.FACT


@pytest.mark.parametrize(
    ("title", "deadline"),
    [
        ("Modifié : « Date limite : 30 avril 2027. » (au lieu de « 15 mars 2027 »)", "2027-04-30"),
        ("Retiré : « Date limite de dépôt : 15 mars 2027. »", None),
        ("Ajouté : « Date limite de dépôt : 15 mars 2027. »", "2027-03-15"),
    ],
)
def test_what_a_page_no_longer_says_is_not_read(tagger: SpacyTagger, title: str, deadline: str | None) -> None:
    (found,) = tagger.tag([TextToTag(id="1", title=title, text="")])
    read = found.fact("deadline")
    assert (read and read.value) == deadline


def test_offsets_in_such_a_title_are_those_of_the_title() -> None:
    title = "Modifié : « Date limite : 30 avril. » (au lieu de « 15 mars ») (et 2 autres changements)"
    assert len(without_removed(title)) == len(title)
    assert "15 mars" not in without_removed(title)
    assert without_removed("Une aide (au lieu de « rien »)") == "Une aide (au lieu de « rien »)"
