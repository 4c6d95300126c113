import itertools
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.text import Folded, Singular, fold, sentence_around, sentences, singular


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("L’Appel à projets", "l appel a projets"),
        ("l'eau", "l eau"),
        ("Aulnay‑sous–Bois", "aulnay sous bois"),
        ("Œuvre, CŒUR, œnotourisme", "oeuvre, coeur, oenotourisme"),
        ("  deux   espaces\u00a0insécables ", "deux espaces insecables"),
        ("e\u0301nergie", "energie"),
        ("ÉTÉ À LA MER", "ete a la mer"),
        ("zéro\u200blargeur \ufeff", "zerolargeur"),
        ("efﬁcace", "efficace"),
        ("", ""),
        ("’", ""),
    ],
)
def test_documents_and_labels_fold_alike(printed, folded):
    assert fold(printed) == folded


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=string.ascii_letters + " ’'-éèàœÉ\u0301\u00a0,.", max_size=120))
def test_every_folded_character_knows_where_it_was_printed(text):
    folded = Folded(text)
    for place, letter in enumerate(folded.text):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert letter in fold(text[start:end]) or letter == " "


def test_a_quote_gives_back_the_printed_words():
    folded = Folded("La  Région — l’Appel à   projets « eau »")
    start = folded.text.index("appel a projets")
    assert folded.quote(start, start + len("appel a projets")) == "Appel à   projets"


def test_simple_plurals_are_dropped_on_both_sides():
    assert singular(fold("Appels à projets, réseaux d’eaux")) == "appel a projet, reseau d eau"
    assert singular("gaz bus sos") == "gaz bus sos"


def test_a_span_of_singular_words_quotes_the_whole_plural():
    words = Singular(Folded("Les réseaux d’eaux usées coûtent"))
    start = words.text.index("reseau d eau")
    first, last = words.span(start, start + len("reseau d eau"))
    assert words.folded.original[first:last] == "réseaux d’eaux"


def test_folding_is_fast_enough_for_a_thousand_items_a_second():
    text = ("L’appel à projets « Industrie du futur » soutient les réseaux d’eau. " * 22)[:1500]
    start = time.perf_counter()
    for _ in range(200):
        Singular(Folded(text)).span(100, 110)
    assert time.perf_counter() - start < 0.6


def test_a_megabyte_of_one_word_folds_at_once():
    start = time.perf_counter()
    assert len(fold("é" * 1_000_000)) == 1_000_000
    assert time.perf_counter() - start < 2


def split(text):
    return [text[start:end] for start, end in sentences(text)]


def test_sentences_end_at_stops_and_at_list_lines_not_at_abbreviations():
    text = "La date limite est le 15 mars 2026 à 12 h. M. Dupont (art. 3) répond.\n- Un point\n- Deux"
    assert split(text) == [
        "La date limite est le 15 mars 2026 à 12 h.",
        "M. Dupont (art. 3) répond.",
        "- Un point",
        "- Deux",
    ]


def test_numbers_and_urls_do_not_end_sentences():
    assert split("Jusqu’à 2.5 M€ sur www.region.fr et plus. Fin.") == [
        "Jusqu’à 2.5 M€ sur www.region.fr et plus.",
        "Fin.",
    ]


def test_a_quote_is_cut_when_its_sentence_is_endless():
    text = "mot " * 1000
    start, end = sentence_around(text, 2000, 2003)
    assert start <= 2000
    assert end >= 2003
    assert end - start < 400


@given(st.text(max_size=300))
def test_sentences_never_overlap_nor_leave_the_text(text):
    spans = sentences(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
