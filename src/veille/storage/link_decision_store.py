"""What people said of two items: sole writer of link_decision, which is append-only."""

from collections.abc import Sequence

from sqlalchemy import func, insert, or_, select

from veille.errors import InputError
from veille.model.linking import LinkDecision, Sameness
from veille.protocols.linking import LinkDecisions
from veille.storage.db import Database
from veille.storage.tables import ItemRow, LinkDecisionRow


class SqlLinkDecisions:
    """Decisions in our database; items being shared by all clusters of an installation, so are these."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, decision: LinkDecision) -> None:
        """Add a decision; raises InputError for an unknown item."""
        pair = sorted((decision.one, decision.other))
        with self._database.write(durable=True) as session:
            known = set(session.scalars(select(ItemRow.id).where(ItemRow.id.in_(pair))))
            for item_id in pair:
                if item_id not in known:
                    raise InputError(f"article inconnu : n° {item_id}", cure="« veille items list » donne les numéros")
            row = {
                "one": pair[0],
                "other": pair[1],
                "said": decision.said.value,
                "said_by": decision.by,
                "why": decision.why,
                "at": decision.at,
            }
            session.execute(insert(LinkDecisionRow), [row])

    def standing(self) -> Sequence[LinkDecision]:
        """Return the last decision on each pair, but those withdrawn, oldest first."""
        row = LinkDecisionRow
        last = select(func.max(row.id)).group_by(row.one, row.other)
        query = select(row).where(row.id.in_(last), row.said != Sameness.WITHDRAWN.value).order_by(row.id)
        with self._database.read() as session:
            return [_decision(found) for found in session.scalars(query)]

    def history(self, item_id: int) -> Sequence[LinkDecision]:
        """Return every decision that names an item, oldest first."""
        row = LinkDecisionRow
        query = select(row).where(or_(row.one == item_id, row.other == item_id)).order_by(row.id)
        with self._database.read() as session:
            return [_decision(found) for found in session.scalars(query)]


def _decision(row: LinkDecisionRow) -> LinkDecision:
    return LinkDecision(one=row.one, other=row.other, said=Sameness(row.said), by=row.said_by, at=row.at, why=row.why)


_store: type[LinkDecisions] = SqlLinkDecisions
