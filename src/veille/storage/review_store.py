"""What people decided of items and of their tags: sole writer of review and tag_decision."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, func, insert, or_, select
from sqlalchemy.orm import Session

from veille.errors import InputError
from veille.model import Decision, Judgement, Review, Scheme, TagDecision
from veille.protocols.curation import ReviewStore
from veille.storage.db import Database, slices, upsert
from veille.storage.tables import DetailRow, ItemRow, ReviewRow, TagDecisionRow


class SqlReviewStore:
    """The judgements of one cluster, and the corrections of tags, which all clusters share."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def record(self, review: Review) -> None:
        """Add a judgement of an item as it stands now; raises InputError for an unknown item."""
        with self._database.write(durable=True) as session:
            item = session.get(ItemRow, review.item_id)
            if item is None:
                raise _unknown([review.item_id])
            detail = session.get(DetailRow, review.item_id)
            row = {
                "cluster_id": self._cluster,
                "item_id": item.id,
                "judgement": review.judgement.value,
                "content_hash": item.content_hash,
                "item_version": item.version,
                "amending": detail.amending if detail else 0,
                "said_by": review.by,
                "why": review.why,
                "at": review.at,
            }
            session.execute(insert(ReviewRow), [row])

    def decide(self, decisions: Sequence[TagDecision]) -> None:
        """Write what was said of tags over what was said before; all or nothing, InputError for an unknown item."""
        with self._database.write(durable=True) as session:
            wanted = {one.item_id for one in decisions}
            unknown = wanted - set(session.scalars(select(ItemRow.id).where(ItemRow.id.in_(wanted))))
            if unknown:
                raise _unknown(unknown)
            upsert(
                session,
                TagDecisionRow,
                [_row(one) for one in decisions],
                keys=["item_id", "scheme", "term"],
                update=["decision", "said_by", "why", "at"],
            )

    def standing(self) -> Mapping[int, Review]:
        """Return the last judgement of each item that still is as it was judged."""
        with self._database.read() as session:
            return standing(session, self._cluster)

    def history(self, item_id: int) -> Sequence[Review]:
        """Return every judgement of an item, oldest first."""
        mine = (ReviewRow.cluster_id == self._cluster, ReviewRow.item_id == item_id)
        with self._database.read() as session:
            return [_review(row) for row in session.scalars(select(ReviewRow).where(*mine).order_by(ReviewRow.id))]

    def rejections(self, item_ids: Collection[int]) -> Mapping[int, int]:
        """Return item → how often it was set aside, for those of these that ever were."""
        query = (
            select(ReviewRow.item_id, func.count())
            .where(ReviewRow.cluster_id == self._cluster, ReviewRow.judgement == Judgement.REJECTED)
            .group_by(ReviewRow.item_id)
        )
        found: dict[int, int] = {}
        with self._database.read() as session:
            for some in slices(list(item_ids)):
                rows = session.execute(query.where(ReviewRow.item_id.in_(some)))
                found.update((item_id, times) for item_id, times in rows)
        return found

    def decisions(self, item_id: int | None = None) -> Sequence[TagDecision]:
        """Return what stands of one item or of all, oldest first; nothing that was withdrawn."""
        with self._database.read() as session:
            return decided(session, *(() if item_id is None else (TagDecisionRow.item_id == item_id,)))


def standing(session: Session, cluster_id: str, *wanted: ColumnElement[bool]) -> dict[int, Review]:
    """Return the last judgement of each wanted item (`wanted` is over ItemRow) that still is as it was judged.

    It is not where its publishers changed it since, nor where it was reopened. A page put back as it was is as it was
    judged; another source that comes to show the item changes nothing.
    """
    last = select(func.max(ReviewRow.id)).where(ReviewRow.cluster_id == cluster_id).group_by(ReviewRow.item_id)
    same = or_(
        ReviewRow.content_hash == ItemRow.content_hash,
        ReviewRow.item_version >= func.coalesce(ItemRow.amended, ItemRow.version),
    )
    query = (
        select(ReviewRow)
        .join(ItemRow, and_(ItemRow.id == ReviewRow.item_id, same))
        .outerjoin(DetailRow, DetailRow.item_id == ItemRow.id)
        .where(
            ReviewRow.id.in_(last),
            ReviewRow.judgement != Judgement.REOPENED.value,
            ReviewRow.amending >= func.coalesce(DetailRow.amending, 0),
            *wanted,
        )
    )
    return {row.item_id: _review(row) for row in session.scalars(query)}


def decided(session: Session, *wanted: ColumnElement[bool]) -> list[TagDecision]:
    """Return the decisions that stand, oldest first."""
    query = (
        select(TagDecisionRow)
        .where(TagDecisionRow.decision != Decision.WITHDRAWN.value, *wanted)
        .order_by(TagDecisionRow.at, TagDecisionRow.item_id, TagDecisionRow.scheme, TagDecisionRow.term)
    )
    return [_decision(row) for row in session.scalars(query)]


def _unknown(item_ids: Iterable[int]) -> InputError:
    numbers = ", ".join(str(number) for number in sorted(item_ids))
    return InputError(f"article inconnu : n° {numbers}", cure="« veille items list » donne les numéros")


def _row(one: TagDecision) -> dict[str, object]:
    return {
        "item_id": one.item_id,
        "scheme": one.scheme.value,
        "term": one.term,
        "decision": one.decision.value,
        "said_by": one.by,
        "why": one.why,
        "at": one.at,
    }


def _decision(row: TagDecisionRow) -> TagDecision:
    return TagDecision(
        item_id=row.item_id,
        scheme=Scheme(row.scheme),
        term=row.term,
        decision=Decision(row.decision),
        by=row.said_by,
        at=row.at,
        why=row.why,
    )


def _review(row: ReviewRow) -> Review:
    return Review(item_id=row.item_id, judgement=Judgement(row.judgement), by=row.said_by, at=row.at, why=row.why)


_store: type[ReviewStore] = SqlReviewStore
