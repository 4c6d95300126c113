import pytest

from tests.crawl.builders import NOW
from veille.crawl.normalize import canonical_guid, canonical_link, content_hash, identifying_link, key, normal_title


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Pole.Exemple/A", "https://pole.exemple/A"),
        ("http://pole.exemple/a", "https://pole.exemple/a"),
        ("https://pole.exemple:443/a", "https://pole.exemple/a"),
        ("http://pole.exemple:80/a", "https://pole.exemple/a"),
        ("http://pole.exemple:8080/a", "https://pole.exemple:8080/a"),
        ("https://pole.exemple./a", "https://pole.exemple/a"),
        ("https://pole.exemple", "https://pole.exemple/"),
        ("https://pole.exemple/a#suite", "https://pole.exemple/a"),
        ("https://pole.exemple/a#!/vue/2", "https://pole.exemple/a#!/vue/2"),
        ("https://pole.exemple/a?utm_source=x&utm_medium=y", "https://pole.exemple/a"),
        ("https://pole.exemple/a?id=3&utm_campaign=x&page=2", "https://pole.exemple/a?id=3&page=2"),
        ("https://pole.exemple/a?b=2&a=1", "https://pole.exemple/a?b=2&a=1"),
        ("https://pole.exemple/a?fbclid=x&gclid=y&mc_cid=z&mc_eid=t", "https://pole.exemple/a"),
        ("https://pole.exemple/a?at_medium=rss&xtor=RSS-1", "https://pole.exemple/a"),
        ("https://pole.exemple/a?pk_campaign=1&mtm_source=2&_ga=3&msclkid=4", "https://pole.exemple/a"),
        ("https://pole.exemple/a;jsessionid=12AB?x=1", "https://pole.exemple/a?x=1"),
        ("https://pole.exemple/a?PHPSESSID=abc&x=1", "https://pole.exemple/a?x=1"),
        ("https://pole.exemple/a?sid=0123456789abcdef0123", "https://pole.exemple/a"),
        ("https://pole.exemple/a?sid=12", "https://pole.exemple/a?sid=12"),
        ("https://pole.exemple/%7Ea/%c3%a9", "https://pole.exemple/~a/%C3%A9"),
        ("https://pole.exemple/a?attention=1&materiau=bois", "https://pole.exemple/a?attention=1&materiau=bois"),
        ("http://[2001:db8::1]:80/a", "https://[2001:db8::1]/a"),
    ],
)
def test_canonical_link(url: str, canonical: str) -> None:
    assert canonical_link(url) == canonical


def test_canonical_link_is_its_own_canonical_form() -> None:
    once = canonical_link("HTTP://Pole.Exemple:80/%7ea?utm_x=1&b=%c3%a9#f")
    assert canonical_link(once) == once


def test_a_home_page_identifies_no_entry() -> None:
    assert identifying_link("https://pole.exemple/") is None
    assert identifying_link("https://pole.exemple?utm_source=rss") is None
    assert identifying_link("https://pole.exemple/?p=12") == "https://pole.exemple/?p=12"
    assert identifying_link(None) is None


def test_composed_and_decomposed_titles_are_equal() -> None:
    assert normal_title("E\u0301nergie  verte") == normal_title("\u00c9nergie\u00a0verte")


def test_an_id_that_is_a_link_loses_tracking_but_keeps_its_fragment() -> None:
    assert canonical_guid("http://a.exemple/x?utm_source=rss#v2") == "https://a.exemple/x#v2"
    assert canonical_guid("tag:a.exemple,2026:1") == "tag:a.exemple,2026:1"
    assert canonical_guid(None) is None


def test_keys_are_short_whatever_they_are_made_of() -> None:
    assert len(key("guid", "g" * 1_000_000)) == 64
    assert key("a", "bc") != key("ab", "c")


def test_the_content_hash_is_blind_to_spacing_and_tracking() -> None:
    link = "https://a.exemple/x"
    assert content_hash("Un  titre", link + "?utm_source=rss", NOW, "le\ntexte") == content_hash(
        "Un titre", link, NOW, "le texte"
    )


def test_the_content_hash_sees_title_link_date_and_text() -> None:
    same = ("Titre", "https://a.exemple/x", NOW, "texte")
    others = [("Autre", *same[1:]), (same[0], None, *same[2:]), (*same[:2], None, same[3]), (*same[:3], "autre")]
    assert len({content_hash(*fields) for fields in (same, *others)}) == 5
