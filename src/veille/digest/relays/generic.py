"""Events that anything else may post: a relay that is not named here, or a script of one's own.

{"id": "…", "kind": "hard|soft|complaint|unsubscribe|delivered", "message_id": "<…>", "address": "…", "status": "5.1.1",
"detail": "…"}, or a list of them.
"""

import json

from veille.digest.relays.events import Plain, RelayEvent, mark_of, message_id, sealed, text, unknown
from veille.model.returns import Returned, ReturnKind

NAME = "autre"
_KINDS = {
    "hard": ReturnKind.HARD,
    "soft": ReturnKind.SOFT,
    "complaint": ReturnKind.COMPLAINT,
    "unsubscribe": ReturnKind.UNSUBSCRIBE,
    "delivered": ReturnKind.NOTHING,
    "accepted": ReturnKind.NOTHING,
}


def read(told: Plain) -> RelayEvent | None:
    """Read one event."""
    name, address = text(told, "kind"), text(told, "address")
    ours = message_id(text(told, "message_id"))
    mark = mark_of(NAME, text(told, "id") or json.dumps(told, sort_keys=True))
    kind = _KINDS.get(name)
    if kind is None:
        return unknown(mark, name, ours, address)
    returned = Returned(
        kind=kind,
        message_id=ours,
        sealed=sealed(text(told, "tag")),
        status=text(told, "status")[:16],
        detail=text(told, "detail") or name,
        address=address,
    )
    return RelayEvent(mark=mark, returned=returned)
