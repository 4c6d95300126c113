"""What an issue's row is called, whom it was signed by, and why it is refused a signature; `issue_store` writes it."""

from veille.errors import InputError
from veille.model import Issue, IssueState
from veille.model.issue_life import STATE_NAMES
from veille.storage.tables import IssueRow


def unsigned(row: IssueRow) -> None:
    """Take back who froze and signed it."""
    row.frozen_at = row.approved_at = row.approved_by = row.content_sha256 = None


def name_of(row: IssueRow) -> str:
    """Return « hebdo 2026-W48 »."""
    return f"{row.digest} {row.period}"


def check_same(row: IssueRow, issue: Issue) -> None:
    """Refuse to sign what somebody made again, edited or froze while its mails were drawn and checked."""
    now, read = ((one.state, one.built_at, one.content_sha256, one.edits) for one in (row, issue))
    if now != read:
        raise InputError(
            f"l'édition {issue.name} a changé pendant qu'elle était vérifiée",
            cure="relisez-la avec « veille digest show », puis recommencez",
        )


def altered(issue: Issue) -> InputError:
    """Return the refusal of a frozen content that is not what its hash says."""
    return InputError(
        f"l'édition {issue.name} n'est plus celle qui a été figée",
        cure="quelqu'un a modifié la base ; rétablissez-la d'une sauvegarde",
    )


def not_paused(row: IssueRow) -> InputError:
    """Return the refusal to resume what nobody paused."""
    return InputError(
        f"l'édition {name_of(row)} est {STATE_NAMES[IssueState(row.state)]} : elle n'est pas suspendue",
        cure="« veille digest status » dit où en est chaque édition",
    )
