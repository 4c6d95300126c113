"""An instance is a folder: where its definitions are found, how one is made and brought up to date.

Definitions are layered: a file in the instance wins over the file of the same name that ships with the program, so an
instance is not frozen at the taxonomy or templates it was made with. `sources.yaml` and `veille.toml` are the
instance's own; `var/` holds run-time state and is not for a repository.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path

import veille
from veille.errors import ConfigError, InputError
from veille.files import cause, write_atomically

#: What an instance may override, by folder, and what it always owns.
LAYERED = ("pipelines", "digests")
SOURCES = "sources.yaml"
SETTINGS = "veille.toml"

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

[site]
# url = "https://veille.invalid"   # adresse publique des liens de désinscription

[fetch]
# host_delay = 1.0           # secondes entre deux requêtes sur un même site

[mail]
# url = "file:var/mail"      # ou smtp://relais:25, smtps://nom:mot-de-passe@relais:465
# sender = "veille@veille.invalid"
"""

_GITIGNORE = "var/\n"


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


def create(home: Path) -> list[FileChange]:
    """Make (or complete) an instance; never overwrites a file. Raises InputError where the folder cannot be written."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in (*LAYERED, "var"):
            (home / folder).mkdir(exist_ok=True)
        sources = (shipped() / SOURCES).read_text(encoding="utf-8")
        changes = [
            _write_new(home, SETTINGS, _SETTINGS_TEXT),
            _write_new(home, SOURCES, sources),
            _write_new(home, ".gitignore", _GITIGNORE),
        ]
        if changes[1].verdict == "créé":
            write_atomically(_pristine(home), sources.encode())
    except OSError as error:
        raise InputError(
            f"{error.filename or home} : {cause(error)}", cure="choisissez un dossier où vous pouvez écrire"
        ) from error
    return changes


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


def _upgrade_sources(home: Path) -> FileChange:
    new = (shipped() / SOURCES).read_text(encoding="utf-8")
    local = (home / SOURCES).read_text(encoding="utf-8-sig")
    if local == new:
        return FileChange(SOURCES, "à jour")
    pristine = _pristine(home)
    before = pristine.read_text(encoding="utf-8") if pristine.exists() else local
    if before == local and pristine.exists():
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
