#!/usr/bin/env python3
"""Compact the official French geographic code into pipelines/territories/france.json.gz.

usage: build_territories.py CODE_FOLDER WORDS.json [--out FILE]

CODE_FOLDER is the `data` folder of the npm package @etalab/decoupage-administratif (`npm pack` and untar it);
WORDS.json is `index.json` of the npm package an-array-of-french-words: it only tells which commune names are also
ordinary words (« Sens », « Orange »). Same inputs, same bytes.
"""

import argparse
import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Words that carry no meaning of their own in a place name.
_SMALL = {"le", "la", "les", "l", "de", "du", "des", "d", "en", "sur", "sous", "et", "aux", "au", "a"}
_OUT = Path(__file__).resolve().parent.parent / "pipelines" / "territories" / "france.json.gz"


def is_common(name: str, words: frozenset[str]) -> bool:
    """Return True where a short name is made of ordinary French words only: « Sens », « Le Port »."""
    parts = re.findall(r"\w+", name.lower())
    full = [part for part in parts if part not in _SMALL]
    if len(parts) > 2 or not full or full[0] in {"saint", "sainte"}:
        return False
    return all(part in words for part in full)


def bare(name: str) -> str:
    """Return the name as capitals without accents may print it, in lower case."""
    return unicodedata.normalize("NFD", name.lower()).encode("ascii", "ignore").decode()


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return one file of the official code."""
    rows: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return sorted(rows, key=lambda row: str(row["code"]))


def former_names(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield (name, INSEE code of today's commune) of merged communes and municipal arrondissements."""
    names = {row["code"]: row["nom"] for row in rows if row["type"] == "commune-actuelle"}
    for row in rows:
        today = row.get("chefLieu") or row.get("commune")
        if row["type"] != "commune-actuelle" and today in names and names[today] != row["nom"]:
            yield row["nom"], today


def compact(folder: Path, words: frozenset[str], version: str) -> dict[str, Any]:
    """Return the tables as columns: one string a column, values apart by newlines."""
    rows = read(folder, "communes")
    today = [row for row in rows if row["type"] == "commune-actuelle"]
    epci = read(folder, "epci")
    seat = {member["code"]: number for number, row in enumerate(epci) for member in row["membres"]}
    bare_words = frozenset(bare(word) for word in words)
    capitals = {row["chefLieu"] for row in read(folder, "departements")}
    old = sorted(set(former_names(rows)))
    return {
        "source": f"@etalab/decoupage-administratif {version}",
        "licence": "Licence Ouverte 2.0",
        "regions": {row["code"]: row["nom"] for row in read(folder, "regions")},
        "departements": {row["code"]: [row["nom"], row["region"]] for row in read(folder, "departements")},
        "epci": {row["code"]: [row["nom"], row["type"], row.get("populationMunicipale", 0)] for row in epci},
        "communes": {
            "codes": "\n".join(row["code"] for row in today),
            "names": "\n".join(row["nom"] for row in today),
            "departements": "\n".join(row["departement"] for row in today),
            "epci": [seat.get(row["code"], -1) for row in today],
            "populations": [row.get("population", 0) for row in today],
            "capitals": [n for n, row in enumerate(today) if row["code"] in capitals],
            "common": [n for n, row in enumerate(today) if is_common(row["nom"], words)],
            "common_in_capitals": [n for n, row in enumerate(today) if is_common(bare(row["nom"]), bare_words)],
        },
        "former": {
            "names": "\n".join(name for name, _ in old),
            "codes": "\n".join(code for _, code in old),
            "common": [n for n, (name, _) in enumerate(old) if is_common(name, words)],
        },
    }


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("code_folder", type=Path)
    parser.add_argument("words", type=Path)
    parser.add_argument("--out", type=Path, default=_OUT)
    given = parser.parse_args()
    words = frozenset(json.loads(given.words.read_text(encoding="utf-8")))
    version = json.loads((given.code_folder.parent / "package.json").read_text(encoding="utf-8"))["version"]
    text = json.dumps(compact(given.code_folder, words, version), ensure_ascii=False, separators=(",", ":"))
    given.out.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(f"{given.out.name}: {given.out.stat().st_size} octets")


if __name__ == "__main__":
    main()
