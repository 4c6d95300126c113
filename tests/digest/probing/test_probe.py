"""A probe through a real SMTP server that rewrites it as relays do, into a real Maildir."""

import base64
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.digest.probing.mails import DOMAIN, KEYS
from tests.digest.sink import Plan, Sink, Taken
from tests.inside import inside
from veille.digest.probing.comparing import read_parts

Change = Callable[[bytes], bytes]


class Rewriter(Sink):
    """A relay: what it takes it changes, then delivers into a Maildir with the line ends of this machine."""

    def __init__(self, box: Path, change: Change, plan: Plan | None = None) -> None:
        super().__init__(plan)
        self._box, self._change = box, change
        for name in ("cur", "new", "tmp"):
            (box / name).mkdir(parents=True, exist_ok=True)

    def _take(self, taken: Taken) -> None:
        super()._take(taken)
        changed = b"Return-Path: <bounces@relais.example>\r\n" + self._change(taken.raw)
        (self._box / "new" / uuid.uuid4().hex).write_bytes(changed.replace(b"\r\n", b"\n"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sonde") / "maison"
    assert inside("init", home).returncode == 0
    (home / "dkim.pem").write_bytes(KEYS["pem"])
    (home / "veille.toml").write_text(
        '[cluster]\nid = "pole"\nname = "Pôle"\ncontact = "equipe@pole.example.fr"\n'
        '[site]\nurl = "https://veille.example.fr"\n'
        f'[mail]\nsender = "veille@{DOMAIN}"\ndkim_key = "dkim.pem"\nreturn_path = "retours@{DOMAIN}"\n'
        '[returns]\nprobe = "var/temoin"\nauthserv_id = "mx.example.fr"\n',
        encoding="utf-8",
    )
    return home


@pytest.fixture(autouse=True)
def no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor asks the DNS; here it knows of nothing."""
    monkeypatch.setattr("veille.net.dns_records.txt_records", lambda _name: ())


def probe(house: Path, change: Change, *, wait: int = 5, plan: Plan | None = None):
    with Rewriter(house / "var" / "temoin", change, plan) as relay:
        command = ("--home", house, "mail", "doctor", "--probe", "temoin@example.fr", "--wait", str(wait))
        return inside(*command, env={"VEILLE_MAIL_URL": relay.url})


def said(done, what: str) -> str:
    """The line about one thing, without its cure."""
    lines = done.stdout.partition("Essai vers")[2].splitlines()
    return next((line for line in lines if re.match(rf"[✓✗!] {what}\b(?!-)", line)), "")


def nothing(raw: bytes) -> bytes:
    return raw


def test_a_relay_that_changes_nothing_is_said_to_change_nothing(house: Path) -> None:
    trusted = b"Authentication-Results: mx.example.fr; dkim=pass header.d=pole.example.fr; spf=pass smtp.mailfrom=x\r\n"
    forged = b"Authentication-Results: autre.example; dmarc=pass header.from=pole.example.fr\r\n"
    done = probe(house, lambda raw: trusted + forged + raw)
    for what in ("DKIM", "From", "objet", "List-Unsubscribe", "List-Unsubscribe-Post", "pixel", "liens", "HTML"):
        assert said(done, what).startswith("✓"), done.stdout
    assert "mx.example.fr a trouvé dkim=pass" in done.stdout
    assert "dmarc" not in done.stdout.split("Essai vers")[1], "what another server's name vouches for is not believed"
    assert "Traceback" not in done.stderr


def html_part(raw: bytes, change: Change) -> bytes:
    """Change the HTML part of a quoted-printable mail and encode it again, in base64 as many relays do."""
    import email
    import email.policy

    message = email.message_from_bytes(raw, policy=email.policy.default)
    for one in message.walk():
        if one.get_content_type() == "text/html":
            text = change(one.get_payload(decode=True))
            one.set_payload(base64.encodebytes(text).decode())
            one.replace_header("Content-Transfer-Encoding", "base64")
    return message.as_bytes(policy=email.policy.SMTP)


def pixel(raw: bytes) -> bytes:
    image = b'<img width="1" height="1" src="https://suivi.relais.example/o/123" alt="">'
    return html_part(raw, lambda text: text.replace(b"</body>", image + b"</body>"))


def links(raw: bytes) -> bytes:
    return html_part(raw, lambda text: text.replace(b'href="https://', b'href="https://clics.relais.example/c/'))


def no_host(raw: bytes) -> bytes:
    return html_part(raw, lambda text: text.replace(b'href="https://', b'href="https://[clics/'))


def no_header(name: bytes) -> Change:
    return lambda raw: re.sub(rb"(?m)^" + name + rb":[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n", b"", raw)


_LEAVING = rb"(?m)^List-Unsubscribe: [^\r]*\r\n [^\r]*"


def own_sender(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^From: [^\r\n]*(?:\r\n[ \t][^\r\n]*)*", b"From: Pole <pole@relais-partage.example>", raw)


@pytest.mark.parametrize(
    ("change", "what", "words"),
    [
        (pixel, "pixel", "un pixel de suivi a été ajouté"),
        (pixel, "DKIM", "le corps a été changé"),
        (links, "liens", "réécrits vers clics.relais.example"),
        (no_host, "liens", "réécrits vers https://[clics"),
        (no_header(b"List-Unsubscribe"), "List-Unsubscribe", "enlevé"),
        (no_header(b"List-Unsubscribe-Post"), "List-Unsubscribe-Post", "enlevé"),
        (no_header(b"DKIM-Signature"), "DKIM", "notre signature a été enlevée"),
        (own_sender, "From", "remplacé par pole@relais-partage.example"),
        (lambda raw: raw.replace(b"Subject: ", b"Subject: [LISTE] ", 1), "objet", "précédé de « [LISTE] »"),
        (lambda raw: re.sub(rb"Message-ID: <[^>]*>", b"Message-ID: <1@relais.example>", raw), "Message-ID", "remplacé"),
        (
            lambda raw: re.sub(_LEAVING, b"List-Unsubscribe: <https://r.example/u>", raw),
            "List-Unsubscribe",
            "remplacé par <https://r.example/u>",
        ),
    ],
)  # fmt: skip
def test_what_a_relay_changes_is_named_with_a_cure(house: Path, change: Change, what: str, words: str) -> None:
    done = probe(house, change)
    line = said(done, what)
    assert line.startswith("✗"), done.stdout
    assert words in line
    after = done.stdout.splitlines()
    assert after[after.index(line) + 1].startswith("  → ")
    assert done.returncode == 2


@pytest.mark.parametrize("charset", [b"x-unknown", b"a\x00b", b"idna", b"rot13", b"utf-16"])
def test_a_stranger_s_charset_in_the_seed_mailbox_stops_nothing(charset: bytes) -> None:
    raw = b'Content-Type: text/plain; charset="' + charset + b'"\n\n\xe9\xff..example\n'
    assert isinstance(read_parts(raw).text, str)


def test_another_signature_beside_ours_is_read_too(house: Path) -> None:
    theirs = b"DKIM-Signature: v=1; a=rsa-sha256; d=relais.invalid; s=r; h=from; bh=eA==; b=eA==\r\n"
    done = probe(house, lambda raw: theirs + raw)
    assert "d=relais.invalid" in done.stdout
    assert "d=pole.example.fr s=veille : valide" in done.stdout


def test_a_probe_that_does_not_arrive_or_is_refused_is_said(house: Path) -> None:
    done = probe(house, lambda _: b"Subject: rien\r\n\r\nrien\r\n", wait=1)
    assert done.returncode == 2
    assert "n'est pas arrivé en 1 s" in done.stderr
    done = probe(house, nothing, plan=Plan({"rcpt": "550 5.1.1 inconnu"}))
    assert done.returncode == 2
    assert "550 5.1.1 inconnu" in done.stderr or "inconnu" in done.stderr


def test_without_a_seed_mailbox_nothing_leaves(house: Path, tmp_path: Path) -> None:
    home = tmp_path / "autre"
    assert inside("init", home).returncode == 0
    done = inside("--home", home, "mail", "doctor", "--probe", "temoin@example.fr")
    assert done.returncode == 2
    assert "boîte témoin" in done.stderr
    assert not (home / "var" / "mail").exists() or not list((home / "var" / "mail").iterdir())


def test_events_that_came_back_are_listed(house: Path) -> None:
    done = inside("--home", house, "mail", "events")
    assert done.returncode == 0
    assert "Rien n'est revenu depuis 7 jours" in done.stdout
    hooks = inside("--home", house, "mail", "hooks")
    assert "https://veille.example.fr/hooks/brevo/" in hooks.stdout
    assert inside("--home", house, "mail", "events", "--json").stdout == ""
    assert json.dumps("") not in hooks.stdout
