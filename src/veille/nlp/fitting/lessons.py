"""What staff decided of tags, as one more labelled set: a model learns from it and is measured on it (pure)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from veille.model import Decision, Item, Scheme, StructuredFacts, TagDecision, TextToTag
from veille.nlp.fitting.corpus import OWN

#: The set's name.
SET = "decisions"
#: Schemes that models are fitted for, and their key under `gold`.
_KEYS = {Scheme.SECTOR: "sectors", Scheme.TYPE: "types"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision, as a question to a model: whether that label is said of that item."""

    id: str
    #: `sectors` or `types`.
    key: str
    term: str
    #: Added by a person; False: rejected.
    wanted: bool


def verdicts(decisions: Iterable[TagDecision]) -> tuple[Verdict, ...]:
    """Return the decisions on what models say."""
    return tuple(
        Verdict(str(one.item_id), _KEYS[one.scheme], one.term, one.decision is Decision.ADDED)
        for one in decisions
        if one.scheme in _KEYS and one.decision is not Decision.WITHDRAWN
    )


def decided_schemes(decisions: Iterable[TagDecision]) -> dict[int, frozenset[Scheme]]:
    """Return, for each item, the schemes in which somebody judged a tag that a model could have said."""
    found: dict[int, frozenset[Scheme]] = {}
    for one in decisions:
        if one.scheme in _KEYS:
            found[one.item_id] = found.get(one.item_id, frozenset()) | {one.scheme}
    return found


def lessons(
    texts: Mapping[int, TextToTag], items: Iterable[Item], decided: Mapping[int, frozenset[Scheme]]
) -> Iterator[str]:
    """Yield one JSON line an item, in the form of gold sets, labelled in the schemes that somebody judged.

    What was judged is what stands now: the machine's tags without those rejected, with those added.
    """
    for item in items:
        schemes = decided.get(item.id, frozenset())
        gold = {
            key: sorted(tag.term for tag in item.of(scheme)) if scheme in schemes else []
            for scheme, key in _KEYS.items()
        }
        if item.id in texts and any(gold.values()):
            yield json.dumps({**_as_input(texts[item.id]), "licence": OWN, "gold": gold}, ensure_ascii=False)


def _as_input(text: TextToTag) -> dict[str, Any]:
    """Return what `jsonl.read_text` reads back; documents are left out: what a notice is about comes first."""
    return {
        "id": text.id,
        "title": text.title,
        "text": text.text,
        "url": text.url,
        "lang": text.lang,
        "published": text.published.isoformat() if text.published else None,
        "source": {
            "title": text.source_title,
            "territory": text.source_territory,
            "type": text.source_type,
            "sectors": list(text.source_sectors),
        },
        "facts": _facts(text.facts),
    }


def _facts(facts: StructuredFacts) -> dict[str, Any]:
    values = {one.name: getattr(facts, one.name) for one in fields(facts)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
