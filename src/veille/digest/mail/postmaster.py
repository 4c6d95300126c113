"""What a domain must publish for its mails to be accepted, and whether it does (pure but for the lookup given).

SPF: RFC 7208; DKIM: RFC 6376; DMARC: RFC 7489. Gmail, Yahoo and Outlook.com want all three of whoever writes to many.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from veille.addresses import parse_address
from veille.config.settings import Mail
from veille.digest.mail.dkim import DkimKey, Signer
from veille.digest.relays.known import known_relay

Lookup = Callable[[str], Sequence[str] | None]


class Verdict(StrEnum):
    """How a record stands."""

    RIGHT = "en place"
    MISSING = "à publier"
    WRONG = "à corriger"
    UNKNOWN = "non vérifié"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One TXT record: where, what is wanted, how it stands and why, in French."""

    purpose: str
    host: str
    wanted: str
    verdict: Verdict
    sentence: str


def examine(mail: Mail, signer: Signer | None, relay_host: str, contact: str, look_up: Lookup) -> Iterator[Record]:
    """Yield the records that a sender's domain needs, compared with what the DNS says."""
    domain = parse_address(mail.sender).rpartition("@")[2]
    envelope = parse_address(mail.return_path).rpartition("@")[2] if mail.return_path else domain
    yield _spf(envelope, relay_host, look_up(envelope))
    for key in signer.keys if signer else ():
        yield _dkim(key, look_up(key.host))
    yield _dmarc(domain, contact, look_up)


def _spf(domain: str, relay_host: str, found: Sequence[str] | None) -> Record:
    relay = known_relay(relay_host)
    mechanism = relay.spf if relay and relay.spf else f"a:{relay_host}" if relay_host else "include:VOTRE-RELAIS"
    wanted = f"v=spf1 {mechanism} ~all"

    def say(verdict: Verdict, sentence: str) -> Record:
        return Record(purpose="SPF", host=domain, wanted=wanted, verdict=verdict, sentence=sentence)

    if found is None:
        return say(Verdict.UNKNOWN, _NO_DNS)
    policies = [text for text in found if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]
    if not policies:
        return say(Verdict.MISSING, "aucun enregistrement SPF : qui reçoit ne sait pas quel serveur écrit pour vous")
    if len(policies) > 1:
        return say(Verdict.WRONG, "plusieurs enregistrements SPF : les serveurs les ignorent tous (RFC 7208 §4.5)")
    if re.search(r"(^| )\+?all$", policies[0], re.IGNORECASE):
        return say(Verdict.WRONG, f"« {policies[0]} » autorise le monde entier : finissez par ~all ou -all")
    if relay_host and not {relay_host.lower(), mechanism.lower()} & _named(policies[0]):
        sentence = f"« {policies[0]} » : vérifiez avec votre relais qu'il couvre {relay_host}"
        return say(Verdict.UNKNOWN, sentence)
    return say(Verdict.RIGHT, policies[0])


def _named(policy: str) -> set[str]:
    """Return the mechanisms of an SPF policy, whole and without what stands before their colon."""
    words = policy.lower().split()[1:]
    return {*words, *(word.partition(":")[2] for word in words)}


def _dkim(key: DkimKey, found: Sequence[str] | None) -> Record:
    def say(verdict: Verdict, sentence: str) -> Record:
        return Record(purpose="DKIM", host=key.host, wanted=key.record, verdict=verdict, sentence=sentence)

    if found is None:
        return say(Verdict.UNKNOWN, _NO_DNS)
    if not found:
        return say(Verdict.MISSING, "clé publique non publiée : la signature ne peut être vérifiée")
    ours = _tag(key.record, "p")
    if any(_tag(text, "p") == ours for text in found):
        return say(Verdict.RIGHT, f"la clé publiée est la nôtre ({key.algorithm})")
    return say(Verdict.WRONG, "la clé publiée n'est pas celle qui signe ici : tous vos messages seraient refusés")


def _dmarc(domain: str, contact: str, look_up: Lookup) -> Record:
    wanted = f"v=DMARC1; p=none; rua=mailto:{contact}" if contact else "v=DMARC1; p=none"
    host, policies = _policies(domain, look_up)

    def say(verdict: Verdict, sentence: str) -> Record:
        return Record(purpose="DMARC", host=host, wanted=wanted, verdict=verdict, sentence=sentence)

    if policies is None:
        return say(Verdict.UNKNOWN, _NO_DNS)
    if not policies:
        return say(Verdict.MISSING, "aucune politique DMARC : Gmail, Yahoo et Outlook.com en demandent une")
    if len(policies) > 1 or _tag(policies[0], "p").lower() not in {"none", "quarantine", "reject"}:
        return say(Verdict.WRONG, f"politique illisible : « {' | '.join(policies)[:120]} »")
    return say(Verdict.RIGHT, policies[0])


def _policies(domain: str, look_up: Lookup) -> tuple[str, Sequence[str] | None]:
    """Return where a domain's DMARC policies stand, its own or those of a domain above it (RFC 7489 §6.6.3)."""
    name = domain
    while name.count("."):
        found = look_up(f"_dmarc.{name}")
        policies = found if found is None else [text for text in found if text.lower().startswith("v=dmarc1")]
        if policies or policies is None:
            return f"_dmarc.{name}", policies
        name = name.partition(".")[2]
    return f"_dmarc.{domain}", []


_NO_DNS = "le DNS n'a pas répondu : relancez là où cette machine le voit"


def _tag(record: str, name: str) -> str:
    """Return one tag of a tag=value list, without spaces (RFC 6376 §3.2)."""
    for part in record.split(";"):
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            return "".join(value.split())
    return ""
