"""Field mappings of sources.yaml: JMESPath expressions, checked when the file is read and bounded in what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import jmespath

#: One value each; `items` and `next` are read from the whole answer, the others from a record.
SINGLE = (
    *("items", "next", "id", "title", "link", "published", "updated", "deadline", "opening"),
    *("author", "language", "amount", "amount_min", "amount_max", "rate", "financer", "call", "contact"),
    *("reference", "status"),
)
#: One expression or several, whose values are put together in that order.
SEVERAL = ("text", "categories", "cpv", "naf", "nuts", "financers", "audiences", "territories")
#: Characters; the longest in our own examples has 60.
_LONGEST = 300
_MOST = 12
#: Parts of one expression. Each `[a, b]` may double what the next one sees: four double it sixteenfold.
_PARTS, _LISTS = 80, 4
_DEEPEST = 40
_SYNTAX = "écrivez une expression JMESPath (https://jmespath.org), par exemple : fields.titre"

Expressions = Mapping[str, tuple[str, ...]]


def expressions(mapping: Mapping[str, Any]) -> Expressions:
    """Return each key's expressions; raises ValueError, in French, for a key or an expression that cannot be used."""
    found = {}
    for key, value in mapping.items():
        if key not in (*SINGLE, *SEVERAL):
            raise ValueError(f"clé inconnue « {key} » : les clés sont {', '.join((*SINGLE, *SEVERAL))}")
        found[key] = _listed(key, value)
        for expression in found[key]:
            check_expression(key, expression)
    return found


def _listed(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    several = isinstance(value, Sequence) and value and all(isinstance(one, str) for one in value)
    if not several or key in SINGLE or len(value) > _MOST:
        allowed = f"une expression, ou une liste de {_MOST} au plus" if key in SEVERAL else "une seule expression"
        raise ValueError(f"« {key} » attend {allowed}")
    return tuple(value)


def check_expression(key: str, expression: str) -> None:
    """Raise ValueError, in French, for an expression that is wrong or costs too much."""
    if len(expression) > _LONGEST:
        raise ValueError(f"« {key} » : une expression a {_LONGEST} caractères au plus")
    try:
        parts = list(_parts(jmespath.compile(expression).parsed, 0))
    except (ValueError, RecursionError) as error:  # JMESPathError is a ValueError
        raise ValueError(f"« {key} » : expression incorrecte « {expression} » ; {_SYNTAX}") from error
    if len(parts) > _PARTS or parts.count("multi_select_list") + parts.count("multi_select_dict") > _LISTS:
        raise ValueError(f"« {key} » : expression trop compliquée « {expression} »")


def _parts(node: Any, depth: int) -> Sequence[str]:
    """Return the types of the parts of a parsed expression."""
    if depth > _DEEPEST:
        raise ValueError("too deep")
    below = [one for child in node.get("children", ()) if isinstance(child, dict) for one in _parts(child, depth + 1)]
    return [node["type"], *below]


def evaluate(expression: str, document: Any) -> Any:
    """Return what an expression finds in a document; None where it does not apply to what stands there."""
    try:
        return jmespath.search(expression, document)
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError):
        # jmespath checks most types itself (JMESPathTypeError, a ValueError); Python meets the rest: floor(1e999)
        return None
