"""An item as it is read and shown: what its list says, completed by its own page (pure)."""

from dataclasses import fields, replace
from datetime import datetime

from veille.model import DocumentText, Licence, Scheme, StructuredFacts
from veille.model.tags import NO_FACTS
from veille.storage.structured import facts_of
from veille.storage.tables import DetailRow, DocumentRow, ItemRow


def title_of(item: ItemRow, detail: DetailRow | None) -> str:
    """Return the title: that of the page where the list gives none of its own."""
    return (detail.title if detail else None) or item.title


def published_of(item: ItemRow, detail: DetailRow | None) -> datetime | None:
    """Return the day of publication: the list's, else the page's."""
    return item.published or (detail.published if detail else None)


def text_to_tag(item: ItemRow, detail: DetailRow | None) -> str:
    """Return all that list and page say; a page that is a document is read as such."""
    if detail is None or not detail.text or detail.format == "pdf":
        return item.text
    if not item.text or (detail.repeats and detail.source_id == item.source_id):
        return detail.text
    return f"{item.text}\n{detail.text}"


def text_to_show(item: ItemRow, detail: DetailRow | None) -> str:
    """Return the text that extracts are cut from; none of a page that its licence protects more than the item's."""
    if detail is None or not detail.text:
        return item.text
    if detail.licence == Licence.PRESS and item.licence != Licence.PRESS:
        return item.text
    return (item.text or detail.text) if detail.format == "pdf" else text_to_tag(item, detail)


def stated_facts(item: ItemRow, detail: DetailRow | None) -> StructuredFacts:
    """Return what list and page state in fields of their own, the list first."""
    said, more = facts_of(item.facts), facts_of(detail.facts if detail else None)
    if more == NO_FACTS:
        return said
    empty = [field.name for field in fields(said) if getattr(said, field.name) in (None, ())]
    return replace(said, **{name: getattr(more, name) for name in empty})


def given(detail: DetailRow | None) -> tuple[tuple[Scheme, str], ...]:
    """Return the terms that a person gave an item by hand."""
    said = (detail.given if detail else None) or {}
    terms = [(Scheme.SECTOR, sector) for sector in said.get("sectors", ())]
    terms += [(scheme, said[scheme.value]) for scheme in (Scheme.TYPE, Scheme.TERRITORY) if said.get(scheme.value)]
    return tuple(terms)


def section_of(detail: DetailRow | None) -> str:
    """Return the kind of the section that a person put an item in, or nothing."""
    return str(((detail.given if detail else None) or {}).get("section", ""))


def document_text(row: DocumentRow) -> DocumentText:
    """Return a document as the tagger reads it."""
    return DocumentText(name=row.name, pages=tuple(row.pages))
