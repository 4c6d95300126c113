"""Tables of settings that bear a name, and their secrets in the environment: VEILLE_MAILBOX_LETTRES_PASSWORD."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from veille.config.problems import nearest
from veille.errors import ConfigError

#: How what is named may be named: an account of a mailbox, a channel.
NAME = r"^[a-z0-9][a-z0-9-]{0,31}$"


def named_in(env: Mapping[str, str], prefix: str, kind: type[BaseModel], what: str) -> dict[str, dict[str, Any]]:
    """Return name → key → value of the variables with that prefix; raises ConfigError for a key that `kind` lacks.

    `what` says in French what is named: « une boîte ».
    """
    found: dict[str, dict[str, Any]] = {}
    for variable, value in env.items():
        if not variable.startswith(prefix):
            continue
        name, key = _split(variable.removeprefix(prefix).lower(), kind)
        if not key or not re.match(NAME, name):
            known = [f"{prefix}NOM_{key.upper()}" for key in kind.model_fields]
            near = nearest(variable, known)
            raise ConfigError(
                f"cette variable ne nomme aucun réglage d'{what}",
                file=f"variable d'environnement {variable}",
                cure=f"par exemple {near}" if near else f"admises : {', '.join(known)}",
            )
        found.setdefault(name, {})[key] = value
    return found


def _split(rest: str, kind: type[BaseModel]) -> tuple[str, str]:
    """Return the name and the key of « lettres_client_id »; an empty key where none is known."""
    for key in sorted(kind.model_fields, key=len, reverse=True):
        if rest.endswith(f"_{key}"):
            return rest.removesuffix(f"_{key}").replace("_", "-"), key
    return rest, ""
