"""What a notice of public procurement says, whatever its format, and the entry that it makes (pure)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from veille.crawl.apis.page import stating
from veille.crawl.apis.payload import french_day, headed, labelled, plain
from veille.crawl.entries import entry
from veille.model import CallStatus, ParsedEntry, StructuredFacts

#: Lots printed in full; a framework of a ministry may hold hundreds.
_LOTS = 60


class NoticeKind(StrEnum):
    """What a notice is for; only a call, or a correction of one, may be answered."""

    CALL = "avis de marché"
    CORRECTION = "avis rectificatif"
    AWARD = "avis d'attribution"
    CHANGE = "modification de marché en cours"
    CANCELLED = "avis d'annulation"
    INFORMATION = "avis d'information"


#: What stands before the title: readers and the tagger must see at once that there is nothing to answer.
_HEADS = {
    NoticeKind.CALL: "",
    NoticeKind.CORRECTION: "Rectificatif : ",
    NoticeKind.AWARD: "Avis d'attribution : ",
    NoticeKind.CHANGE: "Avis d'attribution modifié : ",
    NoticeKind.CANCELLED: "Marché annulé : ",
    NoticeKind.INFORMATION: "Avis d'information : ",
}
_ANSWERABLE = frozenset({NoticeKind.CALL, NoticeKind.CORRECTION})
_OVER = frozenset({NoticeKind.AWARD, NoticeKind.CHANGE, NoticeKind.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot."""

    number: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice."""

    id: str
    kind: NoticeKind
    title: str
    link: str | None = None
    published: datetime | None = None
    buyer: str = ""
    description: str = ""
    #: Nature, procedure and the like: label → value.
    details: tuple[tuple[str, str], ...] = ()
    lots: tuple[Lot, ...] = ()
    places: tuple[str, ...] = ()
    winners: tuple[str, ...] = ()
    cpv: tuple[str, ...] = ()
    nuts: tuple[str, ...] = ()
    deadline: date | None = None
    #: Euros, the whole contract.
    amount: float | None = None
    #: Where it is performed, in words of their own: « département 63 ».
    territories: tuple[str, ...] = ()
    contact: str = ""
    #: The number that the buyer or the journal gave it.
    reference: str = ""
    language: str = "fr"


def notice_entry(notice: Notice) -> ParsedEntry | None:
    """Return a notice as an entry, None where it says nothing; only what may be answered keeps its deadline."""
    if not notice.title and not notice.description:
        return None
    deadline = notice.deadline if notice.kind in _ANSWERABLE else None
    found = entry(
        guid=notice.id or None,
        title=_HEADS[notice.kind] + (notice.title or notice.description[:200]),
        link=notice.link,
        published=notice.published,
        updated=None,
        markup=_markup(notice, deadline),
        author=notice.buyer or None,
        categories=(notice.kind.value,),
        language=notice.language,
    )
    facts = StructuredFacts(
        cpv=notice.cpv,
        nuts=notice.nuts,
        deadline=deadline,
        amount=notice.amount,
        financer=notice.buyer or None,
        territories=notice.territories,
        contact=notice.contact or None,
        reference=notice.reference or None,
        status=CallStatus.CLOSED if notice.kind in _OVER else None,
    )
    return stating(found, facts)


def _markup(notice: Notice, deadline: date | None) -> str:
    parts = (
        labelled("Nature", notice.kind.value),
        labelled("Acheteur", notice.buyer),
        plain(notice.description),
        *(labelled(label, value) for label, value in notice.details),
        labelled("Lieu d'exécution", list(notice.places)),
        labelled("Date limite de remise", french_day(deadline.isoformat()) if deadline else ""),
        *(_lot(lot) for lot in notice.lots[:_LOTS]),
        labelled("Lots", f"{len(notice.lots)} au total" if len(notice.lots) > _LOTS else ""),
        labelled("Attributaires", list(notice.winners)),
        labelled("Codes CPV", list(notice.cpv)),
    )
    return "\n".join(part for part in parts if part)


def _lot(lot: Lot) -> str:
    head = " ".join(part for part in ("Lot", lot.number) if part)
    titled = labelled(head, lot.title)
    return titled + plain(lot.description) if titled else headed(head, plain(lot.description))
