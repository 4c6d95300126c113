"""Small values with sensible defaults, and rows for them in a real store."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from veille.config.digests import Definition, Digest, load_digest
from veille.model import (
    Bulletin,
    Eligibility,
    Fact,
    Item,
    ItemSource,
    Licence,
    Line,
    Match,
    Member,
    Origin,
    Reason,
    Scheme,
    Section,
    SeenItem,
    Subscriber,
    Tag,
    Verdict,
)
from veille.storage.db import Database
from veille.storage.tables import EntryRow, ItemFactRow, ItemRow, ItemTagRow, SourceStateRow, TaggingRow

DIGESTS = Path(__file__).parents[2] / "digests"
#: A Wednesday; the issue leaves on Friday 27 November 2026.
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


def hebdo() -> Definition:
    return load_digest([DIGESTS], "hebdo")


def digest(**changes: Any) -> Digest:
    """The weekly digest, which takes calls of any score: scores here only put items in an order."""
    shipped = hebdo().digest.model_dump()
    sections = [{**plan, "least": 0.0} if plan["kind"] == "seize" else plan for plan in shipped["sections"]]
    return Digest.model_validate({**shipped, "sections": sections, **changes})


def item(number: int = 1, kind: str = "appel-a-projets", **changes: Any) -> Item:
    deadline = changes.pop("deadline", "2026-12-18")
    facts = dict(changes.pop("facts", {}))
    if deadline:
        facts.setdefault("deadline", deadline)
    tags = [Tag(scheme=Scheme.TYPE, term=kind, score=1.0, origin=Origin.CUE)]
    for scheme, term in ((Scheme.SECTOR, changes.pop("sector", None)), (Scheme.TERRITORY, changes.pop("place", None))):
        if term:
            tags.append(Tag(scheme=scheme, term=term, score=1.0, origin=Origin.CUE))
    source = changes.pop("source", f"source-{number}")
    values: dict[str, Any] = {
        "id": number,
        "version": 1,
        "title": f"Appel numéro {number} pour les ingrédients",
        "text": "Un texte assez long pour dire de quoi il s'agit. " * 20,
        "url": f"https://exemple.fr/{number}",
        "lang": "fr",
        "published": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "first_seen": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "updated": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "licence": Licence.PUBLIC,
        "sources": (ItemSource(source_id=source, title=f"Source {source}", link=None, published=None),),
        "tags": tuple(tags),
        "facts": tuple(Fact(name=name, value=value, origin=Origin.CUE) for name, value in facts.items()),
        **changes,
    }
    return Item(**values)


def match(number: int = 1, score: float | None = 0.5, member: int = 1, **changes: Any) -> Match:
    reasons = changes.pop(
        "reasons", (Reason(kind="need", text=f"votre besoin n° {number} est dans l'appel", weight=0.4),)
    )
    gate = changes.pop("gate", None)
    return Match(
        item_id=number,
        member_id=member,
        score=score,
        reasons=() if score is None else reasons,
        gate=Reason(kind=gate, text="refusé") if gate else None,
        eligibility=changes.pop("eligibility", Eligibility(verdict=Verdict.YES, quote="PME de la région")),
    )


def seen(number: int = 1, **changes: Any) -> SeenItem:
    values: dict[str, Any] = {
        "item_id": number,
        "item_version": 1,
        "deadline": date(2026, 12, 18),
        "at": datetime(2026, 10, 23, 6, 0, tzinfo=UTC),
        **changes,
    }
    return SeenItem(**values)


def member(number: int = 1, **changes: Any) -> Member:
    return Member(**{"id": number, "organisation": f"Membre {number}", "sectors": ("agroalimentaire",), **changes})


def subscriber(number: int = 1, **changes: Any) -> Subscriber:
    return Subscriber(**{"id": number, "member_id": number, "email": f"personne{number}@exemple.fr", **changes})


def bulletin(number: int = 1, lines: int = 2, **changes: Any) -> Bulletin:
    made = tuple(
        Line(
            item_id=n,
            item_version=1,
            title=f"Titre {n} & cætera",
            url=f"https://exemple.fr/appel?n={n}&x=1",
            facts=("AAP", "AURA"),
            deadline="mardi 8 décembre",
            verb="clôt",
            badge="J-11",
            reasons=("votre besoin « sarcopénie »",),
            sources=("Région",),
            closes="2026-12-08",
            star=n == 1,
        )
        for n in range(1, lines + 1)
    )
    values: dict[str, Any] = {
        "subscriber_id": number,
        "member_id": number,
        "organisation": "Phytalis",
        "first_name": "Anne",
        "subject": "Phytalis : 3 choses à saisir, un appel clôt mardi 8 décembre",
        "preheader": "J-11 pour répondre · Alimentation et prévention : projets collaboratifs de R&D",
        "sections": (Section(kind="seize", title="À saisir", lines=made),),
        **changes,
    }
    return Bulletin(**values)


def store_items(database: Database, items: Sequence[Item]) -> None:
    """Write items with tags and facts as crawl and nlp would leave them."""
    with database.write() as session:
        for source in {one.sources[0].source_id for one in items}:
            session.merge(
                SourceStateRow(
                    source_id=source, title=f"Source {source}", feed="https://exemple.fr/flux", sectors=[],
                    licence="public", health="ok", sentence="", next_step="", failures=0, entries=0, skip_hours=[],
                )
            )  # fmt: skip
        for one in items:
            session.merge(
                ItemRow(
                    id=one.id, identity=f"item-{one.id}", version=one.version, title=one.title, text=one.text,
                    url=one.url,
                    lang=one.lang, published=one.published, first_seen=one.first_seen, updated=one.updated,
                    content_hash="x", source_id=one.sources[0].source_id, licence=one.licence.value,
                )
            )  # fmt: skip
        session.flush()
        for one in items:
            session.merge(
                EntryRow(
                    id=one.id, source_id=one.sources[0].source_id, key=f"k{one.id}", item_id=one.id,
                    version=one.version,
                    title=one.title, text=one.text, link=one.url, categories=[], content_hash="x",
                    first_seen=one.first_seen, last_changed=one.first_seen, published=one.published,
                )
            )  # fmt: skip
            session.merge(
                TaggingRow(
                    item_id=one.id, item_version=one.version, pipeline="test@1", lang=one.lang, tagged_at=one.first_seen
                )
            )
            for rank, tag in enumerate(one.tags):
                session.merge(
                    ItemTagRow(
                        item_id=one.id, scheme=tag.scheme.value, term=tag.term, rank=rank, score=tag.score,
                        origin=tag.origin.value, scope=tag.scope, evidence=[],
                    )
                )  # fmt: skip
            for fact in one.facts:
                session.merge(
                    ItemFactRow(
                        item_id=one.id, name=fact.name, value=fact.value, previous=one.previous.get(fact.name),
                        origin=fact.origin.value, evidence=[],
                    )
                )  # fmt: skip
