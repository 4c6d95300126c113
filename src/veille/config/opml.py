"""OPML: the list of feeds that readers exchange (http://opml.org/spec2.opml), and the same sources as CSV.

An OPML file comes from anywhere: no DTD, no entity of its own, no more of anything than a person's list has.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from veille.errors import InputError
from veille.files import cause, check_readable
from veille.model import Source
from veille.text import clean

#: Bytes of a file, outlines, and folders in folders: a list of 5,000 feeds takes 1 MB.
MAX_BYTES, MAX_OUTLINES, MAX_DEPTH = 10_000_000, 20_000, 32
_TITLE_LIMIT = 200
_CURE = "exportez de nouveau votre liste de flux au format OPML"
#: What a sheet takes for a formula at the beginning of a cell (OWASP, « CSV injection »).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("id", "title", "kind", "url", "territory", "type", "sectors", "licence", "every", "enabled", "seen_in")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of an OPML file."""

    title: str
    url: str
    #: The folders that hold it, outermost first, and the categories it names.
    folders: tuple[str, ...] = ()
    language: str = ""


def read_opml(path: Path) -> list[Outline]:
    """Return the feeds of an OPML file, in its order; raises InputError naming the file and the line."""
    check_readable(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure="vérifiez le chemin et les droits du fichier") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path} : plus de {MAX_BYTES // 1_000_000} Mo", cure="découpez cette liste")
    return parse_opml(raw, str(path))


def parse_opml(raw: bytes, name: str) -> list[Outline]:
    """Return the feeds of the bytes of an OPML file, in its order; raises InputError naming it and the line."""
    return _Reading(name).read(raw)


class _Reading:
    """One file, element by element."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._found: list[Outline] = []
        #: Open elements: the name of a folder, or None.
        self._open: list[str | None] = []
        self._count = 0

    def read(self, raw: bytes) -> list[Outline]:
        try:
            self._parser.Parse(raw, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise self._refused("ce fichier n'est pas du XML bien formé", _CURE) from error
        return self._found

    def _refused(self, what: str, cure: str) -> InputError:
        line = max(1, self._parser.CurrentLineNumber)
        return InputError(f"{self._file}, ligne {line} : {what}", cure=cure)

    def _doctype(self, *_: object) -> None:
        raise self._refused("une liste OPML n'a pas de DTD : celle-ci est refusée", _CURE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name.lower() != "opml":
            raise self._refused(f"ce n'est pas une liste OPML (« {name[:40]} » au lieu de « opml »)", _CURE)
        if len(self._open) >= MAX_DEPTH:
            raise self._refused(f"plus de {MAX_DEPTH} dossiers les uns dans les autres", _CURE)
        low = {key.lower(): value for key, value in attributes.items()}
        url = low.get("xmlurl", "").strip()
        title = _line(low.get("title") or low.get("text") or "")
        if name.lower() != "outline":
            self._open.append(None)
            return
        self._count += 1
        if self._count > MAX_OUTLINES:
            raise self._refused(f"plus de {MAX_OUTLINES} lignes", "découpez cette liste")
        if url:
            named = [_line(part) for part in low.get("category", "").replace("/", ",").split(",")]
            folders = [folder for folder in (*self._open, *named) if folder]
            self._found.append(Outline(title, url, tuple(dict.fromkeys(folders)), low.get("language", "")[:8]))
        self._open.append(None if url else title)

    def _end(self, _name: str) -> None:
        self._open.pop()


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:_TITLE_LIMIT]


def write_opml(sources: Iterable[Source], title: str, labels: dict[str, str]) -> str:
    """Return the feeds among some sources as OPML 2.0, in a folder for the first filière of each, by its label."""
    folders: dict[str, list[Source]] = {}
    for source in sources:
        if source.kind == "feed":
            folders.setdefault(next(iter(source.sectors), ""), []).append(source)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_text(title)}</title></head>",
    ]
    lines.append("  <body>")
    for sector, held in sorted(folders.items(), key=lambda one: labels.get(one[0], one[0])):
        if sector:
            lines.append(f"    <outline text={_attribute(labels.get(sector, sector))}>")
        lines += [f"    {'  ' * bool(sector)}{_outline(source, labels)}" for source in held]
        if sector:
            lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(source: Source, labels: dict[str, str]) -> str:
    named = {"type": "rss", "text": source.title, "title": source.title, "xmlUrl": source.url}
    others = [labels.get(sector, sector) for sector in source.sectors[1:]]
    if others:
        named["category"] = ",".join(other.replace(",", " ").replace("/", " ") for other in others)
    if source.language:
        named["language"] = source.language
    return f"<outline {' '.join(f'{name}={_attribute(value)}' for name, value in named.items())}/>"


def _attribute(text: str) -> str:
    return quoteattr(clean(text))


def _text(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;")


def write_csv(sources: Iterable[Source]) -> str:
    """Return sources as CSV for a sheet (semicolons, UTF-8), a cell that begins like a formula kept from being one."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for source in sources:
        writer.writerow([sheet_cell(value) for value in _row(source)])
    return text.getvalue()


def _row(source: Source) -> Sequence[Any]:
    every = f"{int(source.every.total_seconds() // 60)}m" if source.every else ""
    return (
        source.id, source.title, source.kind, source.url, source.territory or "", source.type or "",
        ", ".join(source.sectors), source.licence, every, "oui" if source.enabled else "non", source.seen_in or "",
    )  # fmt: skip


def sheet_cell(value: Any) -> str:
    """Return a value as the text of a cell that no sheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
