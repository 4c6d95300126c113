"""Letters of every shape, as bytes: a body in a file, and around it the mail that a server would deliver."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "mails"
HOST = "mx.pole.exemple"
READER = "veille@pole.exemple"


@dataclass(frozen=True)
class Item:
    """What a reader would want of one article."""

    title: str
    link: str
    says: str = ""


@dataclass(frozen=True)
class Letter:
    """One body, with what it holds."""

    name: str
    subject: str
    items: tuple[Item, ...]
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    #: Part of a link → where the click server sends.
    clicks: dict[str, str] = field(default_factory=dict)
    #: Parts of links never to be asked.
    never: tuple[str, ...] = ()

    def html(self) -> str:
        path = FOLDER / f"{self.name}.html"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def plain(self) -> str:
        path = FOLDER / f"{self.name}.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def raw(self, **fields: Any) -> bytes:
        fields = {"charset": self.charset, "encoding": self.encoding, "subject": self.subject, **fields}
        return mail(self.html(), plain=self.plain(), **fields)

    def click(self, address: str) -> str | None:
        """Return where the click server sends, None for a link that it does not know."""
        return next((target for part, target in self.clicks.items() if part in address), None)


def letters() -> dict[str, Letter]:
    """Return every letter by name."""
    loaded = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
    return {
        name: Letter(
            name,
            told["subject"],
            tuple(Item(**one) for one in told["items"]),
            **{key: value for key, value in told.items() if key in {"charset", "encoding", "clicks"}},
            never=tuple(told.get("never", ())),
        )
        for name, told in loaded.items()
    }


def passed(domain: str, host: str = HOST) -> str:
    """Return what our server writes of a message whose author is who he says."""
    return f"{host}; dkim=pass (2048-bit key) header.d={domain} header.s=k1; dmarc=pass (p=NONE) header.from={domain}"


def mail(
    html: str = "",
    *,
    plain: str = "",
    sender: str = "La lettre <lettre@region.exemple>",
    subject: str = "La lettre",
    date: str = "Fri, 20 Nov 2026 09:00:00 +0100",
    message_id: str = "<1@region.exemple>",
    results: str | None = "",
    charset: str = "utf-8",
    encoding: str = "quoted-printable",
    **headers: str,
) -> bytes:
    """Return a message as delivered; `results` is Authentication-Results, by default a pass of the sender's domain."""
    message = EmailMessage(policy=SMTP.clone(refold_source="none"))
    domain = sender.rpartition("@")[2].strip("<> ")
    if results is not None:
        message["Authentication-Results"] = results or passed(domain)
    message["From"] = sender
    message["To"] = READER
    message["Subject"] = subject
    message["Date"] = date
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if plain or not html:
        message.set_content(plain, charset=charset, cte=encoding)
    if html and plain:
        message.add_alternative(html, subtype="html", charset=charset, cte=encoding)
    elif html:
        message.set_content(html, subtype="html", charset=charset, cte=encoding)
    return message.as_bytes()
