"""Several files as one body: a line of JSON that names them, then their bytes one after the other."""

import json
from dataclasses import dataclass
from typing import Any

#: What a bundle says it is.
BUNDLE_TYPE = "application/x-veille-folder"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """One file: its name, without any folder, and what it holds."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a folder holds."""

    files: tuple[NamedFile, ...]
    #: French, one a file that was left aside.
    remarks: tuple[str, ...] = ()


def printable(name: str) -> str:
    """Return the name of a file as a message may hold it; Linux allows any byte but two."""
    plain = name.encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else "?" for character in plain)[:80]


def pack(bundle: Bundle) -> bytes:
    """Return a bundle as bytes."""
    listed = [{"name": file.name, "size": len(file.data)} for file in bundle.files]
    head = json.dumps({"files": listed, "remarks": list(bundle.remarks)})
    return b"".join([head.encode(), b"\n", *(file.data for file in bundle.files)])


def unpack(body: bytes) -> Bundle:
    """Return what `pack` made into bytes; raises ValueError for anything else."""
    line, _, rest = body.partition(b"\n")
    head: Any = json.loads(line)
    files, at = [], 0
    for one in head["files"]:
        files.append(NamedFile(one["name"], rest[at : at + one["size"]]))
        at += one["size"]
    if at != len(rest):
        raise ValueError("a bundle cut short")
    return Bundle(tuple(files), tuple(head["remarks"]))
