"""Lines proposed for profiles, and what became of them: sole writer of `profile_draft`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from veille.errors import InputError
from veille.model import DraftState, ProfileDraft
from veille.protocols.people import DraftStore
from veille.storage.db import Database, upsert
from veille.storage.member_store import add_line
from veille.storage.tables import MemberRow, ProfileDraftRow

_KEYS = ("member_id", "field", "value")


class SqlDraftStore:
    """The proposed profile lines of one cluster."""

    def __init__(self, database: Database, cluster_id: str) -> None:
        self._database = database
        self._cluster = cluster_id

    def propose(self, drafts: Sequence[ProfileDraft]) -> int:
        """Keep what is proposed; a line proposed before, refused ones too, stays as it is. Return how many are new."""
        with self._database.write() as session:
            return upsert(session, ProfileDraftRow, [_values(draft) for draft in drafts], keys=_KEYS)

    def drafts(
        self, member_id: int | None = None, *, state: DraftState | None = DraftState.PROPOSED
    ) -> Sequence[ProfileDraft]:
        """Return the lines of one member or of all, in this state or in any, by member, then as they were proposed."""
        wanted = [MemberRow.cluster_id == self._cluster]
        if member_id is not None:
            wanted.append(ProfileDraftRow.member_id == member_id)
        if state is not None:
            wanted.append(ProfileDraftRow.state == state)
        with self._database.read() as session:
            rows = session.scalars(
                select(ProfileDraftRow)
                .join(MemberRow, MemberRow.id == ProfileDraftRow.member_id)
                .where(*wanted)
                .order_by(MemberRow.organisation, ProfileDraftRow.id)
            ).all()
        return [_draft(row) for row in rows]

    def decide(self, draft_ids: Collection[int], *, accepted: bool, by: str, now: datetime) -> Sequence[ProfileDraft]:
        """Accept lines (they enter the profile, in the same transaction) or refuse them; all or none.

        A line decided the same way before is left as it is; the other way is possible for a refused line only: an
        accepted one is a line of the profile. Raises InputError for a number that is no line of this cluster.
        """
        with self._database.write(durable=True) as session:
            rows = self._rows(session, draft_ids)
            return [_settle(session, row, accepted=accepted, by=by, now=now) for row in rows]

    def answer(
        self,
        drafts: Sequence[ProfileDraft],
        *,
        accepted: Collection[int] = (),
        refused: Collection[int] = (),
        by: str,
        now: datetime,
    ) -> Sequence[ProfileDraft]:
        """Write what a member says of itself, proposed and accepted at once, and decides of lines, all or none.

        A line refused and said anew in the same breath is said. Returns the lines said.
        """
        with self._database.write(durable=True) as session:
            for numbers, yes in ((refused, False), (accepted, True)):
                for row in self._rows(session, numbers):
                    _settle(session, row, accepted=yes, by=by, now=now)
            upsert(session, ProfileDraftRow, [_values(draft) for draft in drafts], keys=_KEYS)
            rows = self._rows(session, [_stored(session, draft) for draft in drafts])
            for row in rows:
                if row.state == DraftState.ACCEPTED:  # said before, and a list may have dropped it since
                    add_line(session, row.member_id, row.field, row.value, now)
            return [_settle(session, row, accepted=True, by=by, now=now) for row in rows]

    def _rows(self, session: Session, draft_ids: Collection[int]) -> Sequence[ProfileDraftRow]:
        rows = session.scalars(
            select(ProfileDraftRow)
            .join(MemberRow, MemberRow.id == ProfileDraftRow.member_id)
            .where(MemberRow.cluster_id == self._cluster, ProfileDraftRow.id.in_(draft_ids))
            .order_by(ProfileDraftRow.id)
        ).all()
        missing = sorted(set(draft_ids) - {row.id for row in rows})
        if missing:
            raise InputError(
                f"aucune ligne proposée n° {_numbers(missing)}", cure="« veille members drafts » donne les numéros"
            )
        return rows


def _settle(session: Session, row: ProfileDraftRow, *, accepted: bool, by: str, now: datetime) -> ProfileDraft:
    wanted = DraftState.ACCEPTED if accepted else DraftState.REFUSED
    if row.state == wanted:
        return _draft(row)
    if row.state == DraftState.ACCEPTED:
        raise InputError(
            f"la ligne n° {row.id} est déjà acceptée : elle est dans le profil",
            cure="retirez-la du profil avec « veille members import »",
        )
    row.state, row.decided_by, row.decided_at = wanted, by, now
    session.flush()
    if accepted:
        add_line(session, row.member_id, row.field, row.value, now)
    return _draft(row)


def _stored(session: Session, draft: ProfileDraft) -> int:
    return session.scalars(
        select(ProfileDraftRow.id).where(
            ProfileDraftRow.member_id == draft.member_id,
            ProfileDraftRow.field == draft.field,
            ProfileDraftRow.value == draft.value,
        )
    ).one()


def _values(draft: ProfileDraft) -> dict[str, object]:
    return {
        "member_id": draft.member_id,
        "field": draft.field,
        "value": draft.value,
        "origin": draft.origin,
        "quote": draft.quote,
        "at": draft.at,
        "state": DraftState.PROPOSED,
        "decided_by": "",
        "decided_at": None,
    }


def _draft(row: ProfileDraftRow) -> ProfileDraft:
    return ProfileDraft(
        id=row.id,
        member_id=row.member_id,
        field=row.field,
        value=row.value,
        origin=row.origin,
        quote=row.quote,
        at=row.at,
        state=DraftState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


_: type[DraftStore] = SqlDraftStore
