"""Structured facts as a JSON column; null where a source states none."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from veille.model.tags import NO_FACTS, StructuredFacts


def facts_column(facts: StructuredFacts) -> dict[str, Any] | None:
    """Return what is stored: the fields that say something."""
    if facts == NO_FACTS:
        return None
    values = {
        "cpv": list(facts.cpv),
        "naf": list(facts.naf),
        "nuts": list(facts.nuts),
        "deadline": facts.deadline.isoformat() if facts.deadline else None,
        "amount": facts.amount,
        "financer": facts.financer,
        "call": facts.call,
    }
    return {name: value for name, value in values.items() if value not in (None, [])}


def facts_of(column: Mapping[str, Any] | None) -> StructuredFacts:
    """Return what was stored."""
    if not column:
        return NO_FACTS
    return StructuredFacts(
        cpv=tuple(column.get("cpv", ())),
        naf=tuple(column.get("naf", ())),
        nuts=tuple(column.get("nuts", ())),
        deadline=date.fromisoformat(column["deadline"]) if "deadline" in column else None,
        amount=column.get("amount"),
        financer=column.get("financer"),
        call=column.get("call"),
    )
