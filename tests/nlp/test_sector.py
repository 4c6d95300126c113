"""How sectors are ranked, how many are said, and how sure each is."""

import pytest

from veille.model import Evidence, Origin, Scheme, StructuredFacts, TextToTag
from veille.nlp.labels.sector import Case, likely


def case(raw=0.0, chance=0.0, defined=0.0, origin=Origin.CUE, said=()):
    return Case(raw=raw, chance=chance, defined=defined, origin=origin, said=said)


def test_nothing_speaks_for_anything():
    assert likely({}) == []


def test_a_sure_sector_stands_alone_and_a_doubtful_one_in_company():
    sure = likely({"eau": case(9.0, 0.95, 0.8), "energies": case(0.45, 0.02), "sante": case(0.45, 0.01)})
    unsure = likely({"eau": case(1.0, 0.10), "energies": case(0.9, 0.09), "sante": case(0.9, 0.08)})
    assert [term for term, _ in sure] == ["eau"]
    assert len(unsure) > 1
    assert sure[0][1] > unsure[0][1]


def test_two_that_are_likely_are_both_said():
    both = likely({"eau": case(6.0, 0.9, 0.4), "dechets": case(6.0, 0.85, 0.4), "sante": case(0.45, 0.01)})
    assert [term for term, _ in both] == ["eau", "dechets"]


@pytest.mark.parametrize(("grown", "least"), [({"raw": 6.0}, 0.1), ({"chance": 0.9}, 0.3)])
def test_more_that_speaks_for_a_sector_makes_it_surer(grown, least):
    """What all others have stands still."""
    others = {"bois": case(2.0, 0.3, 0.2), "sante": case(6.0, 0.9, 0.2)}
    before = dict(likely({**others, "eau": case(2.5, 0.35, 0.2)}))
    after = dict(likely({**others, "eau": Case(**{"raw": 2.5, "chance": 0.35, "defined": 0.2} | grown)}))
    assert after["eau"] > before.get("eau", 0.0) + least


def test_a_few_faint_guesses_are_not_said():
    assert likely({"eau": case(chance=0.04, defined=0.03, origin=Origin.MODEL)}) == []
    assert likely({"eau": case(raw=0.45, chance=0.04)})[0][0] == "eau"


def test_at_most_three_and_equal_ones_in_one_order():
    cases = {term: case(2.0, 0.4) for term in ("d", "b", "a", "c")}
    assert [term for term, _ in likely(cases)] == [term for term, _ in likely(dict(sorted(cases.items())))]
    assert len(likely(cases)) <= 3


def test_a_code_comes_before_what_words_and_models_say():
    coded = case(5.0, 0.0, 0.0, Origin.FACT, (Evidence(text="45233140", where="cpv"),))
    said = likely({"construction-btp": coded, "eau": case(6.0, 0.9, 0.6)})
    assert said[0][0] == "construction-btp"


def test_a_code_and_the_words_beside_it_are_both_shown(tagger):
    text = TextToTag(
        id="1",
        title="Travaux de voirie",
        text="Réfection de la chaussée et des trottoirs de la rue haute.",
        facts=StructuredFacts(cpv=("45233140",)),
    )
    [tagged] = tagger.tag([text])
    first = tagged.of(Scheme.SECTOR)[0]
    assert first.term == "construction-btp"
    assert first.score > 0.8
    assert {said.where for said in first.evidence} >= {"cpv", "title"}
