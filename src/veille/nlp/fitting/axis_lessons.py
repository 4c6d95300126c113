"""From what staff decided to what is learnt of axes: which texts, which labels, whether it is worth installing."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from veille.errors import InputError
from veille.files import cause, write_atomically
from veille.model import Item, Judgement, Scheme, TagDecision, TextToTag
from veille.nlp.fitting.learning import FEWEST, LEARNED, MOST, Lesson, Trial, arrays_of, fit, trial
from veille.nlp.tagger import SpacyTagger

#: What an item that was only accepted says of its axes, beside one whose axes somebody corrected.
_LET_PASS = 0.5


@dataclass(frozen=True, slots=True)
class Settled:
    """An item whose axes people settled."""

    item_id: int
    axes: frozenset[str]
    weight: float


def settled(items: Iterable[Item], decisions: Iterable[TagDecision]) -> list[Settled]:
    """Return the items whose axes somebody corrected, or that somebody accepted with the axes they have, newest first.

    What was rejected for another reason than its subject says nothing of its axes.
    """
    corrected = {one.item_id for one in decisions if one.scheme is Scheme.AXIS}
    found = []
    for item in items:
        axes = frozenset(tag.term for tag in item.of(Scheme.AXIS))
        passed = item.review is not None and item.review.judgement is Judgement.ACCEPTED
        if axes and (item.id in corrected or passed):
            found.append(Settled(item.id, axes, 1.0 if item.id in corrected else _LET_PASS))
    return found[:MOST]


def read_lessons(tagger: SpacyTagger, texts: Mapping[int, TextToTag], chosen: Sequence[Settled]) -> list[Lesson]:
    """Return what the texts of settled items teach, oldest item first; none for an item that is gone."""
    ordered = sorted((one for one in chosen if one.item_id in texts), key=lambda one: one.item_id)
    told = tagger.lessons((texts[one.item_id], one.axes, one.weight) for one in ordered)
    return [lesson for lesson in told if lesson.labels]


def learn(home: Path, lessons: Sequence[Lesson], *, dry_run: bool = False) -> Trial:
    """Fit on lessons and install what was learnt where unseen lessons are read no worse by it, else forget; InputError.

    The seal of tags changes with the file: every item is tagged again, and decisions stay over what is said then.
    """
    if len(lessons) < FEWEST:
        raise InputError(
            f"trop peu d'articles dont les axes sont tranchés ({len(lessons)}) pour apprendre",
            cure=f"il en faut {FEWEST} : « veille tag correct N --add axis:… », « veille review accept N »",
        )
    labels = sorted(lessons[0].prior)
    found = trial(lessons, labels)
    if dry_run:
        return found
    if not found.gains:
        forget(home)  # learnt from fewer decisions than those that now say it does not pay
    else:
        content = io.BytesIO()
        np.savez_compressed(content, **arrays_of(fit(lessons, labels)))  # type: ignore[arg-type]  # its stub takes the first keyword for a flag
        target = home / LEARNED
        try:
            write_atomically(target, content.getvalue())
        except OSError as error:
            where = f"{target} : impossible d'écrire ({cause(error)})"
            raise InputError(where, cure="vérifiez le dossier, les droits, la place") from error
    return found


def forget(home: Path) -> bool:
    """Remove what was learnt; tell whether there was something."""
    path = home / LEARNED
    there = path.is_file()
    path.unlink(missing_ok=True)
    return there
