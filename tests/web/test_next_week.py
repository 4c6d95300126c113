"""What an opinion's page says will change, and the bulletin of the week after: one test per reason, all for real."""

from datetime import timedelta

import pytest

from tests.digest.builders import item, store_items
from tests.web.conftest import ANNE, BOB, WEDNESDAY, Site
from tests.web.conftest import send as send_issue
from veille.model import Item, Member, Subscriber

#: Anne's colleague reads the same bulletin: votes are of a person, what they change is of the organisation.
COLLEAGUE = "chloe@phytalis.example.fr"
TRADE = {"sector": "agroalimentaire", "deadline": "2027-01-29"}


@pytest.fixture
def weeks(site: Site) -> Site:
    """The site, with a colleague of Anne and her organisation in Riom."""
    known = next(one for one in site.app.members.members() if one.organisation == "Phytalis")
    member = Member(
        id=known.id, organisation="Phytalis", sectors=("agroalimentaire",), commune="63300",
        activity=("extraits végétaux", "encapsulation"), needs=("sarcopénie",),
    )  # fmt: skip
    site.app.members.save([(member, [site.person(ANNE), Subscriber(email=COLLEAGUE)])], origin="test", now=WEDNESDAY)
    return site


def first_week(site: Site, *items: Item) -> None:
    store_items(site.app.database, items)
    send_issue(site)


def vote(site: Site, item_id: int, reason: str = "", opinion: str = "not_for_me", **more: str) -> str:
    link = site.links.opinion(site.person(ANNE).id, item_id)
    answer = site.client.post(link, data={"avis": opinion, "raison": reason, **more})
    assert answer.status_code == 200
    return answer.text.replace("\xa0", " ")


def next_week(site: Site, *items: Item) -> dict[str, list[int]]:
    """Return what each person would read in the second week, in the order of their scores."""
    site.clock.advance(WEDNESDAY + timedelta(days=7) - site.clock.now())
    store_items(site.app.database, items)
    return read(site)


def read(site: Site) -> dict[str, list[int]]:
    (built,) = site.app.digest.build("hebdo")
    return {
        one.subscriber.email: [line.item_id for line in sorted(one.selection, key=lambda line: -line.score)]
        for one in built.drafted
    }


def call(number: int, words: str = "extraits végétaux", **changes: object) -> Item:
    return item(number, title=f"Appel n° {number} : {words}", **{**TRADE, **changes})


def test_too_big_leaves_out_every_call_of_that_size(weeks: Site) -> None:
    first_week(weeks, call(20, facts={"amount_max": "1800000"}))
    said = vote(weeks, 20, "too_big")
    assert "plus aucun appel de 1 M€ et plus" in said
    shown = next_week(
        weeks,
        call(21, facts={"amount_max": "1000000"}),
        call(22, facts={"amount_max": "999999"}),
        call(23, facts={"amount_total": "9000000"}),  # an envelope is not what one project gets
        call(24),
    )
    assert {22, 23, 24} <= set(shown[ANNE])
    assert 21 not in shown[ANNE]
    assert shown[COLLEAGUE] == shown[ANNE]


def test_a_consortium_too_big_is_one_of_that_many_partners(weeks: Site) -> None:
    first_week(weeks, call(20, facts={"partners_min": "4"}))
    assert "plus aucun appel à 4 partenaires et plus" in vote(weeks, 20, "too_big")
    shown = next_week(weeks, call(21, facts={"partners_min": "5"}), call(22, facts={"partners_min": "2"}))
    assert 22 in shown[ANNE]
    assert 21 not in shown[ANNE]


def test_where_no_size_is_known_only_the_item_goes(weeks: Site) -> None:
    first_week(weeks, call(20))
    assert "Rien d’autre ne change" in vote(weeks, 20, "too_big")
    assert {21, 22} <= set(next_week(weeks, call(21, facts={"amount_max": "9000000"}), call(22))[ANNE])


def test_out_of_area_leaves_out_what_aims_only_there(weeks: Site) -> None:
    news = {"kind": "reglementation", "deadline": None}
    first_week(weeks, call(20, place="fr:region:53", **news))
    said = vote(weeks, 20, "out_of_area")
    assert "plus rien qui ne vise que Bretagne" in said
    shown = next_week(
        weeks,
        call(21, place="fr:departement:29", **news),
        call(22, place="fr:region:76", **news),
        call(23, place="fr:region:84", **news),
    )
    assert 21 not in shown[ANNE]
    assert {22, 23} <= set(shown[ANNE])


def test_out_of_area_of_a_national_item_lowers_but_never_empties(weeks: Site) -> None:
    first_week(weeks, call(20, place="country:fr"))
    assert "les annonces nationales passeront un peu plus bas" in vote(weeks, 20, "out_of_area")
    shown = next_week(weeks, call(21, place="country:fr"), call(22, facts={}))
    assert shown[ANNE].index(22) < shown[ANNE].index(21)


def test_known_takes_away_that_item_only(weeks: Site) -> None:
    first_week(weeks, call(20, source="ministere"))
    said = vote(weeks, 20, "known")
    assert "ni ses reprises" in said
    shown = next_week(weeks, call(21, source="ministere"), call(22, source="autre"))
    assert {21, 22} <= set(shown[ANNE])
    assert shown[ANNE].index(22) < shown[ANNE].index(21)
    assert 20 not in shown[ANNE]


def test_another_trade_puts_what_says_only_those_words_there_last(weeks: Site) -> None:
    first_week(weeks, call(20, "encapsulation"))
    said = vote(weeks, 20, "other_trade")
    assert "ne parle que de « encapsulation » passera après tout le reste" in said
    near = call(21, "encapsulation", place="fr:region:84")
    shown = next_week(weeks, near, call(22), call(23, "encapsulation et extraits végétaux"))
    assert shown[ANNE][-1] == 21
    assert {22, 23} <= set(shown[ANNE])


def test_useful_lifts_what_resembles_it_and_says_so(weeks: Site) -> None:
    first_week(weeks, call(20, "encapsulation", kind="concours-prix"))
    assert "ce qui lui ressemble montera un peu" in vote(weeks, 20, opinion="useful")
    later = [call(21, "encapsulation"), call(22, "encapsulation", kind="concours-prix")]
    shown = next_week(weeks, *later)
    assert shown[ANNE].index(22) < shown[ANNE].index(21)
    (built,) = weeks.app.digest.build("hebdo")
    mine = next(one for one in built.drafted if one.subscriber.email == ANNE)
    line = next(line for line in mine.selection if line.item_id == 22)
    assert any(reason.text.startswith("vous avez trouvé utile : ") for reason in line.reasons)


def test_taking_an_opinion_back_takes_back_what_it_changed(weeks: Site) -> None:
    first_week(weeks, call(20, facts={"amount_max": "1800000"}))
    later = (call(21, facts={"amount_max": "2000000"}), call(22))
    before = next_week(weeks, *later)
    vote(weeks, 20, "too_big")
    assert 21 not in read(weeks)[ANNE]
    assert "Vous avez dit" not in vote(weeks, 20, "too_big", action="retirer")
    assert read(weeks) == before


def test_nobody_else_is_moved_by_one_members_opinion(weeks: Site) -> None:
    first_week(weeks, call(20, facts={"amount_max": "1800000"}))
    later = (
        call(21, facts={"amount_max": "2000000"}),
        item(31, title="Appel robots soudeurs", sector="industrie-du-futur", facts={"amount_max": "3000000"}),
    )
    before = next_week(weeks, *later)
    vote(weeks, 20, "too_big")
    assert read(weeks)[BOB] == before[BOB]
