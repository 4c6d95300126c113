"""Attached documents: read after the item's own text, quoted with their page; what a person gave speaks first."""

from dataclasses import replace

import pytest

from veille.model import DocumentText, Evidence, Origin, Scheme, TextToTag
from veille.nlp.facts.documents import completed, from_documents, joined
from veille.nlp.facts.given import WHERE

RULES = DocumentText(
    name="reglement.pdf",
    pages=(
        "Règlement de l'appel à projets. Article 1 : objet. Le fonds soutient la filière bois et ses chantiers.",
        "Article 2 : bénéficiaires. Sont éligibles les entreprises de moins de 50 salariés.",
        "Article 3. La date limite de dépôt est fixée au 15 mars 2027 à 12 h.\nAide de 40 000 € au plus par projet.",
    ),
)
BARE = TextToTag(id="1", title="Visa Bois 2027", text="Le règlement complet est joint.", documents=(RULES,))


def told(tagger, text):
    return next(iter(tagger.tag([text])))


def test_a_deadline_of_a_document_is_quoted_with_its_page(tagger):
    fact = told(tagger, BARE).fact("deadline")
    assert fact.value == "2027-03-15"
    sentence, words = fact.evidence
    assert sentence.where == words.where == "reglement.pdf, p. 3"
    assert sentence.text.startswith("La date limite de dépôt")
    assert words.text == "15 mars 2027"
    assert RULES.pages[2][words.start : words.end] == "15 mars 2027"


def test_amounts_and_conditions_of_a_document_are_quoted_too(tagger):
    said = told(tagger, BARE)
    assert said.fact("amount_max").value == "40000"
    assert said.fact("amount_max").evidence[0].where == "reglement.pdf, p. 3"
    assert any(fact.evidence and fact.evidence[0].where == "reglement.pdf, p. 2" for fact in said.facts)


def test_the_page_wins_over_a_document_that_was_not_brought_up_to_date(tagger):
    page = replace(BARE, text="Prolongation : la date limite de dépôt des dossiers est reportée au 30 avril 2027.")
    fact = told(tagger, page).fact("deadline")
    assert fact.value == "2027-04-30"
    assert fact.evidence[0].where == "text"
    assert told(tagger, page).fact("amount_max").value == "40000"


def test_an_item_of_a_few_words_is_tagged_by_its_document(tagger):
    sector = told(tagger, replace(BARE, title="Appel 2027")).of(Scheme.SECTOR)[0]
    assert sector.evidence[0].where == "reglement.pdf, p. 1"
    assert sector.evidence[0].text in RULES.pages[0]


def test_an_item_that_says_what_it_is_about_is_not_retagged_by_its_annexes(tagger):
    own = "Le programme aide les ateliers de teinture textile à réduire leur consommation d'eau. " * 25
    alone = told(tagger, replace(BARE, text=own, documents=()))
    assert told(tagger, replace(BARE, text=own)).of(Scheme.SECTOR) == alone.of(Scheme.SECTOR)


def test_the_first_document_that_says_until_when_is_believed(tagger):
    annex = DocumentText(name="annexe.pdf", pages=("La date limite de dépôt des dossiers est le 2 juin 2027.",))
    fact = told(tagger, replace(BARE, documents=(RULES, annex))).fact("deadline")
    assert fact.value == "2027-03-15"


@pytest.mark.parametrize(
    ("page", "day", "state"),
    [
        ("Dépôt des dossiers jusqu'au 15 mars 2027.", "2027-03-15", None),
        ("Dépôt des dossiers jusqu'à mi-mars 2027.", "2027-03-20", "check"),
    ],
)
def test_a_document_gives_the_day_that_the_page_leaves_open_and_no_doubt_of_its_own(tagger, page, day, state):
    rules = DocumentText(name="r.pdf", pages=("Date limite : 20 mars 2027. Clôture reportable à fin 2027.",))
    said = told(tagger, replace(BARE, text=page, documents=(rules,)))
    assert said.fact("deadline").value == day
    doubt = said.fact("deadline_state")
    assert (doubt.value if doubt else None) == state


def test_whom_to_ask_is_read_in_a_document(tagger):
    rules = DocumentText(name="r.pdf", pages=("Contact : aap@agence.example. Référence : AAP-2027-12.",))
    said = told(tagger, replace(BARE, documents=(rules,)))
    assert said.fact("contact").evidence[1].where == "r.pdf, p. 1"
    assert said.fact("reference").value == "AAP-2027-12"


def test_pages_that_tell_are_read_first_where_a_document_is_too_long():
    filler = "Dispositions générales sans intérêt. " * 300
    long = DocumentText(name="cctp.pdf", pages=(*(filler for _ in range(20)), RULES.pages[2]))
    seen = []
    list(from_documents(replace(BARE, documents=(long,)), (), lambda text: seen.append(text.text) or ()))
    assert seen[0].startswith("Article 3")


@pytest.mark.parametrize("after", ["", "Le texte de la page."])
def test_evidence_is_placed_on_its_page_even_where_it_runs_on(after):
    pages = joined([("a.pdf, p. 1", "Un deux."), ("a.pdf, p. 2", "Trois.")], limit=100, after=after)
    place = pages.text.index("Trois")
    said = pages.located(Evidence(text="Trois", where="text", start=place, end=place + 5))
    assert (said.where, said.start, said.end) == ("a.pdf, p. 2", 0, 5)
    own = Evidence(text="Le", where="text", start=0, end=2)
    assert pages.located(own).where == ("text" if after else "a.pdf, p. 1")


def test_without_documents_nothing_is_added():
    text = replace(BARE, documents=())
    assert completed(text)[0] is text


def test_what_a_person_gave_comes_first_and_says_so(tagger):
    given = ((Scheme.SECTOR, "textile"), (Scheme.TYPE, "evenement"), (Scheme.TERRITORY, "fr:region:53"))
    said = told(tagger, replace(BARE, given=given))
    for scheme, term in given:
        first = said.of(scheme)[0]
        assert (first.term, first.origin, first.evidence[0].where) == (term, Origin.FACT, WHERE)
        assert [tag.term for tag in said.of(scheme)].count(term) == 1
