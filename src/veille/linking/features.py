"""What two items have in common and what they disagree on, as numbers from 0 to 1 (pure)."""

from collections.abc import Collection

from veille.linking.common import (
    days_apart,
    each_has_a_word,
    each_more,
    is_news,
    likeness,
    one_page,
    one_publisher,
    shape,
    shared_code,
)
from veille.linking.shingles import copied
from veille.linking.sketch import Sketch
from veille.linking.words import total

#: Weight of the common words from which they are about something: about ten words that are not everyone's.
_SUBSTANCE = 40.0
#: Names or numbers in common that are as good as more.
_ENOUGH = 3
#: Days between two papers on one event of a firm; further apart they tell two.
_NEWS_APART = 21
#: Days between the publication of a call and its last echo.
_CALL_APART = 300


def features(one: Sketch, other: Sketch) -> dict[str, float]:
    """Return what two items have in common and what they disagree on, each 0–1."""
    title, part_of_title = likeness(one.title, other.title)
    text, part_of_text = likeness(one.lead, other.lead)
    thin = max(0.0, 1 - total(set(one.lead) & set(other.lead)) / _SUBSTANCE)
    copied_ = copied(one.runs, other.runs)
    numbers, names = _common(one.numbers, other.numbers), _common(one.names, other.names)
    dates = set(_closing(one)) & set(_closing(other))
    same_deadline = one.deadline is not None and one.deadline == other.deadline
    code = shared_code(one, other)
    changed = one.amended or other.amended
    news = is_news(one) and is_news(other)
    return {
        "title": title,
        "title_part": part_of_title,
        "text": text,
        "text_part": part_of_text,
        "thin": thin,
        "day": float(bool(dates) or same_deadline),
        "backed": float(bool(dates) or same_deadline) * (1 - thin),
        "no_day": float(bool(_closing(one) and _closing(other)) and not dates and not same_deadline),
        "numbers": numbers,
        "no_number": float(bool(one.numbers and other.numbers) and not numbers),
        "translated": float(_two_languages(one, other)) * numbers * float(bool(dates) or same_deadline),
        "no_name": float(bool(one.names and other.names) and not names),
        "code": float(bool(code)),
        "other_code": float(not code and _numbers_another(one, other)),
        "link": float(one_page(one, other)),
        "site": float(one_publisher(one, other) and not changed and not code),
        "slot_title": max(title, copied_) * each_has_a_word(one.title, other.title, one.lead, other.lead),
        "slot_number": max(text, copied_) * each_more(one.numbers, other.numbers, one.numbers, other.numbers),
        "slot_name": max(text, copied_) * each_more(one.names, other.names, one.names, other.names),
        "far": float(days_apart(one.day, other.day) > (_NEWS_APART if news else _CALL_APART)),
    }


def _two_languages(one: Sketch, other: Sketch) -> bool:
    """Say whether both are written in known languages, and not in the same: few of their words can be common."""
    return one.lang != other.lang and "und" not in {one.lang, other.lang}


def _closing(one: Sketch) -> tuple[str, ...]:
    return (*one.days, one.deadline[5:]) if one.deadline else one.days


def _common(one: Collection[str], other: Collection[str]) -> float:
    return min(len(set(one) & set(other)), _ENOUGH) / _ENOUGH


def _numbers_another(one: Sketch, other: Sketch) -> bool:
    """Say whether one cites a number of the other's series that is not the other's."""
    return any(
        shape(cited) in {shape(own) for own in theirs.own_codes}
        for mine, theirs in ((one, other), (other, one))
        for cited in set(mine.codes) - set(theirs.codes)
    )
