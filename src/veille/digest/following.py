"""Follow one item to one reader: which bulletin is next, and how far the item goes on its way there. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import takewhile

from veille.config.digests import Definition
from veille.digest.choosing.course import Course, ended, stopped
from veille.digest.choosing.drafting import (
    Readers,
    chosen_of,
    printed,
    reader_of,
    reads,
    refusals,
    shown_now,
    why_not_read,
)
from veille.digest.choosing.hand import Hands
from veille.digest.choosing.offering import Offering, as_read
from veille.digest.choosing.select import most_shared
from veille.digest.choosing.together import same_address, with_others
from veille.digest.choosing.urgency import pressing
from veille.digest.desk import Desk
from veille.digest.editions import Edition, edition
from veille.digest.planning import planned
from veille.model import Drafted, Handpicked, Issue, IssueState, Item, Subscriber
from veille.model.issue_life import STATE_NAMES
from veille.protocols import Judge

#: A draft in these states is made again with what has come since.
OPEN_TO_CHANGE = (IssueState.DRAFT, IssueState.CURATED)
#: What such an issue held waits for the next one, but for who was sent it before it ended.
_NEVER_LEFT = (IssueState.CANCELLED, IssueState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way of one item to one reader by one digest."""

    digest: str
    period: str
    email: str
    course: Course
    #: French: when that bulletin leaves and where it stands.
    next: str


class Following:
    """Follows items."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ways(self, item: Item, person: Subscriber, items: Sequence[Item], judge: Judge) -> Iterator[Way | str]:
        """Yield the way by each digest that is this person's, or the sentence that says why one is not theirs.

        `items`: all there are, by which `judge` was made.
        """
        definitions = [one for one in self._desk.chosen(None) if one.digest.alert is None]
        when = {one.name: self._desk.edition(one) for one in definitions}
        theirs = [one for one in definitions if reads(one.digest, person, when[one.name].day)]
        if not theirs and definitions:
            first = definitions[0]
            yield why_not_read(first.digest, person, when[first.name].day)
        for definition in theirs:
            yield self._way(definition, when[definition.name], item, person, items, judge)
        if person.alerts:
            yield from self._alerts(item)

    def _way(
        self,
        definition: Definition,
        when: Edition,
        item: Item,
        person: Subscriber,
        items: Sequence[Item],
        judge: Judge,
    ) -> Way:
        desk = self._desk
        issue = desk.issues.find(definition.name, when.period)
        held = self._held(definition, issue, item, person) if issue is not None else None
        if issue is not None and issue.state not in OPEN_TO_CHANGE:  # what it holds is what it holds
            if held is not None and issue.state not in _NEVER_LEFT:
                said = f"édition {issue.name} {STATE_NAMES[issue.state]}"
                return Way(digest=definition.name, period=issue.period, email=person.email, course=held, next=said)
            when, issue = self._after(definition, when), None
        when = planned(desk, definition, when, desk.audience.subscribers(), when.stale_at)
        course = self._course(definition, when, issue, item, person, items, judge)
        state = STATE_NAMES[issue.state] if issue is not None else "brouillon pas encore fait"
        if issue is not None and (course.stop == "in") != (held is not None):
            state += " d'avant : « veille digest build » le refait"
        said = f"prochain bulletin « {definition.digest.title} » : {desk.in_words(when.send_at)} ({state})"
        return Way(digest=definition.name, period=when.period, email=person.email, course=course, next=said)

    def _held(self, definition: Definition, issue: Issue, item: Item, person: Subscriber) -> Course | None:
        """Return where an issue as it is stored holds the item for that person, or None."""
        mine = (one for one in self._desk.issues.drafted(issue.id) if one.subscriber.id == person.id)
        line = next((line for one in mine for line in one.selection if line.item_id in {item.id, *item.also}), None)
        if line is None:
            return None
        plan = definition.digest.section(line.section)
        title = plan.title if plan is not None else line.section
        return Course(stop="in", said=f"dans le bulletin, « {title} »", section=title)

    def _after(self, definition: Definition, when: Edition) -> Edition:
        """Return the edition after that one."""
        cluster = self._desk.settings.cluster
        start = datetime.combine(when.next_day, time.min, cluster.zone).astimezone(UTC)
        return edition(definition.digest, start, cluster.zone, cluster.calendar)

    def _course(
        self,
        definition: Definition,
        when: Edition,
        issue: Issue | None,
        item: Item,
        person: Subscriber,
        items: Sequence[Item],
        judge: Judge,
    ) -> Course:
        """Choose for that one reader as the draft does; the tronc commun is that of the draft, if there is one."""
        desk, digest = self._desk, definition.digest
        hands = Hands(desk.hands.handpicked(issue.id) if issue is not None else Handpicked(), items)
        member = next(one for one in desk.audience.members() if one.id == person.member_id)
        beside = same_address(desk.audience.subscribers())
        people = Readers(
            members=(member,),
            subscribers=(person,),
            seen=desk.mails.seen(sorted(with_others([person.id], beside))),
            refused=refusals(desk.opinions()),
            beside=beside,
        )
        reader = reader_of(person, member, people, hands, shown_now(items))
        offering = Offering(digest, when, items, judge, hands)
        one = offering.one(item.id, reader)
        if one is None:
            return stopped(digest, when, item, judge(item, as_read(reader)), reader)
        drafted = desk.issues.drafted(issue.id) if issue is not None else ()
        elsewhere = self._elsewhere(person, drafted)
        if item.id in elsewhere:
            said = f"déjà dans le bulletin que la même adresse lit pour {elsewhere[item.id]}"
            return Course(stop="elsewhere", said=said)
        shared = [each.offered for each in drafted if reads(digest, each.subscriber, when.day)]
        common = most_shared(digest, shared, hands.common)
        seen = people.seen.get(person.id, {})
        left = [each for each in offering.offers(reader) if each.item.id not in elsewhere]
        chosen = chosen_of(digest, when, member, seen, left, common)
        made = printed(digest, when, member, person, chosen, zone=desk.settings.cluster.zone, labels=desk.labels)
        return ended(digest, when, one, chosen, {line.item_id for line in made.selection})

    def _elsewhere(self, person: Subscriber, drafted: Sequence[Drafted]) -> dict[int, str]:
        """Return item → organisation, of what that address reads in bulletins of the draft made before this one."""
        people = self._desk.audience.subscribers()
        before = {one.id for one in takewhile(lambda one: one.id != person.id, people)}
        first = before.intersection(same_address(people).get(person.id, ()))
        names = {one.id: one.organisation for one in self._desk.audience.members()} if first else {}
        return {
            line.item_id: names.get(each.subscriber.member_id, "une autre organisation")
            for each in drafted
            if each.subscriber.id in first
            for line in each.selection
        }

    def _alerts(self, item: Item) -> Iterator[str]:
        """Say whether the item presses; whether it suits enough is the score's, said before."""
        for definition in self._desk.chosen(None):
            alert = definition.digest.alert
            if alert is not None and pressing(alert, [item], self._desk.today(), Handpicked()):
                bar = f"{alert.score:.2f}".replace(".", ",")
                yield f"alerte « {definition.digest.title} » : presse ; part à partir d'une note de {bar}"
