"""Turn a validation error into one French ConfigError that names file, line, key, cause and cure."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError

from veille.errors import ConfigError
from veille.files import cause, check_readable

#: Pydantic's own messages are English; these are the ones our schemas can produce.
_CAUSES: dict[str, str] = {
    "missing": "clé obligatoire absente",
    "string_type": "texte attendu",
    "int_type": "nombre entier attendu",
    "int_parsing": "nombre entier attendu",
    "int_from_float": "nombre entier attendu",
    "float_type": "nombre attendu",
    "float_parsing": "nombre attendu",
    "finite_number": "nombre fini attendu",
    "bool_type": "true ou false attendu",
    "bool_parsing": "true ou false attendu",
    "list_type": "liste attendue",
    "tuple_type": "liste attendue",
    "dict_type": "table « clé : valeur » attendue",
    "model_type": "table « clé : valeur » attendue",
    "model_attributes_type": "table « clé : valeur » attendue",
    "ip_v4_network": "réseau attendu, par exemple 127.0.0.0/8",
    "ip_v6_network": "réseau attendu, par exemple 127.0.0.0/8",
}

#: What stands before the host of an address is a secret, wherever a person put it by mistake.
_PASSWORD = re.compile(r"(://[^/\s:@'\"]*:)[^/\s]*@")


def read_text(path: Path) -> str:
    """Read a definition file (UTF-8, BOM allowed); raises ConfigError with the cure."""
    check_readable(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("ce fichier n'est pas en UTF-8", file=path, cure="enregistrez-le en UTF-8") from error
    except OSError as error:
        raise ConfigError(f"illisible ({cause(error)})", file=path, cure="vérifiez les droits du fichier") from error


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word closest to `word`, or an empty string."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return found[0] if found else ""


def unknown_key(key: str, known: Iterable[str]) -> tuple[str, str]:
    """Return cause and cure for an unknown key."""
    names = sorted(known)
    near = nearest(key, names)
    return f"clé inconnue « {key} »", f"vouliez-vous « {near} » ?" if near else f"clés admises : {', '.join(names)}"


def refuse(
    error: ValidationError,
    schema: type[BaseModel],
    path: Path,
    locate: Callable[[tuple[Any, ...]], int],
    from_env: Mapping[tuple[str, ...], str] | None = None,
) -> ConfigError:
    """Describe the first problem of a validation error (all of them when there are several, one per line)."""
    # A mistyped key also makes the right one « missing »: say the typing error first.
    details = sorted(error.errors(include_url=False), key=lambda detail: detail["type"] != "extra_forbidden")
    problems = [_one(detail, schema, path, locate, from_env or {}) for detail in details]
    first = problems[0]
    if len(problems) == 1:
        return first
    others = "\n".join(str(problem) for problem in problems[1:])
    first.cure = f"{first.cure}\n{others}" if first.cure else f"et aussi :\n{others}"
    return first


def _one(
    detail: Any,
    schema: type[BaseModel],
    path: Path,
    locate: Callable[[tuple[Any, ...]], int],
    from_env: Mapping[tuple[str, ...], str],
) -> ConfigError:
    # Unions add steps of their own to the path: `lax-or-strict[…]`, `function-after[…]`.
    keys = tuple(part for part in detail["loc"] if "[" not in str(part))
    kind = detail["type"]
    dotted = ".".join(str(part) for part in keys)
    variable = next((name for place, name in from_env.items() if keys[: len(place)] == place), None)
    where: Path | str = f"variable d'environnement {variable}" if variable else path
    line = 0 if variable else locate(keys)
    if kind == "extra_forbidden":
        cause, cure = unknown_key(str(keys[-1]), _fields(schema, keys[:-1]))
    elif kind in {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}:
        cause, cure = f"valeur {detail['input']!r} hors limites", f"limite : {_bound(detail['ctx'])}"
    elif kind == "value_error":
        cause, cure = f"valeur {_shown(detail['input'])} refusée", str(detail["ctx"]["error"])
    elif kind == "missing":
        cause, cure = _CAUSES[kind], f"ajoutez « {keys[-1]} »"
    elif kind in {"enum", "literal_error"}:
        cause, cure = f"valeur {_shown(detail['input'])} inconnue", f"valeurs admises : {detail['ctx']['expected']}"
    else:
        cause = _CAUSES.get(kind, f"valeur {_shown(detail['input'])} refusée")
        cure = _describe(schema, keys)
    return ConfigError(cause, file=where, line=line, key=dotted, cure=cure)


def _shown(value: Any) -> str:
    text = _PASSWORD.sub(r"\1…@", repr(value))
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - one line of a terminal


def _bound(context: Mapping[str, Any]) -> str:
    signs = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<"}
    return ", ".join(f"{signs[name]} {value}" for name, value in context.items() if name in signs)


def _model_at(schema: type[BaseModel], keys: tuple[Any, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = schema
    named = False
    for key in keys:
        if isinstance(key, int) or named:  # a place in a list, a name that a person chose
            named = False
            continue
        if model is None or key not in _by_alias(model):
            return None
        annotation = _by_alias(model)[key].annotation
        named = get_origin(annotation) is dict
        model = next((kind for kind in _types(annotation) if issubclass(kind, BaseModel)), None)
    return model


def _types(annotation: Any) -> list[type]:
    if isinstance(annotation, type) and not getattr(annotation, "__args__", None):
        return [annotation]
    return [kind for part in getattr(annotation, "__args__", ()) for kind in _types(part)]


def _by_alias(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _fields(schema: type[BaseModel], keys: tuple[Any, ...]) -> list[str]:
    model = _model_at(schema, keys)
    return list(_by_alias(model)) if model else []


def _describe(schema: type[BaseModel], keys: tuple[Any, ...]) -> str:
    model = _model_at(schema, keys[:-1])
    field = _by_alias(model).get(str(keys[-1])) if model and keys else None
    return field.description or "" if field else ""


def locate_in_toml(text: str, keys: tuple[Any, ...]) -> int:
    """Return the 1-based line where a dotted key stands in a TOML text (its table's line if not found), else 0."""
    names = [str(key) for key in keys if not isinstance(key, int)]
    table, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[+([^\]]+)\]+", line):
            table = header[1].strip()
            if table == ".".join(names[:-1]) or table == ".".join(names):
                found = number
        elif names and re.match(rf"\s*\"?{re.escape(names[-1])}\"?\s*[=.]", line) and table == ".".join(names[:-1]):
            return number
        elif names and re.match(rf"\s*\"?{re.escape(names[0])}\"?\s*=", line) and not table:
            found = number
    return found
