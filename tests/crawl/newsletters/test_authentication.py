"""Only who our own server vouches for is listened to: not a forged header, an odd address or another server's word."""

from email import message_from_bytes

import pytest

from tests.bad_inputs import cases, value_of
from tests.crawl.newsletters.letters import HOST, mail, passed
from veille.auth_results import UNNAMED
from veille.crawl.newsletters.authentication import Policy, Verdict, address_in, judge

SENDER = "La lettre <lettre@region.exemple>"


def verdict(
    results: str | None,
    *,
    sender: str = SENDER,
    senders: tuple[str, ...] = ("region.exemple",),
    host: str | None = HOST,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
) -> Verdict:
    """Judge a message that bears these Authentication-Results, and others before and after them."""
    raw = mail("<p>x</p>", sender="x@y.exemple", results=None)
    lines = [f"Authentication-Results: {one}" for one in (*before, *([results] if results else []), *after)]
    raw = "\r\n".join([*lines, ""]).encode("utf-8", "surrogateescape") + raw
    raw = raw.replace(b"From: x@y.exemple", f"From: {sender}".encode())
    return judge(message_from_bytes(raw), Policy(senders=frozenset(senders), authserv_id=host))[0]


ADMITTED, UNKNOWN, FORGED = Verdict.ADMITTED, Verdict.UNKNOWN_SENDER, Verdict.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("results", "wanted"),
    [
        (passed("region.exemple"), ADMITTED),
        (f"{HOST}; dmarc=pass header.from=region.exemple", ADMITTED),
        (f"{HOST}; dkim=pass header.d=region.exemple", ADMITTED),
        (f"{HOST}; dkim=pass header.i=@region.exemple", ADMITTED),
        (f"{HOST}; dkim=pass header.i=lettre@news.region.exemple", ADMITTED),
        (f"{HOST} 1; dkim=fail header.d=region.exemple; dkim=pass header.d=mail.region.exemple", ADMITTED),
        (f"{HOST.upper()}; DKIM=Pass header.d=REGION.exemple", ADMITTED),
        (f"(first) {HOST} (second); dkim=pass (2048-bit key; unprotected) header.d=region.exemple", ADMITTED),
        # another domain's pass is nobody's business
        (f"{HOST}; dkim=pass header.d=evil.exemple; dmarc=pass header.from=evil.exemple", FORGED),
        (f"{HOST}; dkim=pass header.d=notregion.exemple", FORGED),
        (f"{HOST}; dkim=pass header.d=exemple", FORGED),
        (f"{HOST}; dkim=pass header.d=region.exemple.evil.exemple", FORGED),
        # SPF and ARC vouch for a path, not for an author
        (f"{HOST}; spf=pass smtp.mailfrom=region.exemple; arc=pass header.d=region.exemple", FORGED),
        (f"{HOST}; dkim=fail header.d=region.exemple; dmarc=fail header.from=region.exemple", FORGED),
        (f"{HOST}; dkim=none", FORGED),
        (f"{HOST}; none", FORGED),
        # words that only look like a result
        (f'{HOST}; spf=pass smtp.mailfrom="x; dmarc=pass header.from=region.exemple"@evil.exemple', FORGED),
        (f"{HOST}; spf=pass (dmarc=pass header.from=region.exemple) smtp.mailfrom=evil.exemple", FORGED),
        (f"{HOST}; dkim=pass header.d=evil.exemple header.d=region.exemple", FORGED),
        (f"{HOST}; dkim=pass smtp.d=region.exemple", FORGED),
        (f"{HOST}; dmarc=pass", FORGED),
        (f"{HOST}; dkim", FORGED),
        (f"{HOST}; " + "(" * 3_000, FORGED),
        (f"{HOST}; dkim=pass (" + "x" * 20_000 + ") header.d=region.exemple", FORGED),
        (f"{HOST}; dkim=pass header.d=r\udce9gion.exemple", FORGED),
        (None, FORGED),
    ],
)
def test_results_of_our_server(results: str | None, wanted: Verdict) -> None:
    assert verdict(results) is wanted


def test_only_the_topmost_header_of_our_server_counts() -> None:
    good, bad = passed("region.exemple"), f"{HOST}; dkim=none; dmarc=fail header.from=region.exemple"
    assert verdict(bad, after=(good,)) is FORGED
    assert verdict(good, after=(bad,)) is ADMITTED
    assert verdict(f"{HOST}; unreadable(", after=(good,)) is FORGED


def test_headers_of_other_servers_are_passed_over() -> None:
    other = passed("region.exemple", host="mx.evil.exemple")
    assert verdict(None, before=(other,)) is FORGED
    assert verdict(passed("region.exemple"), before=(passed("evil.exemple", host="relay.exemple"),)) is ADMITTED
    assert verdict(None, before=(passed("region.exemple", host=f"{HOST}.evil.exemple"),)) is FORGED


@pytest.mark.parametrize(
    ("results", "wanted"),
    [
        (
            (
                "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=region.exemple; dkim=pass (signature was verified)"
                " header.d=region.exemple;dmarc=pass action=none header.from=region.exemple;compauth=pass reason=100"
            ),
            ADMITTED,
        ),
        (
            "spf=fail smtp.mailfrom=evil.exemple; dkim=none;dmarc=fail action=quarantine header.from=region.exemple",
            FORGED,
        ),
        (passed("region.exemple"), FORGED),
    ],
)
def test_a_host_that_does_not_name_itself(results: str, wanted: Verdict) -> None:
    assert verdict(results, host=UNNAMED) is wanted
    forged = "dkim=pass header.d=region.exemple"
    assert verdict("dkim=none", host=UNNAMED, after=(forged,)) is FORGED


@pytest.mark.parametrize(
    ("sender", "senders", "wanted"),
    [
        ("lettre@region.exemple", ("region.exemple",), ADMITTED),
        ("<lettre@Region.Exemple>", ("region.exemple",), ADMITTED),
        ('"Région : l\'éco" <lettre@news.region.exemple>', ("region.exemple",), ADMITTED),
        ("=?utf-8?q?R=C3=A9gion?= <lettre@region.exemple>", ("lettre@region.exemple",), ADMITTED),
        ("autre@region.exemple", ("lettre@region.exemple",), UNKNOWN),
        ("lettre@maregion.exemple", ("region.exemple",), UNKNOWN),
        ("lettre@region.exemple.evil.exemple", ("region.exemple",), UNKNOWN),
        ("lettre@exemple", ("exemple",), UNKNOWN),
        # readers disagree on these: nobody is listened to
        ("lettre@region.exemple, evil@evil.exemple", ("region.exemple",), UNKNOWN),
        ("lettre@region.exemple)evil@evil.exemple", ("region.exemple",), UNKNOWN),
        ("<evil@evil.exemple> <lettre@region.exemple>", ("region.exemple",), UNKNOWN),
        ('"lettre@region.exemple" <evil@evil.exemple>', ("region.exemple",), UNKNOWN),
        ("lettre@region.exemple <evil@evil.exemple>", ("region.exemple",), UNKNOWN),
        ("(lettre@region.exemple) evil@evil.exemple", ("region.exemple",), UNKNOWN),
        ("Groupe: lettre@region.exemple;", ("region.exemple",), UNKNOWN),
        ("", ("region.exemple",), UNKNOWN),
    ],
)
def test_who_is_listened_to(sender: str, senders: tuple[str, ...], wanted: Verdict) -> None:
    domain = address_in(sender).rpartition("@")[2] or "region.exemple"
    assert verdict(passed(domain), sender=sender, senders=senders) is wanted


def test_two_authors_are_none() -> None:
    raw = mail("<p>x</p>").replace(b"From: La lettre", b"From: evil@evil.exemple\r\nFrom: La lettre")
    policy = Policy(senders=frozenset({"region.exemple"}), authserv_id=HOST)
    assert judge(message_from_bytes(raw), policy) == (UNKNOWN, "")


def test_a_folder_that_is_trusted_needs_no_word_of_a_server() -> None:
    assert verdict(None, host=None) is ADMITTED
    assert verdict(None, host=None, sender="evil@evil.exemple") is UNKNOWN


#: What an address in From may hold; the others of the class are about sending.
ADDRESSES = {"EML-007", "EML-008", "EML-009", "EML-010", "EML-012"}


@pytest.mark.parametrize(
    "case", [case for case in cases("email", classes={"address"}) if case.id in ADDRESSES | {"absent"}]
)
def test_bad_addresses_are_nobody(case: dict[str, str]) -> None:
    assert address_in(value_of(case)) == ""
