"""The figures of the pipeline on gold sets, whole: per set, per label, how sure the score is, and what is mixed up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from veille.config.gazetteer import load_gazetteer
from veille.config.taxonomy import load_taxonomy
from veille.model import Scheme
from veille.nlp.fitting.gold import Gold, corpus_hash, read_gold
from veille.nlp.fitting.held_out import Reading, Trial, Way, default_types, read_held_out
from veille.nlp.measuring.confusion import Confusion, confusion_of
from veille.nlp.measuring.label_figures import Case, LabelFigures, figures_of
from veille.nlp.measuring.reliability import Reliability, reliability_of
from veille.nlp.measuring.scoring import LABELLED, Counts, Said, Table, counts_of, intervals_of, table_of
from veille.nlp.measuring.worst import Worst, worst_of
from veille.protocols import Progress

#: JSON key of each scheme whose labels are measured one by one.
SCHEMES = {"sectors": Scheme.SECTOR, "types": Scheme.TYPE}


@dataclass(frozen=True, slots=True)
class ByDefault:
    """How often the first type is right, of the records of one set, with and without the source's own."""

    set: str
    default: str
    records: int
    without: float
    with_default: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that was measured."""

    way: Way
    corpus: str
    table: Table
    #: Figures of the sets that were also read by models fitted without them (`Trial.without`); empty where none was.
    unseen: Table
    #: Row → figure → its 95 % interval.
    intervals: Mapping[str, Mapping[str, tuple[float, float]]]
    #: Sets whose records a model may be learnt from: those that held-out models were made for.
    learnt: tuple[str, ...]
    #: `sectors` and `types` → what is known of each label.
    labels: Mapping[str, Sequence[LabelFigures]]
    confusions: Mapping[str, Confusion]
    worst: Mapping[str, Sequence[Worst]]
    reliability: Reliability
    by_default: Sequence[ByDefault] = ()
    #: Scheme key → label → French name.
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def evaluate(trial: Trial, progress: Progress) -> Evaluation:
    """Tag the gold sets and measure what was said; raises InputError or ConfigError."""
    gold = read_gold(trial.files)
    if not any(one.free for one in gold):  # no model was or may be fitted on them
        trial = replace(trial, way=Way.SHIPPED)
    workers = 1 if trial.way is Way.SHIPPED else trial.workers
    asked = replace(trial, with_default_type=True, workers=workers)
    everything = read_held_out(asked, progress)
    readings = [one for one in everything if one.way is trial.way]
    said = _said(readings)
    taxonomy = load_taxonomy(trial.folders)
    sets = _counted(trial, gold, said)
    cases = {key: _cases(key, gold, said) for key in LABELLED}
    return Evaluation(
        way=trial.way,
        corpus=corpus_hash(trial.files),
        table=table_of(sets),
        unseen=_unseen(trial, gold, everything),
        intervals=intervals_of(sets),
        learnt=tuple(sorted({one.set for one in gold if one.free and (one.sectors or one.types)})),
        labels={key: figures_of(cases[key]) for key in LABELLED},
        confusions={key: confusion_of(cases[key]) for key in LABELLED},
        worst={key: worst_of(cases[key]) for key in LABELLED},
        reliability=reliability_of(cases["sectors"]),
        by_default=_by_default(gold, readings),
        names={
            key: {name: term.label for name, term in taxonomy.of(scheme).items()} for key, scheme in SCHEMES.items()
        },
    )


def as_plain(found: Evaluation) -> dict[str, Any]:
    """Return the evaluation as JSON can carry it; shares to the third decimal, intervals at 95 %."""
    return {
        "way": str(found.way),
        "corpus": found.corpus,
        "learnt": list(found.learnt),
        "table": found.table,
        "unseen": found.unseen,
        "intervals": found.intervals,
        "labels": {key: [_plain_label(one) for one in labels] for key, labels in found.labels.items()},
        "worst": {
            key: [
                {
                    "label": one.figures.label,
                    "f1": round(one.figures.f1, 3),
                    "taken_for": [[label, round(count, 1)] for label, count in one.taken_for],
                    "said_of": one.said_of,
                    "misled_by": one.misled_by,
                }
                for one in worst
            ]
            for key, worst in found.worst.items()
        },
        "reliability": {
            "error": round(found.reliability.error, 3),
            "bins": [
                [one.low, one.said, round(one.mean_score, 3), round(one.share, 3)] for one in found.reliability.bins
            ],
        },
        "by_default": [
            [one.set, one.default, one.records, round(one.without, 3), round(one.with_default, 3)]
            for one in found.by_default
        ],
    }


def _plain_label(one: LabelFigures) -> dict[str, Any]:
    shares = {"precision": one.precision, "recall": one.recall, "f1": one.f1}
    return {
        "label": one.label,
        "gold": one.gold,
        "said": one.said,
        "right": one.right,
        **{name: None if value is None else round(value, 3) for name, value in shares.items()},
        "precision_interval": one.precision_interval,
        "recall_interval": one.recall_interval,
        "f1_interval": one.f1_interval,
    }


def measure(trial: Trial, progress: Progress) -> tuple[Table, Table]:
    """Tag the gold sets and return their table, and that of the sets read by models fitted without them."""
    gold, readings = read_gold(trial.files), read_held_out(trial, progress)
    return table_of(counted(trial, gold, readings)), _unseen(trial, gold, readings)


def counted(trial: Trial, gold: Sequence[Gold], readings: Sequence[Reading]) -> dict[str, Counts]:
    """Return what was counted of each set, as the trial's own way read it."""
    return _counted(trial, gold, _said([one for one in readings if one.way is trial.way]))


def _unseen(trial: Trial, gold: Sequence[Gold], readings: Sequence[Reading]) -> Table:
    said = _said([one for one in readings if one.way is Way.SETS and one.set in trial.without])
    sets = _counted(trial, [one for one in gold if (one.set, one.id) in said], said)
    return table_of(sets) if sets else {}


def _said(readings: Sequence[Reading]) -> dict[tuple[str, str], Said]:
    return {(one.set, one.id): one.said for one in readings}


def _counted(trial: Trial, gold: Sequence[Gold], said: Mapping[tuple[str, str], Said]) -> dict[str, Counts]:
    gazetteer = load_gazetteer(trial.folders)
    sets: dict[str, Counts] = {}
    for one in gold:
        sets.setdefault(one.set, Counter()).update(counts_of(one, said[one.set, one.id], gazetteer.related))
    return sets


def _cases(key: str, gold: Sequence[Gold], said: Mapping[tuple[str, str], Said]) -> list[Case]:
    """Return the records labelled in a scheme, each with what was said of it."""
    return [
        Case(one.set, one.title, right, tuple(said[one.set, one.id][key]))
        for one in gold
        if (right := getattr(one, key))
    ]


def _by_default(gold: Sequence[Gold], readings: Sequence[Reading]) -> list[ByDefault]:
    types = default_types(gold)
    asked = {(one.set, one.id): one for one in readings if one.types_by_default is not None}
    found = []
    for name, default in types.items():
        pairs = [(one, asked[name, one.id]) for one in gold if one.set == name and (name, one.id) in asked]
        if pairs:
            plain = sum(_first(read.said["types"]) in one.types for one, read in pairs)
            helped = sum((read.types_by_default or ("",))[0] in one.types for one, read in pairs)
            found.append(ByDefault(name, default, len(pairs), plain / len(pairs), helped / len(pairs)))
    return found


def _first(said: Sequence[Said]) -> str:
    return str(said[0]["term"]) if said else ""
