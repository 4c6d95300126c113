"""Links without what says who clicked: campaign marks, and codes that name the letter's recipient (pure)."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import unquote, urlsplit, urlunsplit

from veille.crawl.newsletters.coding import from_base64
from veille.crawl.normalize import is_noise

#: Parameters that mailing programs add, besides those that every site adds (`normalize`).
_MAILING = re.compile(
    r"(?:elqtrack(?:id)?|elq\w*|sc_(?:src|lid|uid|llid|eh|customer)|ss_(?:email_id|campaign\w*|source)|ck_subscriber_id|_bhlid|vgo_ee"
    r"|dm_i|dm_t|_kx|spmailingid|spuserid|spjobid|spreportid|wickedid|ml_subscriber\w*|email_?(?:hash|id)?|e-?mail|mi_u|et_rid"
    r"|et_cid|etype|emci|emdi|ceid|rid|trk(?:contact|msg|id)?|trkcid|mbsy\w*|inf_contact_key|_ke|cm_mmc|cm_mid\w*|nlid"
    r"|nl_?id|newsletter_?id|mailing_?id|subscriber_?id|contact_?id|recipient(?:_?id)?|uid|user_?id|sib_\w+|sbc_\w+|_se|_sc"
    r"|acct_id|actid|campaign_?id|cid|sid_mail|mj_\w+|bsft_\w+|iterable\w*|mkt_\w+|mtc\w*|ct|hss_\w+|pe_\w+|srsltid|wbraid)"
)
#: Among those, the ones that other programs use for their pages: dropped only where they hold a code.
_AMBIGUOUS = frozenset({"uid", "userid", "user_id", "cid", "rid", "ct", "ceid", "email", "e-mail"})
#: A code rather than a word or a number: eight characters or more, digits and letters mixed.
_CODE = re.compile(r"(?=.*\d)(?=.*[a-zA-Z])[\w.~=+%-]{8,}", re.ASCII)
#: Substack's « r=1ab2c » names a subscriber.
_REFERRER = re.compile(r"r=(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{4,8}")
_ODOO_MAIL = re.compile(r"(/r/\w+)/m/\d+$")

Pair = tuple[str, str]


def untracked(address: str, personal: Collection[Pair] = (), recipients: Collection[str] = ()) -> str:
    """Return an address without campaign marks, codes of `personal` (name, value), and what spells a recipient."""
    parts = urlsplit(address)
    spelled = {form for recipient in recipients for form in _spellings(recipient)}
    kept = [pair for pair in parts.query.split("&") if pair and not _is_mark(pair, personal, spelled)]
    path = _ODOO_MAIL.sub(r"\1", parts.path)
    fragment = "" if _is_mark(parts.fragment, personal, spelled) else parts.fragment
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(kept), fragment))


def personal_pairs(addresses: Iterable[str]) -> frozenset[Pair]:
    """Return the (name, value) codes that links to different pages share: they name the letter or its reader."""
    pages: dict[Pair, set[str]] = defaultdict(set)
    for address in addresses:
        parts = urlsplit(address)
        for pair in parts.query.split("&"):
            name, _, value = pair.partition("=")
            if _CODE.fullmatch(unquote(value)):
                pages[name, value].add(f"{parts.netloc}{parts.path}")
    return frozenset(pair for pair, where in pages.items() if len(where) > 1)


def names_recipient(address: str, recipients: Collection[str]) -> bool:
    """Say whether a link spells its recipient where nothing can be taken off, in the path."""
    path = unquote(urlsplit(address).path).lower()
    return any(form in path for recipient in recipients for form in _spellings(recipient))


def _is_mark(pair: str, personal: Collection[Pair], spelled: Collection[str]) -> bool:
    name, _, value = pair.partition("=")
    low, plain = name.lower(), unquote(value).lower()
    if is_noise(pair) or _REFERRER.fullmatch(pair) or (name, value) in personal:
        return True
    coded = from_base64(value).decode("utf-8", "replace").lower()
    if any(form in plain or form in coded for form in spelled):
        return True
    if _MAILING.fullmatch(low) is None:
        return False
    return low not in _AMBIGUOUS or "@" in plain or _CODE.fullmatch(unquote(value)) is not None


def _spellings(recipient: str) -> Iterable[str]:
    """Yield the ways in which links carry an address: plain, and as the usual hashes."""
    plain = recipient.lower()
    yield plain
    for name in ("md5", "sha1", "sha256"):
        yield hashlib.new(name, plain.encode(), usedforsecurity=False).hexdigest()
