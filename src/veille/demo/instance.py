"""The demonstration's own instance: an ordinary folder, wiped only if a demonstration made it."""

import json
import shutil
from pathlib import Path

from veille.config import instance as folders
from veille.config.settings import Settings, load_settings
from veille.demo.corpus import CorpusSource, members_csv
from veille.errors import InputError
from veille.files import cause, write_atomically

#: Present in a folder that a demonstration made, and in no other.
MARKER = ".veille-demo"
MEMBERS = "members.csv"

#: Keys of links that lead nowhere (`.example`): known to all, so that every run signs the same bytes.
_KEYS = {"links": [{"id": "demo", "secret": "00" * 32}], "suppression": "00" * 32}
_MARKER_TEXT = "Ce dossier a été fait par « veille demo », qui l'efface avant de recommencer.\n"
_SETTINGS = """\
# Réglages de la démonstration : tout reste sur cette machine.
[cluster]
id = "estive"
name = "Réseau Estive"
postal_address = "Réseau Estive, biopôle, 63360 Saint-Beauzire"
contact = "veille@reseau-estive.example"

[site]
url = "https://veille.reseau-estive.example"

[fetch]
allow = ["127.0.0.0/8"]   # les sources sont rejouées par un petit serveur local
host_delay = 0

[mail]
url = "file:var/mail"
sender = "veille@reseau-estive.example"
"""


def prepare(target: Path) -> None:
    """Make an empty instance at `target`; raises InputError where something else lives there."""
    _clear(target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        (target / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
        (target / folders.SETTINGS).write_text(_SETTINGS, encoding="utf-8")
        (target / MEMBERS).write_bytes(members_csv())
    except OSError as error:
        raise InputError(
            f"{error.filename or target} : {cause(error)}", cure="choisissez un dossier où vous pouvez écrire"
        ) from error
    folders.create(target)
    write_atomically(target / "var" / "keys", json.dumps(_KEYS).encode(), private=True)


def write_sources(target: Path, sources: tuple[CorpusSource, ...], base: str) -> None:
    """Point the instance at the replay server at `base`."""
    head = (
        "# Sources fictives de la démonstration, rejouées par un serveur local le temps de son passage :\n"
        "# elles ne répondent plus ensuite. « veille demo » refait tout.\n"
        "version: 1\nsources:\n"
    )
    text = head + "".join(_line(source, base) for source in sources)
    write_atomically(target / folders.SOURCES, text.encode())


def settings(target: Path) -> Settings:
    """Read the instance's settings; the environment is left out, so that nothing can leave this machine."""
    return load_settings(target, env={})


def _clear(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"{target} n'est pas un dossier", cure="donnez un autre nom : veille demo DOSSIER")
    if not any(target.iterdir()):
        return
    if not (target / MARKER).is_file():
        raise InputError(
            f"{target} contient autre chose qu'une démonstration ; rien n'a été touché",
            cure="donnez un dossier vide ou neuf : veille demo DOSSIER",
        )
    for entry in target.iterdir():
        if entry.name == MARKER:
            continue  # goes last of all, so that an interrupted wipe can be taken up again
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _line(source: CorpusSource, base: str) -> str:
    keys = {"title": source.title, "kind": "feed", "url": base + source.path, **source.settings}
    written = "".join(f"    {key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())
    return f"  - id: {source.id}\n{written}"
