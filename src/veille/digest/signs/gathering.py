"""What became of one issue, from what is stored: who was served, who was not and why, what was done with it (pure)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from veille.model import Delivery, DeliveryState, Drafted, Feedback, Issue, IssueEvent, Opinion
from veille.model.returns import Recorded, ReturnKind, Signs


@dataclass(frozen=True, slots=True)
class Line:
    """One item of an issue and what was done with it."""

    title: str
    #: Bulletins it stood in.
    shown: int
    #: Openings counted; None where links are not counted.
    opened: int | None
    useful: int = 0
    not_for_me: int = 0
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a report, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReport:
    """What staff are told of an issue."""

    digest: str
    period: str
    title: str
    state: str
    #: State → mails.
    counts: Mapping[str, int]
    replies: int
    #: None where links are not counted.
    opened: int | None
    by_day: Mapping[str, int]
    useful: int
    not_for_me: int
    wanted: int
    #: Most done with first.
    lines: Sequence[Line] = ()
    #: Who got nothing, and why.
    nothing: Sequence[Person] = ()
    doubts: Sequence[Person] = ()
    rejected: Sequence[Person] = ()
    #: Not sent yet, or not in time.
    waiting: Sequence[Person] = ()
    #: Addresses that were not written to.
    suppressed: int = 0
    #: What became of the issue by itself, when and why: held, approved by nobody, paused.
    unasked: Sequence[Person] = ()
    #: Who left since: kind → people; « page »: all their bulletins, « one »: that of one organisation.
    left: Mapping[str, int] = field(default_factory=dict)
    #: Percent of the calls that suit readers in time which they were shown; None where that is not known.
    coverage: int | None = None

    @property
    def delivered(self) -> int:
        """Mails that the relay took."""
        return self.counts.get(DeliveryState.SENT.value, 0)


_WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED, DeliveryState.EXPIRED})
_LEAVING = (ReturnKind.HARD, ReturnKind.COMPLAINT, ReturnKind.UNSUBSCRIBE)


def gather(
    issue: Issue,
    deliveries: Sequence[Delivery],
    drafted: Sequence[Drafted],
    opinions: Sequence[Feedback],
    signs: Signs,
    returned: Sequence[Recorded],
    *,
    gone: Collection[str],
    stopped: Collection[int] = (),
    events: Sequence[IssueEvent] = (),
    zone: tzinfo = UTC,
) -> IssueReport:
    """Return the report of an issue; `gone`: addresses among its readers' that are not written to any more.

    `stopped`: readers who read for their organisation no more, whatever their address still reads for.
    `events`: every move of it, told in local time of that zone.
    """
    said = _said(issue, drafted, opinions)
    votes = Counter(one.opinion for one in said)
    ours = {one.message_id: one.email for one in deliveries}
    # A relay and a returned mail may tell the same: people are counted, not what is said of them.
    told = {(ours[one.message_id], one.kind) for one in returned if one.message_id in ours and one.kind in _LEAVING}
    left = Counter(kind for _, kind in told)
    served = {one.email for one in deliveries if one.state is DeliveryState.SENT}
    by_page = len((served & set(gone)) - {email for email, _ in told})
    of_one = sum(
        one.state is DeliveryState.SENT and one.subscriber_id in stopped and one.email not in gone for one in deliveries
    )
    return IssueReport(
        digest=issue.digest,
        period=issue.period,
        title=str(issue.frame.get("title", issue.digest)),
        state=issue.state.value,
        counts=dict(Counter(one.state.value for one in deliveries)),
        replies=signs.replies,
        opened=None if signs.opened is None else sum(signs.opened.values()),
        by_day=signs.by_day,
        useful=votes[Opinion.USEFUL],
        not_for_me=votes[Opinion.NOT_FOR_ME],
        wanted=votes[Opinion.WANTED],
        lines=_lines(drafted, said, signs),
        nothing=[Person(one.subscriber.email, one.skipped) for one in drafted if one.bulletin is None],
        doubts=_named(deliveries, {DeliveryState.UNCERTAIN}),
        rejected=_named(deliveries, {DeliveryState.REJECTED}),
        waiting=_named(deliveries, _WAITING),
        suppressed=sum(one.state is DeliveryState.SUPPRESSED for one in deliveries),
        unasked=[
            Person(f"{one.at.astimezone(zone):%d/%m/%Y à %H:%M}", one.why)
            for one in events
            if one.why and one.by in {"", one.why}  # a person's own reason is no news to staff
        ],
        left={**left, **({"page": by_page} if by_page else {}), **({"one": of_one} if of_one else {})},
        coverage=issue.coverage,
    )


def left_at(issue: Issue) -> datetime:
    """Return when an issue began to leave: the date that its mails bear; before that, when it was made."""
    told = issue.frame.get("date")
    return datetime.fromisoformat(told) if isinstance(told, str) else issue.approved_at or issue.built_at


def _said(issue: Issue, drafted: Sequence[Drafted], opinions: Sequence[Feedback]) -> list[Feedback]:
    """Return what readers said of what this issue showed them, since it left."""
    shown = {(one.subscriber.id, line.item_id) for one in drafted if one.bulletin for line in one.bulletin.lines}
    since = left_at(issue)
    return [one for one in opinions if (one.subscriber_id, one.item_id) in shown and one.at >= since]


def _lines(drafted: Sequence[Drafted], said: Sequence[Feedback], signs: Signs) -> list[Line]:
    titles: dict[int, str] = {}
    shown: Counter[int] = Counter()
    for one in drafted:
        for line in one.bulletin.lines if one.bulletin else ():
            titles.setdefault(line.item_id, line.title)
            shown[line.item_id] += 1
    votes = Counter((one.item_id, one.opinion) for one in said)
    opened = signs.opened
    lines = [
        Line(
            title=title,
            shown=shown[item_id],
            opened=None if opened is None else opened.get(item_id, 0),
            useful=votes[item_id, Opinion.USEFUL],
            not_for_me=votes[item_id, Opinion.NOT_FOR_ME],
            wanted=votes[item_id, Opinion.WANTED],
        )
        for item_id, title in titles.items()
    ]
    return sorted(lines, key=lambda one: (-one.wanted, -one.useful, -(one.opened or 0), -one.shown, one.title))


def _named(deliveries: Sequence[Delivery], states: Collection[DeliveryState]) -> list[Person]:
    return [Person(one.email, one.reply) for one in deliveries if one.state in states]
