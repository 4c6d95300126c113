"""What corrections teach: it starts from the definitions, adds what they miss, and is installed only where it gains."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from benchmarks.axes import SETS, instance, lessons_of, load_set, score, tagged_axes, teach

from tests.digest.builders import item
from veille.config.instance import shipped
from veille.config.taxonomy import OFF_TOPIC
from veille.errors import ConfigError, InputError
from veille.model import Decision, Judgement, Origin, Review, Scheme, Tag, TagDecision
from veille.nlp.fitting.axis_lessons import forget, learn, settled
from veille.nlp.fitting.learning import LEARNED, Lesson, Traits, arrays_of, fit, load_learned, macro_f1, trial
from veille.nlp.tagger import load_tagger

LABELS = ["bois", "eau", OFF_TOPIC, "sols"]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def lesson(label, *buckets, weight=1.0, **prior):
    """A text of these buckets, of which definitions say nothing but `prior`."""
    company = np.zeros(4, np.float32)
    company[buckets[0] % 4] = 1.0
    weights = np.full(len(buckets), len(buckets) ** -0.5, np.float32)
    traits = Traits(np.array(sorted(buckets), np.int64), weights, company)
    return Lesson(traits, {**dict.fromkeys(LABELS, 0.0), **prior}, frozenset({label}), weight)


def said(learned, one):
    added = learned.adds(one.traits)
    return max(LABELS, key=lambda label: one.prior[label] + added[label])


TAUGHT = [lesson("bois", 1, 10 + n) for n in range(12)] + [lesson("eau", 2, 30 + n) for n in range(12)]


def test_a_text_like_those_corrected_is_read_as_they_were():
    learned = fit(TAUGHT, LABELS)
    assert said(learned, lesson("", 1, 90)) == "bois"
    assert said(learned, lesson("", 2, 90)) == "eau"


def test_what_definitions_say_is_where_it_starts_from():
    agreed = [replace(one, prior={**one.prior, next(iter(one.labels)): 9.0}) for one in TAUGHT]
    added = fit(agreed, LABELS).adds(TAUGHT[0].traits)
    assert all(abs(value) < 0.1 for value in added.values())


def test_a_label_that_no_lesson_has_keeps_what_its_definition_says():
    added = fit(TAUGHT, LABELS).adds(TAUGHT[0].traits)
    assert added["sols"] == 0.0


def test_a_text_that_shares_nothing_with_the_lessons_hardly_moves():
    far = Traits(np.array([999], np.int64), np.ones(1, np.float32), np.zeros(4, np.float32))
    assert all(abs(value) < 0.2 for value in fit(TAUGHT, LABELS).adds(far).values())


def test_an_item_only_let_pass_teaches_less_than_a_corrected_one():
    both = [lesson("bois", 1, 10), lesson("eau", 1, 10, weight=0.5)] * 5
    assert said(fit(both, LABELS), lesson("", 1, 10)) == "bois"


def test_equal_lessons_give_equal_weights():
    one, other = fit(TAUGHT, LABELS), fit(TAUGHT, LABELS)
    assert np.array_equal(one.shared, other.shared)
    assert np.array_equal(one.biases, other.biases)


def test_a_trial_reads_each_lesson_by_the_others():
    found = trial(TAUGHT, LABELS)
    assert (found.lessons, found.gains) == (24, True)
    assert found.after == 1.0 > found.before


def test_what_unseen_lessons_contradict_is_not_installed_and_what_was_is_forgotten(tmp_path):
    assert learn(tmp_path, TAUGHT).gains
    assert (tmp_path / LEARNED).is_file()
    # each is labelled by nothing that the others share, and definitions are right about all: learning can only blur
    told = [lesson(LABELS[n % 4], 1, 50 + n % 3, **{LABELS[n % 4]: 0.3}) for n in range(40)]
    wrong = [replace(one, labels=frozenset({LABELS[n // 5 % 4]})) if n % 5 == 0 else one for n, one in enumerate(told)]
    assert not learn(tmp_path, wrong, dry_run=True).gains
    assert (tmp_path / LEARNED).is_file()
    assert not learn(tmp_path, wrong).gains
    assert not (tmp_path / LEARNED).exists()


def test_too_few_lessons_teach_nothing(tmp_path):
    assert not trial(TAUGHT[:19], LABELS).gains
    with pytest.raises(InputError, match=r"trop peu d'articles .*\(19\)"):
        learn(tmp_path, TAUGHT[:19])
    assert not (tmp_path / LEARNED).exists()


def test_macro_f1_counts_a_rare_label_as_much_as_a_frequent_one():
    frequent, rare = frozenset({"a"}), frozenset({"b"})
    assert macro_f1([(frequent, "a")] * 9 + [(rare, "a")]) == round((18 / 19 + 0) / 2, 3)
    assert macro_f1([]) == 0.0


# ── which items are lessons ─────────────────────────────────────────────────────────────────────────────────────────
def tagged(number, *axes, judgement=None):
    tags = [Tag(scheme=Scheme.AXIS, term=axis, score=0.6, origin=Origin.CUE) for axis in axes]
    review = Review(item_id=number, judgement=judgement, by="Ana", at=NOW) if judgement else None
    return replace(item(number), tags=tuple(tags), review=review)


def test_items_corrected_or_accepted_are_lessons_and_rejected_ones_are_not():
    items = [
        tagged(1, "eau"),
        tagged(2, "eau", judgement=Judgement.ACCEPTED),
        tagged(3, "bois", judgement=Judgement.REJECTED),
        tagged(4, judgement=Judgement.ACCEPTED),
        tagged(5, OFF_TOPIC, judgement=Judgement.REJECTED),
    ]
    off = {"item_id": 5, "scheme": Scheme.AXIS, "term": OFF_TOPIC, "decision": Decision.ADDED, "by": "Ana", "at": NOW}
    sector = {**off, "item_id": 1, "scheme": Scheme.SECTOR, "term": "eau"}
    chosen = settled(items, [TagDecision(**off), TagDecision(**sector)])
    assert [(one.item_id, one.axes, one.weight) for one in chosen] == [
        (2, frozenset({"eau"}), 0.5),
        (5, frozenset({OFF_TOPIC}), 1.0),
    ]


# ── through an instance ─────────────────────────────────────────────────────────────────────────────────────────────
PACK = SETS / "nutrition-sante.yaml"


def test_a_hundred_corrections_raise_what_ten_cues_read_and_may_be_forgotten():
    items = load_set(PACK, "fresh")
    with instance("nutrition-sante", 10) as home:
        before = load_tagger([home, shipped()]).pipeline
        alone = score(items, tagged_axes(home, items)).macro()
        assert teach(home, lessons_of(PACK, "fresh", 100)).gains
        assert load_tagger([home, shipped()]).pipeline != before, "every item waits to be tagged again"
        assert score(items, tagged_axes(home, items)).macro() > alone >= 0.72
        assert forget(home)
        assert not forget(home)
        assert load_tagger([home, shipped()]).pipeline == before


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_damaged_file_stops_tagging_with_its_cure(content):
    with instance("nutrition-sante", 10) as home:
        (home / LEARNED).parent.mkdir(parents=True)
        (home / LEARNED).write_bytes(content)
        with pytest.raises(ConfigError, match="pipeline learn"):
            load_tagger([home, shipped()])


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "axes.npz"
    learned = fit(TAUGHT, LABELS)
    np.savez(path, recipe=np.array(99), labels=np.array(LABELS), buckets=learned.buckets, shared=learned.shared,
             company=learned.company, biases=learned.biases)  # fmt: skip
    with pytest.raises(ConfigError, match="autre version"):
        load_learned(path, 4)
    np.savez(path, **arrays_of(learned))
    assert load_learned(path, 4).labels == tuple(LABELS)
    with pytest.raises(ConfigError, match="--forget"):
        load_learned(path, 100)
