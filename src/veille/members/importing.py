"""Import of a list of members as a diff: read, check each line, compare with the store, then write (or only show).

A row is a person who reads for one organisation; an address given to several reads for each. The rows of one
organisation share its profile: their lists are united, their single values must agree. For an organisation that is
known, the columns that the file has replace what was stored, the others stay. Nobody is deleted by an import: who is
stored and not in the file is only named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from veille.addresses import address_key
from veille.errors import BadLines, InputError
from veille.members.cells import Vocabulary
from veille.members.columns import COLUMNS, LISTS, REQUIRED, SCALARS
from veille.members.pairing import Readings
from veille.members.rows import Draft, Gathering, Problem, gather
from veille.members.spreadsheet import Sheet, read_sheet
from veille.model import Member, Subscriber
from veille.protocols import MemberStore
from veille.text import fold

#: What a person says on their own page, which no list changes back.
_CHOSEN = ("rhythm", "languages")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What becomes of one field."""

    column: str
    before: Any
    after: Any

    @property
    def words(self) -> str:
        """French: « staff : 25 → 31 », « needs : + sarcopénie ; − enrobage »."""
        if isinstance(self.after, tuple) and self.before:
            return f"{self.column} : {_list_difference(self.before, self.after)}"
        return f"{self.column} : {shown(self.before)} → {shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one organisation or person."""

    #: "ajouté", "changé" or "inchangé".
    what: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    #: The organisation that a person joins, where they are new or leave another one.
    joins: str = ""
    #: The organisations that their address reads for beside that one.
    beside: tuple[str, ...] = ()

    @property
    def details(self) -> tuple[str, ...]:
        """French, one per field that changes."""
        if self.what == "ajouté":
            said = tuple(f"{one.column} : {shown(one.after)}" for one in self.fields)
            where = f"{self.joins}, en plus de {', '.join(self.beside)}" if self.beside else self.joins
            return (where, *said) if where else said
        moved = (f"passe chez {self.joins}",) if self.joins else ()
        return (*(one.words for one in self.fields), *moved)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import before it is written."""

    file: Path
    members: tuple[Change, ...]
    people: tuple[Change, ...]
    #: Persons stored that the file does not name: kept.
    absent: tuple[str, ...]
    #: Organisations stored that the file does not name: kept.
    absent_members: tuple[str, ...]
    #: Why lines were left out, by line.
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]
    #: What is to be written.
    profiles: tuple[tuple[Member, tuple[Subscriber, ...]], ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.profiles)


def plan_import(path: Path, store: MemberStore, words: Vocabulary) -> ImportPlan:
    """Read and check a list, and say what importing it would change; raises InputError where nothing can be read."""
    sheet = read_sheet(path, COLUMNS, REQUIRED)
    if not sheet.rows:
        raise InputError(
            f"{path} : la liste est vide (une ligne d'en-tête, aucune personne)", cure="ajoutez des lignes"
        )
    return _compare(path, sheet, gather(sheet, words), store)


def apply_import(plan: ImportPlan, store: MemberStore, now: datetime) -> None:
    """Write what a plan holds, all or nothing."""
    if plan.changes:
        store.save(plan.profiles, origin=plan.file.name, now=now)


def refuse_bad_lines(plan: ImportPlan, *, dry_run: bool) -> None:
    """Raise BadLines for the lines that were left out, if any."""
    if plan.problems:
        error = BadLines(plan.file, [(problem.line, problem.sentence) for problem in plan.problems])
        if dry_run:
            error.cure = "corrigez ces lignes ; rien n'a été écrit"
        raise error


def _compare(path: Path, sheet: Sheet, read: Gathering, store: MemberStore) -> ImportPlan:
    members = store.members()
    stored = _stored_of(read.drafts, members)
    # A line that was refused still names its person: nobody is told absent, or elsewhere, because of a typing error.
    refused = {problem.line for problem in read.problems}
    rows = (row.cells for row in sheet.rows if row.line in refused)
    unread = {(fold(cells["organisation"]), address_key(cells["email"])) for cells in rows}
    readings = Readings(read.drafts, members, stored, store.subscribers(), unread)
    emails = {key: email for draft in read.drafts.values() for key, (email, _) in draft.people.items()}
    stopped = {address_key(email) for email in store.suppressed(emails.values())}
    planned = [_plan_one(key, draft, stored.get(key), readings, stopped) for key, draft in read.drafts.items()]
    named_members = {member.id for member in stored.values()}
    unread_members = {name for name, _ in unread}
    return ImportPlan(
        file=path,
        members=tuple(change for _, change, _ in planned),
        people=tuple(change for _, _, changes in planned for change in changes),
        absent=tuple(readings.absent()),
        absent_members=tuple(
            one.organisation
            for one in members
            if one.id not in named_members and fold(one.organisation) not in unread_members
        ),
        problems=tuple(read.problems),
        remarks=(*sheet.remarks, *read.remarks, *_remarks(read.drafts, stored, readings, stopped)),
        profiles=tuple(profile for profile, _, _ in planned if profile is not None),
    )


def _stored_of(drafts: dict[str, Draft], members: Sequence[Member]) -> dict[str, Member]:
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


def _remarks(
    drafts: dict[str, Draft], stored: dict[str, Member], readings: Readings, stopped: set[str]
) -> Iterator[str]:
    """Yield what is no error and should be seen: who is not added, whose own choice stands, who may be a namesake."""
    for key, draft in drafts.items():
        known, siren = stored.get(key), draft.fields.get("siren")
        if known is not None and known.siren and siren and siren != known.siren:
            yield (
                f"{draft.name} change de SIREN ({known.siren} → {siren}) ; si c'est une autre organisation du même "
                f"nom, écrivez « {draft.name} (ville) »"
            )
        for one, (_, said) in draft.people.items():
            person = readings.known(key, one)
            if one in stopped and person is None:
                yield f"{one} : adresse à ne plus écrire (désinscrite, effacée ou refusée), non ajoutée"
            if person is not None and person.left_at is not None:
                yield f"{person.email} a quitté sur sa page le bulletin de {draft.name} : il ne lui est pas rendu"
            kept = [column for column in _CHOSEN if person and person.chosen_at and _contradicts(person, said, column)]
            if person is not None and kept:
                yield f"{person.email} a choisi sur sa page : {', '.join(kept)} gardé"


def _contradicts(person: Subscriber, said: dict[str, Any], column: str) -> bool:
    return bool(said.get(column)) and said[column] != getattr(person, column)


Planned = tuple[tuple[Member, tuple[Subscriber, ...]] | None, Change, list[Change]]


def _plan_one(name: str, draft: Draft, known: Member | None, readings: Readings, stopped: set[str]) -> Planned:
    if known is None:
        member = Member(organisation=draft.name, **draft.fields)
        filled = (FieldChange(column, None, value) for column, value in draft.fields.items() if value)
        change = Change("ajouté", draft.name, tuple(filled))
    else:
        same_name = fold(known.organisation) == fold(draft.name)
        kept = known.organisation if same_name else draft.name
        member = replace(known, organisation=kept, **draft.fields_over(known))
        fields = tuple(_differences(known, member))
        change = Change("changé" if fields else "inchangé", member.organisation, fields)
    to_write: list[Subscriber] = []
    changes: list[Change] = []
    for key, (email, said) in draft.people.items():
        reading = readings.known(name, key)
        if key in stopped and reading is None:
            continue
        person, done = _plan_person(reading, readings.spelt(key, email), said, member, readings.beside(name, key))
        changes.append(done)
        if done.what != "inchangé":
            to_write.append(person)
    write = (member, tuple(to_write)) if change.what != "inchangé" or to_write else None
    return write, change, changes


def _plan_person(
    known: Subscriber | None, email: str, said: dict[str, Any], member: Member, beside: tuple[str, ...]
) -> tuple[Subscriber, Change]:
    """Compare a person; an empty cell says nothing, and what they chose themselves stands."""
    given = {column: value for column, value in said.items() if value}
    if known is None:
        filled = tuple(FieldChange(column, None, value) for column, value in given.items())
        return Subscriber(email=email, **_stored(given)), Change("ajouté", email, filled, member.organisation, beside)
    if known.chosen_at is not None:
        given = {column: value for column, value in given.items() if column not in _CHOSEN}
    fields = tuple(
        FieldChange(column, _listed(known, column), value)
        for column, value in given.items()
        if _listed(known, column) != value
    )
    joins = member.organisation if known.member_id != member.id else ""
    changed = replace(known, **_stored({one.column: one.after for one in fields}))
    return changed, Change("changé" if fields or joins else "inchangé", known.email, fields, joins)


def _listed(person: Subscriber, column: str) -> Any:
    """Return what a list of members would hold of a person: the day, not the second."""
    value = getattr(person, column)
    return value.date() if isinstance(value, datetime) else value


def _stored(given: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored of the cells of a person: a day is its noon, the same day in every zone of France."""
    return {column: _noon(value) if isinstance(value, date) else value for column, value in given.items()}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _differences(old: Member, new: Member) -> Iterator[FieldChange]:
    for column in ("organisation", *SCALARS, *LISTS):
        before, after = getattr(old, column), getattr(new, column)
        if before != after:
            yield FieldChange(column, before, after)


def _list_difference(before: Sequence[str], after: Sequence[str]) -> str:
    added = [f"+ {value}" for value in after if value not in before]
    removed = [f"− {value}" for value in before if value not in after]
    return " ; ".join(added + removed) or "ordre changé"


def shown(value: Any) -> str:
    """Return a value as a list of members holds it; « vide » for none."""
    if isinstance(value, tuple):
        return " | ".join(value) or "vide"
    if isinstance(value, float):
        return f"{value:.2f}".removesuffix(".00")
    return "vide" if value is None or value == "" else str(value)
