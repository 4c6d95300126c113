"""Everything known of one item, as lines a person reads (pure)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from veille.digest.choosing.wording import what_changed
from veille.excerpt import excerpt, quoted, summary
from veille.model import Evidence, Fact, Item, Judgement, PageChange, Review, Scheme, Tag
from veille.model.details import ReadState

if TYPE_CHECKING:
    from veille.model.details import StoredDocument, StoredPage

#: What a card calls each scheme, in its order.
SCHEMES = {
    Scheme.TYPE: "type", Scheme.SECTOR: "filière", Scheme.AXIS: "axe", Scheme.TERRITORY: "territoire",
    Scheme.ZONE: "zone", Scheme.THEME: "thème", Scheme.AUDIENCE: "public", Scheme.HORIZON: "horizon",
}  # fmt: skip
#: What a card calls each fact.
FACTS = {
    "deadline": "échéance", "deadline_time": "heure limite", "deadline_kind": "sorte d'échéance",
    "opening": "ouverture", "event_date": "a lieu le", "event_end": "jusqu'au", "amount_max": "montant maximal",
    "amount_min": "montant minimal", "amount_total": "enveloppe", "rate": "taux", "financer": "financeur",
    "contact": "contact", "reference": "référence", "status": "état", "eligible_sizes": "tailles admises",
    "eligible_territories": "territoires admis", "partners_min": "partenaires au moins",
    "partner_roles": "partenaires", "turnover_min": "chiffre d'affaires minimal", "legal_form": "formes juridiques",
    "naf": "codes NAF", "naf_excluded": "codes NAF exclus", "deadline_zone": "heure de",
    "deadline_state": "échéance à vérifier", "rates": "taux par taille", "eligible_others": "ouvert aussi à d'autres",
    "excluded_sizes": "tailles exclues", "staff_min": "salariés au moins", "staff_max": "salariés au plus",
    "age_min": "âge minimal (ans)", "age_max": "âge maximal (ans)", "excluded_territories": "territoires exclus",
    "project_territories": "territoires du projet", "turnover_max": "chiffre d'affaires maximal",
    "condition": "autre condition",
}  # fmt: skip
#: Proved by the sentence of the deadline.
_BESIDE = frozenset({"deadline_kind", "deadline_time", "deadline_zone"})
_STATUS = {"open": "ouvert", "closed": "clos", "upcoming": "à venir", "rolling": "permanent"}
_KINDS = {"single": "une date", "several": "plusieurs dates", "rolling": "au fil de l'eau"}
_STATES = {"check": "deux dates, ou une date trop vague"}
_WHERE = {
    "title": "titre", "text": "texte", "source.type": "source", "source.sectors": "source",
    "source.territory": "source", "financer": "financeur",
    "correction": "dit à la main",
}  # fmt: skip
#: Where what a person gave comes from: its words are the term itself.
_BY_HAND = "ajout à la main"
#: Characters of a proof that a card quotes.
_QUOTED = 240
#: Characters of the text that a card shows of what may be copied out.
_SHOWN = 500

JUDGEMENTS = {Judgement.ACCEPTED: "gardé", Judgement.REJECTED: "écarté", Judgement.REOPENED: "remis dans la file"}

Label = Callable[[Scheme, str], str]


def card(
    item: Item,
    page: "StoredPage | None",
    documents: Sequence["StoredDocument"],
    label: Label,
    zone: ZoneInfo,
    changes: Sequence[PageChange] = (),
) -> Iterator[str]:
    """Yield the lines of an item's card."""
    yield f"n° {item.id} · {item.title}"
    if item.url:
        yield item.url
    published = f"publié le {_day(item.published, zone)}, " if item.published else ""
    yield f"{published}vu le {_day(item.first_seen, zone)} · licence {item.licence.value} · version {item.version}"
    if page is not None and page.note:
        yield f"note : {page.note}"
    if item.review is not None:
        yield _review(item.review, zone)
    yield from (f"a changé : {words}" for words in _what_changed(item, zone))
    yield from _sources(item, zone)
    yield from (_tag(tag, label, item) for scheme in SCHEMES for tag in item.of(scheme))
    yield from (fact_line(fact, item.previous.get(fact.name), item) for fact in item.facts)
    yield from _page(page, zone)
    yield from (_document(one) for one in documents)
    shown = summary(item.title, item.text, item.licence, characters=_SHOWN)
    if shown:
        yield f"texte : {shown}"
    removed = "\n".join(line for change in changes for line in change.removed)
    if removed:
        yield f"retiré de la page : {excerpt(removed, item.licence, characters=_SHOWN)}"


def _what_changed(item: Item, zone: ZoneInfo) -> Iterator[str]:
    when = f" (vu le {_day(item.edit.at, zone)})" if item.edit else ""
    yield from (f"{words}{when}" for words in what_changed(item, item.updated.astimezone(zone).date()))


def _review(review: Review, zone: ZoneInfo) -> str:
    said = f" : {review.why}" if review.why else ""
    return f"{JUDGEMENTS[review.judgement]} le {_day(review.at, zone)} par {review.by}{said}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d/%m/%Y}"


def _sources(item: Item, zone: ZoneInfo) -> Iterator[str]:
    for source in item.sources:
        when = f" ({_day(source.published, zone)})" if source.published else ""
        yield f"source : {source.title}{when}{f' — {source.link}' if source.link else ''}"


def _tag(tag: Tag, label: Label, item: Item) -> str:
    aside = " (cité)" if tag.scope == "mentioned" else ""
    return f"{SCHEMES[tag.scheme]} : {label(tag.scheme, tag.term)}{aside}{_proof(tag.evidence, item)}"


def fact_line(fact: Fact, before: str | None = None, item: Item | None = None) -> str:
    """Return a fact and the words that prove it, no more of them than the item's licence lets be quoted."""
    named = {"deadline_kind": _KINDS, "status": _STATUS, "deadline_state": _STATES}.get(fact.name, {})
    value = named.get(fact.value, fact.value)
    changed = f" (avant : {before})" if before else ""
    proof = "" if fact.name in _BESIDE or fact.name == "status" else _proof(fact.evidence, item)
    return f"{FACTS.get(fact.name, fact.name)} : {value}{changed}{proof}"


def _proof(evidence: Sequence[Evidence], item: Item | None) -> str:
    """Return the words that say it, and where they stand."""
    if not evidence:
        return ""
    said = evidence[0]
    where = _WHERE.get(said.where) or (said.where if said.start is not None else _stated(said.where))
    words = _quotation(evidence, item) if item is not None and said.where == "text" else " ".join(said.text.split())
    shown = words if len(words) <= _QUOTED else f"{words[:_QUOTED].rpartition(' ')[0]} …"
    return f" ({where})" if where == _BY_HAND else f" — « {shown} » ({where})"


def _quotation(evidence: Sequence[Evidence], item: Item) -> str:
    """Return the sentence where its licence leaves room for it, else the very words that it holds."""
    words = quoted(evidence[0].text, item.text, item.licence)
    whole = words == " ".join(evidence[0].text.split())
    return words if whole or len(evidence) == 1 else quoted(evidence[1].text, item.text, item.licence)


def _stated(where: str) -> str:
    return where if where == _BY_HAND else "énoncé par la source"


def _page(page: "StoredPage | None", zone: ZoneInfo) -> Iterator[str]:
    if page is None or not page.url:
        return
    if page.state is ReadState.READ and page.fetched_at:
        yield f"page : lue le {_day(page.fetched_at, zone)}, {len(page.text)} caractères"
    elif page.state is ReadState.WAITING:
        again = f", redemandée le {_day(page.next_at, zone)}" if page.next_at else ""
        yield f"page : en attente{again}{f' — {page.sentence}' if page.sentence else ''}"
    else:
        yield f"page : {page.state.value} — {page.sentence}"


def _document(one: "StoredDocument") -> str:
    count = f", {one.page_count} page{'s' if one.page_count > 1 else ''}" if one.page_count else ""
    why = f" — {one.sentence}" if one.sentence else ""
    return f"document : {one.name} ({one.state.value}{count}){why} — {one.url}"
