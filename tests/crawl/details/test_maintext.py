"""The text of a page without what surrounds it, on pages of many makes; then the traps of calls' pages."""

import time

import pytest

from tests.crawl.details.quality import pages, score
from veille.crawl.details.maintext import main_text
from veille.crawl.html import text_of, tree_of

#: Floors: shares of sentences, measured on these pages (162 of their text, 122 beside it).
KEPT, LEAKED = 0.98, 0.12


def text(body: bytes | str) -> str:
    data = body.encode() if isinstance(body, str) else body
    return main_text(tree_of(data, "text/html; charset=utf-8"))


def page(body: str) -> str:
    return f"<html><body>{body}</body></html>"


#: Enough words for a choice to be made.
LONG = "".join(
    f"<p>Le dispositif numéro {n} accompagne les entreprises dans leurs projets de sobriété.</p>" for n in range(9)
)


def test_the_pages_are_many_and_marked() -> None:
    found = list(pages())
    assert len(found) >= 15
    assert all(one.text and one.beside for one in found)


def test_nearly_all_of_the_text_is_kept_and_little_else() -> None:
    mine, whole = score(text), score(lambda body: text_of(tree_of(body, "text/html")))
    assert mine.kept >= KEPT, mine.missing
    assert mine.leaked <= LEAKED
    assert (whole.kept, whole.leaked) == (1.0, 1.0)


def test_a_panel_of_facts_beside_the_text_is_kept() -> None:
    panel = "<aside><dl><dt>Date limite</dt><dd>15 mars 2027</dd><dt>Montant</dt><dd>40 000 €</dd></dl></aside>"
    found = text(page(f"<main><h1>Appel</h1>{LONG}</main>{panel}"))
    assert "Date limite : 15 mars 2027" in found
    assert "Montant : 40 000 €" in found


def test_dates_of_other_calls_in_cards_are_not_taken_for_its_own() -> None:
    cards = "".join(
        f"<div class='c'><h3><a href='/{n}'>Autre appel {n}</a></h3><p>Date limite : {n} mars 2027</p></div>"
        for n in range(1, 5)
    )
    found = text(page(f"<div><h1>Appel</h1>{LONG}</div><div class='zone'>{cards}</div>"))
    assert "Date limite" not in found


def test_what_is_hidden_until_one_clicks_is_read() -> None:
    tabs = "<div style='display:none'><p>Le dépôt des dossiers se clôt le 26 mars 2027 à midi.</p></div>"
    assert "26 mars 2027" in text(page(f"<main><h1>Appel</h1>{LONG}{tabs}</main>"))


def test_the_heading_of_a_panel_that_a_button_opens_is_kept() -> None:
    panel = "<h3><button aria-expanded='false'>Qui peut répondre ?</button></h3><div><p>Les PME du massif.</p></div>"
    assert "Qui peut répondre ?\nLes PME du massif." in text(page(f"<main><h1>A</h1>{panel}</main>"))


def test_a_short_page_is_kept_whole() -> None:
    assert text(page("<h1>Visa</h1><p>Deux lignes.</p>")) == "Visa\nDeux lignes."


def test_a_page_of_divs_without_any_name_is_read() -> None:
    body = "<div><div>" + LONG.replace("p>", "div>") + "</div></div>"
    assert text(page(body)).count("sobriété") == 9


def test_a_consent_window_longer_than_the_page_is_left_out() -> None:
    window = (
        "<div class='cookie-modal'>"
        + "<p>Nous mesurons l'audience de ce site avec nos partenaires.</p>" * 40
        + "</div>"
    )
    assert text(page(f"{window}<h1>Bourse</h1><p>Dix créateurs aidés.</p>")) == "Bourse\nDix créateurs aidés."


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 3000 + "x",
        "<table><tr><td>" * 3000 + "x",
        "<p>Bonjour le monde, ceci est un texte.</p>" * 100_000,
        "<div class='menu'>" * 2000 + "<p>x</p>",
        "<li>" * 20_000,
        "<a href='/x'>lien</a> " * 50_000,
        "<h1>" + "a" * 1_000_000 + "</h1>",
        "",
        "<html>",
    ],
)
def test_a_monstrous_page_ends_in_time(body: str) -> None:
    started = time.process_time()
    assert len(text(page(body))) <= 100_000
    assert time.process_time() - started < 10  # the limit of its worker, here without one
