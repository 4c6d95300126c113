"""Lay open the mails that the file mailer wrote: the HTML as a page, the text, the .eml itself."""

import email
import email.policy
import re
import shutil
import unicodedata
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Opened:
    """One mail as files, relative to the demonstration's folder."""

    html: str
    text: str
    eml: str


def by_message_id(folder: Path) -> dict[str, Path]:
    """Return the .eml files of a folder by their Message-ID."""
    return {str(_read(path)["Message-ID"]): path for path in sorted(folder.rglob("*.eml"))}


def lay_open(source: Path, target: Path, folder: str, name: str) -> Opened:
    """Write one .eml as three files under `target/folder` and return their names relative to `target`."""
    message = _read(source)
    place = target / folder
    place.mkdir(parents=True, exist_ok=True)
    for kind, suffix in (("html", "html"), ("plain", "txt")):
        part = message.get_body((kind,))
        body = part.get_content() if part is not None else ""
        # A browser that opens a .txt from a disk is told no charset: the mark at its head says it.
        (place / f"{name}.{suffix}").write_text(body, encoding="utf-8-sig" if kind == "plain" else "utf-8")
    shutil.copyfile(source, place / f"{name}.eml")
    return Opened(*(f"{folder}/{name}.{suffix}" for suffix in ("html", "txt", "eml")))


def file_name(text: str) -> str:
    """Return a name for a file: « Laboratoire MyoNut » → laboratoire-myonut."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "membre"


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError(f"unexpected message type {type(message).__name__}")
    return message
