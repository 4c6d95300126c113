"""Writing sources.yaml: what is added or switched changes these lines and no other; comments and order are a person's.

Every change is made on the text, read again as a whole before it is written, and written in one step. Two programs that
write at once take turns (a lock on the instance's folder).
"""

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from veille.config.sources import Sources, parse_sources
from veille.errors import ConfigError, InputError
from veille.files import cause, check_readable, write_atomically

#: In this order a person reads a source.
_ORDER = (
    "id",
    "title",
    "kind",
    "url",
    "api",
    "enabled",
    "every",
    "language",
    "territory",
    "type",
    "sectors",
    "licence",
)
_STEP = "  "
#: Text that needs no quotes in any YAML reader: slugs, words, GeoZones ids; everything else is quoted as JSON is.
_PLAIN = re.compile(r"[A-Za-z][\w-]*(?:[ :][\w-]+)*", re.ASCII)
#: Words that YAML readers take for something else than text.
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source as it is to be written."""

    #: Key of sources.yaml → value, as YAML reads it.
    fields: Mapping[str, Any]
    #: Key → why it has this value, for a comment on its line.
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.fields["id"])


def block(source: NewSource, indent: str = _STEP) -> str:
    """Return a source as lines of YAML, « - id: … » first, each ended."""
    keys = [key for key in _ORDER if key in source.fields] + [key for key in source.fields if key not in _ORDER]
    lines: list[str] = []
    for key in keys:
        written = _written(key, source.fields[key])
        reason = " ".join(source.reasons.get(key, "").split()).replace("#", "")
        lines += [f"{written[0]}  # {reason}" if reason else written[0], *written[1:]]
    first, *rest = lines
    return "".join([f"{indent}- {first}\n", *(f"{indent}{_STEP}{line}\n" for line in rest)])


def add_sources(path: Path, new: Sequence[NewSource]) -> None:
    """Append sources to a sources.yaml; raises ConfigError where one of them is there already or cannot stand there."""
    _rewrite(path, lambda text: _appended(text, new))


def switch_sources(path: Path, ids: Sequence[str], *, enabled: bool) -> list[str]:
    """Switch sources on or off; return those that were not so before. Raises ConfigError for an unknown id."""
    changed: list[str] = []

    def switch(text: str) -> str:
        known = parse_sources(text.encode(), path)
        changed[:] = [source.id for source in known.named(tuple(dict.fromkeys(ids))) if source.enabled != enabled]
        return _switched(text, changed, enabled=enabled)

    _rewrite(path, switch, touched=changed)
    return changed


def _rewrite(path: Path, change: Callable[[str], str], touched: Sequence[str] = ()) -> None:
    """Change the text of a file, unless that would change any other source than those added or touched."""
    check_readable(path)
    with _alone(path.parent):
        raw = _bytes(path)
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        before = parse_sources(raw, path)
        changed = mark + change(raw.decode("utf-8-sig")).encode()
        if changed != raw:
            _check_others(before, parse_sources(changed, path), touched, path)
            _write(path, changed)


def _check_others(before: Sources, after: Sources, touched: Sequence[str], path: Path) -> None:
    now = {source.id: replace(source, line=0) for source in after.sources}
    for source in before.sources:
        if source.id not in touched and now.get(source.id) != replace(source, line=0):
            raise ConfigError(
                f"la source « {source.id} » en serait changée : rien n'a été écrit",
                file=path,
                line=source.line,
                cure="faites cette modification à la main",
            )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            "fichier absent", file=path, cure="lancez « veille init DOSSIER » ou vérifiez --home"
        ) from error
    except OSError as error:
        raise ConfigError(f"illisible ({cause(error)})", file=path, cure="vérifiez les droits du fichier") from error


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path.resolve(), content)
    except OSError as error:
        raise InputError(
            f"{path} : {cause(error)}", cure="vérifiez les droits du dossier et la place sur le disque"
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; a folder can be locked, so that nothing is left behind."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InputError(f"{folder} : {cause(error)}", cure="vérifiez --home") from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:  # some network shares lock no folder
        raise InputError(
            f"{folder} : verrou impossible ({cause(error)})", cure="modifiez sources.yaml à la main"
        ) from error


# ── one source as text ────────────────────────────────────────────────────────────────────────────────────────────────
def _written(key: str, value: Any) -> list[str]:
    """Return the lines of one key: nested tables as blocks, lists on one line."""
    if isinstance(value, Mapping):
        return [f"{key}:", *(f"{_STEP}{line}" for name, inner in value.items() for line in _inner(name, inner))]
    return [f"{key}: {_scalar(value)}"]


def _inner(key: str, value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key}: {{{', '.join(f'{name}: {_scalar(inner)}' for name, inner in value.items())}}}"]
    return [f"{key}: {_scalar(value)}"]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)


# ── changes of the text ───────────────────────────────────────────────────────────────────────────────────────────────
def _appended(text: str, new: Sequence[NewSource]) -> str:
    root = _root(text)
    sources = _value(root, "sources")
    ending = "\r\n" if "\r\n" in text else "\n"
    if sources.flow_style and (sources.value or root.flow_style):
        return _in_brackets(text, sources, new)
    if sources.flow_style:  # « sources: [] »
        blocks = "".join(block(one) for one in new).rstrip("\n").replace("\n", ending)
        return f"{text[: sources.start_mark.index].rstrip()}{ending}{blocks}{text[sources.end_mark.index :]}"
    indent = " " * _column(text, sources.start_mark.index)
    blocks = "".join(block(one, indent) for one in new).replace("\n", ending)
    last = root.value[-1][1] is sources
    place = len(text.rstrip()) if last and not text.rstrip().endswith("...") else _end(sources, text)
    head, tail = text[: _line_end(text, place)], text[_line_end(text, place) :]
    return head + ("" if head.endswith("\n") else ending) + blocks + tail


def _in_brackets(text: str, sources: yaml.SequenceNode, new: Sequence[NewSource]) -> str:
    """Add to a list written in brackets, as JSON is."""
    objects = ", ".join(json.dumps(dict(one.fields), ensure_ascii=False, default=list) for one in new)
    place = sources.value[-1].end_mark.index if sources.value else sources.start_mark.index + 1
    return f"{text[:place]}{', ' if sources.value else ''}{objects}{text[place:]}"


def _switched(text: str, ids: Sequence[str], *, enabled: bool) -> str:
    sources = _value(_root(text), "sources")
    edits = [
        _switch(text, item, enabled=enabled)
        for item in (sources.value if isinstance(sources, yaml.SequenceNode) else [])
        if isinstance(item, yaml.MappingNode) and _value(item, "id").value in ids
    ]
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _switch(text: str, item: yaml.MappingNode, *, enabled: bool) -> tuple[int, int, str]:
    """Return the edit (from, to, words) that switches one source."""
    word = "true" if enabled else "false"
    for key, value in item.value:
        if key.value == "enabled":
            return value.start_mark.index, value.end_mark.index, word
    if item.flow_style:
        quoted = '"enabled"' if item.value[0][0].style == '"' else "enabled"
        place = item.value[-1][1].end_mark.index
        return place, place, f", {quoted}: {word}"
    ending = "\r\n" if "\r\n" in text else "\n"
    place = _line_end(text, _end(item, text))
    before = "" if place and text[place - 1] == "\n" else ending
    return place, place, f"{before}{' ' * _column(text, item.start_mark.index)}enabled: {word}{ending}"


def _root(text: str) -> yaml.MappingNode:
    """Return the tree of a file that was read before, with the place of each node in its text."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    return root


def _value(mapping: yaml.MappingNode, name: str) -> Any:
    return next(value for key, value in mapping.value if key.value == name)


def _column(text: str, index: int) -> int:
    return index - (text.rfind("\n", 0, index) + 1)


def _line_end(text: str, index: int) -> int:
    """Return where the line of a place ends, its line break included."""
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _end(node: yaml.Node, text: str) -> int:
    """Return where a node's own text ends: PyYAML counts the comments after a block as part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, text)
    end = node.end_mark.index
    return len(text[:end].rstrip()) if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"} else end
