"""The labels read worst, and why: what they are taken for, what is taken for them, which words mislead (pure)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from veille.nlp.measuring.confusion import NOTHING, confusion_of
from veille.nlp.measuring.label_figures import Case, LabelFigures, figures_of

#: Labels listed, the fewest records that make one worth listing, and what is quoted for each.
SHOWN = 5
_ENOUGH = 10
_QUOTED = 3


@dataclass(frozen=True, slots=True)
class Worst:
    """One label with a low F1."""

    figures: LabelFigures
    #: (label said first instead or "" for none, records); a record with several right labels counts for a part.
    taken_for: tuple[tuple[str, float], ...]
    #: (label carried, records where this one was said all the same).
    said_of: tuple[tuple[str, int], ...]
    #: (words quoted for it where it was wrong, times).
    misled_by: tuple[tuple[str, int], ...]
    #: Titles of records that carry it and were read as something else.
    examples: tuple[str, ...]
    #: Of its records, those where it was said but not first, and those where it was not said but another right one was.
    behind: int
    beside: int


def worst_of(cases: Sequence[Case]) -> list[Worst]:
    """Return the labels with the lowest F1, the worst first."""
    known = [one for one in figures_of(cases) if one.gold >= _ENOUGH]
    confusion = confusion_of(cases)
    return [
        Worst(
            figures=one,
            taken_for=tuple(confusion.taken_for(one.label)[:_QUOTED]),
            said_of=tuple(_wrongly(one.label, cases).most_common(_QUOTED)),
            misled_by=tuple(_misleading(one.label, cases).most_common(_QUOTED)),
            examples=tuple(_missed(one.label, cases)[:_QUOTED]),
            behind=sum(one.label in case.right and one.label in case.terms[1:] for case in cases),
            beside=sum(_is_beside(one.label, case) for case in cases),
        )
        for one in sorted(known, key=lambda one: (one.f1, one.label))[:SHOWN]
    ]


def _is_beside(label: str, case: Case) -> bool:
    return label in case.right and label not in case.terms and not case.right.isdisjoint(case.terms)


def _wrongly(label: str, cases: Sequence[Case]) -> Counter[str]:
    return Counter(
        right for case in cases if label in case.terms and label not in case.right for right in sorted(case.right)
    )


def _misleading(label: str, cases: Sequence[Case]) -> Counter[str]:
    """Count the words quoted for a label in records that do not carry it; once a record."""
    found: Counter[str] = Counter()
    for case in cases:
        if label not in case.right:
            said = [one for one in case.said if one["term"] == label]
            found.update({str(quote["text"]).lower() for one in said for quote in one["evidence"]})
    return found


def _missed(label: str, cases: Sequence[Case]) -> list[str]:
    missed = (case for case in cases if label in case.right and label not in case.terms)
    return [case.title for case in missed if (case.terms or (NOTHING,))[0] not in case.right]
