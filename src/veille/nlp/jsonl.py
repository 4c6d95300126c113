"""`veille tag --jsonl`: one JSON object a line in, one out, same order, the same tagger as the daemon."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from veille.config.gazetteer import Gazetteer
from veille.errors import InputError
from veille.model import CallStatus, Evidence, Fact, Scheme, StructuredFacts, Tag, Tagged, TextToTag
from veille.nlp.facts.call_status import deadline_state, status
from veille.protocols import Tagger

#: JSON key of each scheme in the output.
_KEYS = {
    Scheme.SECTOR: "sectors",
    Scheme.AXIS: "axes",
    Scheme.TYPE: "types",
    Scheme.THEME: "themes",
    Scheme.AUDIENCE: "audiences",
}
#: Facts under `amounts`.
_AMOUNTS = {"amount_max": "max", "amount_total": "total", "rate": "rate"}
#: Facts under `eligibility` (and `facts`, as before it had a key).
ELIGIBILITY = {
    "eligible_sizes": "sizes",
    "eligible_others": "others",
    "excluded_sizes": "excluded_sizes",
    "staff_min": "staff_min",
    "staff_max": "staff_max",
    "age_min": "age_min",
    "age_max": "age_max",
    "partners_min": "partners_min",
    "partner_roles": "partner_roles",
    "eligible_territories": "territories",
    "excluded_territories": "excluded_territories",
    "project_territories": "project_territories",
    "turnover_min": "turnover_min",
    "turnover_max": "turnover_max",
    "legal_form": "legal_forms",
    "naf": "naf",
    "naf_excluded": "naf_excluded",
    "condition": "condition",
}
#: A year outside is a mistake, and the ends of the calendar cannot change time zone.
_YEARS = (1900, 2200)


class LineError(InputError):
    """A line that cannot be tagged; the message is its French cause."""


def tag_lines(
    lines: Iterable[bytes],
    tagger: Tagger,
    gazetteer: Gazetteer,
    problems: list[tuple[int, str]],
    *,
    now: datetime | None = None,
) -> Iterator[str]:
    """Yield one JSON line per good input line; bad ones are added to `problems` as (line number, French cause).

    `now` is when it is read: what `status` is computed against; without it every status is unknown.
    """
    ids: deque[Any] = deque()
    for tagged in tagger.tag(_texts(lines, ids, problems)):
        yield _dump({"id": ids.popleft(), **as_json(tagged, gazetteer, now)})


def _texts(lines: Iterable[bytes], ids: deque[Any], problems: list[tuple[int, str]]) -> Iterator[TextToTag]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = _object(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            text = read_text(record)
        except LineError as error:
            problems.append((number, error.message))
            continue
        ids.append(record["id"])
        yield text


def _object(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise LineError("pas en UTF-8") from error
    except (ValueError, RecursionError) as error:  # ValueError also for a number of a million digits
        raise LineError("pas du JSON") from error
    if not isinstance(record, dict):
        raise LineError("un objet JSON est attendu")
    return record


def read_text(record: Mapping[str, Any]) -> TextToTag:
    """Read one input object; raises LineError. Unknown keys are ignored, null means absent."""
    identity = record.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool) or identity == "":
        raise LineError("clé « id » absente ou sans texte")
    source = _table(record, "source")
    return TextToTag(
        id=str(identity),
        title=_text(record, "title") or "",
        text=_text(record, "text") or "",
        url=_text(record, "url"),
        lang=_text(record, "lang"),
        published=_instant(record, "published"),
        source_title=_text(source, "title"),
        source_territory=_text(source, "territory"),
        source_type=_text(source, "type"),
        source_sectors=_texts_of(source, "sectors"),
        facts=_facts(_table(record, "facts")),
    )


def _facts(table: Mapping[str, Any]) -> StructuredFacts:
    status, call = _text(table, "status"), table.get("call")
    if status not in (None, *CallStatus):
        raise LineError(f"« status » : {', '.join(CallStatus)}")
    if not isinstance(call, bool | None):
        raise LineError("« call » : vrai ou faux attendu")
    return StructuredFacts(
        cpv=_texts_of(table, "cpv"),
        naf=_texts_of(table, "naf"),
        nuts=_texts_of(table, "nuts"),
        deadline=_day(table, "deadline"),
        opening=_day(table, "opening"),
        amount=_number(table, "amount"),
        amount_min=_number(table, "amount_min"),
        amount_max=_number(table, "amount_max"),
        rate=_number(table, "rate"),
        financer=_text(table, "financer"),
        financers=_texts_of(table, "financers"),
        audiences=_texts_of(table, "audiences"),
        territories=_texts_of(table, "territories"),
        contact=_text(table, "contact"),
        reference=_text(table, "reference"),
        call=call,
        status=CallStatus(status) if status else None,
    )


def _day(table: Mapping[str, Any], key: str) -> date | None:
    """Return the calendar day as written, whatever its offset."""
    return None if _instant(table, key) is None else date.fromisoformat(str(table[key])[:10])


def _number(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
        raise LineError(f"« {key} » : nombre attendu")
    return None if value is None else float(value)


def _table(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise LineError(f"« {key} » : objet attendu")
    return value


def _text(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value
    raise LineError(f"« {key} » : texte attendu")


def _texts_of(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = record.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str | int) for part in value):
        raise LineError(f"« {key} » : liste de textes attendue")
    return tuple(str(part) for part in value)


def _instant(record: Mapping[str, Any], key: str) -> datetime | None:
    value = _text(record, key)
    if not value:
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise LineError(f"« {key} » : date ISO 8601 attendue") from error
    if not _YEARS[0] <= instant.year <= _YEARS[1]:
        raise LineError(f"« {key} » : année {instant.year} improbable")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def as_json(tagged: Tagged, gazetteer: Gazetteer, now: datetime | None = None) -> dict[str, Any]:
    """Return what is said of a text as plain data, best first; every key is always there."""
    horizon = tagged.of(Scheme.HORIZON)
    deadline, opening = tagged.fact("deadline"), tagged.fact("opening")
    named = {"deadline", "deadline_state", "opening", *_AMOUNTS}
    return {
        "lang": tagged.lang,
        **{key: [_tag(tag) for tag in tagged.of(scheme)] for scheme, key in _KEYS.items()},
        "territories": [_territory(tag, gazetteer) for tag in tagged.of(Scheme.TERRITORY)],
        "zones": [_zone(tag, gazetteer) for tag in tagged.of(Scheme.ZONE)],
        "horizon": horizon[0].term if horizon else None,
        "deadline": deadline.value[:10] if deadline else None,
        "deadline_evidence": _quote(deadline or tagged.fact("deadline_state")),
        "deadline_state": deadline_state(tagged),
        "opening": opening.value[:10] if opening else None,
        "opening_evidence": _quote(opening),
        "status": status(tagged, now) if now else "unknown",
        "amounts": {key: _fact(tagged.fact(name)) for name, key in _AMOUNTS.items()},
        "eligibility": {key: _fact(tagged.fact(name)) for name, key in ELIGIBILITY.items()},
        "facts": {fact.name: _fact(fact) for fact in tagged.facts if fact.name not in named},
    }


def _tag(tag: Tag) -> dict[str, Any]:
    return {
        "term": tag.term,
        "score": tag.score,
        "origin": tag.origin.value,
        "evidence": [_evidence(one) for one in tag.evidence],
    }


def _territory(tag: Tag, gazetteer: Gazetteer) -> dict[str, Any]:
    return {
        "code": tag.term,
        "name": gazetteer.name(tag.term),
        "level": gazetteer.level(tag.term),
        "score": tag.score,
        "scope": tag.scope,
        "origin": tag.origin.value,
        "evidence": [_evidence(one) for one in tag.evidence],
    }


def _zone(tag: Tag, gazetteer: Gazetteer) -> dict[str, Any]:
    """Return a zone as data: no level, but `places`, the GeoZones ids in which it lies, wholly or partly."""
    told = _territory(tag, gazetteer)
    del told["level"]
    return {**told, "places": list(gazetteer.zones.places(tag.term))}


def _fact(fact: Fact | None) -> dict[str, Any] | None:
    if fact is None:
        return None
    return {
        "value": fact.value,
        "quote": _quote(fact),
        "origin": fact.origin.value,
        "evidence": [_evidence(one) for one in fact.evidence],
    }


def _quote(fact: Fact | None) -> str | None:
    return fact.evidence[0].text if fact and fact.evidence else None


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"text": evidence.text, "where": evidence.where, "start": evidence.start, "end": evidence.end}


def _dump(value: Mapping[str, Any]) -> str:
    """Return JSON that UTF-8 can carry: an id with a lone surrogate is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return line
