"""A bulletin is as short as was promised."""

from dataclasses import replace

from tests.digest.builders import bulletin
from veille.digest.choosing.brevity import shortened, words
from veille.model import Bulletin


def long_one() -> Bulletin:
    made = bulletin(lines=4)
    lines = tuple(
        replace(
            line, extract="Dix mots d'extrait pour dire un peu plus long ici.", reasons=("une raison", "et une autre")
        )
        for line in made.lines
    )
    return replace(made, sections=(replace(made.sections[0], lines=lines),))


def test_every_word_that_is_read_counts():
    assert words(replace(bulletin(lines=0), opening="Bienvenue à vous deux")) == words(bulletin(lines=0)) + 4
    assert words(bulletin(lines=2)) - words(bulletin(lines=0)) > 2 * 20


def test_one_that_is_short_enough_stays_as_it_is():
    assert shortened(long_one(), 650) == long_one()


def test_the_last_extracts_go_first_and_no_more_of_them_than_needed():
    cut = shortened(long_one(), words(long_one()) - 12)
    assert [bool(line.extract) for line in cut.lines] == [True, True, False, False]
    assert all(len(line.reasons) == 2 for line in cut.lines)


def test_then_second_reasons_go_and_every_line_keeps_one():
    cut = shortened(long_one(), 1)
    assert [line.extract for line in cut.lines] == [""] * 4
    assert [line.reasons for line in cut.lines] == [("une raison",)] * 4
    assert cut.lines[0].title == long_one().lines[0].title
