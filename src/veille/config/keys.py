"""Which keys sources want of the environment, and which of them are not there. Their values are nobody's business."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from veille.config.api_options import API_KEYS, OPTIONAL_KEYS
from veille.config.requests import keys_of
from veille.model import Source


def missing_keys(sources: Iterable[Source], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a French remark for each variable that an active source needs and that is not set."""
    users: dict[str, list[str]] = {}
    for source in sources:
        for name in wanted_keys(source) if source.enabled else ():
            if not environment.get(name, "").strip():
                users.setdefault(name, []).append(source.id)
    for name, ids in users.items():
        must = "sans elle, le service peut refuser" if name in OPTIONAL_KEYS else "sans elle, aucune relève"
        yield f"clé absente : la variable {name} n'est pas définie ici ; {must} : {', '.join(ids)}"


def wanted_keys(source: Source) -> list[str]:
    """Return the variables that a source names, once each."""
    request: Mapping[str, Any] = source.options.get("request") or {}
    token: Mapping[str, Any] = request.get("token") or {}
    named = [name for line in (request, token) for name in keys_of(line.get("headers") or {})]
    return list(dict.fromkeys([*API_KEYS.get(source.options.get("api", ""), ()), *named]))
