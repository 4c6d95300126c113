"""What is picked is good and unlike what was picked before."""

from tests.digest.builders import digest, item, match
from veille.digest.choosing.select import Offer, choose
from veille.digest.choosing.variety import likeness, varied

TITLES = (
    "Appel à projets : robots pour les vergers",
    "Appel à projets : robots pour les vergers, lot 2",
    "Appel à projets : robots pour les vergers, lot 3",
    "Fonds pour les emballages recyclés",
)


def an_offer(number: int, score: float, title: str) -> Offer:
    return Offer(item=item(number, title=title), match=match(number, score), section="seize")


def picked(relevance: float, *scores: float) -> list[int]:
    ranked = [an_offer(n, score, title) for n, (score, title) in enumerate(zip(scores, TITLES, strict=True), 1)]
    return [one.item.id for one in varied(ranked, relevance, lambda _: True)]


def test_titles_of_the_same_words_are_alike_whatever_their_accents():
    assert likeness("Décarboner l'industrie", "DECARBONER L’INDUSTRIE") == 1
    assert likeness(TITLES[0], TITLES[1]) > 0.8
    assert likeness(TITLES[0], TITLES[3]) < 0.4
    assert likeness("", "rien") == likeness("", "") == 0


def test_a_near_copy_waits_behind_what_is_new_and_nearly_as_good():
    assert picked(0.8, 0.9, 0.9, 0.9, 0.8) == [1, 4, 2, 3]


def test_a_near_copy_comes_before_what_is_much_weaker():
    assert picked(0.8, 0.9, 0.9, 0.9, 0.2)[:2] == [1, 2]


def test_relevance_alone_keeps_the_order():
    assert picked(1.0, 0.9, 0.8, 0.7, 0.6) == [1, 2, 3, 4]


def test_what_does_not_fit_is_passed_over_and_makes_nothing_unlike():
    ranked = [an_offer(n, 0.9, title) for n, title in enumerate(TITLES, 1)]
    assert [one.item.id for one in varied(ranked, 0.8, lambda one: one.item.id != 1)] == [2, 4, 3]


def test_scores_of_nothing_are_no_trouble():
    worthless = [an_offer(1, 0.0, "a"), an_offer(2, 0.0, "b")]
    assert [one.item.id for one in varied(worthless, 0.8, lambda _: True)] == [1, 2]
    assert list(varied([], 0.8, lambda _: True)) == []


def test_near_copies_do_not_fill_a_section():
    copies = [an_offer(n, 0.9, f"Fourniture de blouses de laboratoire, lot {n}") for n in range(1, 9)]
    titles = ("Eau potable des îles", "Usines sobres", "Chaleur fatale", "Bois d'œuvre", "Salon de Hanovre")
    others = [an_offer(n, 0.8, title) for n, title in enumerate(titles, 20)]
    shown = [one.item.id for one in choose(digest(), [*copies, *others], frozenset()).offers]
    assert len(shown) == 6
    assert sum(number < 9 for number in shown) == 1
