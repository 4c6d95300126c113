import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bad_inputs import cases, value_of
from veille.config.yaml_source import load_yaml, parse_yaml
from veille.errors import ConfigError


def read(text: str) -> object:
    return parse_yaml(text.encode(), "f.yaml")[0]


def test_codes_and_country_names_stay_text():
    assert read("code_postal: 01000\npays: NO\nactif: on\nheure: 12:30:00\njour: 2026-01-02\n") == {
        "code_postal": "01000", "pays": "NO", "actif": "on", "heure": "12:30:00", "jour": "2026-01-02",
    }  # fmt: skip


def test_plain_numbers_booleans_and_nothing_are_read():
    assert read("{a: 12, b: 1.5, c: true, d: null, e: , f: '12', g: -3}") == {
        "a": 12, "b": 1.5, "c": True, "d": None, "e": None, "f": "12", "g": -3,
    }  # fmt: skip


def test_duplicate_key_is_refused_with_both_lines():
    with pytest.raises(ConfigError, match=r"f\.yaml, ligne 3, clé « a » : clé en double, lignes 1 et 3"):
        read("a: 1\nb: 2\na: 3\n")


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "a: &x 1\n", "b: *x\n"])
def test_anchors_and_aliases_are_refused(text):
    with pytest.raises(ConfigError, match="refusé"):
        read(text)


@pytest.mark.parametrize("text", ["x: !!python/object:os.system {}\n", "x: !!binary aGk=\n", "- !foo bar\n"])
def test_tags_are_refused(text):
    with pytest.raises(ConfigError, match=r"étiquette .* refusée"):
        read(text)


def test_every_key_path_has_its_line():
    _, locate = parse_yaml(b"version: 1\nsources:\n- id: a\n  url: u\n- {id: b, url: v}\n", "f.yaml")
    assert locate(("sources", 0, "url")) == 4
    assert locate(("sources", 1, "url")) == 5
    assert locate(("sources", 1, "absent")) == 5
    assert locate(("version",)) == 1


def test_bom_and_crlf_are_accepted_and_cp1252_is_refused_with_its_line():
    assert parse_yaml("\ufeffnom: Énergie\r\n".encode(), "f")[0] == {"nom": "Énergie"}
    with pytest.raises(ConfigError, match=r"ligne 2 : ce fichier n'est pas en UTF-8"):
        parse_yaml("a: b\nnom: Énergie\n".encode("cp1252"), "f")


def test_two_documents_and_complex_keys_are_refused():
    with pytest.raises(ConfigError, match="plusieurs documents"):
        read("a: 1\n---\nb: 2\n")
    with pytest.raises(ConfigError, match="clé doit être un texte simple"):
        read("? [a, b]\n: 1\n")


def test_missing_file_names_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="veille init"):
        load_yaml(tmp_path / "sources.yaml")


@given(st.text(max_size=200))
def test_any_text_gives_data_or_a_clear_error(text):
    with contextlib.suppress(ConfigError):  # anything else would fail the test
        parse_yaml(text.encode("utf-8", "surrogatepass"), "f.yaml")


@pytest.mark.shared
@pytest.mark.parametrize("case", cases("config", classes={"yaml"}))
def test_hostile_yaml(case):
    value = value_of(case)
    raw = value if isinstance(value, bytes) else value.encode()
    if case["outcome"] == "accept":
        data, _ = parse_yaml(raw, "f.yaml")
        assert all(isinstance(item, str) for item in data.values())
    else:
        with pytest.raises(ConfigError):
            parse_yaml(raw, "f.yaml")
