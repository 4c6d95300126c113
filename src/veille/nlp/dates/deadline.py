"""Until when: the deadline, opening and kind of a call, from structured facts or from the dates printed and their cues.

A date is never made up: it is printed in the text (its year may come from the day of publication), and where two dates
contradict each other there is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from veille.model import Evidence, Fact, Origin, TextToTag
from veille.nlp.dates import deadline_cues as cues
from veille.nlp.dates.deadline_clock import clock_after, shared_hour
from veille.nlp.dates.deadline_doubt import contradicting, loose
from veille.nlp.dates.deadline_lists import listed, named_by
from veille.nlp.dates.deadline_score import CLOSING, MOVING, UNTIL, sureness
from veille.nlp.dates.french_dates import WEEKDAY, PrintedDate, find_dates, masked
from veille.nlp.levelled import level
from veille.nlp.line_ends import unbroken
from veille.nlp.quoting import READ, Printed, quoted

_PARIS = ZoneInfo("Europe/Paris")
#: Characters of context before and after a date.
_LEFT, _RIGHT = 220, 70
#: How far up a list of dates is followed to its heading.
_HEADING = 500
#: A clause ends here; « art. 5 » or « 12 h. » do no harm, they only shorten the context.
_BOUNDARY = re.compile(r"(?<!\b[ap]\.m)[.!?;]\s|(?<=¤)\.(?=[a-z])|\n|•|\s[–-]\s(?=\D{0,40}:)")
_ONLY_DATES = re.compile(r"(?:[\W0-9_]|\b(?:h|le|et|puis|ou|e|eme|er|ere|re|date|session|phase|a|inclus|midi)\b)*")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A date that may end the call."""

    where: str
    printed: PrintedDate
    day: date
    score: int
    #: Its clause or heading speaks of several dates or steps.
    several: bool
    #: What is said of it, levelled.
    label: str = ""
    opens: date | None = None
    opens_at: int = 0


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return until when, and from when on: `deadline` and `opening` (ISO dates), `deadline_time` (HH:MM) and others.

    `deadline_zone`: IANA name, where it is not Paris; `deadline_kind`: rolling, single or several; `deadline_state`:
    `check` where dates contradict each other, or where it is said loosely (« mi-juin ») or as a whole period.
    Each fact's first evidence is the sentence, the second the date as printed.
    """
    published = text.published.astimezone(_PARIS).date() if text.published else None
    fields = [_Field("title", text.title), _Field("text", text.text[:READ])]
    candidates = [candidate for content in fields for candidate in content.candidates(published)]
    opening = next((fact for content in fields for fact in content.openings(published)), None)
    rolling = next((fact for content in fields for fact in content.rolling()), None)
    if text.facts.deadline:
        closing = list(_stated(text.facts.deadline))
    else:
        closing = _closing(candidates, fields, published, rolling)
    chosen = _stated_opening(text.facts.opening) or opening or _range_opening(candidates, fields, closing)
    return (*closing, *((chosen,) if chosen else ()))


def _stated_opening(day: date | None) -> Fact | None:
    if day is None:
        return None
    evidence = (Evidence(text=day.isoformat(), where="opening"),)
    return Fact(name="opening", value=day.isoformat(), origin=Origin.FACT, evidence=evidence)


def _stated(day: date) -> Iterator[Fact]:
    evidence = (Evidence(text=day.isoformat(), where="deadline"),)
    yield Fact(name="deadline", value=day.isoformat(), origin=Origin.FACT, evidence=evidence)
    yield Fact(name="deadline_kind", value="single", origin=Origin.FACT, evidence=evidence)


def _closing(
    candidates: Sequence[_Candidate], fields: Sequence["_Field"], published: date | None, rolling: Fact | None
) -> list[Fact]:
    exact = [item for item in candidates if not item.printed.period]
    # « ouvert jusqu'à fin 2027, avec plusieurs dates de dépôt : »: the dates say more.
    candidates = exact or candidates
    best = [item for item in candidates if item.score == max(other.score for other in candidates)]
    if best and best[0].score == CLOSING:  # « avant le » beside « dépôt » is as sure as « date limite »
        best = [item for item in candidates if item.score >= UNTIL]
    days = sorted({item.day for item in best})
    if len(days) > 1 and not _go_together(best):
        proofs = [_content(fields, item).evidence(item.printed.start, item.printed.end)[1] for item in best]
        return [contradicting(proofs), *([rolling] if rolling else [])]
    if not days:
        doubts = (fact for content in fields for fact in loose(Printed(content.where, content.original)))
        return [rolling] if rolling else list(islice(doubts, 1))
    ahead = [day for day in days if published is None or day >= published]
    # Without a day of publication the last cut-off is when the call is over.
    day = _named(fields, best) or (ahead[0] if ahead and published else days[-1])
    chosen = next(item for item in best if item.day == day)
    kind = "rolling" if rolling else "single" if len(days) == 1 else "several"
    return list(_facts(chosen, fields, kind))


def _named(fields: Sequence["_Field"], items: Sequence[_Candidate]) -> date | None:
    """Return the day of the part of a call that the title names."""
    title = next(content.original for content in fields if content.where == "title")
    labels: dict[str, str] = {}
    for item in items:
        if item.where != "title":
            labels[item.day.isoformat()] = f"{labels.get(item.day.isoformat(), '')} {item.label}"
    day = named_by(title, labels)
    return date.fromisoformat(day) if day else None


def _go_together(items: Sequence[_Candidate]) -> bool:
    """Return True where different dates are cut-offs or steps of one call, not a contradiction."""
    return len({item.day for item in items}) > 2 or any(item.several for item in items)  # noqa: PLR2004 - three dates are a calendar


def _facts(chosen: _Candidate, fields: Sequence["_Field"], kind: str) -> Iterator[Fact]:
    content, printed = _content(fields, chosen), chosen.printed
    evidence = content.evidence(printed.start, printed.end)
    if printed.period:
        yield contradicting(evidence)
    yield Fact(name="deadline", value=chosen.day.isoformat(), origin=Origin.CUE, evidence=evidence)
    yield Fact(name="deadline_kind", value=kind, origin=Origin.CUE, evidence=evidence[:1])
    if hour := shared_hour(content.folded, content.dates, printed):
        until = content.evidence(printed.start, hour[1])
        yield Fact(name="deadline_time", value=hour[0], origin=Origin.CUE, evidence=until)
        if clock := clock_after(content.folded, hour[1]):
            until = content.evidence(printed.start, clock[1])
            yield Fact(name="deadline_zone", value=clock[0], origin=Origin.CUE, evidence=until)


def _content(fields: Sequence["_Field"], item: _Candidate) -> "_Field":
    return next(content for content in fields if content.where == item.where)


def _range_opening(
    candidates: Sequence[_Candidate], fields: Sequence["_Field"], closing: Sequence[Fact]
) -> Fact | None:
    day = next((fact.value for fact in closing if fact.name == "deadline"), None)
    for item in candidates:
        if item.opens and item.day.isoformat() == day and item.opens <= item.day:
            evidence = _content(fields, item).evidence(item.opens_at, item.printed.end)
            return Fact(name="opening", value=item.opens.isoformat(), origin=Origin.CUE, evidence=evidence)
    return None


class _Field:
    """Title or text, with its dates."""

    def __init__(self, where: str, original: str) -> None:
        self.where = where
        self.original = original
        # « Jusqu'à quand ? 30 juin 2027 »: a question is a label.
        self.folded = _QUESTION.sub(lambda found: f"{found[0][:-1]}:", level(original))
        self.dates = find_dates(self.folded)
        self._masked = unbroken("".join(masked(self.folded, self.dates)), original) if self.dates else ""

    def evidence(self, start: int, end: int) -> tuple[Evidence, Evidence]:
        """Return the sentence, then the printed words."""
        return quoted(self.original, self.where, start, end)

    # ── context ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _left(self, printed: PrintedDate) -> str:
        """Return the clause before a date; for a list of dates, its heading too."""
        start = printed.opens[2] if printed.opens else printed.start
        low = max(0, start - _LEFT)
        left = self._masked[low:start]
        cut = max((match.end() for match in _BOUNDARY.finditer(left)), default=0)
        while _ONLY_DATES.fullmatch(left, cut) and low + cut > max(0, start - _HEADING):
            top = low + cut
            low = max(0, start - _HEADING)
            left = self._masked[low:start]
            cut = max((m.end() for m in _BOUNDARY.finditer(left) if low + m.end() < top), default=0)
        return left[cut:]

    def _right(self, printed: PrintedDate) -> str:
        right = self._masked[printed.end : printed.end + _RIGHT]
        stop = _BOUNDARY.search(right)
        return right[: stop.start()] if stop else right

    # ── readings ─────────────────────────────────────────────────────────────────────────────────────────────────
    def candidates(self, published: date | None) -> Iterator[_Candidate]:
        """Yield the dates that may end the call."""
        for rank, printed in enumerate(self.dates):
            day = printed.resolve(published)
            if day is None:
                continue
            left, right = self._left(printed), self._right(printed)
            opens = self._opens(rank, published)
            if rank + 1 < len(self.dates) and self._opens_next(rank):
                continue
            if opens and MOVING.search(left):
                left, opens = left + "jusqu'au ", None
            score = sureness(left, right, ranged=opens is not None, title=self.where == "title")
            if score and cues.ASKING.search(self._masked, max(0, printed.start - _HEADING), printed.start):
                continue
            if score and _INDICATIVE.search(self._masked, max(0, printed.start - _LEFT), printed.start):
                score = score if _FIRM.search(left) else 0
            if not score and _BARE.fullmatch(left) and not right.strip(" ."):
                score = 0 if _ON_SHOW.search(self.folded) else UNTIL
            if not score and (item := self._listed(printed, right)):
                left, score = item, CLOSING
            if score:
                several = cues.SEVERAL.search(left) is not None or ("¤¤" in left and not _BESIDE.search(left))
                yield _Candidate(
                    where=self.where, printed=printed, day=day, score=score, several=several, label=left,
                    opens=opens[0] if opens else None, opens_at=opens[1] if opens else 0,
                )  # fmt: skip

    def _listed(self, printed: PrintedDate, right: str) -> str | None:
        """Return heading and label of a date in a list of deadlines."""
        if printed.opens or cues.OTHER.search(right):
            return None
        found = listed(self._masked, printed.start)
        return f"{_DEADLINES}{found.label}" if found else None

    def _opens(self, rank: int, published: date | None) -> tuple[date, int] | None:
        """Return the first day of the range that this date ends, and where it is printed."""
        printed = self.dates[rank]
        end = printed.resolve(published)
        if end is None:
            return None
        if printed.opens:
            day, month, place = printed.opens
            return _first_day(day, month, end, place)
        before = self.dates[rank - 1] if rank else None
        if before is None or before.start == printed.start or not self._joined(before, printed):
            return None
        if before.year is not None:
            first = before.resolve(None)
            return (first, before.start) if first else None
        return _first_day(before.day, before.month, end, before.start)

    def _opens_next(self, rank: int) -> bool:
        """Return True where a date is the first of « du … au … »."""
        printed, after = self.dates[rank], self.dates[rank + 1]
        return bool(after.opens and after.opens[2] <= printed.start) or self._joined(printed, after)

    def _joined(self, before: PrintedDate, printed: PrintedDate) -> bool:
        between = self.folded[before.end : printed.start]
        lead = self.folded[max(0, before.start - 24) : before.start]
        if _PLURAL.search(lead):
            return False
        return any(to.fullmatch(between) and since.search(lead) for since, to in _RANGES)

    def openings(self, published: date | None) -> Iterator[Fact]:
        """Yield the dates from which candidates may apply."""
        for rank, printed in enumerate(self.dates):
            left = self._left(printed)
            day = printed.resolve(published)
            if (
                printed.opens
                or day is None
                or not (_PLAIN_OPENING.fullmatch(left) or cues.SINCE.search(left))
                or not (_PLAIN_OPENING.fullmatch(left) or cues.DEPOSIT.search(left + " " + self._right(printed)))
            ):
                continue
            if cues.OTHER.search(left) or cues.DOING.search(left) or (rank and "¤" in left):
                continue
            evidence = self.evidence(printed.start, printed.end)
            yield Fact(name="opening", value=day.isoformat(), origin=Origin.CUE, evidence=evidence)

    def rolling(self) -> Iterator[Fact]:
        """Yield « au fil de l'eau »."""
        if not any(words in self.folded for words in cues.ROLLING_WORDS):
            return
        for found in cues.ROLLING.finditer(self.folded):
            near = self.folded[max(0, found.start() - 120) : found.end() + 120]
            if cues.DEPOSIT.search(near) or _NO_END.match(found[0]):
                evidence = self.evidence(found.start(), found.end())
                yield Fact(name="deadline_kind", value="rolling", origin=Origin.CUE, evidence=evidence)


_ON = rf"(?: {WEEKDAY},?)? ?"
_AT = r"(?: ?,? ?(?:\(?a?t? ?[0-9]{1,2} ?(?:h|:) ?[0-9]{0,2}\)?|inclus))? ?"
#: « du … au … », « entre le … et le … »: what stands before the first day and between the two.
_RANGES = (
    (
        re.compile(rf"(?:\b(?:du|from|de|le)|:){_ON}$|^$"),
        re.compile(rf"{_AT}(?:au|jusqu'au|et jusqu'au|to|until|-|→|->){_ON}"),
    ),
    (re.compile(rf"\b(?:entre le|between|entre){_ON}$"), re.compile(rf"{_AT}(?:et|et le|and){_ON}")),
)


#: « Vagues (calendrier indicatif) : »: not sure, so not said.
_INDICATIVE = re.compile(r"\b(?:calendriers? indicatifs?|dates? indicatives?)\b")
#: « Jusqu'au ¤. », a sentence of its own, in a text that shows or sells nothing to visitors.
_BARE = re.compile(r" ?(?:jusqu'au|avant le)(?: (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))? ?")
_ON_SHOW = re.compile(r"\b(?:expositions?|festivals?|salon|foire|visites?|soldes?|vacances)\b")
_FIRM = re.compile(r"\b(?:dates? limites?|clotur|dernier delai|deadline|au plus tard)")
_QUESTION = re.compile(r"\b(?:quand|limite|echeance|candidater|deposer|postuler) ?\?")
#: Said of nothing but a call.
_NO_END = re.compile(r"rolling|(?:sans|pas de|aucune) date limite")
#: « Ouverture : 22 décembre. Clôture : »: a line of a calendar.
_PLAIN_OPENING = re.compile(
    r"\W*(?:date (?:d'|de l'|de )?)?(?:ouverture|lancement)(?: de l'appel)?(?: ?:| le)? ?|\W*opening(?: date)? ?:? ?"
)
#: « dates de relève : 15 janvier – 15 mai »: a list, not a range.
_PLURAL = re.compile(r"\b(?:dates (?:limites|de [a-z]{4,12})|releves|sessions|vagues|cut-?offs)[a-z' ]{0,12} ?: ?$")
#: Two dates with nothing between them: one was struck out.
_BESIDE = re.compile(r"¤ +$")
#: Stands for the heading of a list of deadlines: its dates do not contradict each other.
_DEADLINES = "dates limites : "


def _first_day(day: int, month: int, end: date, place: int) -> tuple[date, int] | None:
    """Borrow the year of the end; « du 15 décembre au 15 janvier 2027 » opens the year before."""
    try:
        first = date(end.year, month, day)
        return (first if first <= end else date(end.year - 1, month, day)), place
    except ValueError:
        return None
