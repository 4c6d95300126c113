"""What forbids a drawn bulletin to leave: links that the text lacks, remote content, scripts (pure)."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from veille.digest.rendering.sandbox import Rendered

#: Bytes of HTML: Gmail hides what comes after about 102 kB, unsubscribe link included (hteumeuleu/email-bugs#41). From
#: the first on staff are told; the second, a margin for what relays and clients add, is never passed: fewer items.
HEAVY_BYTES, MAX_BYTES = 80_000, 95_000
#: What travels with the mail.
_CARRIED = "cid:"
_LANGUAGE = re.compile(r"<html[^>]*\blang=\"fr\"")
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_TEXT_URL = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Inspected:
    """What one drawing, or one piece of it, holds."""

    links: frozenset[str]
    #: French, one a fault.
    faults: tuple[str, ...] = ()
    #: The language is said on `<html>`.
    language: bool = False


def inspect_html(html: str) -> Inspected:
    """Read HTML as a mail client would."""
    collector = _LinkCollector()
    collector.feed(html)
    found = []
    if strange := [link for link in collector.links if not re.match(r"https?://|mailto:", link)]:
        found.append(f"lien refusé : {strange[0]}")
    if collector.remote:
        found.append(f"image ou contenu distant : {collector.remote[0]}")
    if _SCRIPT.search(html) or any("url(" in style.lower() for style in collector.styles):
        found.append("script ou url() dans le HTML")
    return Inspected(frozenset(collector.links), tuple(found), _LANGUAGE.search(html) is not None)


def inspect_text(text: str) -> Inspected:
    """Find the links of plain text."""
    return Inspected(frozenset(_TEXT_URL.findall(text)))


def problems(drawn: Rendered) -> list[str]:
    """Return what forbids a rendering to leave, in French."""
    seen = inspect_html(drawn.html)
    missing = sorted(link for link in seen.links if link not in drawn.text)
    found = [f"lien du HTML absent du texte : {missing[0]}"] if missing else []
    return [*found, *seen.faults, *([] if seen.language else ['lang="fr" absent de <html>'])]


def heavy(size: int) -> str:
    """Say in French that a page of that many bytes nears what mail clients show, or nothing."""
    if size < HEAVY_BYTES:
        return ""
    return f"{size // 1000} ko de HTML, Gmail coupe vers 102 ko ; baissez max_items ou raccourcissez le gabarit"


class _LinkCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.remote: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "a" and name == "href" and value:
                self.links.append(value)
            elif name in {"src", "background", "srcset", "poster"} and value and not value.startswith(_CARRIED):
                self.remote.append(value)
            elif name == "style" and value:
                self.styles.append(value)
