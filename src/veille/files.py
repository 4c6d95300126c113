"""Files of foreign origin and of our own: no device is read without end, no reader sees half a file."""

import errno
import os
import stat
import tempfile
from pathlib import Path

from veille.errors import InputError

#: What the system says in English (strerror), for what a person meets.
_CAUSES = {
    errno.ENOENT: "fichier ou dossier absent",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération refusée",
    errno.EROFS: "système de fichiers en lecture seule",
    errno.ENOSPC: "disque plein",
    errno.EDQUOT: "quota de disque atteint",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EEXIST: "existe déjà",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EMFILE: "trop de fichiers ouverts",
}


def cause(error: OSError) -> str:
    """Say in French what the system refused."""
    return _CAUSES.get(error.errno or 0) or error.strerror or str(error)


def check_readable(path: Path) -> None:
    """Raise InputError for what has no end or no lines (a device, a folder); a pipe is fine, an absent file is left."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # opening it says why better
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        kind = "un dossier" if stat.S_ISDIR(mode) else "un périphérique"
        raise InputError(f"{path} est {kind}, pas un fichier", cure="donnez un fichier ordinaire")


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Replace a file in one step: a reader or a crash sees the old bytes or the new ones. Raises OSError.

    `private`: readable by its owner only (personal data, keys).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if not private:  # mkstemp gives 0600
            temporary.chmod(0o666 & ~umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def umask() -> int:
    """Return the process's mask; reading it means setting it for a moment (umask(2))."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
