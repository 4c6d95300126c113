"""Nearness in meaning: the same word is nearest, a related one is nearer than any other, and nothing breaks it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.matching.context import prepare
from veille.matching.nearness import Likeness, Nearness
from veille.model import Item

from .build import an_item
from .judgements import TODAY, places, taxonomy

TITLE, OPENING = 0, 1


def items_of(*titles: str, text: str = "") -> list[Item]:
    return [an_item(id=9000 + number, title=title, text=text) for number, title in enumerate(titles)]


def near(lines: tuple[str, ...], *items: Item) -> np.ndarray:
    """Return how near the lines are to each item, (title, opening) × items."""
    context = prepare(items, today=TODAY, places=places(), taxonomy=taxonomy())
    found = Nearness(list(context.views.values())).of(lines)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("line", "same", "related", "other"),
    [
        ("scierie", "Modernisation des scieries", "Modernisation des menuiseries", "Modernisation des crèches"),
        ("voilier", "Un voilier à quai", "Un catamaran à quai", "Un budget à voter"),
        ("panneaux solaires", "Des panneaux solaires", "Du photovoltaïque", "De la broderie"),
    ],
)
def test_a_word_is_nearest_to_itself_and_nearer_to_a_related_one_than_to_any(
    line: str, same: str, related: str, other: str
) -> None:
    title = near((line,), *items_of(same, related, other))[TITLE]
    assert title[0] > title[1] > title[2]
    assert title[1] > 0.1 > title[2]


def test_the_nearest_of_several_lines_counts() -> None:
    items = items_of("Modernisation des scieries", "Un voilier à quai")
    both = near(("scierie", "voilier"), *items)
    assert both == pytest.approx(np.maximum(near(("scierie",), *items), near(("voilier",), *items)))


def test_first_lines_count_as_opening_and_what_is_far_down_does_not() -> None:
    early = an_item(id=9000, title="Appel régional", text="Pour les scieries.")
    late = an_item(id=9001, title="Appel régional", text=f"{'Voir le règlement. ' * 30} Pour les scieries.")
    found = near(("scierie",), early, late)
    assert found[OPENING, 0] > found[OPENING, 1] + 0.3
    assert found[TITLE, 0] == found[TITLE, 1]


def test_a_word_that_nobody_knows_is_near_to_itself_alone() -> None:
    found = near(("zorglubine",), *items_of("La zorglubine arrive", "La zorglubyne arrive", ""))
    assert found[TITLE].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("empty", ["", " ", "!?", "de la", "😀"])
def test_a_text_without_a_word_is_near_to_nothing(empty: str) -> None:
    found = near(("scierie",), *items_of(empty, "Scierie"))
    assert found[:, 0].tolist() == [0.0, 0.0]
    assert found[TITLE, 1] > 0.5


@pytest.mark.parametrize("lines", [(), ("",), ("de la", " ", "!")])
def test_lines_without_a_word_say_nothing(lines: tuple[str, ...]) -> None:
    context = prepare(items_of("Scierie"), today=TODAY, places=places(), taxonomy=taxonomy())
    assert Nearness(list(context.views.values())).of(lines) is None


@settings(deadline=None)  # the first example reads the related words
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.text(max_size=60))
def test_any_text_and_any_line_give_finite_numbers_between_bounds(titles: list[str], line: str) -> None:
    items = [replace(an_item(id=9000 + number), title=title, text=line) for number, title in enumerate(titles)]
    found = near(("scierie", line), *items)
    assert found.shape == (2, len(titles))
    assert np.isfinite(found).all()
    assert (np.abs(found) <= 1.0 + 1e-3).all()


# ── what is quoted ──────────────────────────────────────────────────────────────────────────────────────────────────
def nearest(line: str, item: Item) -> Likeness:
    context = prepare([item], today=TODAY, places=places(), taxonomy=taxonomy())
    return Nearness(list(context.views.values())).nearest((line,), 0)


def test_the_words_quoted_are_the_nearest_as_each_side_prints_them() -> None:
    item = an_item(title="Crèches et Catamarans", text="Un règlement paraît.")
    found = nearest("Voiliers, placage de chêne", item)
    assert (found.said, found.printed) == ("Voiliers", "Catamarans")
    assert 0 < found.strength <= 1
    assert 0 < found.alike <= 1


@pytest.mark.parametrize("line", ["", "de la", "!", " , "])
def test_a_line_without_a_word_is_near_to_nothing(line: str) -> None:
    assert nearest(line, an_item()).strength == 0


@pytest.mark.parametrize("line", ["voilier", "charpente en bois", "zorglubine"])
def test_what_is_told_of_a_line_is_what_was_weighed(line: str) -> None:
    item = an_item(title="Crèches, zorglubine et catamarans", text="La charpente du gymnase.")
    weighed = max(0.0, *near((line,), item)[:, 0].tolist())
    assert nearest(line, item).strength == pytest.approx(weighed, abs=2e-3)
