"""Relays that we know by their host: what they need written in each mail, and what to look after with them (pure).

Read in their public documents in 2026; docs/how-to says where, and what could not be verified.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from veille.config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRelay:
    """One relay."""

    name: str
    #: Ends of its hosts' names.
    hosts: tuple[str, ...]
    #: Header that it repeats in its events: we write our Message-ID there.
    tag: str = ""
    #: Further headers, the same in every mail.
    headers: tuple[tuple[str, str], ...] = ()
    #: What an SPF policy must hold for its servers; empty = name its host.
    spf: str = ""
    #: Mails a day of its free or usual plan; 0 = it says none.
    per_day: int = 0
    #: French: what to look after.
    remarks: tuple[str, ...] = ()


_NO_TRACKING = "coupez le suivi des ouvertures et des clics dans son interface, puis vérifiez avec --probe"
KNOWN = (
    KnownRelay(
        name="brevo",
        hosts=(".brevo.com", ".sendinblue.com"),
        tag="X-Mailin-custom",
        spf="include:spf.brevo.com",
        per_day=300,
        remarks=(
            _NO_TRACKING,
            "branchez son webhook (« veille mail hooks ») : les refus ne reviennent pas par courriel",
        ),
    ),
    KnownRelay(
        name="mailjet",
        hosts=(".mailjet.com",),
        tag="X-MJ-CustomID",
        spf="include:spf.mailjet.com",
        headers=(("X-Mailjet-TrackOpen", "0"), ("X-Mailjet-TrackClick", "0")),
        per_day=200,
        remarks=("branchez son webhook (« veille mail hooks ») : les refus ne reviennent pas par courriel",),
    ),
    KnownRelay(
        name="scaleway",
        hosts=(".tem.scaleway.com", ".tem.scw.cloud"),
        spf="include:_spf.tem.scaleway.com",
        remarks=("branchez un sujet « Topics and Events » sur son webhook (« veille mail hooks »)",),
    ),
    KnownRelay(
        name="ovh",
        hosts=(".ovh.net", ".ovh.com", ".ovhcloud.com"),
        spf="include:mx.ovh.com",
        remarks=(
            "une boîte ordinaire limite les envois à l'heure : réglez le rythme (voir docs/how-to/relais-ovh.md)",
        ),
    ),
)


def known_relay(host: str) -> KnownRelay | None:
    """Return the relay of that host, None for one that we do not know."""
    name = f".{host.lower().rstrip('.')}"
    return next((one for one in KNOWN if name.endswith(one.hosts)), None)


def host_of(url: str) -> str:
    """Return the host of `[mail] url`, empty where mails stay on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""  # sending refuses such an address and says why
    return (parts.hostname or "") if parts.scheme.startswith("smtp") else ""


def for_relay(host: str, message_id: str) -> tuple[tuple[str, str], ...]:
    """Return the fields that a relay wants in a mail: our Message-ID to repeat in its events, no tracking."""
    relay = known_relay(host)
    if relay is None:
        return ()
    tag = ((relay.tag, message_id.strip("<>")),) if relay.tag else ()
    return (*tag, *relay.headers)


def relay_remarks(host: str, settings: Settings) -> Iterator[str]:
    """Yield what to look after with the relay of an instance, one line each, as « mail doctor » prints it."""
    relay = known_relay(host)
    if relay is not None:
        yield from (f"! {relay.name:<6} {remark}" for remark in relay.remarks)
        if relay.per_day and not settings.pace.per_day:
            yield (
                f"! {relay.name:<6} son offre gratuite s'arrête à {relay.per_day} mails par jour : si c'est la vôtre, "
                f"réglez [pace] per_day = {relay.per_day}, et l'envoi s'étalera"
            )
    if settings.site.count_links:
        yield "! liens  [site] count_links : les clics sont comptés par jour et par article, jamais par personne"
