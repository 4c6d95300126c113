"""Events of Brevo's transactional webhooks (developers.brevo.com/docs/transactional-webhooks; read 2026).

Its event ids are those of the webhook, not of the event, so name, message, address and time make one. Our Message-ID
stands in « X-Mailin-custom », a header of ours that Brevo repeats, because it may put its own in « message-id ».
"""

from veille.digest.relays.events import Plain, RelayEvent, mark_of, message_id, refusal, sealed, text, unknown
from veille.model.returns import Returned, ReturnKind

NAME = "brevo"
#: Event → what it is; « blocked » is the relay's own list, not the reader's word.
_KINDS = {
    "request": ReturnKind.NOTHING,
    "sent": ReturnKind.NOTHING,
    "delivered": ReturnKind.NOTHING,
    "deferred": ReturnKind.NOTHING,
    "hard_bounce": ReturnKind.HARD,
    "invalid_email": ReturnKind.HARD,
    "soft_bounce": ReturnKind.SOFT,
    "blocked": ReturnKind.SOFT,
    "spam": ReturnKind.COMPLAINT,
    "complaint": ReturnKind.COMPLAINT,
    "unsubscribed": ReturnKind.UNSUBSCRIBE,
}
_WATCHING = frozenset(
    {"click", "clicked", "opened", "unique_opened", "open", "first_opening", "proxy_open", "unique_proxy_open"}
)


def read(told: Plain) -> RelayEvent | None:
    """Read one event; None for an opening or a click."""
    name = text(told, "event")
    if name in _WATCHING:
        return None
    ours = message_id(text(told, "X-Mailin-custom"), text(told, "message-id"))
    address = text(told, "email")
    mark = mark_of(NAME, name, text(told, "message-id"), address, text(told, "ts_event", "ts_epoch", "ts", "date"))
    kind = _KINDS.get(name)
    if kind is None:
        return unknown(mark, name, ours, address)
    reason, status = text(told, "reason"), ""
    if kind in {ReturnKind.HARD, ReturnKind.SOFT}:
        kind, status = refusal(kind, reason)
    tags = told.get("tags")
    returned = Returned(
        kind=kind,
        message_id=ours,
        sealed=sealed(*(str(tag) for tag in tags)) if isinstance(tags, list) else None,
        status=status,
        detail=reason or name,
        address=address,
    )
    return RelayEvent(mark=mark, returned=returned)
