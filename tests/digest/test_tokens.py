import hmac
import json
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veille.errors import InputError
from veille.tokens import Keys, Mac

DAY = date(2026, 11, 27)


def test_token_says_its_subject_for_its_own_purpose_only(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    token = keys.sign("unsubscribe", "42", DAY)
    assert keys.verify(token, "unsubscribe", DAY) == "42"
    assert keys.verify(token, "preferences", DAY) is None


def test_an_open_token_is_completed_and_a_closed_one_is_not(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    opened, closed = keys.sign("opinion", "42.", DAY), keys.sign("opinion", "42", DAY)
    assert keys.verify(f"{opened}.7", "opinion", DAY) == "42.7"
    assert keys.verify(f"{opened}.7", "unsubscribe", DAY) is None
    for wrong in (opened, f"{opened}.", f"{opened}.7.8", f"{closed}.7"):
        assert keys.verify(wrong, "opinion", DAY) is None


def test_keys_are_made_once_and_readable_by_their_owner_only(tmp_path: Path):
    keys = Keys(tmp_path / "var" / "keys")
    token = keys.sign("unsubscribe", "42", DAY)
    assert stat.S_IMODE((tmp_path / "var" / "keys").stat().st_mode) == 0o600
    assert Keys(tmp_path / "var" / "keys").verify(token, "unsubscribe", DAY) == "42"


def test_any_changed_character_is_refused(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    token = keys.sign("unsubscribe", "42", DAY)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert keys.verify(token[:place] + other + token[place + 1 :], "unsubscribe", DAY) is None


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "a.b.c.d", "é.b.c.d", "....", "\x00"])
def test_nonsense_is_refused(tmp_path: Path, token: str):
    assert Keys(tmp_path / "keys").verify(token, "unsubscribe", DAY) is None


def test_link_works_for_two_years(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    token = keys.sign("unsubscribe", "42", DAY)
    assert keys.verify(token, "unsubscribe", DAY + timedelta(days=730)) == "42"
    assert keys.verify(token, "unsubscribe", DAY + timedelta(days=732)) is None


def test_rotation_signs_with_the_new_key_and_honours_the_old(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    before, first = keys.sign("unsubscribe", "42", DAY), keys.newest
    hashed = keys.address_hash("Anne@Exemple.fr")
    assert keys.rotate() == keys.newest != first
    assert keys.verify(before, "unsubscribe", DAY) == "42"
    assert keys.sign("unsubscribe", "42", DAY) != before
    assert keys.sign("unsubscribe", "42", DAY, key_id=first) == before
    assert keys.address_hash("anne@exemple.fr") == hashed


def test_damaged_keys_are_named(tmp_path: Path):
    (tmp_path / "keys").write_text(json.dumps({"links": []}))
    with pytest.raises(InputError, match="keys"):
        Keys(tmp_path / "keys").sign("unsubscribe", "42", DAY)


def test_secret_is_not_in_the_representation(tmp_path: Path):
    keys = Keys(tmp_path / "keys")
    keys.sign("unsubscribe", "42", DAY)
    secret = json.loads((tmp_path / "keys").read_text())["links"][0]["secret"]
    assert secret not in repr(keys._load())


def test_a_seal_proves_its_subject_whatever_its_case(tmp_path):
    keys = Keys(tmp_path / "keys")
    seal = keys.seal("bounce", "12")
    assert len(seal) == 16
    assert seal.isalnum()
    assert seal == seal.lower()
    assert keys.sealed("bounce", "12", seal.upper())
    assert not keys.sealed("bounce", "13", seal)
    assert not keys.sealed("unsubscribe", "12", seal)
    keys.rotate()
    assert keys.sealed("bounce", "12", seal)
    assert keys.seal("bounce", "12") != seal
    assert not keys.sealed("bounce", "12", "é")


@settings(max_examples=60, deadline=None)
@given(secret=st.binary(max_size=200), data=st.binary(max_size=200))
def test_our_mac_is_the_standards(secret: bytes, data: bytes):
    mac = Mac(secret)
    assert mac(data) == mac(data) == hmac.digest(secret, data, "sha256")
