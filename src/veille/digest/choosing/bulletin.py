"""One subscriber's bulletin in words: every line ready for a template, nothing left to compute (pure)."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from veille.config.digests import Digest
from veille.digest.choosing import wording
from veille.digest.choosing.placing import ANSWERED
from veille.digest.choosing.select import Offer
from veille.excerpt import OTHER_CHARACTERS, PRESS_CHARACTERS, excerpt, quoted, summary
from veille.model import Bulletin, Licence, Line, Member, Reason, Scheme, Section, Selected, Subscriber, Verdict
from veille.protocols import Labels
from veille.text import clean, french_spaces

#: A title longer than that is a paragraph; mail clients show two lines.
MAX_TITLE = 180
MAX_REASON = 160
#: What staff say of one item: a sentence or two.
MAX_NOTE = 300
_MAX_QUOTE = 140
_MAX_REASONS = 2
#: Characters of an extract in a bulletin, whatever the licence: a line is facts, the extract only helps where there are
#: none.
_EXTRACT = PRESS_CHARACTERS
#: Items of which the extract is kept from one reader to the next.
_REMEMBERED = 1_024
#: Parts of the score that the line already shows in another place.
_SHOWN_ELSEWHERE = frozenset({"deadline", "source", "eligible"})
_COMMON = Reason(kind="common", text="pour tous les membres du réseau")
#: Any white space but no-break spaces, which typography put there.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
#: Languages of an item that a line does not name: the reader's own, and what is none that we know.
_UNSAID = frozenset({"fr", "und"})
_SEIZABLE = ANSWERED | {"deadlines"}
_EXTRACTED = frozenset({"understand", "followed", "network", "window"})


def compose(
    digest: Digest,
    offers: Sequence[Offer],
    *,
    member: Member,
    subscriber: Subscriber,
    day: date,
    zone: ZoneInfo,
    labels: Labels,
    opening: str = "",
    first: bool = False,
) -> Bulletin:
    """Word the chosen offers as a bulletin, which opens with a sentence if one is given; `first` to that address."""
    sections = tuple(
        Section(kind=plan.kind, title=plan.title, lines=tuple(_line(one, day, zone, labels) for one in group))
        for plan in digest.sections
        if (group := [one for one in offers if one.section == plan.kind])
    )
    organisation = one_line(member.organisation, 80)
    return Bulletin(
        subscriber_id=subscriber.id,
        member_id=member.id,
        organisation=organisation,
        first_name=one_line(subscriber.first_name, 60),
        subject=_subject(organisation, offers, day),
        preheader=_preheader(offers, day),
        sections=sections,
        opening=opening,
        origin=one_line(wording.origin(subscriber, zone), MAX_NOTE) if first else "",
    )


def selection(offers: Sequence[Offer]) -> tuple[Selected, ...]:
    """Return the record of what was chosen and why, in the order in which it is read: « L'essentiel » first."""
    return tuple(
        Selected(
            item_id=one.item.id,
            item_version=one.item.version,
            section=one.section,
            rank=rank,
            score=one.score,
            reasons=_reasons(one),
        )
        for rank, one in enumerate(sorted(offers, key=lambda one: not one.star), 1)
    )


def one_line(text: str, limit: int) -> str:
    """Return foreign text as one clean line, cut at a word with « … »."""
    whole = french_spaces(_SPACES.sub(" ", clean(text)).strip())
    if len(whole) <= limit:
        return whole
    return (whole[: limit - 1].rpartition(" ")[0] or whole[: limit - 1]) + "…"


def web_link(url: str | None) -> str | None:
    """Return an http(s) link that is safe in an attribute and in plain text, or None."""
    if url is None or any(character.isspace() or ord(character) < 0x20 for character in url):  # noqa: PLR2004 - C0
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _line(one: Offer, day: date, zone: ZoneInfo, labels: Labels) -> Line:
    item, closes = one.item, one.item.due
    return Line(
        item_id=item.id,
        item_version=item.version,
        title=one_line(item.title, MAX_TITLE) or "Sans titre",
        url=web_link(item.url),
        facts=tuple(one_line(fact, 60) for fact in wording.facts(item, labels)),
        deadline=wording.until(item, day),
        verb=wording.verb(item) if closes else "",
        badge=wording.badge(closes, day) if closes else "",
        change=wording.change(item, one.changed, one.seen.deadline if one.seen else None, day) if one.changed else "",
        reasons=tuple(one_line(reason.text, MAX_REASON) for reason in _reasons(one)[:_MAX_REASONS]),
        sources=tuple(dict.fromkeys(one_line(source.title, 60) for source in item.sources)),
        published=wording.short_day(item.published.astimezone(zone).date()) if item.published else "",
        extract=_extract(one),
        language=item.lang.upper() if item.lang and item.lang not in _UNSAID else "",
        eligibility=_verdict(one),
        eligibility_note=_note(one),
        recall=_recall(one, zone),
        closes=closes.isoformat() if closes else "",
        star=one.star,
        comment=comment_of(one.note),
    )


def comment_of(note: str) -> str:
    """Return what staff say of an item as its line prints it."""
    return one_line(note, MAX_NOTE)


def _reasons(one: Offer) -> tuple[Reason, ...]:
    """Return why this item is here, not what speaks against it: at least one reason, best first."""
    every = tuple(reason for reason in one.match.reasons if reason.text and reason.weight >= 0)
    said = tuple(reason for reason in every if reason.kind not in _SHOWN_ELSEWHERE) or every
    if one.recall:
        return (Reason(kind="deadline", text="dernier rappel"),)
    if not one.common:
        return said or (_COMMON,)
    own = tuple(reason for reason in said if reason.kind != _COMMON.kind)
    return (*own[: _MAX_REASONS - 1], _COMMON)


def _verdict(one: Offer) -> str:
    eligibility = one.match.eligibility
    if eligibility is None or one.section not in _SEIZABLE or not wording.asks_conditions(one.item):
        return ""
    bare = eligibility.verdict is Verdict.CHECK and not _note(one)
    return "éligibilité à vérifier" if bare else eligibility.verdict.value


def _note(one: Offer) -> str:
    """Return what is to be checked, or the call's own sentence."""
    eligibility = one.match.eligibility
    if eligibility is None or one.section not in _SEIZABLE or not wording.asks_conditions(one.item):
        return ""
    if eligibility.verdict is Verdict.CHECK and eligibility.note:
        return one_line(eligibility.note, _MAX_QUOTE)
    quote = one_line(quoted(eligibility.quote.rstrip(" .;"), one.item.text, one.item.licence), _MAX_QUOTE)
    return french_spaces(f"« {quote} »") if quote else ""


def _recall(one: Offer, zone: ZoneInfo) -> str:
    if one.seen is None:
        return ""
    return f"déjà vu le {wording.day_of_month(one.seen.at.astimezone(zone).date())}"


def _extract(one: Offer) -> str:
    if not one.item.url:  # there is nowhere else to read it
        return one_line(excerpt(one.item.text, one.item.licence, characters=OTHER_CHARACTERS), OTHER_CHARACTERS)
    if one.section not in _EXTRACTED:
        return ""
    return _summary(one.item.title, one.item.text, one.item.licence)


@lru_cache(_REMEMBERED)
def _summary(title: str, text: str, licence: Licence) -> str:
    """Sum an item up once for all its readers."""
    return summary(title, text, licence, characters=_EXTRACT)


def _closing(offers: Sequence[Offer]) -> tuple[str, date] | None:
    """Return type and surely told day of what closes first among what can be seized."""
    dated = [
        (one.item.deadline, one.item)
        for one in offers
        if one.section in ANSWERED and one.item.deadline and not one.item.doubtful
    ]
    if not dated:
        return None
    day, item = min(dated, key=lambda pair: (pair[0], pair[1].id))
    types = item.of(Scheme.TYPE)
    return (types[0].term if types else "", day)


def _subject(organisation: str, offers: Sequence[Offer], day: date) -> str:
    stars = [one for one in offers if one.star]
    seizable = sum(one.section in ANSWERED for one in stars) or sum(one.section in ANSWERED for one in offers)
    return wording.subject(organisation, seizable, len(offers), _closing(offers), day)


def _preheader(offers: Sequence[Offer], day: date) -> str:
    first = sorted(offers, key=lambda one: not one.star)[:3]
    closing = _closing(offers)
    soon = f"{wording.badge(closing[1], day)} pour répondre" if closing else ""
    return wording.preheader(tuple(one_line(one.item.title, 70) for one in first), soon)
