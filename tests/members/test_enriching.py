"""Profiles drafted from outside: every line is a quotation or a coded fact, and nothing is decided by the program."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.builders import item
from veille.addresses import address_key
from veille.config.gazetteer import Gazetteer
from veille.config.members_settings import Members
from veille.config.taxonomy import load_taxonomy
from veille.errors import InputError
from veille.members.cells import Vocabulary
from veille.members.enriching import past, register, site
from veille.members.enriching.drafting import Enriched, Enricher, Means
from veille.members.enriching.quoting import Proposal, Source
from veille.model import DraftState, Fetched, FetchFailed, FetchFault, FetchOutcome, Item, Member, ProfileDraft, Request
from veille.model.details import SitePage, SiteRead
from veille.storage.db import Database
from veille.storage.draft_store import SqlDraftStore
from veille.storage.member_store import SqlMemberStore
from veille.testing import FrozenClock

from .conftest import ROOT

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

#: In the shape of the register's answers; the company is made up.
PHYTALIS = {
    "siren": "732829320",
    "nom_complet": "PHYTALIS (PHY)",
    "nom_raison_sociale": "PHYTALIS",
    "sigle": "PHY",
    "activite_principale": "10.89Z",
    "activite_principale_naf25": "10.89Y",
    "categorie_entreprise": "PME",
    "tranche_effectif_salarie": "12",
    "date_creation": "2014-03-01",
    "nature_juridique": "5710",
    "etat_administratif": "A",
    "statut_diffusion": "O",
    "siege": {"commune": "63322", "libelle_commune": "SAINT-BEAUZIRE", "liste_enseignes": ["PHYTALIS NUTRITION"]},
    "finances": {"2023": {"ca": 3900000, "resultat_net": 1}, "2024": {"ca": 4200000, "resultat_net": 12}},
    "complements": {"est_bio": True, "est_rge": False, "est_qualiopi": None},
}


def answer(*rows: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps({"results": list(rows), "total_results": len(rows)}, ensure_ascii=False, indent=indent)


def said(text: str) -> dict[str, str]:
    (company,) = register.companies(text)
    return {one.field: one.value for one in register.proposals(company, Source("https://r", text), year=2026)}


@pytest.mark.parametrize("indent", [None, 2])
def test_the_register_gives_facts_each_with_its_words(indent: int | None) -> None:
    assert said(answer(PHYTALIS, indent=indent)) == {
        "siren": "732829320", "naf": "10.89Z", "naf_version": "NAFRev2", "legal_form": "SAS", "size": "pme",
        "created": "2014-03-01", "commune": "63322", "turnover_eur": "4200000",
        "certifications": "agriculture biologique",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"tranche_effectif_salarie": "03"}, "size", "tpe"),
        ({"categorie_entreprise": "ETI"}, "size", "eti"),
        ({"nature_juridique": "9220", "categorie_entreprise": None}, "size", "association"),
        ({"nature_juridique": "7346"}, "size", "collectivite"),
        ({"nature_juridique": "7383"}, "size", "labo"),
        ({"activite_principale": None}, "naf_version", "NAF2025"),
        ({"nature_juridique": "5720"}, "legal_form", "SASU"),
    ],
)
def test_codes_of_the_register_are_read(changed: dict[str, Any], field: str, value: str) -> None:
    assert said(answer(PHYTALIS | changed))[field] == value


def test_unknown_codes_old_accounts_and_silence_say_nothing() -> None:
    told = said(answer(PHYTALIS | {"nature_juridique": "9999", "finances": {"2019": {"ca": 1}}, "date_creation": None}))
    assert {"legal_form", "turnover_eur", "created"}.isdisjoint(told)


JSON_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
#: In the shape of INSEE's own answers, for the same made-up company.
SEAT = {
    "siren": "732829320",
    "etablissementSiege": True,
    "uniteLegale": {
        "denominationUniteLegale": "PHYTALIS", "activitePrincipaleUniteLegale": "10.89Y",
        "nomenclatureActivitePrincipaleUniteLegale": "NAF2025", "categorieEntreprise": "PME",
        "trancheEffectifsUniteLegale": "03", "dateCreationUniteLegale": "2014-03-01", "categorieJuridiqueUniteLegale":
        "5710", "etatAdministratifUniteLegale": "A", "statutDiffusionUniteLegale": "O",
    },
    "adresseEtablissement": {"codeCommuneEtablissement": "63322", "libelleCommuneEtablissement": "SAINT-BEAUZIRE"},
}  # fmt: skip


def test_sirene_says_the_same_in_its_own_words() -> None:
    text = json.dumps({"header": {"total": 1}, "etablissements": [SEAT]}, ensure_ascii=False)
    assert said(text) == {
        "siren": "732829320", "naf": "10.89Y", "naf_version": "NAF2025", "legal_form": "SAS", "size": "tpe",
        "created": "2014-03-01", "commune": "63322",
    }  # fmt: skip


def test_sirene_is_asked_with_a_key_that_only_the_way_out_knows() -> None:
    request = register.search(Members(registry="sirene"), 'Phy"talis', commune="63322")
    assert request.headers == (("X-INSEE-Api-Key-Integration", "${VEILLE_KEY_SIRENE}"),)
    asked = parse_qs(urlsplit(request.url).query)["q"][0]
    assert request.url.startswith("https://api.insee.fr/api-sirene/3.11/siret?")
    assert asked == 'denominationUniteLegale:"Phy talis" AND etablissementSiege:true AND codeCommuneEtablissement:63322'
    assert register.search(Members(), "732829320").headers == ()


@given(JSON_ANY)
def test_any_answer_of_sirene_is_read_or_left(value: Any) -> None:
    for answered in (
        value,
        {"etablissements": value},
        {"etablissements": [{"siren": "732829320", "uniteLegale": value}]},
    ):
        for company in register.companies(json.dumps(answered)):
            assert len(company.siren) == 9


def test_a_company_that_hides_gives_nothing() -> None:
    assert said(answer(PHYTALIS | {"statut_diffusion": "P"})) == {}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["PME", "5710", "2014-03-01", "O"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(PHYTALIS)), inner, max_size=6),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(list(PHYTALIS)), JSON), st.sampled_from(["732829320", "x"]))
def test_any_answer_gives_only_what_stands_in_it(row: dict[str, Any], siren: str) -> None:
    text = answer(row | {"siren": siren})
    for company in register.companies(text):
        for proposal in register.proposals(company, Source("https://r", text), year=2026):
            assert proposal.quote in text


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"results": 3}', '{"results": [1, {}]}', "[" * 50_000])
def test_no_answer_at_all_is_no_company(text: str) -> None:
    assert register.companies(text) == []


@pytest.mark.parametrize(
    ("wanted", "same"),
    [
        ("Phytalis", True), ("PHYTALIS SAS", True), ("Société Phytalis", True), ("phy", True),
        ("Phytalis Nutrition", True), ("Phytalys", False), ("SAS", False), ("Phytalis Bretagne", False),
    ],
)  # fmt: skip
def test_names_are_compared_without_their_legal_form(wanted: str, same: bool) -> None:
    (company,) = register.companies(answer(PHYTALIS))
    assert register.same_name(wanted, company) is same


# ── sites ───────────────────────────────────────────────────────────────────────────────────────────────────────────
HOME = SitePage(
    "https://www.phytalis.example/",
    "Phytalis, l'actif végétal",
    "Phytalis est spécialisée dans l'encapsulation d'extraits végétaux, depuis 2014.\n"
    "Nous concevons et fabriquons des gommes et gélules pour seniors. Bienvenue sur notre site !\n"
    "Nos savoir-faire\n- Encapsulation sans solvant\n- Enrobage de poudres\nContactez-nous\n"
    "Notre usine est certifiée ISO 22000. Certification ISO 14001 en projet : démarche ISO 14001 en cours.\n",
)


def test_a_site_is_quoted_and_never_paraphrased() -> None:
    found = [(one.field, one.value) for one in site.proposals([HOME])]
    assert ("activity", "l'encapsulation d'extraits végétaux") in found
    assert ("skills", "Encapsulation sans solvant") in found
    assert ("skills", "Enrobage de poudres") in found
    assert ("certifications", "ISO 22000") in found
    assert all("Contactez" not in value and "Bienvenue" not in value for _, value in found)


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("Spécialiste du fraisage de titane, Mécaforez accompagne ses clients.", "fraisage de titane"),
        ("Bureau d'études en mécanique et robotique développe des outillages.", "mécanique et robotique"),
        ("Nous proposons un accompagnement complet pour tous vos projets.", None),
        ("Nous proposons des solutions innovantes sur mesure.", None),
        ("Nous fabriquons des vis inox.", "des vis inox"),
        ("Nous sommes une équipe passionnée.", None),
    ],
)
def test_a_trade_is_the_clause_that_names_it(sentence: str, line: str | None) -> None:
    found = [one.value for one in site.proposals([SitePage("https://x.example", "", sentence)])]
    assert found == ([line] if line else [])


def test_a_certificate_that_is_hoped_for_is_not_held() -> None:
    page = SitePage("https://x.example", "", "Nous visons ISO 9001 pour 2027.\nEn cours de certification ISO 14001.\n")
    assert list(site.proposals([page])) == []


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_page_gives_only_its_own_words(title: str, text: str) -> None:
    pages = [SitePage("https://x.example", title, text + "\nNous fabriquons " + text + "\nISO 9001"), HOME]
    for proposal in site.proposals(pages):
        assert proposal.quote in proposal.source.text
        assert proposal.field in {"activity", "skills", "certifications"}
        assert proposal.value in proposal.quote


def test_a_line_cannot_be_made_without_its_words() -> None:
    with pytest.raises(ValueError, match="does not stand"):
        Proposal("needs", "enrobage", "nous cherchons un enrobage", Source("https://x", "autre chose"))


# ── the watch ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_past_projects_are_quoted_from_items_that_name_the_winner() -> None:
    won = item(3, title="Lauréats de l'appel « Bien vieillir »")
    won = Item(**{**fields_of(won), "text": "Trois projets sont lauréats. Phytalis porte NutriSenior, projet de R&D."})
    seen = Item(**{**fields_of(item(4)), "text": "On parle aussi de Phytalis et du temps qu'il fait."})
    (proposal,) = past.proposals("Phytalis", [won, seen])
    assert proposal.field == "contributions"
    assert proposal.value == "Phytalis porte NutriSenior, projet de R&D."
    assert proposal.source.origin.startswith("n° 3")


def fields_of(one: Item) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass
class Outside:
    """A register and a site, as the outside answers them."""

    answers: dict[str, FetchOutcome] = field(default_factory=dict)
    pages: Callable[[str], SiteRead] = lambda _: SiteRead(())
    asked: list[str] = field(default_factory=list)

    def read(self, url: str) -> SiteRead:
        return self.pages(url)

    def ask(self, request: Request) -> FetchOutcome:
        url = request.url
        self.asked.append(url)
        return self.answers.get(url.partition("?")[2].replace("&per_page=10", ""), ok(answer()))


def ok(text: str, status: int = 200) -> Fetched:
    return Fetched(url="https://r", final_url="https://r", status=status, headers={}, body=text.encode())


@pytest.fixture
def drafts(sqlite_database: Database) -> SqlDraftStore:
    return SqlDraftStore(sqlite_database, "cluster")


@pytest.fixture
def members(sqlite_database: Database, places: Gazetteer) -> SqlMemberStore:
    return SqlMemberStore(sqlite_database, "cluster", places, address_hash=address_key)


Run = Callable[..., Enriched]


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def run(drafts: SqlDraftStore, members: SqlMemberStore, places: Gazetteer, outside: Outside) -> Run:
    none: Callable[[Any], Sequence[Any]] = lambda _: []  # noqa: E731 - one for both
    means = Means(ask=outside.ask, read_site=outside.read, naming=none, sectors=none)
    words = Vocabulary(load_taxonomy([ROOT]), places, NOW.date())
    enricher = Enricher(Members(), means, drafts, words, FrozenClock(NOW))

    def enriching(member: Member, **more: str) -> Enriched:
        if not any(one.organisation == member.organisation for one in members.members()):
            members.save([(member, [])], origin="", now=NOW)
        (known,) = [one for one in members.members() if one.organisation == member.organisation]
        return enricher.enrich(known, **more)

    return enriching


def lines(done: Enriched) -> dict[str, str]:
    return {line.field: line.value for line in done.lines}


def test_a_known_siren_drafts_what_the_profile_lacks(run: Run, outside: Outside, drafts: SqlDraftStore) -> None:
    outside.answers["q=732829320"] = ok(answer(PHYTALIS))
    done = run(Member(organisation="Phytalis", siren="732829320", size="pme", commune="63322"))
    assert lines(done) == {
        "naf": "10.89Z", "naf_version": "NAFRev2", "legal_form": "SAS", "created": "2014-03-01",
        "turnover_eur": "4200000.0", "certifications": "agriculture biologique",
    }  # fmt: skip
    assert [line.value for line in drafts.drafts()] == [line.value for line in done.lines]


def test_nothing_enters_a_profile_before_somebody_says_so(
    run: Run, outside: Outside, drafts: SqlDraftStore, members: SqlMemberStore
) -> None:
    outside.answers["q=732829320"] = ok(answer(PHYTALIS))
    run(Member(organisation="Phytalis", siren="732829320"))
    assert members.members()[0].naf is None
    chosen = {line.field: line.id for line in drafts.drafts()}
    drafts.decide([chosen["naf"], chosen["turnover_eur"], chosen["created"]], accepted=True, by="Nadia", now=NOW)
    drafts.decide([chosen["size"]], accepted=False, by="Nadia", now=NOW)
    (member,) = members.members()
    assert (member.naf, member.turnover_eur, str(member.created), member.size) == (
        "10.89Z", 4_200_000.0, "2014-03-01", None,
    )  # fmt: skip
    again = run(member)
    assert again.lines == []
    assert {line.state for line in drafts.drafts(state=None)} == set(DraftState)


def test_a_name_that_one_company_bears_proposes_its_siren(run: Run, outside: Outside) -> None:
    outside.answers["q=Phytalis&code_commune=63322"] = ok(answer(PHYTALIS))
    done = run(Member(organisation="Phytalis", commune="63322"))
    assert lines(done)["siren"] == "732829320"
    assert done.remarks[0] == "SIREN trouvé par le nom : PHYTALIS (732829320, SAINT-BEAUZIRE)"


def test_namesakes_are_shown_and_nothing_is_proposed(run: Run, outside: Outside) -> None:
    other = PHYTALIS | {"siren": "552100554", "siege": {"commune": "29019", "libelle_commune": "BREST"}}
    outside.answers["q=Phytalis"] = ok(answer(PHYTALIS, other))
    done = run(Member(organisation="Phytalis"))
    assert done.lines == []
    assert done.remarks[0] == (
        "SIREN à choisir : PHYTALIS (732829320, SAINT-BEAUZIRE), PHYTALIS (552100554, BREST) ; relancez avec --siren"
    )


def test_a_namesake_elsewhere_is_not_taken_for_a_member(run: Run, outside: Outside) -> None:
    other = PHYTALIS | {"siege": {"commune": "29019", "libelle_commune": "BREST"}}
    outside.answers["q=Phytalis"] = ok(answer(other))
    done = run(Member(organisation="Phytalis", commune="63322"))
    assert done.lines == []
    assert "BREST" in done.remarks[0]
    assert [url.count("code_commune") for url in outside.asked] == [1, 0]


def test_staff_say_which_siren(run: Run, outside: Outside) -> None:
    outside.answers["q=552100554"] = ok(answer(PHYTALIS | {"siren": "552100554"}))
    assert lines(run(Member(organisation="Phytalis"), siren="552100554"))["siren"] == "552100554"


@pytest.mark.parametrize(
    ("outcome", "remark"),
    [
        (ok("", 429), "demande d'attendre"),
        (ok("", 500), "réponse HTTP 500"),
        (ok("<html>"), "aucune entreprise"),
        (FetchFailed(url="https://r", fault=FetchFault.DNS, sentence="nom inconnu"), "nom inconnu"),
    ],
)
def test_a_register_that_fails_is_said_and_stops_nothing(
    run: Run, outside: Outside, outcome: FetchOutcome, remark: str
) -> None:
    outside.answers["q=Phytalis"] = outcome
    outside.pages = lambda _: SiteRead((HOME,))
    done = run(Member(organisation="Phytalis", website="https://www.phytalis.example/"))
    assert any(remark in one for one in done.remarks)
    assert "activity" in lines(done)


@pytest.mark.parametrize(
    "outcome", [FetchFailed(url="https://r", fault=FetchFault.DNS, sentence="nom inconnu"), ok("", 503), ok("", 429)]
)
def test_a_register_that_does_not_answer_is_asked_once_and_not_said_to_know_nobody(
    run: Run, outside: Outside, outcome: FetchOutcome
) -> None:
    outside.answers["q=Phytalis&code_commune=63113"] = outcome
    done = run(Member(organisation="Phytalis", commune="63113", website="https://www.phytalis.example/"))
    assert len(outside.asked) == len(done.remarks) == 1
    assert "aucune" not in done.remarks[0]


def test_a_register_that_asks_for_patience_is_left_alone(run: Run, outside: Outside) -> None:
    outside.answers["q=Phytalis"] = ok("", 429)
    run(Member(organisation="Phytalis"))
    later = run(Member(organisation="Mécaforez"))
    assert len(outside.asked) == 1
    assert "demande d'attendre" in later.remarks[0]


def test_a_site_that_cannot_be_read_is_a_remark(run: Run, outside: Outside) -> None:
    def refused(_: str) -> SiteRead:
        raise InputError("« x » n'est pas une adresse web")

    outside.pages = refused
    assert any("adresse web" in one for one in run(Member(organisation="A", website="https://x.example/")).remarks)


def test_what_a_member_says_itself_is_accepted_at_once(drafts: SqlDraftStore, members: SqlMemberStore) -> None:
    members.save([(Member(organisation="Phytalis"), [])], origin="", now=NOW)
    line = ProfileDraft(
        member_id=members.members()[0].id,
        field="needs",
        value="enrobage",
        origin="page du membre",
        quote="enrobage",
        at=NOW,
    )
    for _ in range(2):
        (done,) = drafts.answer([line], by="claire@phytalis.example", now=NOW)
    assert (done.state, done.decided_by) == (DraftState.ACCEPTED, "claire@phytalis.example")
    assert members.members()[0].needs == ("enrobage",)
    assert members.members()[0].profiled_at == NOW


def test_what_a_member_says_again_after_a_list_dropped_it_is_a_line_again(
    drafts: SqlDraftStore, members: SqlMemberStore
) -> None:
    members.save([(Member(organisation="Phytalis"), [])], origin="", now=NOW)
    (member,) = members.members()
    line = ProfileDraft(member_id=member.id, field="needs", value="enrobage", origin="page", quote="enrobage", at=NOW)
    drafts.answer([line], by="claire@phytalis.example", now=NOW)
    members.save([(replace(member, needs=("tri",)), [])], origin="", now=NOW)
    drafts.answer([line], by="claire@phytalis.example", now=NOW)
    assert members.members()[0].needs == ("tri", "enrobage")


def test_an_accepted_line_is_not_refused_after_and_a_refused_one_may_be_accepted(
    drafts: SqlDraftStore, members: SqlMemberStore
) -> None:
    members.save([(Member(organisation="Phytalis"), [])], origin="", now=NOW)
    member_id = members.members()[0].id
    line = ProfileDraft(member_id=member_id, field="skills", value="tri", origin="x", quote="tri", at=NOW)
    assert (drafts.propose([line]), drafts.propose([line])) == (1, 0)
    (number,) = (one.id for one in drafts.drafts(member_id))
    drafts.decide([number], accepted=False, by="Nadia", now=NOW)
    drafts.decide([number], accepted=True, by="Nadia", now=NOW)
    with pytest.raises(InputError, match="déjà acceptée"):
        drafts.decide([number], accepted=False, by="Nadia", now=NOW)
    with pytest.raises(InputError, match="n° 99"):
        drafts.decide([99, number], accepted=True, by="Nadia", now=NOW)


def test_another_cluster_decides_nothing(
    sqlite_database: Database, drafts: SqlDraftStore, members: SqlMemberStore
) -> None:
    members.save([(Member(organisation="Phytalis"), [])], origin="", now=NOW)
    line = ProfileDraft(member_id=members.members()[0].id, field="skills", value="tri", origin="x", quote="tri", at=NOW)
    drafts.propose([line])
    other = SqlDraftStore(sqlite_database, "autre")
    assert other.drafts() == []
    with pytest.raises(InputError, match="n° 1"):
        other.decide([1], accepted=True, by="x", now=NOW)
