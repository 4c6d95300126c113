"""Tell the area that a sentence aims at from places it names in passing: addresses, actors, journeys, exclusions."""

import re

from veille.nlp.places import place_context as context
from veille.nlp.places.nearby import Rare
from veille.nlp.places.places import SMALL, TELLING, Mention

_ANY_WORD = re.compile(r"\w+")
#: Characters looked back for the word that opens a list of names.
_LISTED = 160
#: Characters between two names of one list, at most (« , dans les »).
_BESIDE = 16
#: What ends such a list, and the small words that it may hold between names.
_SENTENCE_MARKS = frozenset(".;:\n")
_IN_LIST = SMALL | {
    "ou", "en", "dans", "and", "or", "the", "in", "from", "region", "regions", "vers", "depuis", "région", "régions",
    "département", "départements", "ville", "villes", "à", "exception",
}  # fmt: skip
#: What stands before the area that somebody acts for.
_NAMING = (
    context.REGION, context.COUNTY, context.GROUPING, context.ACTING, context.AUDIENCE, context.ENGLISH_AUDIENCE,
)  # fmt: skip
#: Zones that run schemes of their own, or say for whom by their very name.
_ACTING = ("x:pnr:", "x:parc-national:", "x:bassin:", "x:petr:", "x:gal:", "x:communes:")
_SENTENCE_ENDS = (". ", "\n", "; ", " • ")


def names_authority(mention: Mention, before: str) -> bool:
    """« commune de … », « CCI du … », « Région Grand Est », « Brest métropole », « les associations de … »."""
    if mention.zone.startswith(_ACTING):
        return True
    if mention.zone and context.COUNTY.search(before):
        return False  # « zone franche d'activité des départements d'outre-mer »: no authority of theirs
    words = mention.key.split()
    if words[0] == "region" or not TELLING.isdisjoint(words):
        return True
    return any(cue.search(before) for cue in _NAMING)


def in_passing(before: str) -> bool:
    """Return True after a postcode, a court, or an actor that happens to be there."""
    return any(cue.search(before) for cue in (context.POSTCODE, context.COURT, context.ACTOR, context.RATE))


def in_address(mention: Mention, folded: str) -> bool:
    """Return True near the words of an address or a contact."""
    low, high = max(0, mention.start - 50), mention.start + 60
    first = max(folded.rfind(mark, low, mention.start) for mark in _SENTENCE_ENDS)
    lasts = [place for mark in _SENTENCE_ENDS if (place := folded.find(mark, mention.end, high)) >= 0]
    return context.ADDRESS.search(folded, max(first, low), min(lasts, default=high)) is not None


def names_actor(mention: Mention, text: str, after: str) -> bool:
    """« HEC Paris », « La Rochelle Université »: the town is part of somebody's name."""
    before = text[max(0, mention.start - 12) : mention.start]
    return not mention.shouted and bool(context.ACRONYM.search(before) or context.SCHOOL_AFTER.match(after))


def listed_after(cue: Rare | re.Pattern[str], mention: Mention, text: str, folded: str) -> bool:
    """Return True where a word such as « vers » or « hors » opens the list of names that the mention is in."""
    first = max(0, mention.start - _LISTED)
    opened = 0
    for found in cue.finditer(folded, first, mention.start):
        opened = found.end()
    between = text[opened : mention.start]
    if not opened or not _SENTENCE_MARKS.isdisjoint(between):
        return False
    return all(word[0].isupper() or word.lower() in _IN_LIST for word in _ANY_WORD.findall(between))


def names_country(mention: Mention, before: str, text: str, folded: str) -> bool:
    """Return True where a country is where applicants must be, not one to which they sell."""
    listed = listed_after(context.ESTABLISHED_IN, mention, text, folded)
    return listed or context.ENGLISH_AUDIENCE.search(before) is not None


def happens(folded: str, mention: Mention, before: str) -> bool:
    """Return True where the sentence tells of a jury, a past laureate, an example: the town is none that it aims at."""
    said = sentence(folded, mention.start, mention.end)
    return context.OFFICE.search(before) is not None or context.PASSING.search(said) is not None


def modulated(folded: str, mention: Mention) -> bool:
    """Return True where the sentence only says that one gets more there, or what was done before."""
    said = sentence(folded, mention.start, mention.end)
    return context.MODULATED.search(said) is not None or context.DONE.search(said) is not None


def refused(folded: str, mention: Mention) -> bool:
    """Return True where the sentence says who may not apply."""
    return context.REFUSED.search(sentence(folded, mention.start, mention.end)) is not None


def aims(folded: str, mention: Mention) -> bool:
    """Return True where the sentence says for whom or where the call is: most often before the name."""
    first, last = _sentence_bounds(folded, mention.start, mention.end)
    return any(
        found.start() < mention.start or context.AFTERWARDS.match(found[0])
        for found in context.PERIMETER.finditer(folded, first, last)
    )


def enumerated(first: Mention, then: Mention, text: str) -> bool:
    """« le Var et les Alpes-Maritimes »: one list holds both names, next to each other."""
    between = text[first.end : then.start]
    return (
        0 < len(between) <= _BESIDE
        and set(" ,/") >= set(_ANY_WORD.sub("", between.replace("'", " ").replace("’", " ")))
        and all(word.lower() in _IN_LIST for word in _ANY_WORD.findall(between))
    )


def sentence(folded: str, start: int, end: int) -> str:
    """Return the sentence around a name, at most 200 characters on each side."""
    first, last = _sentence_bounds(folded, start, end)
    return folded[first:last]


def _sentence_bounds(folded: str, start: int, end: int) -> tuple[int, int]:
    low = max(0, start - 200)
    first = max(folded.rfind(mark, low, start) for mark in _SENTENCE_ENDS)
    lasts = [place for mark in _SENTENCE_ENDS if (place := folded.find(mark, end, end + 200)) >= 0]
    return max(first, low), min(lasts, default=min(len(folded), end + 200))
