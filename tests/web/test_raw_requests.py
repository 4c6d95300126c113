"""Requests that no honest client writes, byte by byte, to the server as it runs: refused, bounded, nothing written."""

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.web.conftest import ANNE, Site, send_made
from tests.web.raw import Answer, ask, send, serving
from veille.links import OPINION, PATHS
from veille.model import Member, Subscriber
from veille.storage.tables import IssueRow
from veille.web import forms

FORM = ("Content-Type", "application/x-www-form-urlencoded")
ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
def port(sent: Site) -> Iterator[int]:
    with serving(sent.client.app) as number:
        yield number


def part(head: bytes, value: bytes = b"One-Click") -> bytes:
    return b"--a\r\n" + head + b"\r\n\r\n" + value + b"\r\n--a--\r\n"


def leave(site: Site) -> str:
    return site.links.unsubscribe(site.person(ANNE).id)


def stays(site: Site) -> bool:
    return not site.app.members.suppressed([ANNE])


def post(port: int, path: str, body: bytes, *headers: tuple[str, str | bytes]) -> Answer:
    kind = () if any(name.lower() == "content-type" for name, _ in headers) else (FORM,)
    return ask(port, path, method="POST", headers=(*kind, *headers), body=body)


A_PATH_OF_AN = [
        "/m/avis/%00", b"/m/avis/\x00", "/m/../../etc/passwd", "/static/..%2f..%2fapp.py", "/static/%252e%252e/app.py",
        "/static/..\\..\\app.py", "/static/..%5c..%5capp.py", "/static/veille.css%00.html", "/static/" + "a" * 5_000,
        "http://evil.example/", "//evil.example/%2e%2e", "/archives//evil.example", "/" + "a" * 60_000,
        "/m/avis/" + "a." * 20_000, "/m/avis/%ff.%fe.a.b", "/m/avis/é", "/l/%00", "/hooks/..%2f..%2fetc",
        "/m/%64esinscription/../avis/x", "/m/avis/....", "/m/avis/1.2.3.4.5.6", "/m/flux/x.xml%00.ics",
    ]  # fmt: skip


def test_a_path_of_any_shape_leads_nowhere(port: int) -> None:
    for target in A_PATH_OF_AN:
        answer = ask(port, target)
        assert answer.status in {400, 404}
        assert "location" not in dict(answer.headers)
        assert b"root:" not in answer.body


A_TOKEN_HAS = ["=", "==", "%20", "%0a", "%0d%0aX:%20y", "/", ".", ";x", "%00", "%E2%80%8B", "+"]  # fmt: skip


def test_a_token_has_one_spelling(port: int, sent: Site) -> None:
    for end in A_TOKEN_HAS:
        assert ask(port, leave(sent)).status == 200
        assert ask(port, leave(sent) + end).status in {400, 404}
        assert post(port, leave(sent) + end, ONE_CLICK).status in {400, 404, 405}
        assert stays(sent)


A_HOST_THAT = ["evil.example", "veille.example.fr.evil.example", "veille.example.fr:80@evil.example", "veille.example.fr.",  # noqa: E501
     "", "evil.example:veille.example.fr", "véille.example.fr", None]  # fmt: skip


def test_a_host_that_is_not_ours_is_refused(port: int) -> None:
    for host in A_HOST_THAT:
        assert ask(port, "/", host=host).status == 400


def test_two_hosts_are_refused_and_what_a_proxy_might_say_of_them_is_not_believed(port: int, sent: Site) -> None:
    assert ask(port, "/", headers=(("Host", "evil.example"),)).status == 400
    forged = (("X-Forwarded-Host", "evil.example"), ("X-Original-URL", "/admin"), ("X-Forwarded-Prefix", "//evil"))
    page = ask(port, sent.links.preferences(sent.person(ANNE).id), headers=forged)
    assert page.status == 200
    assert b"//evil" not in page.raw
    assert b"evil.example" not in page.raw


ONLY_THE_MET = ["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "FOO", "get", "PROPFIND"]  # fmt: skip


def test_only_the_methods_of_a_page_are_answered(port: int, sent: Site) -> None:
    for method in ONLY_THE_MET:
        answer = ask(port, leave(sent), method=method, headers=(("Cookie", "secret=1"),))
        assert answer.status in {400, 405}
        assert b"secret" not in answer.raw
        assert stays(sent)


@pytest.mark.parametrize(
    "header",
    [("X-HTTP-Method-Override", "POST"), ("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender"),
     ("User-Agent", "Microsoft Office SafeLinks"), ("Content-Type", "application/x-www-form-urlencoded")],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whoever_opens_a_link_leaves_nobody(port: int, sent: Site, method: str, header: tuple[str, str]) -> None:
    body = ONE_CLICK if method == "GET" else b""
    assert ask(port, leave(sent) + "?action=partir", method=method, headers=(header,), body=body).status == 200
    assert stays(sent)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM[1]),
        (b"autre=x", FORM[1]),
        (b"action=", FORM[1]),
        (b"action=PARTIR%00", FORM[1]),
        (b"List-Unsubscribe=", FORM[1]),
        (b"List%00-Unsubscribe=One-Click", FORM[1]),
        (ONE_CLICK.decode().encode("utf-16"), FORM[1] + "; charset=utf-16"),
        (ONE_CLICK + b"\xff", FORM[1]),
        (ONE_CLICK, "text/plain"),
        (ONE_CLICK, "application/json"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
        (ONE_CLICK, "multipart/form-data"),
        (b"x", 'multipart/form-data; boundary="a\x01b"'),
        (part(b'Content-Disposition: form-data; name="=?utf-8?q?List-Unsubscribe?="'), "multipart/form-data; boundary=b"),  # noqa: E501
        (part(b'Content-Disposition: form-data; name="List-Unsubscribe"', b"\xff\xfe"), "multipart/form-data; boundary=a"),  # noqa: E501
        (b"--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n\r\n" * 2_000,
         "multipart/form-data; boundary=a"),
        (b"\x1f\x8b\x08\x00", FORM[1]),
        (b"&".join(b"a=1" for _ in range(3_000)), FORM[1]),
        (b"a=" + b"%" * 30_000, FORM[1]),
    ],
)  # fmt: skip
def test_a_post_that_does_not_say_so_leaves_nobody(port: int, sent: Site, body: bytes, kind: str) -> None:
    assert post(port, leave(sent), body, ("Content-Type", kind)).status in {400, 413, 415}
    assert stays(sent)


def test_the_wish_to_leave_is_understood_as_mail_programs_say_it(port: int, sent: Site) -> None:
    for body, kind in (
        (ONE_CLICK, FORM[1]),
        (b"List-Unsubscribe=one-click", FORM[1] + "; charset=UTF-8"),
        (part(b'Content-Disposition: form-data; name="List-Unsubscribe"'), 'multipart/form-data; boundary="a"'),
    ):
        assert post(port, leave(sent), body, ("Content-Type", kind)).status == 200
        assert not stays(sent)
        assert post(port, leave(sent), b"action=revenir").status == 200
        assert stays(sent)


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [("https://evil.example", False), ("https://veille.example.fr.evil.example", False), ("https://[::", False),
     ("javascript:alert(1)", False), ("", False), ("null", True), ("https://veille.example.fr", True)],
)  # fmt: skip
def test_a_form_of_another_origin_is_refused_by_old_browsers_too(
    port: int, sent: Site, origin: str, accepted: bool
) -> None:
    assert post(port, leave(sent), b"action=partir", ("Origin", origin)).status == (200 if accepted else 403)
    assert stays(sent) is not accepted


LENGTHS_THAT = [b"Content-Length: -1\r\n", b"Content-Length: 1\r\nContent-Length: 26\r\n", b"Content-Length: 0x1a\r\n",
     b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", b"Content-Length : 26\r\n"]  # fmt: skip


def test_lengths_that_two_servers_would_read_otherwise_are_refused(port: int, sent: Site) -> None:
    for head in LENGTHS_THAT:
        start = f"POST {leave(sent)} HTTP/1.1\r\nHost: veille.example.fr\r\nConnection: close\r\n".encode()
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
        assert send(port, start + kind + head + b"\r\n" + ONE_CLICK).status in {400, 501}
        assert stays(sent)


def test_a_huge_body_is_cut_off_before_it_is_read(port: int, sent: Site) -> None:
    start = time.monotonic()
    assert post(port, leave(sent), b"mots=" + b"x" * 5_000_000).status in {0, 413}  # 0: closed while it was sent
    assert time.monotonic() - start < 5


def test_a_body_that_never_comes_is_given_up_and_one_broken_off_is_no_failure_of_ours(
    port: int, sent: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(forms, "PATIENCE", 0.2)
    head = (
        f"POST {leave(sent)} HTTP/1.1\r\nHost: veille.example.fr\r\nContent-Type: {FORM[1]}\r\nContent-Length: 99\r\n"
    )
    with caplog.at_level(logging.INFO):
        assert send(port, head.encode() + b"Connection: close\r\n\r\nList").status == 408
        monkeypatch.setattr(forms, "PATIENCE", 5.0)
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.sendall(head.encode() + b"\r\nList")
        time.sleep(0.2)
        assert ask(port, "/healthz").status == 200
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert stays(sent)


def test_slow_senders_hold_no_thread(port: int, sent: Site) -> None:
    """More than the pool of threads has (40) send a byte and wait; pages answer all the same."""
    head = f"POST {leave(sent)} HTTP/1.1\r\nHost: veille.example.fr\r\nContent-Type: {FORM[1]}\r\nContent-Length: 99\r\n\r\nL"  # noqa: E501
    links = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
    try:
        for link in links:
            link.sendall(head.encode())
        assert ask(port, sent.links.preferences(sent.person(ANNE).id)).status == 200
    finally:
        for link in links:
            link.close()


def test_the_same_wish_many_times_at_once_is_one(port: int, sent: Site) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(post(port, leave(sent), ONE_CLICK).status)) for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [200] * 8
    assert not stays(sent)
    link = sent.links.opinion(sent.person(ANNE).id, 2)
    assert [post(port, link, b"avis=wanted").status for _ in range(3)] == [200] * 3
    assert len(sent.app.opinions.of(sent.person(ANNE).id)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"rythme=weekly&mots=%E9t%E9", 400), (b"rythme=weekly&mots=%ED%A0%80", 400), (b"rythme=weekly&mots=%C0%AF", 400),
     (b"rythme=weekly&rythme=paused", 200), (b"rythme=weekly&mots=a%0d%0aBcc:%20x@y.z", 200),
     (b"rythme=weekly&mots=%F0%9F%A7%AA", 200), (b"rythme=weekly&source=%2e%2e/x&source=" + b"a" * 500, 200)],
)  # fmt: skip
def test_what_is_chosen_is_text_and_the_first_of_two_counts(port: int, sent: Site, body: bytes, status: int) -> None:
    link = sent.links.preferences(sent.person(ANNE).id)
    assert post(port, link, body).status == status
    person = sent.person(ANNE)
    assert person.rhythm == "weekly"
    assert all(term.isprintable() and "�" not in term for term in person.muted)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>',
                                  "{{ 123457*8 }}{% raw %}", "Pôle\r\nBcc: x@y.z", "\u202eevil\u202c", "=?utf-8?q?x?=", "' onmouseover='alert(1)"])  # fmt: skip  # noqa: E501
def test_an_organisation_of_any_name_is_only_text(sent: Site, name: str) -> None:
    email = "x@exemple.fr"
    sent.app.members.save([(Member(organisation=name), [Subscriber(email=email)])], origin="t", now=sent.clock.now())
    person = sent.person(email)
    for link in (sent.links.profile(person.id), sent.links.holdings(person.id), sent.links.preferences(person.id)):
        answer = sent.client.get(link)
        assert answer.status_code == 200
        for mark in ("<script>alert", "<img src=x", "987656", "onmouseover='"):
            assert mark not in answer.text.partition("<main")[2], mark


def test_staffs_words_of_any_kind_are_only_text_online(site: Site) -> None:
    bad = '<script>alert(1)</script> {{ 7*7 }} "><iframe srcdoc=x>'
    site.app.digest.build("hebdo")
    site.app.digest.curation.word(bad, by="Claire", name="hebdo")
    site.app.digest.curation.note(2, bad, by="Claire", name="hebdo")
    send_made(site)
    page = site.client.get(site.links.bulletin(site.person(ANNE).id, "hebdo", "2026-W48")).text
    assert page.count("alert(1)") == 2
    assert "<script" not in page
    assert "<iframe" not in page
    assert "{{ 7*7 }}" in page


def test_every_answer_carries_its_headers_and_errors_are_kept_by_nobody(port: int, sent: Site) -> None:
    person, links = sent.person(ANNE), sent.links
    asked = [("/", "GET"), ("/nulle/part", "GET"), ("/static/absent", "GET"), (leave(sent), "POST"), (leave(sent), "TRACE"),  # noqa: E501
             (links.feed(person.id, "xml"), "GET"), (links.calendar(person.id), "HEAD"), ("/healthz", "GET"),
             ("/hooks/brevo/x", "POST"), (PATHS[OPINION] + "x", "GET")]  # fmt: skip
    for path, method in asked:
        headers = dict(ask(port, path, method=method, body=b"x" if method == "POST" else b"").headers)
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store", path
        assert "set-cookie" not in headers
        assert "server" not in headers


def test_a_frame_of_an_issue_is_never_read_from_a_link(sent: Site) -> None:
    """A digest's name in a signed link is looked up, not opened as a path."""
    person = sent.person(ANNE)
    for digest in ("../../etc", "hebdo/../hebdo", "hebdo%00", "HEBDO"):
        assert sent.client.get(sent.links.bulletin(person.id, digest, "2026-W48")).status_code == 404
    with sent.app.database.read() as session:
        assert session.query(IssueRow).count() == 1
