"""Signatures judged by dkimpy, which shares no line with the signer."""

from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.digest.test_message import LETTER
from veille.digest.mail.dkim import DkimKey, Signer, load_key, new_key_pem
from veille.digest.mail.encoding import encode_body
from veille.digest.mail.message import build
from veille.errors import InputError

DOMAIN = "pole.example.fr"


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> tuple[DkimKey, DkimKey]:
    folder = tmp_path_factory.mktemp("dkim")
    (folder / "rsa.pem").write_bytes(new_key_pem())
    (folder / "ed.pem").write_bytes(new_key_pem(ed25519_key=True))
    return (
        load_key(folder / "rsa.pem", selector="veille", domain=DOMAIN),
        load_key(folder / "ed.pem", selector="veille-ed", domain=DOMAIN),
    )


def verified(raw: bytes, *keys: DkimKey, index: int = 0) -> bool:
    records = {f"{key.host}.".encode(): key.record.encode() for key in keys}
    try:
        return dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: records.get(name))
    except dkim.ValidationError:
        return False


def test_what_leaves_is_signed_and_aligned_with_its_sender(keys):
    raw = build(LETTER, Signer(keys[:1])).raw
    assert verified(raw, keys[0])
    assert b"d=pole.example.fr; s=veille;" in raw


def test_both_signatures_hold(keys):
    raw = build(LETTER, Signer(keys)).raw
    assert [verified(raw, *keys, index=at) for at in (0, 1)] == [True, True]


@settings(max_examples=40, deadline=None)
@given(at=st.integers(min_value=0, max_value=100_000))
def test_one_byte_changed_breaks_it(keys, at):
    raw = bytearray(build(LETTER, Signer(keys[:1])).raw)
    body = raw.index(b"\r\n\r\n") + 4
    raw[body + at % (len(raw) - body - 2)] ^= 1
    assert not verified(bytes(raw), keys[0])


@pytest.mark.parametrize(
    "field", [b"From", b"Subject", b"To", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"Reply-To"]
)
def test_a_field_added_on_top_breaks_it(keys, field):
    raw = build(LETTER, Signer(keys[:1])).raw
    head, _, rest = raw.partition(b"\r\nDate:")
    forged = head + b"\r\n" + field + b": <https://ailleurs.example/>\r\nDate:" + rest
    assert not verified(forged, keys[0])


def test_one_click_only_goes_signed_and_over_https(keys):
    signer = Signer(keys[:1])
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in build(LETTER, signer).raw
    assert b"One-Click" not in build(LETTER).raw
    plain = LETTER.unsubscribe_url.replace("https", "http")
    assert b"One-Click" not in build(_with(unsubscribe_url=plain), signer).raw


def test_both_unsubscription_fields_are_under_the_signature(keys):
    raw = build(LETTER, Signer(keys[:1])).raw
    signature = b" ".join(raw.split(b"b=")[0].split())
    assert b"list-unsubscribe:list-unsubscribe:list-unsubscribe-post:list-unsubscribe-post:" in signature.replace(
        b" ", b""
    )


def test_the_same_letter_gives_the_same_bytes(keys):
    assert build(LETTER, Signer(keys)).raw == build(LETTER, Signer(keys)).raw


def test_returned_mail_has_an_address_of_its_own(keys):
    mail = build(_with(return_path="retours+12-abc@pole.example.fr"), Signer(keys[:1]))
    assert mail.sender == "retours+12-abc@pole.example.fr"
    assert b"retours" not in mail.raw


def test_complaints_are_counted_by_edition(keys):
    raw = build(_with(feedback_id="2026-W48:hebdo:pole:veille"), Signer(keys[:1])).raw
    assert b"Feedback-ID: 2026-W48:hebdo:pole:veille\r\n" in raw
    with pytest.raises(InputError, match="Feedback-ID"):
        build(_with(feedback_id="a b\r\nBcc: x@y.z"))


@pytest.mark.parametrize("lines", ["", "\n", "\n\n\n", "un\n\n\n", " \t espaces \n"])
def test_ends_of_bodies_are_canonical(keys, lines):
    raw = build(_with(body=encode_body(lines, lines)), Signer(keys[:1])).raw
    assert verified(raw, keys[0])


def test_a_long_folded_subject_holds(keys):
    assert verified(build(_with(subject="Échéances très accentuées " * 7), Signer(keys[:1])).raw, keys[0])


def _with(**fields):
    return replace(LETTER, **fields)


def _pem(private) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_keys_that_cannot_serve_are_refused_with_the_cure(tmp_path):
    weak, text = tmp_path / "weak.pem", tmp_path / "text.pem"
    weak.write_bytes(_pem(rsa.generate_private_key(public_exponent=65_537, key_size=1024)))
    text.write_text("pas une clé")
    for path, said in [
        (weak, "trop faible : 1024 bits"),
        (text, "illisible"),
        (tmp_path / "absent.pem", "veille mail key"),
    ]:
        with pytest.raises(InputError, match=said):
            load_key(path, selector="veille", domain=DOMAIN)
    with pytest.raises(InputError, match="impossible"):
        load_key(weak, selector="../x", domain=DOMAIN)


def test_the_record_is_what_dns_publishes(keys):
    assert keys[0].record.startswith("v=DKIM1; k=rsa; p=MII")
    assert keys[1].record.startswith("v=DKIM1; k=ed25519; p=")
    assert keys[0].host == "veille._domainkey.pole.example.fr"
