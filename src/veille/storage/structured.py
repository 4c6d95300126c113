"""Structured facts as a JSON column; null where a source states none."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from veille.model.tags import NO_FACTS, CallStatus, StructuredFacts

_DAYS = frozenset({"deadline", "opening"})
_LISTS = frozenset(field.name for field in fields(StructuredFacts) if isinstance(field.default, tuple))
_NAMES = frozenset(field.name for field in fields(StructuredFacts))


def facts_column(facts: StructuredFacts) -> dict[str, Any] | None:
    """Return what is stored: the fields that say something."""
    if facts == NO_FACTS:
        return None
    return {name: _plain(value) for name, value in asdict(facts).items() if value not in (None, ())}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def facts_of(column: Mapping[str, Any] | None) -> StructuredFacts:
    """Return what was stored; what a later version added is left out."""
    if not column:
        return NO_FACTS
    return StructuredFacts(**{name: _typed(name, value) for name, value in column.items() if name in _NAMES})


def _typed(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _LISTS:
        return tuple(value)
    return CallStatus(value) if name == "status" else value
