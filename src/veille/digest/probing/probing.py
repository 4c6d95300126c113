"""Send a probe, wait for it in a mailbox of ours, and say what its way changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message

from veille.auth_results import results_of
from veille.digest.mail.dkim import Signer
from veille.digest.probing.comparing import Finding, Gravity, compare, judge_signatures, read_parts, subject_of
from veille.digest.probing.letter import Probe
from veille.digest.probing.signatures import Lookup, Parted, part, signatures
from veille.errors import InputError
from veille.model import DeliveryState
from veille.protocols import Mailer

#: Seconds between two looks at the mailbox.
_LOOK = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeDesk:
    """What sending and finding a probe works with."""

    mailer: Mailer
    #: Reads the seed mailbox anew: every mail that may be the probe.
    look: Callable[[], Sequence[bytes]]
    wait: Callable[[float], None]
    monotonic: Callable[[], float]


def send_and_find(desk: ProbeDesk, probe: Probe, *, seconds: float) -> bytes:
    """Return the probe as it arrived; raises InputError where it was refused or did not arrive in time."""
    for _, outcome in desk.mailer.send([probe.mail]):
        if outcome.state is not DeliveryState.SENT:
            raise InputError(f"le relais n'a pas pris l'essai : {outcome.reply}", cure="corrigez cela d'abord")
    until = desk.monotonic() + seconds
    while True:
        found = next((raw for raw in desk.look() if is_probe(raw, probe)), None)
        if found is not None:
            return found
        if desk.monotonic() >= until:
            raise InputError(
                f"l'essai n'est pas arrivé en {seconds:g} s",
                cure="regardez dans les indésirables, ou donnez plus de temps avec --wait ; le relais l'a accepté",
            )
        desk.wait(_LOOK)


def is_probe(raw: bytes, probe: Probe) -> bool:
    """Say whether a mail is that probe: by Message-ID, by subject, or by its body, whatever else was rewritten."""
    mail, parts = part(raw), read_parts(raw)
    told = (subject_of(mail), parts.text or "", parts.html or "")
    return probe.mail.message_id in mail.values("Message-ID") or any(probe.code in words for words in told)


def report(
    probe: Probe, arrived: bytes, *, signer: Signer | None, look_up: Lookup, domain: str, authserv_id: str
) -> Iterator[Finding]:
    """Yield everything that is to be said of a probe that arrived."""
    mail = part(arrived)
    own = {key.host: key.record for key in signer.keys} if signer else {}
    yield from judge_signatures(signatures(mail, _ours_first(own, look_up)), domain, signed=signer is not None)
    yield from _received(mail, authserv_id)
    yield from compare(probe.mail.raw, arrived)


def _ours_first(own: Mapping[str, str], look_up: Lookup) -> Lookup:
    """Our own keys are known here, published or not: whether they are is another question of the doctor's."""
    return lambda name: [own[name]] if name in own else look_up(name)


def _received(mail: Parted, authserv_id: str) -> Iterator[Finding]:
    """Yield what the receiving server found, where it is the one that we trust (RFC 8601 §5)."""
    if not authserv_id:
        return
    message = Message()
    for value in mail.values("Authentication-Results"):
        message.add_header("Authentication-Results", value)
    results = results_of(message, authserv_id)
    if not results:
        sentence = f"aucun Authentication-Results de « {authserv_id} »"
        yield Finding(Gravity.NOTE, "réception", sentence, "vérifiez [returns] authserv_id")
    for method, result in dict.fromkeys((one.method, one.result) for one in results):
        if method in {"spf", "dkim", "dmarc", "arc"}:
            gravity = Gravity.RIGHT if result == "pass" else Gravity.NOTE if result == "none" else Gravity.WRONG
            cure = "" if result == "pass" else "« veille mail doctor » dit quoi publier"
            yield Finding(gravity, "réception", f"{authserv_id} a trouvé {method}={result}", cure)
