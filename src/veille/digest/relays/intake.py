"""Take in what relays tell: who may speak, whom an event is about, and the same policy as for returned mails.

A relay proves itself by a secret that only its settings hold; an event proves its person by our Message-ID (or our
seal), and by an address that agrees with it. Anything else is kept for a person to read and changes nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from veille.addresses import address_key
from veille.digest.mail.returns import Intake, ReturnDesk, lift_doubt, take
from veille.digest.relays import brevo, generic, mailjet, scaleway
from veille.digest.relays.events import Reader, RelayEvent, read_events
from veille.links import BOUNCE
from veille.model import Subscriber
from veille.model.returns import ReturnKind
from veille.tokens import Keys

#: Relay → who reads its events; the name stands in the address that it posts to.
READERS: Mapping[str, Reader] = {one.NAME: one.read for one in (brevo, mailjet, scaleway, generic)}
#: What a seal is for; no other purpose of ours makes the same letters.
HOOK = "hook"
#: « sha256=… » over the body, as GitHub and many others write it.
SIGNATURE = "X-Veille-Signature"


@dataclass(frozen=True, slots=True)
class Hook:
    """What one relay must know to speak to us."""

    relay: str
    keys: Keys
    #: Whatever an instance changes to make every former secret worthless.
    generation: str = ""

    @property
    def secret(self) -> str:
        """What stands in the address, or is the password: letters and digits."""
        return self.keys.seal(HOOK, self._subject)

    def path(self) -> str:
        """Return where events are posted, secret included."""
        return f"/hooks/{self.relay}/{self.secret}"

    def admits(self, token: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Say whether who posts knows the secret: in the address, as a password, as a bearer, or by signing."""
        given = token or _credential(headers.get("authorization", ""))
        if given:
            return self.keys.sealed(HOOK, self._subject, given)
        signature = headers.get(SIGNATURE.lower(), "").removeprefix("sha256=").lower()
        if not re.fullmatch(r"[0-9a-f]{64}", signature):
            return False
        made = (hmac.new(one.encode(), body, "sha256") for one in self.keys.seals(HOOK, self._subject))
        return any(hmac.compare_digest(one.hexdigest(), signature) for one in made)

    @property
    def _subject(self) -> str:
        return f"{self.relay}.{hashlib.sha256(self.generation.encode()).hexdigest()[:16]}"


def take_events(desk: ReturnDesk, relay: str, body: bytes) -> Sequence[Intake]:
    """Take in each event of a request once; raises Unreadable where it is no request of that relay."""
    found = [_take(desk, relay, event) for event in read_events(body, READERS[relay])]
    return [one for one in found if one is not None]


def _take(desk: ReturnDesk, relay: str, event: RelayEvent) -> Intake | None:
    """Act on one event; None for one that was told before, or that asks for nothing."""
    returned = event.returned
    person = _proved(desk, event)
    if returned.kind is ReturnKind.NOTHING:
        if person is not None and returned.message_id is not None:
            lift_doubt(desk, returned.message_id)
        return None
    if desk.bounces.known(event.mark):
        return None
    return take(desk, event.mark, returned, person, told_by=relay)


def _proved(desk: ReturnDesk, event: RelayEvent) -> Subscriber | None:
    returned = event.returned
    person = None
    mail = desk.bounces.sent_mail(returned.message_id) if returned.message_id else None
    if mail is not None:
        person = desk.readers.subscriber(mail.subscriber_id)
        written = mail.email
    elif returned.sealed is not None and desk.keys.sealed(BOUNCE, str(returned.sealed[0]), returned.sealed[1]):
        person = desk.readers.subscriber(returned.sealed[0])
        written = person.email if person else ""
    if person is None:
        return None
    agrees = not returned.address or address_key(returned.address) in {address_key(written), address_key(person.email)}
    return person if agrees else None


def _credential(field: str) -> str:
    """Return the password of « Basic », or the token of « Bearer » (RFC 7617, RFC 6750)."""
    scheme, _, rest = field[:500].partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode("ascii").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
