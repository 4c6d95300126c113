"""Our reading of DKIM signatures, judged by dkimpy: the same answer for what holds, and for each way it is broken."""

import dkim
import pytest

from tests.digest.probing.mails import DOMAIN, KEYS, lookup, signed
from veille.digest.probing.signatures import Hold, part, signatures

RAW = signed()


def holds(raw: bytes, look_up=lookup) -> list[Hold]:
    return [one.hold for one in signatures(part(raw), look_up)]


def oracle(raw: bytes) -> bool:
    def dnsfunc(name: bytes, timeout: int = 5) -> bytes | None:
        found = lookup(name.decode().rstrip("."))
        return found[0].encode() if found else None

    return dkim.verify(raw, dnsfunc=dnsfunc)


def test_what_was_signed_holds_for_both() -> None:
    assert holds(RAW) == [Hold.GOOD, Hold.GOOD]
    assert oracle(RAW)
    (first, second) = signatures(part(RAW), lookup)
    assert (first.domain, first.selector, second.selector) == (DOMAIN, "veille", "veille-ed")


def test_a_mail_stored_with_other_line_ends_is_the_same_mail() -> None:
    assert holds(RAW.replace(b"\r\n", b"\n")) == [Hold.GOOD, Hold.GOOD]


@pytest.mark.parametrize(
    ("old", "new", "hold"),
    [
        (b"Bonjour", b"Bonsoir", Hold.BODY),
        (b"Subject: Essai", b"Subject: [SPAM] Essai", Hold.HEADERS),
        (b"From: ", b"From: Moi <moi@ailleurs.example>\r\nFrom: ", Hold.HEADERS),
        (b"List-Unsubscribe: <https://", b"List-Unsubscribe: <https://relais.", Hold.HEADERS),
    ],
)
def test_what_was_changed_no_longer_holds_for_either(old: bytes, new: bytes, hold: Hold) -> None:
    changed = RAW.replace(old, new, 1)
    assert changed != RAW
    assert holds(changed)[0] is hold
    assert not oracle(changed)


def test_headers_folded_anew_and_trace_fields_above_change_nothing() -> None:
    travelled = b"Received: from a by b\r\nX-Spam: no\r\n" + RAW.replace(b"Subject: Essai", b"Subject:   Essai", 1)
    assert holds(travelled)[0] is Hold.GOOD
    assert oracle(travelled)


def test_dkimpy_signs_and_we_read_it_in_each_canonical_form() -> None:
    plain = b"From: a@pole.example.fr\r\nTo: b@x.example\r\nSubject: Essai  double \r\n\r\nBonjour  \r\n\r\n\r\n"
    for canonical in (
        (b"relaxed", b"relaxed"),
        (b"simple", b"simple"),
        (b"relaxed", b"simple"),
        (b"simple", b"relaxed"),
    ):
        field = dkim.sign(plain, b"veille", DOMAIN.encode(), KEYS["pem"], canonicalize=canonical)
        assert holds(field + plain) == [Hold.GOOD], canonical
        field = dkim.sign(plain, b"veille", DOMAIN.encode(), KEYS["pem"], canonicalize=canonical, length=True)
        assert holds(field + plain + b"pied de page\r\n") == [Hold.GOOD], canonical


def test_a_key_that_is_missing_revoked_or_unasked_is_said() -> None:
    assert holds(RAW, lambda _: []) == [Hold.NO_KEY, Hold.NO_KEY]
    assert holds(RAW, lambda _: ["v=DKIM1; p="]) == [Hold.NO_KEY, Hold.NO_KEY]
    assert holds(RAW, lambda _: None) == [Hold.NO_DNS, Hold.NO_DNS]


@pytest.mark.parametrize(
    "field",
    [b"", b"v=1", b"a=rsa-sha256; d=x; s=y; h=from; bh=!!; b=!!", b"=;;;=", b"bh=" + b"=" * 9_000, b"l=x; bh=YQ=="],
)
def test_a_broken_signature_is_unreadable_not_an_error(field: bytes) -> None:
    assert holds(b"DKIM-Signature: " + field + b"\r\nFrom: a@b.example\r\n\r\nx\r\n")[0] in {Hold.UNREADABLE, Hold.BODY}
