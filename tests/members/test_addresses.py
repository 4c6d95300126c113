"""One strict validator for every address that is stored or written to."""

import re
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veille.addresses import address_key, address_problem, parse_address
from veille.errors import InputError


@pytest.mark.parametrize(
    "address",
    ["claire@phytalis.example", "c.martin+veille@sous.domaine.fr", "o'brien@x.ie", "a@xn--caf-dma.fr", "1@2.fr"],
)
def test_plain_address_is_accepted(address: str) -> None:
    assert parse_address(address) == address


def test_domain_is_lowered_and_local_part_kept() -> None:
    assert parse_address("Claire.Martin@PHYTALIS.Example") == "Claire.Martin@phytalis.example"


def test_two_spellings_share_a_key() -> None:
    assert address_key("Claire@Phytalis.Example") == address_key("claire@phytalis.example ")


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("", "vide"),
        ("a@b.c, d@e.f", "espace"),
        ("a@b.cc,d@e.ff", "interdit"),
        ("alice@example.org)bob@example.com", "interdit"),
        ("a@b.c>\r\nRCPT TO:<evil@x.y", "saut de ligne"),
        ("émile@example.fr", "accent"),
        ('Dupont,"Jean"<evil@x.y>', "interdit"),
        ("a@b@c.fr", "exactement un"),
        ("@c.fr", "exactement un"),
        ("claire@phytalis", "domaine complet"),
        ("claire@phytalis..fr", "nom de domaine"),
        ("claire@-phytalis.fr", "nom de domaine"),
        ("claire@127.0.0.1", "nom de domaine"),
        ("claire.@phytalis.fr", "point mal placé"),
        ("claire@phytalis.fr\n", "saut de ligne"),
        ("claire@phytalis.fr\u2028", "espace"),
        ("x" * 65 + "@phytalis.fr", "64"),
        ("x" * 300 + "@phytalis.fr", "254"),
    ],
)
def test_anything_else_is_refused_with_its_cause(address: str, cause: str) -> None:
    with pytest.raises(InputError, match=cause) as caught:
        parse_address(address)
    assert caught.value.cure


def test_accented_domain_is_refused_with_its_ascii_form() -> None:
    assert address_problem("claire@phytalís.fr") == ("domaine accentué", "écrivez sa forme ASCII : xn--phytals-dza.fr")


@given(st.text(max_size=80))
def test_accepted_addresses_never_carry_a_separator(raw: str) -> None:
    if address_problem(raw) is None:
        assert re.fullmatch(r"[!-~]+", raw)
        assert raw.count("@") == 1
        assert not set(raw) & set(',;:()<>[]\\" \r\n')


ODD = st.text(alphabet="aZ0-._@+é \n", max_size=40)
NEAR = st.builds(
    "{}@{}.{}".format, st.text(alphabet="aZ0.-+", max_size=70), st.text(alphabet="aZ0-.", max_size=70),
    st.sampled_from(["fr", "xn--p1ai", "xn--a-", "xn--", "f", "c0m", "museum", "-fr", "fr\n"]),
)  # fmt: skip


@given(ODD | NEAR)
@example("a@b.xn--a-")
@example("a" * 65 + "@b.fr")
def test_what_is_told_sound_at_a_glance_is_what_no_fault_is_found_in(raw: str):
    at_a_glance = address_problem(raw)
    with patch("veille.addresses._SOUND", re.compile(r"(?!)")):
        assert address_problem(raw) == at_a_glance
