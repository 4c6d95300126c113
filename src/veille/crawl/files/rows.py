"""A table's rows as entries: which columns give what, and what the cells of each say (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from veille.crawl.apis.page import stating
from veille.crawl.apis.payload import day, euros, french_day, instant, labelled, percent, plain
from veille.crawl.apis.words import status
from veille.crawl.entries import entry, safe_link
from veille.crawl.files.columns import field_of, plain_heading
from veille.crawl.files.grid import BadTable, Grid
from veille.model import CallStatus, ParsedEntry, StructuredFacts

#: Rows among which the headings are looked for: a table may begin with a title and a legend.
_HEAD = 20
#: Headings we know that make a row the row of headings.
_ENOUGH = 2
_SEVERAL = re.compile(r"\s*[;|\n]\s*|,\s+")
_CODES = re.compile(r"[\s,;|/]+")
#: « 12,5 k€ », « 1,2 M€ », « 3 millions d'euros »; a sum with words around it is left to the reader of text.
_SUM = re.compile(
    r"([\d\s\u00a0\u202f.,]+?)\s*(k|m|md|milliers?|millions?|milliards?)?\s*(?:d['’]euros|euros?|€|eur)?(?:\s*(?:ht|ttc))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1e3, "m": 1e6, "md": 1e9, "millier": 1e3, "million": 1e6, "milliard": 1e9}
#: Days since this one are how Excel writes a day that nobody formatted as one; of these years.
_EPOCH, _FIRST_DAY, _LAST_DAY = date(1899, 12, 30), 36_526, 73_050
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
#: The code of a département by itself (official geographic code).
_DEPARTEMENT = re.compile(r"^(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-46])$")
_SHORT_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})")
#: Printed by themselves, or not for readers.
_UNPRINTED = frozenset({"id", "title", "link", "published", "updated", "language", "text"})
_DATES = frozenset({"deadline", "opening"})


@dataclass(frozen=True, slots=True)
class _Table:
    """Where things stand in a table."""

    headings: tuple[str, ...]
    #: Field → columns, left to right.
    places: Mapping[str, tuple[int, ...]]
    #: The column that identifies a row, if one was named.
    key: int | None


@dataclass(frozen=True, slots=True)
class Read:
    """What a table gave."""

    entries: tuple[ParsedEntry, ...]
    #: French, what was left aside.
    remarks: tuple[str, ...] = ()


def read_rows(grid: Grid, columns: Mapping[str, str], key: str | None) -> Read:
    """Return the rows of a table as entries; raises BadTable where no row of headings or no title can be found."""
    place, headings = _headings(grid, columns, key)
    table = _table(headings, columns, key)
    entries, untitled, torn = [], 0, 0
    for _, cells in grid.rows[place + 1 :]:
        if grid.ragged and any(cells[len(headings) :]):
            torn += 1
            continue
        found = _entry(table, [*cells[: len(headings)], *[""] * (len(headings) - len(cells))])
        if found is None:
            untitled += 1
        else:
            entries.append(found)
    return Read(tuple(entries), tuple(_remarks(grid, untitled, torn)))


def _remarks(grid: Grid, untitled: int, torn: int) -> list[str]:
    remarks = list(grid.remarks)
    if untitled:
        remarks.append(f"{untitled} ligne{'s' if untitled > 1 else ''} sans titre")
    if torn:
        remarks.append(f"{torn} ligne{'s' if torn > 1 else ''} avec plus de cellules que de colonnes")
    return remarks


# ── where things stand ──────────────────────────────────────────────────────────────────────────────────────────────
def _headings(grid: Grid, columns: Mapping[str, str], key: str | None) -> tuple[int, tuple[str, ...]]:
    """Return the row of headings and its place: the one that has the most headings we know, or were told."""
    told = {plain_heading(name) for name in (*columns, *([key] if key else ()))}

    def known(cells: Sequence[str]) -> int:
        return sum(bool(cell) and (plain_heading(cell) in told or field_of(cell) is not None) for cell in cells)

    candidates = [(known(cells), -place, cells) for place, (_, cells) in enumerate(grid.rows[:_HEAD])]
    if not candidates:
        raise BadTable("le tableau est vide")
    best, place, cells = max(candidates, key=lambda one: one[:2])
    if best < (_ENOUGH if place else 1):
        raise BadTable("aucune ligne d'en-têtes reconnue : nommez les colonnes dans « options.columns »")
    return -place, tuple(cells)


def _table(headings: tuple[str, ...], columns: Mapping[str, str], key: str | None) -> _Table:
    told = {plain_heading(name): field for name, field in columns.items()}
    named = [plain_heading(heading) for heading in headings]
    lacking = [name for name in columns if plain_heading(name) not in named]
    if lacking:
        raise BadTable(f"colonne « {lacking[0][:60]} » absente ; il y a : {_shown(headings)}")
    if key is not None and plain_heading(key) not in named:
        raise BadTable(f"colonne « {key[:60]} » (options.key) absente ; il y a : {_shown(headings)}")
    places: dict[str, tuple[int, ...]] = {}
    for place, heading in enumerate(headings):
        field = told[named[place]] if named[place] in told else field_of(heading)
        if field:
            places[field] = (*places.get(field, ()), place)
    if "title" not in places:
        raise BadTable(f"aucune colonne de titre ; il y a : {_shown(headings)}")
    silent = frozenset(place for place, name in enumerate(named) if told.get(name) == "")
    printed = tuple("" if place in silent else heading for place, heading in enumerate(headings))
    return _Table(printed, places, named.index(plain_heading(key)) if key is not None else None)


def _shown(headings: Sequence[str]) -> str:
    return ", ".join(f"« {heading[:30]} »" for heading in headings[:12] if heading)


# ── what a row says ─────────────────────────────────────────────────────────────────────────────────────────────────
class _Row:
    """One row, by field."""

    def __init__(self, table: _Table, cells: Sequence[str]) -> None:
        self._table = table
        self.cells = cells

    def all(self, field: str) -> list[str]:
        return [self.cells[place] for place in self._table.places.get(field, ()) if self.cells[place]]

    def one(self, field: str) -> str:
        return next(iter(self.all(field)), "")

    def several(self, field: str) -> tuple[str, ...]:
        return tuple(part for cell in self.all(field) for part in _SEVERAL.split(cell) if part)

    def codes(self, field: str) -> tuple[str, ...]:
        return tuple(part for cell in self.all(field) for part in _CODES.split(cell) if part)


def _entry(table: _Table, cells: Sequence[str]) -> ParsedEntry | None:
    row = _Row(table, cells)
    title = row.one("title")
    if not title:
        return None
    found = entry(
        guid=(cells[table.key] if table.key is not None else row.one("id")) or None,
        title=plain([title]),
        link=_link(row.one("link")),
        published=instant(_written(row.one("published"))),
        updated=instant(_written(row.one("updated"))),
        markup=_markup(table, row),
        author=row.one("author") or row.one("financer") or None,
        categories=(*row.several("categories"), *row.several("type")),
        language=row.one("language") or None,
    )
    return stating(found, _facts(row))


def _link(text: str) -> str | None:
    """Return a link, also of a site written without its scheme."""
    bare = text.strip()
    return safe_link(bare if "://" in bare or not bare.lower().startswith("www.") else f"https://{bare}")


def _facts(row: _Row) -> StructuredFacts:
    financers = row.several("financer")
    deadline = day(_written(row.one("deadline")))
    return StructuredFacts(
        cpv=row.codes("cpv"),
        naf=row.codes("naf"),
        nuts=row.codes("nuts"),
        deadline=deadline,
        opening=day(_written(row.one("opening"))),
        amount=_sum(row.one("amount")),
        amount_min=_sum(row.one("amount_min")),
        amount_max=_sum(row.one("amount_max")),
        rate=percent(row.one("rate")),
        financer=financers[0] if financers else None,
        financers=financers,
        audiences=row.several("audiences"),
        territories=tuple(_DEPARTEMENT.sub(r"département \g<0>", name) for name in row.several("territories")),
        contact=", ".join(row.all("contact")) or None,
        reference=row.one("reference") or None,
        status=status(row.one("status")) or _lasting(row.one("deadline")),
    )


def _lasting(deadline: str) -> CallStatus | None:
    """Return what a deadline in words says: « au fil de l'eau »."""
    said = status(deadline)
    return said if said in {CallStatus.ROLLING, CallStatus.CLOSED} else None


def _written(text: str) -> str:
    """Return a day as the readers of dates know it: of a serial number of Excel, of a year of two digits."""
    if _SERIAL.fullmatch(text) and _FIRST_DAY <= float(text) <= _LAST_DAY:
        return (_EPOCH + timedelta(days=int(float(text)))).isoformat()
    short = _SHORT_YEAR.fullmatch(text)
    return f"{short[1]}/{short[2]}/20{short[3]}" if short else text


def _sum(text: str) -> float | None:
    """Return a sum in euros, None where it is none or is more than a sum: « selon le projet »."""
    found = _SUM.fullmatch(text.strip())
    if found is None:
        return None
    value = euros(_decimal(found[1]))
    unit = (found[2] or "").lower().removesuffix("s")
    return value * _TIMES.get(unit, 1.0) if value is not None else None


def _decimal(text: str) -> str:
    """Return a number with a point for its decimals, whether it was written « 12.500,50 » or « 12,500.50 »."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in bare and "." in bare:
        grouping = "," if bare.rindex(".") > bare.rindex(",") else "."
        return bare.replace(grouping, "").replace(",", ".")
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", bare):
        return re.sub(r"[.,]", "", bare)
    return bare.replace(",", ".")


def _markup(table: _Table, row: _Row) -> str:
    """Return the passages of text, then each other column after its heading."""
    unprinted = {place for field in _UNPRINTED for place in table.places.get(field, ())}
    days = {place for field in _DATES for place in table.places.get(field, ())}
    parts = [plain(row.all("text"))]
    for place, heading in enumerate(table.headings):
        said = row.cells[place]
        if heading and said and place not in unprinted and place != table.key:
            parts.append(labelled(heading, (french_day(_written(said)) if place in days else "") or said))
    return "\n".join(part for part in parts if part)
