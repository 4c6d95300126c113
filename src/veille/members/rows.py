"""Rows of a list of members, gathered by organisation: every bad cell is named, the other lines are kept (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from veille.addresses import address_key
from veille.members.cells import BadCell, Vocabulary, read_email, read_name
from veille.members.columns import LISTS, PERSON, SCALARS, Reader
from veille.members.spreadsheet import Row, Sheet
from veille.model import Member
from veille.text import fold
from veille.workbooks import ERRORS

#: Characters of a bad cell that are shown.
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was left out."""

    line: int
    #: Column of the bad cell, empty where the whole line is meant.
    column: str
    value: str
    #: French, the cure in it.
    cause: str

    @property
    def sentence(self) -> str:
        """The cause with its column."""
        return f"colonne {self.column} : {self.cause}" if self.column else self.cause


@dataclass
class Draft:
    """An organisation as the rows of the file say it, so far."""

    name: str
    line: int
    fields: dict[str, Any] = field(default_factory=dict)
    #: Column → line that gave its single value.
    said: dict[str, int] = field(default_factory=dict)
    #: Key of an address → the address, what else was said.
    people: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    #: One of its lines was refused: what the others leave empty must not be taken for wiped.
    partial: bool = False

    def fields_over(self, known: Member) -> dict[str, Any]:
        """Return the fields to set on a member that is stored."""
        if not self.partial:
            return self.fields
        lists = {column: (*getattr(known, column), *self.fields[column]) for column in LISTS if column in self.fields}
        single = {column: value for column, value in self.fields.items() if column in SCALARS and value is not None}
        return single | {column: tuple(dict.fromkeys(values)) for column, values in lists.items()}


@dataclass
class Gathering:
    """What was read of a list."""

    #: Folded name → organisation.
    drafts: dict[str, Draft] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    #: (key of an address, folded name) → line that gave it: an address may read for several organisations, once each.
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Key of an address → how it was first written.
    _spelt: dict[str, str] = field(default_factory=dict)
    #: SIREN → folded name that gave it.
    _sirens: dict[str, str] = field(default_factory=dict)

    def take(self, row: Row, words: Vocabulary) -> None:
        """Keep a line, or say all that is wrong with it and keep nothing of it."""
        problems, values = _checked(row, words)
        if not problems:
            problems = list(self._contradictions(row, values))
        if problems:
            self.problems += problems
            return
        self._keep(row, values)

    def _contradictions(self, row: Row, values: dict[str, Any]) -> list[Problem]:
        """Say what a sound line contradicts in those before it."""
        name, email = values["organisation"], values["email"]
        found: list[Problem] = []
        if email and (before := self._seen.get((address_key(email), fold(name)))):
            found.append(Problem(row.line, "email", email, f"adresse « {email} » déjà donnée ligne {before}"))
        siren = values.get("siren")
        if siren and self._sirens.get(siren, fold(name)) != fold(name):
            cause = f"SIREN {siren} déjà donné à une autre organisation de la liste"
            found.append(Problem(row.line, "siren", siren, cause))
        draft = self.drafts.get(fold(name))
        if draft is not None:
            found += _disagreements(row.line, draft, values)
        return found

    def _keep(self, row: Row, values: dict[str, Any]) -> None:
        name, email = values["organisation"], values["email"]
        draft = self.drafts.setdefault(fold(name), Draft(name, row.line))
        for column in (*SCALARS, *LISTS):
            if column in values:
                _merge(draft, column, values[column], row.line)
        if values.get("siren"):
            self._sirens[values["siren"]] = fold(name)
        if email:
            person = {column: values[column] for column in PERSON if column in values}
            key = address_key(email)
            draft.people[key] = (self._spelt.setdefault(key, email), person)
            self._seen[key, fold(name)] = row.line
        else:
            self.remarks.append(
                f"ligne {row.line} : {name} est sans adresse ; son profil est gardé, personne n'en recevra de bulletin"
            )


def gather(sheet: Sheet, words: Vocabulary) -> Gathering:
    """Read every line of a list."""
    gathering = Gathering()
    for row in sheet.rows:
        gathering.take(row, words)
    refused = {problem.line for problem in gathering.problems}
    for row in sheet.rows:
        if row.line in refused and (draft := gathering.drafts.get(fold(row.cells["organisation"]))):
            draft.partial = True
    return gathering


def _checked(row: Row, words: Vocabulary) -> tuple[list[Problem], dict[str, Any]]:
    """Read every cell of a line; an empty one is None or an empty list."""
    if row.problem:
        return [Problem(row.line, "", "", row.problem)], {}
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    readers: Mapping[str, Reader] = {"organisation": read_name, **SCALARS, **LISTS, "email": read_email, **PERSON}
    for column, read in readers.items():
        if column not in row.cells:
            continue
        try:
            values[column] = _value(column, row.cells[column], read, words)
        except BadCell as error:
            problems.append(Problem(row.line, column, row.cells[column][:_SHOWN], str(error)))
    if "organisation" in values and not fold(values["organisation"] or ""):
        problems.insert(0, Problem(row.line, "organisation", "", "organisation absente : écrivez son nom"))
    if not row.cells["email"] and any(row.cells.get(column) for column in PERSON):
        problems.append(Problem(row.line, "email", "", "adresse vide pour une personne : écrivez son adresse"))
    return problems, values


def _value(column: str, cell: str, read: Reader, words: Vocabulary) -> Any:
    if cell in ERRORS:
        raise BadCell(f"la formule de cette cellule a échoué ({cell}) : écrivez la valeur à sa place")
    if cell:
        return read(cell, words)
    return () if column in LISTS or column == "languages" else None


def _disagreements(line: int, draft: Draft, values: dict[str, Any]) -> list[Problem]:
    found = []
    for column in SCALARS:
        value, before = values.get(column), draft.fields.get(column)
        if value is None or before is None or value == before:
            continue
        cause = f"« {value} » contredit « {before} », donné ligne {draft.said[column]} pour {draft.name}"
        if column == "siren":
            cause += f" ; deux organisations du même nom ? distinguez-les : « {draft.name} (ville) »"
        found.append(Problem(line, column, str(value)[:_SHOWN], cause))
    return found


def _merge(draft: Draft, column: str, value: Any, line: int) -> None:
    if column in LISTS:
        draft.fields[column] = tuple(dict.fromkeys((*draft.fields.get(column, ()), *value)))
    elif value is not None or column not in draft.fields:
        draft.fields[column] = value
        draft.said[column] = line
