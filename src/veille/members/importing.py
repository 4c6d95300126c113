"""Import of a list of members as a diff: read, check each line, compare with the store, then write (or only show).

A row is a person; the rows of one organisation share its profile: their lists are united, their single values must
agree. For an organisation that is known, the columns that the file has replace what was stored, the others stay. Nobody
is deleted by an import: who is stored and not in the file is only named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from veille.addresses import address_key
from veille.errors import BadLines, InputError
from veille.members.cells import (
    COLUMNS,
    LISTS,
    PERSON,
    REQUIRED,
    SCALARS,
    BadCell,
    Reader,
    Vocabulary,
    read_email,
    read_name,
)
from veille.members.spreadsheet import Row, Sheet, read_sheet
from veille.model import Member, Subscriber
from veille.protocols import MemberStore
from veille.text import fold


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one organisation or person."""

    #: "ajouté", "changé" or "inchangé".
    what: str
    name: str
    #: French, one per field that changes.
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import before it is written."""

    file: Path
    members: tuple[Change, ...]
    people: tuple[Change, ...]
    #: Persons stored that the file does not name: kept.
    absent: tuple[str, ...]
    #: (line, French cause) of the lines that were left out.
    problems: tuple[tuple[int, str], ...]
    remarks: tuple[str, ...]
    #: What is to be written.
    profiles: tuple[tuple[Member, tuple[Subscriber, ...]], ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.profiles)


@dataclass
class _Draft:
    """An organisation as the rows of the file say it, so far."""

    name: str
    line: int
    fields: dict[str, Any] = field(default_factory=dict)
    #: Column → line that gave its single value.
    said: dict[str, int] = field(default_factory=dict)
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


def plan_import(path: Path, store: MemberStore, words: Vocabulary) -> ImportPlan:
    """Read and check a list, and say what importing it would change; raises InputError where nothing can be read."""
    sheet = read_sheet(path, COLUMNS, REQUIRED)
    if not sheet.rows:
        raise InputError(
            f"{path} : la liste est vide (une ligne d'en-tête, aucune personne)", cure="ajoutez des lignes"
        )
    drafts, problems = _read_rows(sheet, words)
    return _compare(path, sheet, drafts, problems, store)


def apply_import(plan: ImportPlan, store: MemberStore, now: datetime) -> None:
    """Write what a plan holds, all or nothing."""
    if plan.changes:
        store.save(plan.profiles, origin=plan.file.name, now=now)


def refuse_bad_lines(plan: ImportPlan, *, dry_run: bool) -> None:
    """Raise BadLines for the lines that were left out, if any."""
    if plan.problems:
        error = BadLines(plan.file, list(plan.problems))
        if dry_run:
            error.cure = "corrigez ces lignes ; rien n'a été écrit (--dry-run)"
        raise error


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _read_rows(sheet: Sheet, words: Vocabulary) -> tuple[dict[str, _Draft], list[tuple[int, str]]]:
    drafts: dict[str, _Draft] = {}
    problems: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    sirens: dict[str, str] = {}
    refused: set[str] = set()
    for row in sheet.rows:
        try:
            _read_row(row, words, drafts, seen, sirens)
        except BadCell as error:
            problems.append((row.line, str(error)))
            refused.add(fold(row.cells["organisation"]))
    for key in refused & drafts.keys():
        drafts[key].partial = True
    return drafts, problems


def _read_row(
    row: Row, words: Vocabulary, drafts: dict[str, _Draft], seen: dict[str, int], sirens: dict[str, str]
) -> None:
    """Check a whole line before anything of it is kept."""
    if row.problem:
        raise BadCell(row.problem)
    name, email = read_name(row.cells["organisation"], words), read_email(row.cells["email"], words)
    if not fold(name):
        raise BadCell("organisation absente")
    key = address_key(email)
    if key in seen:
        raise BadCell(f"adresse « {email} » déjà donnée ligne {seen[key]}")
    profile = _read_cells(row, {**SCALARS, **LISTS}, words)
    person = _read_cells(row, PERSON, words)
    draft = drafts.get(fold(name)) or _Draft(name, row.line)
    _check_agreement(draft, profile)
    _check_siren(profile.get("siren"), fold(name), sirens)
    drafts[fold(name)] = draft
    seen[key] = row.line
    _merge(draft, profile, row.line)
    draft.people[key] = (email, person)


def _read_cells(row: Row, readers: Mapping[str, Reader], words: Vocabulary) -> dict[str, Any]:
    """Read the columns that the file has; an empty cell is None or an empty list."""
    values: dict[str, Any] = {}
    for column, read in readers.items():
        if column in row.cells:
            cell = row.cells[column]
            values[column] = read(cell, words) if cell else () if column in LISTS else None
    return values


def _check_agreement(draft: _Draft, profile: dict[str, Any]) -> None:
    for column, value in profile.items():
        before = draft.fields.get(column)
        if column in SCALARS and value is not None and before is not None and value != before:
            line = draft.said[column]
            raise BadCell(f"{column} « {value} » contredit « {before} », donné ligne {line} pour {draft.name}")


def _check_siren(siren: str | None, organisation: str, sirens: dict[str, str]) -> None:
    if siren and sirens.setdefault(siren, organisation) != organisation:
        raise BadCell(f"SIREN {siren} déjà donné à une autre organisation de la liste")


def _merge(draft: _Draft, profile: dict[str, Any], line: int) -> None:
    for column, value in profile.items():
        if column in LISTS:
            draft.fields[column] = tuple(dict.fromkeys((*draft.fields.get(column, ()), *value)))
        elif value is not None or column not in draft.fields:
            draft.fields[column] = value
            draft.said[column] = line


# ── comparison ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _compare(
    path: Path, sheet: Sheet, drafts: dict[str, _Draft], problems: list[tuple[int, str]], store: MemberStore
) -> ImportPlan:
    members = store.members()
    stored = _stored_of(drafts, members)
    people = {address_key(person.email): person for person in store.subscribers()}
    stopped = {address_key(email) for email in store.suppressed([e for d in drafts.values() for e in d.people])}
    planned = [_plan_one(draft, stored.get(key), people, stopped) for key, draft in drafts.items()]
    named = {key for draft in drafts.values() for key in draft.people}
    kept_out = sorted(named & stopped - people.keys())
    # A line that was refused still names its person: nobody is told absent because of a typing error.
    refused = {address_key(row.cells["email"]) for row in sheet.rows if row.line in dict(problems)}
    return ImportPlan(
        file=path,
        members=tuple(change for _, change, _ in planned),
        people=tuple(change for _, _, changes in planned for change in changes),
        absent=tuple(person.email for key, person in people.items() if key not in named | refused),
        problems=tuple(problems),
        remarks=(*sheet.remarks, *(f"{email} s'est désinscrit : non ajouté" for email in kept_out)),
        profiles=tuple(profile for profile, _, _ in planned if profile is not None),
    )


def _stored_of(drafts: dict[str, _Draft], members: Sequence[Member]) -> dict[str, Member]:
    """Pair organisations of the file with stored ones: by name, else by SIREN (a renamed one), each once."""
    by_name = {fold(member.organisation): member for member in members}
    found = {key: by_name[key] for key in drafts if key in by_name}
    claimed = {member.id for member in found.values()}
    by_siren = {member.siren: member for member in members if member.siren and member.id not in claimed}
    for key, draft in drafts.items():
        renamed = by_siren.get(str(draft.fields.get("siren")))
        if key not in found and renamed is not None:
            found[key] = renamed
    return found


Planned = tuple[tuple[Member, tuple[Subscriber, ...]] | None, Change, list[Change]]


def _plan_one(draft: _Draft, known: Member | None, people: dict[str, Subscriber], stopped: set[str]) -> Planned:
    if known is None:
        member = Member(organisation=draft.name, **draft.fields)
        change = Change("ajouté", draft.name, tuple(_filled(draft)))
    else:
        same_name = fold(known.organisation) == fold(draft.name)
        member = replace(
            known, organisation=known.organisation if same_name else draft.name, **draft.fields_over(known)
        )
        details = tuple(_differences(known, member))
        change = Change("changé" if details else "inchangé", member.organisation, details)
    to_write: list[Subscriber] = []
    changes: list[Change] = []
    for key, (email, said) in draft.people.items():
        if key in stopped and key not in people:
            continue
        person, done = _plan_person(people.get(key), email, said, member)
        changes.append(done)
        if done.what != "inchangé":
            to_write.append(person)
    write = (member, tuple(to_write)) if change.what != "inchangé" or to_write else None
    return write, change, changes


def _plan_person(
    known: Subscriber | None, email: str, said: dict[str, Any], member: Member
) -> tuple[Subscriber, Change]:
    """Compare a person; an empty name or rhythm says nothing."""
    given = {column: value for column, value in said.items() if value}
    if known is None:
        return Subscriber(email=email, **given), Change("ajouté", email, (member.organisation,))
    person = replace(known, **given)
    details = [
        f"{column} : {getattr(known, column) or '—'} → {value}"
        for column, value in given.items()
        if getattr(known, column) != value
    ]
    if known.member_id != member.id:
        details.append(f"passe chez {member.organisation}")
    return person, Change("changé" if details else "inchangé", known.email, tuple(details))


def _filled(draft: _Draft) -> Iterable[str]:
    return (f"{column} : {_shown(value)}" for column, value in draft.fields.items() if value)


def _differences(old: Member, new: Member) -> Iterable[str]:
    for column in ("organisation", *SCALARS, *LISTS):
        before, after = getattr(old, column), getattr(new, column)
        if before == after:
            continue
        if column in LISTS:
            yield f"{column} : {_list_difference(before, after)}"
        else:
            yield f"{column} : {_shown(before)} → {_shown(after)}"


def _list_difference(before: Sequence[str], after: Sequence[str]) -> str:
    added = [f"+ {value}" for value in after if value not in before]
    removed = [f"− {value}" for value in before if value not in after]
    return " ; ".join(added + removed) or "ordre changé"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return " | ".join(value)
    if isinstance(value, float):
        return f"{value:.0f}"
    return "vide" if value is None else str(value)
