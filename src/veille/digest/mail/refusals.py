"""What a relay refused at once: an address that it says does not exist is as dead as one whose mail came back."""

import hashlib
from collections.abc import Iterable

from veille.digest.mail.bounces import judge_status
from veille.digest.mail.returns import ReturnDesk, take
from veille.model import Delivery, DeliveryState
from veille.model.returns import Returned, ReturnKind

#: Who said so, in `veille mail events`.
TOLD_BY = "relay"


def take_refusals(desk: ReturnDesk, deliveries: Iterable[Delivery]) -> int:
    """Write no more to addresses refused for good (RFC 3463 5.1.x…), each once; return how many.

    A refusal of policy (5.7.x) says nothing of the address, and none without an enhanced code is believed: a 550 alone
    may be either.
    """
    count = 0
    for one in deliveries:
        kind = judge_status(one.enhanced, otherwise=ReturnKind.UNKNOWN)
        mark = hashlib.sha256(f"refused {one.message_id}".encode()).hexdigest()
        if one.state is not DeliveryState.REJECTED or kind is not ReturnKind.HARD or desk.bounces.known(mark):
            continue
        returned = Returned(kind=kind, message_id=one.message_id, status=one.enhanced, detail=one.reply)
        take(desk, mark, returned, desk.readers.subscriber(one.subscriber_id), told_by=TOLD_BY)
        count += 1
    return count
