"""An issue as staff look at it: its items, their hand on it, its history. Reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from veille.digest.desk import Desk
from veille.model import Issue, IssueState, Pick

_KINDS = {"pin": "épinglé", "common": "tronc commun", "note": "commenté"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """One item of an issue."""

    item_id: int
    title: str
    #: Title of the section where most readers find it.
    section: str
    readers: int
    #: French: what staff chose about it, or empty.
    hand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    """One move of the issue; `at` is local, in words."""

    at: str
    state: IssueState
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One issue."""

    issue: Issue
    word: str
    items: Sequence[ShownItem]
    #: Items that staff left out: number, title.
    left_out: Sequence[tuple[int, str]]
    events: Sequence[ShownEvent]


def show(desk: Desk, issue: Issue) -> Shown:
    """Return an issue with all that there is to say of it."""
    picks = desk.hands.picks(issue.id)
    return Shown(
        issue=issue,
        word=desk.hands.word(issue.id),
        items=_items(desk, issue, picks),
        left_out=[(one.item_id, _title(desk, one.item_id)) for one in picks if one.kind == "drop"],
        events=[
            ShownEvent(
                at=f"{one.at.astimezone(desk.settings.cluster.zone):%d/%m/%Y %H:%M}",
                state=one.state,
                by=one.by,
                why=one.why,
            )
            for one in desk.issues.events(issue.id)
        ],
    )


def _items(desk: Desk, issue: Issue, picks: Sequence[Pick]) -> list[ShownItem]:
    readers: Counter[int] = Counter()
    places: dict[int, Counter[str]] = {}
    titles: dict[int, str] = {}
    for one in desk.issues.drafted(issue.id):
        for section in one.bulletin.sections if one.bulletin else ():
            for line in section.lines:
                readers[line.item_id] += 1
                places.setdefault(line.item_id, Counter())[section.title] += 1
                titles[line.item_id] = line.title
    return [
        ShownItem(
            item_id=item,
            title=titles[item],
            section=places[item].most_common(1)[0][0],
            readers=count,
            hand=_hand(picks, item),
        )
        for item, count in sorted(readers.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _hand(picks: Sequence[Pick], item: int) -> str:
    return ", ".join(dict.fromkeys(_KINDS[one.kind] for one in picks if one.item_id == item and one.kind in _KINDS))


def _title(desk: Desk, item_id: int) -> str:
    item = desk.items.item(item_id)
    return item.title if item else "disparu depuis"
