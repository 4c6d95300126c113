"""Effective tags as a query: what `veille.correcting` computes, asked of the database."""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from veille.config.taxonomy import OFF_TOPIC
from veille.model import Decision, Scheme
from veille.storage.tables import ItemRow, ItemTagRow, TagDecisionRow


def carries(scheme: Scheme, term: str) -> ColumnElement[bool]:
    """Return the condition that an item (of ItemRow) has this tag, as `veille.correcting.effective` has it."""
    decided = and_(
        TagDecisionRow.item_id == ItemRow.id, TagDecisionRow.scheme == scheme.value, TagDecisionRow.term == term
    )
    added = exists().where(decided, TagDecisionRow.decision == Decision.ADDED.value)
    rejected = exists().where(decided, TagDecisionRow.decision == Decision.REJECTED.value)
    tagged = exists().where(
        ItemTagRow.item_id == ItemRow.id, ItemTagRow.scheme == scheme.value, ItemTagRow.term == term
    )
    return or_(added, and_(tagged, ~rejected, *_not_contradicted(scheme, term)))


def _not_contradicted(scheme: Scheme, term: str) -> tuple[ColumnElement[bool], ...]:
    if scheme is not Scheme.AXIS:
        return ()
    other = TagDecisionRow.term != OFF_TOPIC if term == OFF_TOPIC else TagDecisionRow.term == OFF_TOPIC
    mine = (TagDecisionRow.item_id == ItemRow.id, TagDecisionRow.scheme == scheme.value)
    against = select(TagDecisionRow.item_id).where(*mine, other, TagDecisionRow.decision == Decision.ADDED.value)
    return (~against.exists(),)
