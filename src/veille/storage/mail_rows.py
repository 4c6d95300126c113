"""Rows of the ledger of mails as values, and the statements that write them many at a time; `mail_ledger` runs them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from veille.model import Delivery, DeliveryState, SendOutcome
from veille.model.sending import RateState
from veille.storage.db import slices
from veille.storage.prepared import Prepared
from veille.storage.tables import AttemptRow, DeliveryRow, IssueRow, RateStateRow

#: Minutes before each new try after a 4xx; after the last one, the same again until the issue is stale.
BACK_OFF = (5, 15, 60, 240)
_TABLE = cast("Table", DeliveryRow.__table__)
_OURS = (
    (DeliveryRow.issue_id == bindparam("of_issue"))
    & (DeliveryRow.subscriber_id == bindparam("for_subscriber"))
    & (DeliveryRow.token == bindparam("held_by"))
)
SETTLE = Prepared(
    update(_TABLE)
    .where(_OURS, (DeliveryRow.state == DeliveryState.SENDING) | (DeliveryRow.state == DeliveryState.UNCERTAIN))
    .values({name: bindparam(name) for name in ("state", "reply", "smtp_code", "enhanced", "settled_at", "next_at")})
    .values(token=None, lease_until=None)
)
BEGIN = Prepared(
    update(_TABLE).where(_OURS, DeliveryRow.state == DeliveryState.SENDING).values(begun_at=bindparam("begun_at"))
)
ISSUE_STATE = select(IssueRow.state).where(IssueRow.id == bindparam("of_issue"))
_TRIED = ("message_id", "at", "state", "smtp_code", "reply", "phase", "enhanced", "server")
ATTEMPT = Prepared(insert(cast("Table", AttemptRow.__table__)).values({name: bindparam(name) for name in _TRIED}))
#: All of the row, without the weight of an object that could be changed.
COLUMNS = _TABLE
SUPPRESS: dict[str, Any] = {"state": DeliveryState.SUPPRESSED.value, "reply": "adresse désinscrite"}
UNTOUCHED = {
    DeliveryRow.state: DeliveryState.QUEUED,
    DeliveryRow.token: None,
    DeliveryRow.lease_until: None,
    DeliveryRow.tries: DeliveryRow.tries - 1,
}
RATE_COLUMNS = ("tokens", "at", "given", "held_until", "strikes", "days", "day")


class Due(NamedTuple):
    """What a claim reads of a mail."""

    subscriber_id: int
    email: str
    message_id: str
    tries: int
    reply: str
    family: str | None
    enhanced: str | None


def read_due(connection: Connection, look: Mapping[str, Any], without: frozenset[str]) -> list[Due]:
    """Return the mails that may be claimed, in order; `look`: of_issue, after, now, many."""
    return [Due(*row) for row in _due(without).read(connection, look)]


@lru_cache(maxsize=16)
def _due(without: frozenset[str]) -> Prepared:
    columns = [_TABLE.c[name] for name in Due._fields]
    query = select(*columns).where(*_free(without)).order_by(DeliveryRow.subscriber_id)
    return Prepared(query.limit(bindparam("many")))


@lru_cache(maxsize=16)
def claim_up_to(without: frozenset[str]) -> Prepared:
    """Return what claims all that is due up to `last`, within the transaction that read it."""
    up_to = DeliveryRow.subscriber_id <= bindparam("last")
    return Prepared(
        update(_TABLE)
        .where(*_free(without), up_to)
        .values(
            state=DeliveryState.SENDING.value,
            tries=DeliveryRow.tries + 1,
            begun_at=None,
            token=bindparam("token"),
            lease_until=bindparam("lease_until"),
        )
    )


def _free(without: frozenset[str]) -> tuple[ColumnElement[bool], ...]:
    """Return what tells the mails that may be claimed behind `after`, but for those families."""
    free = or_(
        DeliveryRow.state == DeliveryState.QUEUED.value,
        (DeliveryRow.state == DeliveryState.DEFERRED.value) & (DeliveryRow.next_at <= bindparam("now")),
    )
    waits = [or_(DeliveryRow.family.is_(None), DeliveryRow.family != family) for family in sorted(without)]
    return DeliveryRow.issue_id == bindparam("of_issue"), DeliveryRow.subscriber_id > bindparam("after"), free, *waits


def claimed(row: Due, issue_id: int, token: str) -> Delivery:
    """Return a mail as it stands once it is claimed."""
    return Delivery(
        issue_id=issue_id,
        subscriber_id=row.subscriber_id,
        email=row.email,
        state=DeliveryState.SENDING,
        message_id=row.message_id,
        tries=row.tries + 1,
        reply=row.reply,
        token=token,
        family=row.family or "",
        enhanced=row.enhanced or "",
    )


def row_key(delivery: Delivery) -> dict[str, Any]:
    """Return what `SETTLE` and `BEGIN` find the row by, and what proves that it is ours."""
    return {"of_issue": delivery.issue_id, "for_subscriber": delivery.subscriber_id, "held_by": delivery.token}


def settled_values(one: Delivery, outcome: SendOutcome, now: datetime) -> dict[str, Any]:
    """Return what `SETTLE` writes of one mail."""
    later = outcome.state is DeliveryState.DEFERRED
    return {
        **row_key(one),
        "state": outcome.state.value,
        "reply": outcome.reply,
        "smtp_code": outcome.smtp_code,
        "enhanced": outcome.enhanced or None,
        "settled_at": now,
        "next_at": _next_try(one.tries, now) if later else None,
    }


def _next_try(tries: int, now: datetime) -> datetime:
    """Return when a deferred mail is tried again."""
    return now + timedelta(minutes=BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1])


def attempt_values(message_id: str, outcome: SendOutcome, now: datetime) -> dict[str, Any]:
    """Return the row of one try."""
    return {
        "message_id": message_id,
        "at": now,
        "state": outcome.state.value,
        "smtp_code": outcome.smtp_code,
        "reply": outcome.reply,
        "phase": outcome.phase,
        "enhanced": outcome.enhanced,
        "server": outcome.server[:255],
    }


def read_rate(row: RateStateRow) -> RateState:
    """Read what one relay or family was given."""
    return RateState(**{name: getattr(row, name) for name in ("key", *RATE_COLUMNS)})


def holders(session: Session, deliveries: Sequence[Delivery]) -> dict[str, tuple[str | None, str]]:
    """Return Message-ID → token and state, as they stand."""
    query = select(DeliveryRow.message_id, DeliveryRow.token, DeliveryRow.state)
    found: dict[str, tuple[str | None, str]] = {}
    for some in slices([one.message_id for one in deliveries]):
        rows = session.execute(query.where(DeliveryRow.message_id.in_(some)))
        found |= {mark: (token, state) for mark, token, state in rows}
    return found


def ours(held: Mapping[str, tuple[str | None, str]], one: Delivery, states: Collection[str]) -> bool:
    """Tell whether a claim still holds a mail that is in one of these states."""
    token, state = held.get(one.message_id, (None, ""))
    return token is not None and token == one.token and state in states
