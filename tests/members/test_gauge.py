"""The gauge of a profile: a share, and what is worth asking for first."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veille.members.gauge import PARTS, gauge, thin
from veille.model import Member

WHOLE = Member(
    organisation="Phytalis",
    siren="732829320",
    naf="10.89Z",
    size="pme",
    staff=25,
    turnover_eur=4_200_000.0,
    legal_form="SAS",
    created=date(2014, 3, 1),
    commune="63322",
    sectors=("agroalimentaire",),
    activity=("gélules", "gommes"),
    skills=("encapsulation", "formulation"),
    needs=("enrobage", "sarcopénie"),
)


def test_weights_make_a_whole() -> None:
    assert sum(part.weight for part in PARTS) == pytest.approx(1)
    assert {part.field for part in PARTS} <= set(Member.__dataclass_fields__)


def test_a_whole_profile_is_whole() -> None:
    assert gauge(WHOLE).share == pytest.approx(1)
    assert gauge(WHOLE).shown() == "100 %"


def test_a_name_alone_is_nothing_and_asks_for_activity_first() -> None:
    empty = gauge(Member(organisation="Phytalis"))
    assert empty.share == pytest.approx(0)
    assert empty.shown(2) == "0 % ; à demander : deux phrases d'activité, deux besoins et 10 autres"


def test_what_would_improve_most_comes_first() -> None:
    member = Member(
        **{name: getattr(WHOLE, name) for name in ("organisation", "size", "commune", "sectors", "activity")}
    )
    assert [one.words for one in gauge(member).missing[:3]] == ["deux besoins", "deux savoir-faire", "le code NAF"]


def test_half_a_list_is_half() -> None:
    from dataclasses import replace

    some = gauge(replace(WHOLE, needs=("enrobage",)))
    assert [one.words for one in some.missing] == ["un besoin"]
    assert some.percent == 89


@given(st.sets(st.sampled_from([part.field for part in PARTS])))
def test_saying_more_never_lowers_the_gauge(fields: set[str]) -> None:
    known = Member(organisation="A", **{name: getattr(WHOLE, name) for name in fields})
    whole = gauge(known)
    assert 0 <= whole.share <= 1 + 1e-9
    for missing in whole.missing:
        from dataclasses import replace

        more = gauge(replace(known, **{missing.field: getattr(WHOLE, missing.field)}))
        assert more.share == pytest.approx(whole.share + missing.gain)


def test_a_thin_bulletin_is_one_of_few_items_and_no_bulletin_is_none() -> None:
    assert thin([2, 3])
    assert not thin([2, 6])
    assert not thin([])
