"""Signs of life of issues and their reports to staff. Sole writer of `reply`, `link_count` and `staff_report`."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from veille.model.returns import ReportState, Signs
from veille.protocols.signs import SignStore
from veille.storage.db import Database, upsert
from veille.storage.tables import LinkCountRow, ReplyRow, StaffReportRow


class SqlSignStore:
    """Answers, opened links and reports of one installation's issues."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replied(self, mark: str, issue_id: int, at: datetime) -> bool:
        """Count one answer to an issue, once; return whether it is new."""
        row = {"mark": mark, "issue_id": issue_id, "at": at}
        with self._database.write(durable=True) as session:
            return upsert(session, ReplyRow, [row], keys=["mark"]) > 0

    def opened(self, issue_id: int, item_id: int, day: str) -> None:
        """Count one opening of an item from an issue."""
        key = (LinkCountRow.issue_id == issue_id) & (LinkCountRow.item_id == item_id) & (LinkCountRow.day == day)
        fresh = {"issue_id": issue_id, "item_id": item_id, "day": day, "count": 0}
        with self._database.write() as session:
            upsert(session, LinkCountRow, [fresh], keys=["issue_id", "item_id", "day"])
            session.execute(update(LinkCountRow).where(key).values(count=LinkCountRow.count + 1))

    def signs(self, issue_id: int, *, counted: bool) -> Signs:
        """Return what is known of an issue; `counted`: its links pass through our counter."""
        with self._database.read() as session:
            replies = session.scalar(select(func.count()).where(ReplyRow.issue_id == issue_id)) or 0
            rows = session.execute(
                select(LinkCountRow.item_id, LinkCountRow.day, LinkCountRow.count)
                .where(LinkCountRow.issue_id == issue_id)
                .order_by(LinkCountRow.day, LinkCountRow.item_id)
            ).all()
        opened: dict[int, int] = {}
        by_day: dict[str, int] = {}
        for item_id, day, count in rows:
            opened[item_id] = opened.get(item_id, 0) + count
            by_day[day] = by_day.get(day, 0) + count
        return Signs(replies=replies, opened=opened if counted or opened else None, by_day=by_day)

    def claim_report(self, issue_id: int, message_id: str, at: datetime) -> bool:
        """Take the one report of an issue in hand; False where it was taken before, by anyone."""
        row = {"issue_id": issue_id, "message_id": message_id, "state": ReportState.SENDING, "reply": "", "at": at}
        with self._database.write(durable=True) as session:
            return upsert(session, StaffReportRow, [row], keys=["issue_id"]) > 0

    def settle_report(self, issue_id: int, state: ReportState, reply: str, at: datetime) -> None:
        """Write what became of a report that was taken in hand."""
        mine = StaffReportRow.issue_id == issue_id
        with self._database.write(durable=True) as session:
            session.execute(update(StaffReportRow).where(mine).values(state=state, reply=reply, at=at))

    def release_report(self, issue_id: int) -> None:
        """Give back a report that is not known to have left: it may be sent later."""
        mine = (StaffReportRow.issue_id == issue_id) & (StaffReportRow.state != ReportState.SENT)
        with self._database.write(durable=True) as session:
            session.execute(delete(StaffReportRow).where(mine))

    def report_state(self, issue_id: int) -> ReportState | None:
        """Return where the report of an issue stands, None where none was begun."""
        with self._database.read() as session:
            state = session.scalar(select(StaffReportRow.state).where(StaffReportRow.issue_id == issue_id))
        return ReportState(state) if state is not None else None


_: type[SignStore] = SqlSignStore
