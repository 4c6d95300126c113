"""Putting a pack into an instance: what is there is completed, never overwritten; twice is once.

The instance's sources.yaml is completed as text, so that its comments and its order stay. What a pack brought is
remembered beside the text as shipped, so that `init --upgrade` can tell a person's edit from a pack's line.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from veille.config.choosing import switched
from veille.config.instance import SOURCES, FileChange, definitions, shipped
from veille.config.packs import AXES, DIGESTS, Pack, find_pack, load_pack
from veille.config.packs import FOLDER as PACKS
from veille.config.problems import read_text
from veille.config.sources import parse_sources, question
from veille.config.taxonomy import FOLDER as TAXONOMY
from veille.config.taxonomy import OFF_TOPIC, load_taxonomy
from veille.errors import ConfigError, InputError
from veille.files import cause, write_atomically
from veille.model import Scheme, Source

_MEMORY = "packs.json"
_EMPTY = re.compile(r"^sources:[ \t]*\[[ \t]*\][ \t]*$", re.MULTILINE)
_CURE = "écrivez la liste « sources: » une clé par ligne, comme dans le catalogue livré, puis recommencez"


@dataclass
class _Merged:
    """A sources.yaml being completed."""

    text: str
    added: int = 0
    switched: int = 0
    #: Sources of the pack that were there already.
    kept: int = 0
    #: Of those, what somebody switched off since: it stays off.
    off: int = 0


def install(home: Path, pack: Pack) -> list[FileChange]:
    """Put a pack into an instance; raises ConfigError or InputError before anything is written."""
    home, axes = home.resolve(), Path(TAXONOMY) / f"axes-{pack.name}.yaml"
    _check_axes(home, pack, home / axes)
    path = home / SOURCES
    local = read_text(path)
    merged = merge(local, pack, path, again=_name(pack) in _remembered(_kept(home)))
    try:
        changes = [_copy(pack, AXES, home, axes)] if pack.axes else []
        for name in pack.digests:
            files = [path.relative_to(pack.folder) for path in sorted((pack.folder / DIGESTS / name).iterdir())]
            changes += [_copy(pack, file, home, file) for file in files]
        _write(home, pack, merged, changed=merged.text != local)
    except OSError as error:
        raise InputError(f"{error.filename or home} : {cause(error)}", cure="vérifiez les droits du dossier") from error
    return [FileChange(SOURCES, _verdict(merged)), *changes]


def _write(home: Path, pack: Pack, merged: _Merged, *, changed: bool) -> None:
    """Write the sources, then that the pack came, then what counts as shipped; cut short, doing it again ends it.

    Remembered first, a pack whose sources were not yet switched on would look like one that somebody switched off.
    """
    path, pristine = home / SOURCES, _kept(home).with_name(SOURCES)
    untouched = pristine.is_file() and pristine.read_bytes() == path.read_bytes()
    if changed:
        write_atomically(path, merged.text.encode())
    _remember(_kept(home), pack)
    if changed and untouched:
        write_atomically(pristine, merged.text.encode())


def with_packs(home: Path, text: str) -> str:
    """Return the text of a sources.yaml as it ships, completed by the packs that were put into the instance."""
    for wanted in _remembered(_kept(home)):
        try:
            folder = find_pack(wanted)
        except InputError as error:
            cure = f"remettez-le à sa place, ou retirez-le de {_kept(home)}"
            raise InputError(f"le pack « {wanted} » de cette instance n'est plus là", cure=cure) from error
        text = merge(text, load_pack(folder), home / SOURCES).text
    return text


def merge(text: str, pack: Pack, path: Path, *, again: bool = False) -> _Merged:
    """Add to the text of a sources.yaml what a pack brings and it has not; `path` is for messages.

    `again`: the pack came before, so that an id at another address is its own line, edited since, and what is off was
    switched off since.
    """
    merged = _Merged(text)
    there = _There(parse_sources(text.encode(), path).sources)
    blocks = []
    for source in pack.references:
        found = there.find(source)
        if found is None:
            catalogue = switched(read_text(shipped() / SOURCES), {source.id: True})
            blocks.append(_block(catalogue, source.id))
        else:
            _switch_on(found, merged, again=again)
    for source in pack.own:
        found = there.find(source)
        if found is None:
            blocks.append(_block(read_text(pack.folder / SOURCES), source.id))
        elif not (again or question(found.url, found.options) == question(source.url, source.options)):
            cure = "donnez un autre identifiant à cette source, puis recommencez"
            cause = f"l'identifiant « {source.id} » du pack {pack.name} est déjà pris"
            raise ConfigError(cause, file=path, line=found.line, key="id", cure=cure)
        else:
            merged.kept += 1
            if found.id != source.id or again:
                _switch_on(found, merged, again=again)
    if blocks:
        head = f"\n  # ── Pack « {pack.name} » : {pack.title}\n"
        merged.text = _appended(merged.text, head + "".join(blocks), path)
        merged.added = len(blocks)
    _confirm(merged, pack, path, again=again)
    return merged


class _There:
    """The sources that a file has, by id (former ones too) and by address."""

    def __init__(self, sources: Iterable[Source]) -> None:
        found = list(sources)
        self._by_address = {question(source.url, source.options): source for source in found}
        self._by_id = {name: source for source in found for name in (source.id, *source.formerly)}

    def find(self, source: Source) -> Source | None:
        return self._by_address.get(question(source.url, source.options)) or self._by_id.get(source.id)


def _confirm(merged: _Merged, pack: Pack, path: Path, *, again: bool) -> None:
    """Read the new text before it replaces anything: what should be on is on."""
    there = _There(parse_sources(merged.text.encode(), path).sources)
    for source in pack.references:
        found = there.find(source)
        if found is None or not (again or found.enabled):
            line = found.line if found else 0
            raise ConfigError(f"« {source.id} » n'a pas pu être allumée", file=path, line=line, cure=_CURE)


# ── text ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _switch_on(source: Source, merged: _Merged, *, again: bool) -> None:
    if not source.enabled and again:
        merged.off += 1
    elif not source.enabled:
        merged.text = switched(merged.text, {source.id: True})
        merged.switched += 1


def _block(text: str, name: str) -> str:
    """Return the lines of one source of a file in blocks, without the headings that follow it."""
    found = re.search(rf"^  - id: *{re.escape(name)} *\n(?:    .*\n)+", _ended(text), re.MULTILINE)
    if found is None:
        cure = "une source commence par « - id: », deux espaces avant, et ses autres clés ont quatre espaces"
        raise InputError(f"source « {name} » : bloc illisible", cure=cure)
    return found[0]


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _appended(text: str, blocks: str, path: Path) -> str:
    """Return the text with blocks at the end of its list of sources."""
    text = _ended(text)
    if _EMPTY.search(text):
        return _EMPTY.sub(lambda _: f"sources:{blocks.rstrip()}", text, count=1)
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if re.match(r"sources:\s*(#.*)?$", line)), None)
    if start is None or not any(line.startswith("  - ") for line in lines[start:]):
        raise ConfigError("cette liste ne peut pas être complétée", file=path, line=(start or 0) + 1, cure=_CURE)
    after = (number for number, line in enumerate(lines) if number > start and re.match(r"[^\s#-]", line))
    end = next(after, len(lines))
    return "".join([*lines[:end], blocks, *lines[end:]])


def _verdict(merged: _Merged) -> str:
    if not merged.added and not merged.switched:
        off = f", dont {merged.off} que vous avez éteinte{'s' if merged.off > 1 else ''}" if merged.off else ""
        return f"gardé : les sources du pack y sont déjà{off}"
    parts = []
    if merged.added:
        parts.append(f"{merged.added} source{'s' if merged.added > 1 else ''} ajoutée{'s' if merged.added > 1 else ''}")
    if merged.switched:
        parts.append(f"{merged.switched} du catalogue allumée{'s' if merged.switched > 1 else ''}")
    if merged.kept:
        parts.append(f"{merged.kept} déjà là")
    return ", ".join(parts)


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _check_axes(home: Path, pack: Pack, target: Path) -> None:
    """Refuse axes that another file of the instance already has, or words that two axes of one trade would share."""
    if not pack.axes:
        return
    folders = definitions(home)
    there = load_taxonomy(folders).of(Scheme.AXIS)
    for axis in pack.axes:
        if axis.id in there and axis.id != OFF_TOPIC and Path(there[axis.id].file) != target:
            cure = f"renommez l'un des deux ({there[axis.id].file}, ligne {there[axis.id].line})"
            raise ConfigError(f"axe « {axis.id} » déjà pris", file=axis.file, line=axis.line, key="id", cure=cure)
    if not target.exists():
        load_taxonomy(folders, extra=[pack.folder / AXES])


def _copy(pack: Pack, file: Path | str, home: Path, relative: Path) -> FileChange:
    """Bring a file of a pack; one that the instance has is replaced only where it is still as that pack brought it."""
    target, name = home / relative, relative.as_posix()
    pristine, new = _kept(home).parent / PACKS / pack.name / relative, (pack.folder / file).read_bytes()
    local = target.read_bytes() if target.exists() else None
    if local == new:
        return FileChange(name, "à jour")
    if local is not None and not (pristine.exists() and pristine.read_bytes() == local):
        return FileChange(name, "gardé : l'instance a déjà le sien")
    write_atomically(target, new)
    write_atomically(pristine, new)
    return FileChange(name, "créé" if local is None else "mis à jour")


def _kept(home: Path) -> Path:
    return home / "var" / "shipped" / _MEMORY


def _remembered(path: Path) -> list[str]:
    """Return the packs put into an instance, in order; none where the file is absent or damaged."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _name(pack: Pack) -> str:
    return pack.name if pack.folder.parent == shipped() / PACKS else str(pack.folder)


def _remember(path: Path, pack: Pack) -> None:
    name, known = _name(pack), _remembered(path)
    if name not in known:
        write_atomically(path, json.dumps([*known, name], ensure_ascii=False).encode())
