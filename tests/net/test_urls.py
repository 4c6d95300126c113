"""Which URLs are asked at all."""

import re
import socket

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veille.model import FetchFault
from veille.net.faults import Stopped
from veille.net.urls import join, literal, vet_url


def refusal(url: str) -> Stopped | None:
    try:
        vet_url(url)
    except Stopped as stop:
        return stop
    return None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.com/feed", "schéma interdit « ftp: »"),
        ("FILE:/etc/passwd", "schéma interdit « file: »"),
        ("gopher://127.0.0.1:25/_MAIL", "schéma interdit"),
        ("javascript:alert(1)", "schéma interdit"),
        ("source:http://example.com/", "schéma interdit"),
        ("/etc/passwd", "il manque http"),
        ("example.com/feed", "il manque http"),
        ("", "il manque http"),
        ("http://", "il manque le nom d'hôte"),
        ("http:///feed", "il manque le nom d'hôte"),
        ("http://user:secret@example.com/", "identifiant"),
        ("http://user@example.com/", "identifiant"),
        ("http://10.0.0.1\\@example.com/", "barre oblique inverse"),
        ("http://example.com/\r\nHost: x", "caractère de contrôle"),
        ("http://example.com/a\tb", "caractère de contrôle"),
        ("http://example.com/\x00", "caractère de contrôle"),
        ("http://example.com/\x85", "caractère de contrôle"),
        ("http://example.com/\ud800", "caractère de contrôle"),
        ("http://example.com/" + "a" * 2048, "2048 caractères"),
        ("http://example.com/" + "é" * 1000, "une fois encodée"),
        ("http://example.com:0/", "port impossible"),
        ("http://example.com:99999/", "port impossible"),
        ("http://example.com:http/", "ne se lit pas"),
        ("http://a[::1]/", "ne se lit pas"),
        ("http://[fe80::1%25eth0]/", "pas un nom d'hôte"),
        ("http://a..b/", "pas un nom d'hôte"),
        (f"http://{'a' * 64}.example/", "pas un nom d'hôte"),
        ("http://127%2e0%2e0%2e1/", "pas un nom d'hôte"),
        ("http://exa mple.com/", "pas un nom d'hôte"),
        ("http://①②⑦.⓪.⓪.①/", "ne se lit pas"),
    ],
)
def test_a_refused_url_names_its_rule(url: str, words: str) -> None:
    stop = refusal(url)
    assert stop is not None
    assert stop.fault is FetchFault.REFUSED_URL
    assert words in stop.sentence


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "0x7f.1",
        "127.0.0.1.",
        "1.2.3.4.5",
        "127.0x1",
        "256.1.1.1",
    ],
)
def test_an_odd_spelling_of_an_ip_address_is_refused(host: str) -> None:
    stop = refusal(f"http://{host}/")
    assert stop is not None
    assert stop.fault in {FetchFault.REFUSED_ADDRESS, FetchFault.REFUSED_URL}


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://example.com", "http://example.com"),
        ("HTTPS://Example.COM:443/Feed?a=1#top", "https://example.com/Feed?a=1"),
        ("https://énergie.example/actualités?q=é b", "https://xn--nergie-9ua.example/actualit%C3%A9s?q=%C3%A9%20b"),
        ("http://127。0。0。1/", "http://127.0.0.1/"),
        ("http://example.com#@127.0.0.1/", "http://example.com"),
        ("http://my_feeds.example./x", "http://my_feeds.example./x"),
        ("http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/"),
    ],
)
def test_a_url_is_asked_as_it_was_checked(url: str, asked: str) -> None:
    assert str(vet_url(url)) == asked


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://example.com/b"),
        ("b", "https://example.com/dir/b"),
        ("?p=2", "https://example.com/dir/feed?p=2"),
        ("//www.example.com/x", "https://www.example.com/x"),
        ("http://example.com/é", "http://example.com/%C3%A9"),
        ("../../../up", "https://example.com/up"),
    ],
)
def test_a_relative_location_is_resolved(location: str, target: str) -> None:
    assert str(join(vet_url("https://example.com/dir/feed"), location)) == target


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "data:text/xml,<rss/>", "//user@h/", "http://[::1", "\\\\h\\x", "//0x7f.1/"]
)
def test_a_hostile_location_is_refused(location: str) -> None:
    with pytest.raises(Stopped):
        join(vet_url("https://example.com/dir/feed"), location)


_HOSTS = st.one_of(
    st.from_regex(r"\A[0-9a-fx.]{1,20}\Z"),
    st.ip_addresses().map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.integers(0, 2**33).map(lambda number: f"{number:#x}"),
    st.sampled_from(
        [
            "localhost",
            "127。0。0。1",
            "①.①.①.①",
            "example.com",
            "[::ffff:127.0.0.1]",
            "a@b",
            "[::1]x",
            "x[::1]",
            "١٢٧.0.0.1",
        ]
    ),
    st.text(max_size=12),
)
_URLS = st.one_of(
    st.text(max_size=60),
    st.tuples(
        st.sampled_from(["http://", "https://", "HTTP://", "http:/", "//", "http:\\\\", "ftp://", ""]),
        st.sampled_from(["", "", "", "u@", "u:p@", "h:80\\@"]),
        _HOSTS,
        st.sampled_from(["", "", ":80", ":", ":0", ":١", ":65536", ":8080x"]),
        st.text(max_size=20).map(lambda text: "/" + text),
    ).map("".join),
)


@given(_URLS)
@example("HTTP://A:80")
def test_vetting_answers_with_a_url_or_a_refusal_and_nothing_else(text: str) -> None:
    try:
        url = vet_url(text)
    except Stopped:
        return
    assert isinstance(url, httpx.URL)
    assert url.scheme in {"http", "https"}
    assert re.fullmatch(rb"[\x21-\x7e]+", url.raw_path)
    assert vet_url(str(url)) == url
    host = url.raw_host.decode("ascii")
    assert literal(host) is not None or not reads_as_an_address(host)


def reads_as_an_address(host: str) -> bool:
    """What the C library takes for an address without asking any DNS."""
    try:
        socket.getaddrinfo(host.encode("ascii"), None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return False
    return True
