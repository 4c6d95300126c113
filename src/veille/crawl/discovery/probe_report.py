"""A file that remembers, source by source, when each was last seen to answer: one probe after the other (CSV)."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path

from veille.config.opml import sheet_cell
from veille.crawl.discovery.probing import Probe, Verdict
from veille.errors import InputError
from veille.files import cause, check_readable, write_atomically

COLUMNS = ("id", "last_seen", "probed", "verdict", "entries", "newest", "sentence", "advice", "url")
#: Verdicts of a source that was seen: it answered with entries, or with what leads to them.
_SEEN = frozenset({Verdict.ANSWERS, Verdict.MOVED, Verdict.PAGE})
_OTHER = "donnez un autre fichier à --report"
#: Bytes; a report of 10,000 sources has 3 MB.
_LARGEST = 50_000_000

Rows = Mapping[str, Mapping[str, str]]


def read_report(path: Path) -> Rows:
    """Return the rows of an earlier report by source; none where there is no such file. Raises InputError."""
    check_readable(path)
    try:
        if path.exists() and path.stat().st_size > _LARGEST:
            raise InputError(f"{path} : plus de {_LARGEST // 1_000_000} Mo", cure=_OTHER)
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise InputError(f"{path} n'est pas en UTF-8", cure=_OTHER) from error
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure=_OTHER) from error
    reader = csv.DictReader(io.StringIO(text), delimiter=";")
    try:
        if not text.strip() or {"id", "last_seen"} <= set(reader.fieldnames or ()):
            return {row["id"]: {name: row.get(name) or "" for name in COLUMNS} for row in reader if row.get("id")}
    except csv.Error as error:
        raise InputError(f"{path} n'est pas un rapport de sonde ({error})", cure=_OTHER) from error
    raise InputError(f"{path} n'est pas un rapport de sonde", cure=_OTHER)


def write_report(path: Path, before: Rows, probes: Sequence[Probe], zone: tzinfo) -> None:
    """Write what was found over what was known: a source that was not asked keeps its row. Raises InputError."""
    rows = {name: dict(row) for name, row in before.items()}
    for probe in probes:
        if probe.verdict is not Verdict.SKIPPED or probe.source.id not in rows:
            rows[probe.source.id] = _row(probe, before.get(probe.source.id, {}), zone)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows.values():
        writer.writerow([sheet_cell(row.get(name, "")) for name in COLUMNS])
    try:
        write_atomically(path, text.getvalue().encode())
    except OSError as error:
        raise InputError(f"{path} : {cause(error)}", cure=_OTHER) from error


def _row(probe: Probe, before: Mapping[str, str], zone: tzinfo) -> dict[str, str]:
    today = probe.at.astimezone(zone).date().isoformat()
    return {
        "id": probe.source.id,
        "last_seen": today if probe.verdict in _SEEN else before.get("last_seen", ""),
        "probed": today,
        "verdict": probe.verdict.value,
        "entries": str(probe.entries),
        "newest": probe.newest.astimezone(zone).date().isoformat() if probe.newest else "",
        "sentence": probe.sentence,
        "advice": probe.advice,
        "url": probe.source.url,
    }
