"""YAML without its traps: `01000` and `NO` stay text, duplicate keys and aliases are refused, every value has a line.

PyYAML reads `01000` as 512, `NO` as False, `12:30:00` as 45000 and keeps the last of two equal keys; an alias bomb of a
few lines fills the memory. Here only `null`/`~`/empty, `true`/`false`, decimal integers without a leading zero and
decimal floats are not text. Values are built from parser events with a stack of our own, so depth costs no recursion.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from veille.errors import ConfigError
from veille.files import cause, check_readable

#: Deeper than any definition of ours; `[` × 10,000 must be an error, not a crash.
MAX_DEPTH = 32
#: Bytes; the largest shipped definition is under 200 kB.
MAX_BYTES = 5_000_000

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Key = tuple[Any, ...]
#: From a key path such as ("sources", 3, "url") to its 1-based line; the nearest known ancestor's line, else 0.
Locate = Callable[[Key], int]


@dataclass
class _Level:
    """A mapping or sequence being filled."""

    path: Key
    value: dict[str, Any] | list[Any]
    #: Mapping only: the key waiting for its value, and where each key stands.
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)


def load_yaml(path: Path) -> tuple[Any, Locate]:
    """Read a YAML file as plain data with a line for each key path; raises ConfigError naming file, line and cure."""
    return parse_yaml(read_definition(path), path)


def read_definition(path: Path) -> bytes:
    """Return the bytes of a definition file; raises ConfigError naming file and cure."""
    check_readable(path)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(
            "fichier absent", file=path, cure="lancez « veille init DOSSIER » ou vérifiez --home"
        ) from error
    except OSError as error:
        raise ConfigError(f"illisible ({cause(error)})", file=path, cure="vérifiez les droits du fichier") from error


def parse_yaml(raw: bytes, path: Path | str) -> tuple[Any, Locate]:
    """Read YAML bytes (UTF-8, BOM allowed); `path` is for messages."""
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"plus de {MAX_BYTES // 1_000_000} Mo", file=path, cure="découpez ce fichier")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(
            "ce fichier n'est pas en UTF-8", file=path, line=line, cure="enregistrez-le en UTF-8"
        ) from error
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise ConfigError(
            f"YAML illisible ({error.problem})",
            file=path,
            line=line,
            cure="vérifiez l'alignement, les « : » et les guillemets",
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"YAML illisible ({error})", file=path, cure="retirez les caractères de contrôle") from error
    return builder.root, builder.locate


class _Builder:
    def __init__(self, path: Path | str) -> None:
        self._file = path
        self._stack: list[_Level] = []
        self._lines: dict[Key, int] = {}
        self.root: Any = None

    def locate(self, path: Key) -> int:
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path[:-1]
        return self._lines.get((), 0)

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse("alias « * » refusé", line, "recopiez la valeur")
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._refuse("ancre « & » refusée", line, "retirez-la et recopiez la valeur")
        if isinstance(event, yaml.CollectionStartEvent):
            self._open(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)

    def _open(self, event: Any, line: int) -> None:
        if event.tag is not None:
            self._refuse(f"étiquette « {event.tag} » refusée", line, "retirez-la")
        if len(self._stack) >= MAX_DEPTH:
            self._refuse(f"plus de {MAX_DEPTH} niveaux", line, "simplifiez ce passage")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._put(value, line)
        self._stack.append(_Level(path, value))

    def _scalar(self, event: Any, line: int) -> None:
        if event.tag is not None and event.tag != "!":
            self._refuse(f"étiquette « {event.tag} » refusée", line, "retirez-la")
        level = self._stack[-1] if self._stack else None
        if level is not None and isinstance(level.value, dict) and level.key is None:
            self._key(level, event.value, line)
        else:
            self._put(_resolve(event.value) if not event.style else event.value, line)

    def _key(self, level: _Level, key: str, line: int) -> None:
        if key in level.lines:
            self._refuse(f"clé en double, lignes {level.lines[key]} et {line}", line, "gardez-en une seule", key)
        if key == "<<":
            self._refuse("fusion « << » refusée", line, "recopiez les clés")
        level.key, level.lines[key] = key, line
        self._lines[(*level.path, key)] = line

    def _put(self, value: Any, line: int) -> Key:
        if not self._stack:
            if self.root is not None:
                self._refuse("plusieurs documents", line, "gardez un seul document (retirez « --- »)")
            self.root = value
            self._lines[()] = line
            return ()
        level = self._stack[-1]
        if isinstance(level.value, list):
            path = (*level.path, len(level.value))
            level.value.append(value)
            self._lines[path] = line
            return path
        if level.key is None:
            self._refuse("une clé doit être un texte simple", line, "vérifiez les accolades et les « ? »")
        path = (*level.path, level.key)
        level.value[str(level.key)] = value
        level.key = None
        return path

    def _refuse(self, cause: str, line: int, cure: str, key: str = "") -> None:
        raise ConfigError(cause, file=self._file, line=line, key=key, cure=cure)


def _resolve(text: str) -> Any:
    if text.lower() in _WORDS and text in {"", "~", "null", "true", "false", "Null", "True", "False"}:
        return _WORDS[text.lower()]
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    return text
