"""One tree of errors; each knows the exit code of the command that meets it.

    VeilleError (1)
    ├── InputError (2)              what a person typed or wrote is wrong
    │   ├── ConfigError             a definition file: names file, line, key, cause and cure
    │   ├── TemplateError           a bulletin template: names template and line
    │   ├── BadLines                a JSONL or CSV file had bad lines; the good ones were done
    │   └── ParseError              bytes that are not what they claim to be (a value for crawl, an error for a command)
    ├── StoreError (3)              the database cannot serve
    │   ├── DatabaseMissing         no database at the place named
    │   ├── DatabaseCorrupt         the file is not a database, or a page is damaged
    │   ├── SchemaMismatch          older or newer than this program
    │   └── DiskFull                no space left: committed rows are intact
    ├── RelayUnavailable (1)        no mail relay answers, or it keeps hanging up: everything stays queued
    ├── StoreBusy (4)               another process holds the write lock for too long
    ├── LeaseHeld (5)               another process does this very work
    ├── LeaseLost (5)               our lease expired and somebody else took the work over
    ├── PartialFailure (6)          `--strict`: some sources failed
    └── FloorFallen (7)             a figure of the pipeline is worse than its floor

Messages are French: they name the thing, then the cure.
"""

from pathlib import Path


class VeilleError(Exception):
    """Root of the errors a user can do something about."""

    exit_code = 1

    def __init__(self, message: str, *, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        #: What to do about it, one French sentence; may be empty.
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} — {self.cure}" if self.cure else self.message


class InputError(VeilleError):
    """What a person typed or wrote cannot be used."""

    exit_code = 2


class ConfigError(InputError):
    """A definition file is wrong; `line` is 1-based, 0 where unknown."""

    def __init__(self, message: str, *, file: str | Path, line: int = 0, key: str = "", cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.file = str(file)
        self.line = line
        self.key = key

    def __str__(self) -> str:
        where = (
            self.file + (f", ligne {self.line}" if self.line else "") + (f", clé « {self.key} »" if self.key else "")
        )
        return f"{where} : {super().__str__()}"


class TemplateError(InputError):
    """A bulletin template cannot be rendered; `line` is 1-based, 0 where unknown."""

    def __init__(self, message: str, *, template: str, line: int = 0, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.template = template
        self.line = line

    def __str__(self) -> str:
        where = f"gabarit {self.template}" + (f", ligne {self.line}" if self.line else "")
        return f"{where} : {super().__str__()}"


class BadLines(InputError):
    """Some lines of an input file were refused; the others were done. `problems` are (line number, French cause)."""

    def __init__(self, file: str | Path, problems: list[tuple[int, str]]) -> None:
        shown = [f"ligne {number} : {cause}" for number, cause in problems[:10]]
        if len(problems) > 10:  # noqa: PLR2004 - ten lines fit a screen
            shown.append(f"et {len(problems) - 10} autres")
        told = f" {shown[0]}" if len(shown) == 1 else "".join(f"\n  {one}" for one in shown) + "\n"
        super().__init__(f"{file} :{told}", cure="corrigez ces lignes et relancez : les autres sont faites")
        self.problems = problems


class ParseError(InputError):
    """Bytes that cannot be read as the kind of document expected."""


class StoreError(VeilleError):
    """The database cannot serve."""

    exit_code = 3


class DatabaseMissing(StoreError):
    """No database at the place named."""


class DatabaseCorrupt(StoreError):
    """The file is not a database, or a page of it is damaged."""


class SchemaMismatch(StoreError):
    """The schema is older or newer than this program."""


class DiskFull(StoreError):
    """No space left on the device; what was committed is intact."""


class RelayUnavailable(VeilleError):
    """The mail relay cannot be reached or keeps hanging up; what was not sent stays queued."""


class StoreBusy(VeilleError):
    """Another process held the write lock longer than we wait."""

    exit_code = 4


class LeaseHeld(VeilleError):
    """Another process is doing this very work."""

    exit_code = 5


class LeaseLost(VeilleError):
    """Our lease expired and the work went to somebody else: what we hold must not be written."""

    exit_code = 5


class PartialFailure(VeilleError):
    """Under `--strict`, at least one source failed."""

    exit_code = 6


class FloorFallen(VeilleError):
    """A figure of the pipeline is worse than the floor it may not lose; nothing was replaced."""

    exit_code = 7
