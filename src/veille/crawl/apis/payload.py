"""JSON of an API: read under limits, and its values taken for what they are or left (pure)."""

import html
import json
import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from veille import french
from veille.crawl.charset import decode
from veille.crawl.dates import read_date
from veille.crawl.feeds import SOURCE_ZONE
from veille.errors import ParseError

#: Bytes of one answer; the largest real one met holds 1.4 MB.
MAX_BYTES = 50_000_000
_CURE = "vérifiez l'adresse dans sources.yaml : elle doit être celle d'une API qui répond en JSON"
#: xs:date: a calendar day, whatever zone stands after it (eForms writes « 2024-02-28+02:00 » in winter).
_DAY = re.compile(r"\s*(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?\s*")
#: TED writes « 20210210 16:00 » and « 20210113 ».
_COMPACT_DAY = re.compile(r"\s*(\d{4})(\d{2})(\d{2})(?:\s+\d{1,2}:\d{2})?\s*")
_SUM = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
#: Euros; the whole recovery plan was 100 billion.
_LARGEST_SUM = 1e12
_WHOLE = 100.0


def refuse_oversized(payload: bytes) -> None:
    """Raise ParseError for an answer that is empty or beyond MAX_BYTES."""
    if len(payload) > MAX_BYTES:
        raise ParseError(f"réponse de plus de {MAX_BYTES // 1_000_000} Mo", cure="demandez-en moins à la fois")
    if not payload.strip(b"\x00 \t\r\n"):
        raise ParseError("la réponse est vide", cure="réessayez plus tard ; si cela dure, vérifiez l'adresse")


def read_json(payload: bytes) -> Any:
    """Return what a JSON document says; raises ParseError for anything else. NaN and its like are null."""
    refuse_oversized(payload)
    try:
        return json.loads(decode(payload).lstrip("\ufeff"), strict=False, parse_constant=lambda _: None)
    except RecursionError as error:
        raise ParseError("JSON imbriqué au-delà du raisonnable", cure=_CURE) from error
    except ValueError as error:
        where = (
            f"ligne {error.lineno}, colonne {error.colno}"
            if isinstance(error, json.JSONDecodeError)
            else "nombre démesuré"
        )
        raise ParseError(f"JSON illisible ({where})", cure=_CURE) from error


def records(document: Any, key: str, api: str) -> list[dict[str, Any]]:
    """Return the records under `key` of an answer; raises ParseError where it holds no such list."""
    listed = document.get(key) if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ParseError(f"la réponse n'est pas celle de l'API {api} : sa liste « {key} » manque", cure=_CURE)
    return [record for record in listed if isinstance(record, dict)]


def text(value: Any) -> str:
    """Return a string or plain number as text, anything else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def texts(value: Any) -> list[str]:
    """Return the texts of a list, or of one value, without the empty ones."""
    values = value if isinstance(value, list) else [value]
    return [said for one in values if (said := text(one).strip())]


def instant(value: Any) -> datetime | None:
    """Return the instant that a value names, UTC; one without a zone is French."""
    return read_date(text(value), SOURCE_ZONE)


def day(value: Any) -> date | None:
    """Return the calendar day, in France, that a value names."""
    said = text(value)
    plain = _DAY.fullmatch(said)
    compact = _COMPACT_DAY.fullmatch(said)
    if compact:
        said = "-".join(compact.groups())
    read = read_date(plain[1] if plain else said, SOURCE_ZONE)
    return read.astimezone(SOURCE_ZONE).date() if read else None


def euros(value: Any) -> float | None:
    """Return a sum of money, None where it is none or nothing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        bare = re.sub(r"[\s\u00a0\u202f]", "", value).replace(",", ".")
        value = float(bare) if _SUM.fullmatch(bare) else None
    usable = isinstance(value, int | float) and 0 < value <= _LARGEST_SUM and math.isfinite(value)
    return float(value) if usable else None


def percent(value: Any) -> float | None:
    """Return a share in percent, « 40 », « 40 % » or 40.0; None where it is none or above the whole."""
    share = euros(value.replace("%", "") if isinstance(value, str) else value)
    return share if share is not None and share <= _WHOLE else None


def table(value: Any) -> dict[str, Any]:
    """Return an object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, or the one object."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


def french_day(value: Any) -> str:
    """Return a day as French texts print it: « 1er mai 2027 »."""
    read = day(value)
    return "" if read is None else french.french_day(read)


def labelled(label: str, values: Any) -> str:
    """Return « label : values » as one paragraph of markup, or nothing where there is no value."""
    said = texts(values)
    return f"<p>{label} : {html.escape(', '.join(said), quote=False)}</p>" if said else ""


def headed(label: str, markup: Any) -> str:
    """Return a passage of markup below its heading, or nothing where it is empty."""
    said = text(markup).strip()
    return f"<p>{label} :</p>{said}" if said else ""


def plain(values: Any) -> str:
    """Return plain text as markup, its line breaks kept."""
    return "".join(
        f"<p>{html.escape(line, quote=False)}</p>" for said in texts(values) for line in said.split("\n") if line
    )


def first(values: Iterable[str]) -> str | None:
    """Return the first value that says something."""
    return next((value for value in values if value), None)
