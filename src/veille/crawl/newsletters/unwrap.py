"""Where a letter's link leads, read from the link itself: senders and filters hide the target in it (pure).

Formats as seen in public code and mails: Outlook SafeLinks, Proofpoint 1 to 3, Google, Mailjet, Mandrill, Substack,
Customer.io, Mailgun, Amazon SES, Cisco, Barracuda, Sophos… Mailchimp, Brevo, SendGrid, HubSpot and others keep the
target to themselves: such a link is « opaque » and only its server can say (`following`).
"""

import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from veille.crawl.entries import safe_link
from veille.crawl.newsletters.coding import from_base64
from veille.crawl.newsletters.links import is_social

#: A filter's wrap around a sender's wrap around a shop's redirect: real letters stop at three.
_DEPTH = 5
#: Wraps are longer than the links that may be stored.
_LIMIT = 8_192
_INFLATED = 16_384
#: Base64 of « http », of « {" ».
_HTTP, _JSON = "aHR0c", "eyJ"
#: JSON keys and query parameters that hold a target.
_KEYS = ("url", "href", "e", "u", "l", "link", "target", "dest", "redirect", "redirect_url", "p")
_NAMES = frozenset({
    "url", "u", "q", "l", "link", "target", "dest", "destination", "redirect", "redirect_url", "redirecturl",
    "redirect_uri", "r", "to", "goto", "href", "a", "z", "d", "tgt", "murl", "uri", "location", "targeturl", "out",
})  # fmt: skip
_FIRST_LABEL = re.compile(
    r"(?:e?mail(?:ing)?|news(?:letters?)?|lettre|clic(?:k?s?)?|trk|track(?:ing|er)?|links?|liens?|redir(?:ect)?|url|go|out|safelinks?"
    r"|nl|t|r|e|c|l|em|eml|lnk|lnks|ctrk)\d*"
)
_CLICK_PATH = re.compile(
    r"/(?:clic(?:k?s?)?|trk|track(?:ing)?|redir(?:ect)?(?:ion)?|links?|lnk|goto|go|out|away|url|trace|cl|lt\.php|r|c|l)(?:[/.?]|$)"
    r"|click|redirect|linktrack",
    re.IGNORECASE,
)
_WRAPPERS = re.compile(
    r"(?:^|\.)(?:safelinks\.protection\.outlook\.com|urldefense\.proofpoint\.com|linkprotect\.cudasvc\.com|fireeye\.com"
    r"|protection\.sophos\.com|esvalabs\.com|deref-(?:mail|web)\.\w+|l\.facebook\.com|lm\.facebook\.com"
    r"|l\.instagram\.com|trendmicro\.com|mailtrack\.io)$"
)
#: Whole addresses whose server alone knows the target, and which name the recipient.
_OPAQUE = re.compile(
    r"://[^/]*list-manage\.com/track/click|/(?:mk|tr)/cl/|://[^/]*\.sendib[mt]\d*\.com/|://[^/]*\.ct\.sendgrid\.net/"
    r"|/(?:ls|wf)/click\?|/ss/c/u\d|hubspotlinks\.com/|/e3t/[cb]tc/|hs-sales-engage\.com/|://[^/]*(?:createsend\d*|cmail\d+)\.com/t/"
    r"|://[^/]*mlsend\d*\.com/|rs6\.net/tn\.jsp|/lt\.php\?|klclick\d*\.com/|/e/er\?|[?&]qs=[0-9a-f]{32}|://[^/]*\.mjt\.lu/lnk/"
    r"|substack\.com/redirect/|mandrillapp\.com/track/|customeriomail\.com/e/c/|mailpoet_router|ctrl=fronturl|[?&]nltr="
    r"|/T/OFC\d/|/r/\?id=\w?[0-9a-f]+(?:,[0-9a-f]+)+|/r/\w+/m/\d+|/r/[0-9a-f]{24}\w*\?ct=|mimecast(?:protect)?\.com/s/|mailinblack\.com/securelink|/track/click/|://email\.[^/]+/c/",
    re.IGNORECASE,
)
_SHORTENERS = frozenset({
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "ow.ly", "rb.gy", "shorturl.at", "swll.to", "tiny.cc",
    "tinyurl.com", "trib.al", "urlr.me", "urlz.fr", "v.gd", "frama.link",
})  # fmt: skip
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: A long code: hexadecimal, or small letters, capitals and digits mixed (« JORFTEXT000049012345 » is a reference).
_TOKEN = re.compile(
    rf"(?:{_UUID}|(?=[a-f]*\d)[0-9a-f]{{24,}}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w.~=+-]{{16,}})", re.ASCII
)
_CODE = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w-]{6,}", re.ASCII)
#: « appel-a-projets-industrie-verte-2026 »: words, however long.
_SLUG = re.compile(r"[a-z0-9]{1,18}(?:[-_.][a-z0-9]{1,18})+(?:\.\w{2,5})?|[a-z]+\d{0,8}")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a link is once everything that it shows of itself was taken off."""

    address: str
    #: Only its server knows where it leads.
    opaque: bool = False
    #: It names its recipient, so it may not be stored.
    personal: bool = False


@lru_cache(1_024)
def unwrap(link: str, clicks: frozenset[str] = frozenset()) -> Hidden | None:
    """Take off every wrap that shows its target; None for what is no usable web address.

    `clicks` are hosts that this letter's other links give away as click servers.
    """
    address = _usable(link)
    for _ in range(_DEPTH):
        if address is None:
            return None
        inner = _inside(address)
        if inner is None:
            break
        address = inner
    if address is None:
        return None
    personal = is_personal(address, clicks)
    return Hidden(address, opaque=personal or urlsplit(address).hostname in _SHORTENERS, personal=personal)


def is_personal(address: str, clicks: frozenset[str] = frozenset()) -> bool:
    """Say whether a link goes through a click server that knows its recipient."""
    if _OPAQUE.search(address):
        return True
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    if host in clicks and has_code(parts):
        return True
    if not has_token(parts):
        return False
    return host.count(".") > 1 and _FIRST_LABEL.fullmatch(host.partition(".")[0]) is not None


def has_token(parts: SplitResult) -> bool:
    """Say whether a step of the path or a parameter is a long code rather than words."""
    steps = [step for step in unquote(parts.path).split("/") if step]
    values = [value for _, value in parse_qsl(parts.query)]
    return any(_TOKEN.fullmatch(one) and not _SLUG.fullmatch(one) for one in steps + values)


def has_code(parts: SplitResult) -> bool:
    """Say whether an address holds any code, be it short: enough where its host is known for a click server."""
    return has_token(parts) or bool(codes_of(parts))


def codes_of(parts: SplitResult) -> frozenset[str]:
    """Return the steps of a path that are codes: small letters, capitals and digits mixed."""
    return frozenset(step for step in unquote(parts.path).split("/") if _CODE.fullmatch(step))


def _usable(link: str) -> str | None:
    """Return a link as a safe address, however long its wraps are."""
    if len(link) > _LIMIT:
        return None
    if len(link) <= 2_000:  # noqa: PLR2004 - well under the length of a link that may be stored
        return safe_link(link)
    head = safe_link(link[:1_000])
    return link if head is not None and re.fullmatch(r"[\x21-\x7e]+", link) and "\\" not in link else None


def _inside(address: str) -> str | None:
    """Return what one wrap hides, if it shows it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    for reader in _READERS:
        for found in reader(parts):
            usable = _usable(found)
            if usable is not None and usable != address:
                return usable
    return None


def _proofpoint(parts: SplitResult) -> Iterator[str]:
    host = (parts.hostname or "").lower()
    if host not in {"urldefense.proofpoint.com", "urldefense.com", "urldefense.us"}:
        return
    query = dict(parse_qsl(parts.query))
    if parts.path.startswith("/v2/"):
        yield unquote(query.get("u", "").replace("-", "%").replace("_", "/"))
    elif parts.path.startswith("/v1/"):
        yield query.get("u", "")
    else:
        yield _proofpoint_3(parts.geturl())


def _proofpoint_3(address: str) -> str:
    """Read « /v3/__TARGET__;CODES!!… »: each « * » stands for characters that the codes hold, « ** » for a run."""
    found = re.search(r"/v3/__(.+?)__;([\w*-]*)!", address)
    if found is None:
        return ""
    held = iter(from_base64(found[2]).decode("utf-8", "replace"))
    lengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def restore(mark: re.Match[str]) -> str:
        count = lengths.find(mark[0][2]) + 2 if len(mark[0]) > 1 else 1
        return "".join(next(held, "") for _ in range(count))

    # « https:/ » has lost a slash to some servers on its way
    return re.sub(r"^(https?:/)(?!/)", r"\1/", re.sub(r"\*(?:\*.)?", restore, found[1]))


def _in_query(parts: SplitResult) -> Iterator[str]:
    """Read « ?url=https%3A… » of a click server; a shop's « ?return=https://… » is left alone."""
    host = (parts.hostname or "").lower()
    google = host in {"google.com", "www.google.com", "www.google.fr"} and parts.path == "/url"
    known = google or _WRAPPERS.search(host) is not None
    clicks = _CLICK_PATH.search(parts.path) is not None or _FIRST_LABEL.fullmatch(host.partition(".")[0]) is not None
    if not known and (not clicks or is_social(parts.geturl())):
        return
    for name, value in parse_qsl(parts.query):
        if name.lower() in _NAMES and re.match(r"https?://|https?%3a", value, re.IGNORECASE):
            yield unquote(value) if "://" not in value else value


def _in_path(parts: SplitResult) -> Iterator[str]:
    """Read « /L0/https:%2F%2F… » (Amazon SES), « secure-web.cisco.com/…/https%3A… », Avanan's « ___https://…___ »."""
    host = (parts.hostname or "").lower()
    if host.endswith(".awstrack.me") or host == "secure-web.cisco.com":
        yield from (
            unquote(step) for step in parts.path.split("/") if re.match(r"https?(?::|%3a)", step, re.IGNORECASE)
        )
    elif host.endswith("avanan.click"):
        yield from re.findall(r"___(https?://.+?)___", parts.geturl())


def _in_base64(parts: SplitResult) -> Iterator[str]:
    """Read an address, or JSON that holds one, in base64 (Mailjet, Mandrill, Substack, Customer.io, Newsletter…)."""
    steps = parts.path.split("/")
    values = [value for _, value in parse_qsl(parts.query)]
    for coded in steps + values:
        if coded.startswith(_HTTP):
            yield from_base64(coded).decode("utf-8", "replace")
        elif coded.startswith(_JSON):
            yield from _in_json(from_base64(coded.partition(".")[0]))
    for name, value in parse_qsl(parts.query):
        if name == "nltr":  # « letter;user;address;anchor;signature »
            yield from (
                one for one in from_base64(value).decode("utf-8", "replace").split(";") if one.startswith("http")
            )


def _in_json(text: bytes, depth: int = 3) -> Iterator[str]:
    try:
        held: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in _KEYS:
        value = held.get(key) if isinstance(held, dict) else None
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            yield value
        elif isinstance(value, str) and value.startswith("{") and depth:
            yield from _in_json(value.encode(), depth - 1)


def _deflated(parts: SplitResult) -> Iterator[str]:
    """Read Mailgun's « /c/eJ… »: base64 of a deflated query whose « l » is the target."""
    found = re.fullmatch(r"/c/(eJ[\w=-]{20,})", parts.path)
    if found is None:
        return
    try:
        text = zlib.decompressobj().decompress(from_base64(found[1]), _INFLATED).decode("utf-8", "replace")
    except zlib.error:
        return
    yield from _in_json(text.encode())
    yield from (value for name, value in parse_qsl(text) if name == "l")


_READERS: tuple[Callable[[SplitResult], Iterator[str]], ...] = (_proofpoint, _in_query, _in_path, _in_base64, _deflated)
