import time

import pytest

from veille.crawl.markup import TEXT_LIMIT, TITLE_LIMIT, plain_line, plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Caf&eacute; &lt;b&gt;noir&lt;/b&gt;", "Café noir"),
        ("PME < 50 salariés & TPE", "PME < 50 salariés & TPE"),
        ("R&amp;D", "R&D"),
        ("<p>un</p><p>deux</p>", "un\ndeux"),
        ("un<br/>deux<li>trois", "un\ndeux\ntrois"),
        ("<script>alert(1)</script>Bonjour<style>p{}</style>", "Bonjour"),
        ("&lt;p&gt;l&amp;#8217;eau&lt;/p&gt;", "l’eau"),
        ("<!-- commentaire -->texte", "texte"),
        ("10\u00a0000\u202f€", "10\u00a0000\u202f€"),
        ("a \t\n b", "a\nb"),
        ("zéro\u200blargeur, cé\u00adsure", "zérolargeur, césure"),
        ("Appel \u202eFDP.exe projets", "Appel FDP.exe projets"),
        ("a\x00b\x01\x9bc", "abc"),
        ("E\u0301nergie", "Énergie"),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup, text):
    assert plain_text(markup) == text


def test_no_tag_is_left_whatever_the_markup():
    hostile = "<a href='java&#x09;script:alert(1)'>clic</a><svg onload=x><math><img src=x onerror=y>"
    assert "<" not in plain_text(hostile)


def test_a_title_is_one_line():
    assert plain_line("<h1>Un\n titre</h1><p>suite</p>") == "Un titre suite"


def test_a_huge_title_is_cut_and_says_so():
    title = plain_line("mot " * 300_000)
    assert len(title) <= TITLE_LIMIT
    assert title.endswith("…")


def test_a_huge_text_is_cut_and_says_so():
    text = plain_text("<p>" + "x" * 12_000_000)
    assert len(text) == TEXT_LIMIT
    assert text.endswith("…")


def test_combining_marks_are_capped():
    assert len(plain_text("a" + "\u0301" * 100_000)) <= 4


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 200_000,
        "<a " * 300_000,
        "<b><i>" * 100_000,
        "<table><tr><td>" * 50_000,
        "<button>" * 200_000,
        "&lt;" * 200_000,
    ],
)
def test_hostile_nesting_takes_bounded_time(markup):
    start = time.process_time()
    plain_text(markup)
    assert time.process_time() - start < 2


def test_a_lone_surrogate_beside_a_tag_is_replaced():
    assert plain_text("<p>avant\ud800après</p>") == "avant�après"
