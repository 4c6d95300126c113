"""Events of Mailjet's Event API (dev.mailjet.com/email/guides/webhooks; read 2026).

One event or a list of them. Its « MessageID » is a number of its own; ours comes back in « CustomID », from a header
that we write (X-MJ-CustomID). « hard_bounce » is also said of mails refused for what they hold, so the kind of error
must be the address' own.
"""

from veille.digest.relays.events import Plain, RelayEvent, mark_of, message_id, refusal, sealed, text, unknown
from veille.model.returns import Returned, ReturnKind

NAME = "mailjet"
_KINDS = {
    "sent": ReturnKind.NOTHING,
    "bounce": ReturnKind.SOFT,
    "blocked": ReturnKind.SOFT,
    "spam": ReturnKind.COMPLAINT,
    "unsub": ReturnKind.UNSUBSCRIBE,
}
_WATCHING = frozenset({"open", "click"})
#: Errors that speak of the address or its domain (Mailjet's table of errors).
_DEAD = frozenset({"user unknown", "mailbox inactive", "invalid domain", "no mail host", "typofix"})
#: It will be tried again.
_LATER = frozenset({"greylisted"})


def read(told: Plain) -> RelayEvent | None:
    """Read one event; None for an opening or a click."""
    name = text(told, "event")
    if name in _WATCHING:
        return None
    custom, payload = text(told, "CustomID"), text(told, "Payload")
    ours, address = message_id(custom, payload), text(told, "email")
    mark = mark_of(NAME, name, text(told, "MessageID"), custom, address, text(told, "time"))
    kind = _KINDS.get(name)
    if kind is None:
        return unknown(mark, name, ours, address)
    detail, status = _words(told), ""
    if kind is ReturnKind.SOFT:
        kind, status = refusal(_refused(told), detail)
    returned = Returned(
        kind=kind, message_id=ours, sealed=sealed(custom), status=status, detail=detail or name, address=address
    )
    return RelayEvent(mark=mark, returned=returned)


def _refused(told: Plain) -> ReturnKind:
    error, hard = text(told, "error"), told.get("hard_bounce") is True
    if error in _LATER and not hard:
        return ReturnKind.NOTHING
    return ReturnKind.HARD if hard and error in _DEAD else ReturnKind.SOFT


def _words(told: Plain) -> str:
    said = (text(told, "error_related_to"), text(told, "error"), text(told, "smtp_reply", "comment"))
    return " ; ".join(words for words in said if words)
