"""Events of Scaleway Transactional Email, which come through a topic of « Topics and Events » (read 2026).

scaleway.com/en/docs/transactional-email/reference-content/webhook-events-payloads. The topic wraps each event as
Amazon's SNS does ({"Type": "Notification", "Message": "…"}); a subscription must be confirmed by a person: an address
that somebody posts here is never asked by this machine.
"""

import json

from veille.digest.relays.events import (
    Plain,
    RelayEvent,
    headers,
    mark_of,
    message_id,
    one_line,
    refusal,
    sealed,
    text,
    unknown,
)
from veille.model.returns import Returned, ReturnKind

NAME = "scaleway"
#: « email_spam » is a filter's word, Scaleway's or the receiver's, not a reader's complaint.
_KINDS = {
    "email_queued": ReturnKind.NOTHING,
    "email_delivered": ReturnKind.NOTHING,
    "email_deferred": ReturnKind.NOTHING,
    "email_dropped": ReturnKind.SOFT,
    "email_spam": ReturnKind.SOFT,
    "email_blocklisted": ReturnKind.SOFT,
    "email_mailbox_not_found": ReturnKind.HARD,
}


def read(told: Plain) -> RelayEvent | None:
    """Read one event, in its envelope or bare."""
    kind = text(told, "Type")
    if kind in {"SubscriptionConfirmation", "UnsubscribeConfirmation"}:
        return _confirmation(told, kind)
    if kind == "Notification":
        try:
            inner = json.loads(str(told.get("Message", "")))
        except (ValueError, RecursionError):
            inner = None
        if not isinstance(inner, dict):
            return unknown(mark_of(NAME, "envelope", text(told, "MessageId")), "enveloppe vide", None, "")
        return _event(inner)
    return _event(told)


def _confirmation(told: Plain, kind: str) -> RelayEvent:
    """Keep what a person must open: the relay's own address, and no other, confirms a subscription."""
    detail = one_line(f"abonnement à confirmer, ouvrez : {told.get('SubscribeURL', '')}")
    returned = Returned(kind=ReturnKind.UNKNOWN, detail=detail)
    return RelayEvent(mark=mark_of(NAME, kind, text(told, "MessageId", "Token")), returned=returned)


def _event(told: Plain) -> RelayEvent:
    name = text(told, "type")
    fields = {field.lower(): value for field, value in headers(told.get("email_headers"))}
    ours, address = message_id(fields.get("message-id", "")), text(told, "email_to")
    mark = mark_of(NAME, text(told, "id") or (name, text(told, "email_id"), text(told, "created_at")))
    kind = _KINDS.get(name)
    if kind is None:
        return unknown(mark, name, ours, address)
    detail, status = text(told, "email_response_message", "email_error"), ""
    if kind in {ReturnKind.HARD, ReturnKind.SOFT}:
        kind, status = refusal(kind, detail)
    returned = Returned(
        kind=kind,
        message_id=ours,
        sealed=sealed(text(told, "email_from")),
        status=status,
        detail=detail or name,
        address=address,
    )
    return RelayEvent(mark=mark, returned=returned)
