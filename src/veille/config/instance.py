"""An instance is a folder: where its definitions are found, how one is made and brought up to date.

Definitions are layered: a file in the instance wins over the file of the same name that ships with the program, so an
instance is not frozen at the taxonomy or templates it was made with. `sources.yaml` and `veille.toml` are the
instance's own; `var/` holds run-time state and is not for a repository.
"""

import difflib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import veille
from veille.errors import ConfigError, InputError
from veille.files import cause, write_atomically

if TYPE_CHECKING:
    from veille.config.choosing import Choice
    from veille.config.chosen import Chosen

#: What an instance may override, by folder, and what it always owns.
LAYERED = ("pipelines", "digests")
SOURCES = "sources.yaml"
SETTINGS = "veille.toml"
_GITIGNORE = ".gitignore"
_NAME_LINE = '# name = "Mon cluster"\n'

_SETTINGS_TEXT = """\
# Réglages de cette instance. Chaque ligne commentée montre la valeur par défaut.
# Toutes les clés : docs/reference/reglages.md. Les mots de passe se mettent plutôt dans l'environnement.

# database_url = "postgresql://veille@localhost/veille"   # absent = var/veille.sqlite

[cluster]
# id = "cluster"
# name = "Mon cluster"
# timezone = "Europe/Paris"
# postal_address = ""        # imprimée au pied de chaque bulletin
# contact = ""               # votre adresse : réponses des membres, et contact donné aux sites relevés
# editors = []               # adresses de l'équipe, pour les essais (veille digest test --to …)
# holidays = "auto"          # jours fériés où rien ne part : d'après le fuseau, ou "alsace-moselle", "aucun"…

[site]
# url = "https://veille.invalid"   # adresse publique des liens de désinscription

[fetch]
# host_delay = 1.0           # secondes entre deux requêtes sur un même site

[mail]
# url = "file:var/mail"      # ou smtp://relais:25, smtps://nom:mot-de-passe@relais:465
# sender = "veille@veille.invalid"
"""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What `init` or `init --upgrade` did with one file; `verdict` is French, `diff` is unified or empty."""

    path: str
    verdict: str
    diff: str = ""


def shipped() -> Path:
    """Return the folder of the definitions that ship with the program (the checkout's root when run from one)."""
    package = Path(veille.__file__).resolve().parent
    inside = package / "definitions"
    if inside.is_dir():
        return inside
    root = package.parents[1]
    if (root / SOURCES).is_file():
        return root
    raise InputError("définitions livrées introuvables", cure="réinstallez veille")


def definitions(home: Path) -> tuple[Path, ...]:
    """Return the folders to search for definitions, the instance's own first."""
    own, ship = home.resolve(), shipped()
    return (ship,) if own == ship else (own, ship)


def find(home: Path, relative: str) -> Path:
    """Return the first layer's file of that name; raises ConfigError where no layer has it."""
    for folder in definitions(home):
        if (path := folder / relative).exists():
            return path
    raise ConfigError("fichier absent", file=home / relative, cure="lancez « veille init » dans ce dossier")


def create(home: Path, *, cluster: str | None = None, choice: "Choice | None" = None) -> list[FileChange]:
    """Make (or complete) an instance; a file that somebody edited is never overwritten.

    `cluster` is the name for veille.toml, `choice` says which sources to switch on; None leaves what is there.
    Raises InputError where the folder cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in (*LAYERED, "var"):
            (home / folder).mkdir(exist_ok=True)
        return [_settings(home, cluster), _sources(home, choice), _write_new(home, _GITIGNORE, "var/\n")]
    except OSError as error:
        raise InputError(
            f"{error.filename or home} : {cause(error)}", cure="choisissez un dossier où vous pouvez écrire"
        ) from error


def upgrade(home: Path) -> list[FileChange]:
    """Bring the shipped definitions of an instance up to date; local edits are kept and the difference is shown."""
    if not (home / SOURCES).is_file():
        raise InputError(f"{home} n'est pas une instance (pas de {SOURCES})", cure="lancez « veille init DOSSIER »")
    return [_upgrade_sources(home), *_compare_overrides(home)]


def _pristine(home: Path) -> Path:
    """Return where the text as shipped is kept: it tells a local edit from an old default."""
    return home / "var" / "shipped" / SOURCES


def _write_new(home: Path, name: str, text: str) -> FileChange:
    path = home / name
    if path.exists():
        return FileChange(name, "gardé")
    write_atomically(path, text.encode())
    return FileChange(name, "créé")


def _settings(home: Path, cluster: str | None) -> FileChange:
    path = home / SETTINGS
    if not path.exists():
        return _write_new(home, SETTINGS, _settings_text(cluster))
    local = path.read_text(encoding="utf-8-sig")
    name = _name_in(local)
    if cluster is None or name == cluster:
        return FileChange(SETTINGS, "gardé")
    if local == _settings_text(name):
        write_atomically(path, _settings_text(cluster).encode())
        return FileChange(SETTINGS, "nommé")
    return FileChange(
        SETTINGS, "gardé : vous l'avez modifié ; pour ce nom, écrivez sous [cluster]", f"name = {_quoted(cluster)}"
    )


def _settings_text(cluster: str | None) -> str:
    return _SETTINGS_TEXT if cluster is None else _SETTINGS_TEXT.replace(_NAME_LINE, f"name = {_quoted(cluster)}\n")


def _quoted(name: str) -> str:
    # A JSON string of printable characters is a TOML basic string.
    return json.dumps(name, ensure_ascii=False)


def _name_in(text: str) -> str | None:
    try:
        cluster = tomllib.loads(text).get("cluster", {})
    except tomllib.TOMLDecodeError:
        return None
    name = cluster.get("name") if isinstance(cluster, dict) else None
    return name if isinstance(name, str) else None


def _sources(home: Path, choice: "Choice | None") -> FileChange:
    from veille.config.chosen import Chosen, remember  # noqa: PLC0415 - the rest of the program chooses nothing

    path, pristine = home / SOURCES, _pristine(home)
    if choice is None and path.exists():
        return FileChange(SOURCES, "gardé")
    chosen = Chosen(shipped() / SOURCES, definitions(home), choice)
    text = _with_packs(home, chosen.text())
    if choice is not None:
        remember(pristine.parent, choice)
    if not path.exists():
        change = _write_new(home, SOURCES, text)
    elif (local := path.read_text(encoding="utf-8-sig")) == text:
        return FileChange(SOURCES, "gardé : déjà selon ce choix")
    elif local in {_text_of(pristine), (shipped() / SOURCES).read_text(encoding="utf-8")}:
        write_atomically(path, text.encode())
        change = FileChange(SOURCES, "mis à jour selon ce choix")
    else:
        return _proposed(path, chosen)
    write_atomically(pristine, text.encode())
    return change


def _proposed(path: Path, chosen: "Chosen") -> FileChange:
    from veille.config.sources import load_sources  # noqa: PLC0415 - only an edited file is read here

    changes = chosen.proposal(load_sources(path).sources)
    if not changes:
        return FileChange(SOURCES, "gardé : vous l'avez modifié, et il suit déjà ce choix")
    return FileChange(SOURCES, "gardé : vous l'avez modifié ; pour ce choix, à reprendre à la main", changes)


def _with_packs(home: Path, text: str) -> str:
    from veille.config.packing import with_packs  # noqa: PLC0415 - packs read instances

    return with_packs(home, text)


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _upgrade_sources(home: Path) -> FileChange:
    from veille.config.chosen import Chosen, remembered  # noqa: PLC0415 - the rest of the program chooses nothing

    pristine = _pristine(home)
    new = _with_packs(home, Chosen(shipped() / SOURCES, definitions(home), remembered(pristine.parent)).text())
    local = (home / SOURCES).read_text(encoding="utf-8-sig")
    if local == new:
        return FileChange(SOURCES, "à jour")
    if local == _text_of(pristine):
        write_atomically(home / SOURCES, new.encode())
        write_atomically(pristine, new.encode())
        return FileChange(SOURCES, "mis à jour", _diff(local, new, SOURCES))
    return FileChange(
        SOURCES,
        "gardé : vous l'avez modifié ; voici ce que la version livrée dirait, à reprendre à la main",
        _diff(local, new, SOURCES),
    )


def _compare_overrides(home: Path) -> list[FileChange]:
    changes = []
    for folder in LAYERED:
        for path in sorted((home / folder).rglob("*")):
            relative = path.relative_to(home).as_posix()
            reference = shipped() / relative
            if not path.is_file() or not reference.is_file() or reference.samefile(path):
                continue
            local, new = path.read_bytes(), reference.read_bytes()
            if local == new:
                changes.append(FileChange(relative, "identique à la version livrée : vous pouvez le retirer"))
            else:
                diff = _diff(local.decode("utf-8", "replace"), new.decode("utf-8", "replace"), relative)
                changes.append(FileChange(relative, "gardé : remplace la version livrée", diff))
    return changes


def _diff(before: str, after: str, name: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (instance)", f"{name} (livré)", lineterm="", n=2
    )
    return "\n".join(lines)
