"""What counting the signs of life of an issue needs of the store."""

from datetime import datetime
from typing import Protocol

from veille.model.returns import ReportState, Signs


class SignStore(Protocol):
    """Answers, opened links, and reports to staff: reply, link_count, staff_report. Its sole writer."""

    def replied(self, mark: str, issue_id: int, at: datetime) -> bool:
        """Count one answer to an issue, once; return whether it is new."""
        ...

    def opened(self, issue_id: int, item_id: int, day: str) -> None:
        """Count one opening of an item from an issue, by the cluster's calendar day (ISO)."""
        ...

    def signs(self, issue_id: int, *, counted: bool) -> Signs:
        """Return what is known of an issue; `counted`: its links pass through our counter."""
        ...

    def claim_report(self, issue_id: int, message_id: str, at: datetime) -> bool:
        """Take the one report of an issue in hand, durably; False where it was taken before."""
        ...

    def settle_report(self, issue_id: int, state: ReportState, reply: str, at: datetime) -> None:
        """Write what became of a report that was taken in hand."""
        ...

    def release_report(self, issue_id: int) -> None:
        """Give back a report that is not known to have left: it may be sent later."""
        ...

    def report_state(self, issue_id: int) -> ReportState | None:
        """Return where the report of an issue stands, None where none was begun."""
        ...
