"""Make, freeze and approve issues: a period's draft with staff's hand in it, each mail checked before it is signed."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple

from veille.config.digests import Definition
from veille.digest.choosing.certainty import CertainOnly, certain, reviewed
from veille.digest.choosing.drafting import Readers, covered, draft, refusals
from veille.digest.choosing.together import Beside, same_address, with_others
from veille.digest.composing import Composer, make_frame
from veille.digest.desk import Built, Desk, needed
from veille.digest.editions import Edition, edition_of
from veille.digest.keeping import HELD, changed_since, fingerprint, holding, standing
from veille.digest.planning import late, planned, window
from veille.errors import InputError
from veille.model import Bulletin, Drafted, Handpicked, Issue, IssueState, Item, Subscriber
from veille.model.issue_life import EDITABLE

#: Which items a draft is made from: all, those that staff accepted, those that are certain.
Screen = Literal["all", "reviewed", "certain"]
#: What a frame keeps of the draft when it is made anew at approval: an erratum's original, and what it was made from.
_KEPT = ("answers", "notice", "coverage", *HELD)
#: The key of a frame that says which items the fallback made a draft of: nobody else signs it as it is.
_FALLBACK = "fallback"
#: A draft in these states is made again at will.
_OPEN = (IssueState.DRAFT, IssueState.CURATED)
#: The key of a frozen frame that says when what it shows closes: item, ISO day.
_CLOSES = "closes"
#: Mails drawn anew at the approval of what was frozen.
_SAMPLE = 20


class _Checked(NamedTuple):
    """What drawing and checking every mail of an issue gave."""

    #: Subscriber → SHA-256 of what was drawn.
    renders: Mapping[int, str]
    #: Item shown → the day it closes, ISO, or empty.
    closes: Mapping[int, str]


class Maker:
    """Drafts, freezes and approves."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def build(self, definition: Definition) -> Built:
        """Make (or make again) the draft of the current period, staff's choices kept; one frozen is left as it is."""
        desk, when = self._desk, self._desk.edition(self._desk.made_here(definition))
        known = desk.issues.find(definition.name, when.period)
        if known is not None and known.state not in _OPEN:
            return Built(issue=known, drafted=desk.issues.drafted(known.id), fresh=False)
        when = planned(desk, definition, when, desk.audience.subscribers(), when.stale_at)
        issue, drafted, _ = self._draft(definition, when, known, whole=True)
        if definition.digest.alert is not None:
            return self._added(issue, [one for one in drafted if one.bulletin is not None])
        return Built(issue=desk.issues.save_draft(issue, drafted), drafted=drafted)

    def _added(self, issue: Issue, drafted: Sequence[Drafted]) -> Built:
        """Keep an alert as its readers have it; nothing where nobody has one, or where another run was first."""
        stored = self._desk.issues.add_draft(issue, drafted) if drafted else None
        return Built(issue=stored or issue, drafted=drafted if stored else (), fresh=stored is not None or not drafted)

    def remade(self, definition: Definition, issue: Issue) -> Built:
        """Make the draft of that issue again after an edit, for the readers whose bulletin can have changed.

        For all of them where anything else changed since it was made: items, people, opinions, templates, the day.
        """
        fresh, drafted, changed = self._again(definition, issue, "all")
        if changed is not None:
            amended = self._desk.issues.amend_draft(fresh, changed, was=issue)
            if amended is not None:
                return Built(issue=amended, drafted=drafted)
            fresh, drafted, _ = self._again(definition, self._desk.issues.get(issue.id), "all", whole=True)
        return Built(issue=self._desk.issues.save_draft(fresh, drafted), drafted=drafted)

    def caught_up(self, definition: Definition, issue: Issue, by: Screen | None = None) -> Issue:
        """Return an issue as its last edit left it: a draft that lacks one, cut short, is made again first.

        So is what the fallback made for itself (of `by` items), where a person asks or it is made otherwise now.
        """
        stands = not issue.behind and issue.frame.get(_FALLBACK, by) == by
        stands = stands and (by is None or late(self._desk, definition, issue) is None)  # a person is told, and decides
        return issue if stands else self.remade(definition, issue).issue

    def screened(self, definition: Definition, issue: Issue, screen: Screen) -> Issue | None:
        """Make the draft of that issue again from some items only; None, and nothing changed, where nobody gets any."""
        fresh, drafted, _ = self._again(definition, issue, screen, whole=True)
        if not any(one.bulletin for one in drafted):
            return None
        made = self._desk.issues.save_draft(fresh, drafted)
        # Edited meanwhile: caught up with later, it would be made from all items.
        return self.screened(definition, made, screen) if made.behind else made

    def _again(
        self, definition: Definition, issue: Issue, screen: Screen, *, whole: bool = False
    ) -> tuple[Issue, list[Drafted], list[Drafted] | None]:
        """Return the draft made again, what each reader gets, and what changed of that; None = all of it may have."""
        desk = self._desk
        when = edition_of(definition.digest, issue.period, desk.clock.now(), desk.hours(definition))
        # Dated anew, it has its window from the day on which it leaves now.
        end = max(needed(issue.stale_at), when.stale_at) if late(desk, definition, issue) else needed(issue.stale_at)
        when = planned(desk, definition, when, desk.audience.subscribers(), end)
        fresh, drafted, changed = self._draft(definition, when, issue, screen, whole=whole)
        return replace(fresh, send_at=issue.send_at), drafted, changed

    def latest_or_drafted(self, definition: Definition) -> tuple[Issue, Sequence[Drafted]]:
        """Return the latest issue as it would be sent, or a draft made now, changing no state."""
        issue = self._desk.issues.latest(definition.name)
        if issue is None:
            return self.drafted_now(definition)
        if issue.behind or (_FALLBACK in issue.frame and issue.state in _OPEN):
            fresh, drafted, _ = self._again(definition, issue, "all")
            issue = replace(issue, frame=fresh.frame)
        else:
            drafted = list(self._desk.issues.drafted(issue.id))
        if issue.state not in _OPEN:
            return issue, drafted
        return replace(issue, frame=self.frame(definition, issue)), drafted

    def drafted_now(self, definition: Definition) -> tuple[Issue, Sequence[Drafted]]:
        """Return what a draft made now would hold, changing no state."""
        issue, drafted, _ = self._draft(definition, self._desk.edition(self._desk.made_here(definition)), None)
        return issue, drafted

    def frame(self, definition: Definition, issue: Issue, notice: str = "") -> dict[str, Any]:
        """Return what every mail of a draft shares, as templates, settings and staff's word stand now."""
        desk, day = self._desk, date.fromisoformat(issue.frame["day"])
        return {
            **make_frame(definition, desk.settings, day, desk.keys.newest, period=issue.period),
            **{key: issue.frame[key] for key in _KEPT if key in issue.frame},
            "word": desk.hands.word(issue.id),
            **({"notice": notice} if notice else {}),
        }

    def freeze(self, definition: Definition, issue: Issue, *, by: str) -> Issue:
        """Store a draft's content and its hash; raises InputError for the first mail that may not leave."""
        self._check_in_time(definition, issue)
        issue = self.caught_up(definition, issue)
        frame = self.frame(definition, issue)
        found = self._checked(issue, frame)
        frame[_CLOSES] = sorted((item, day) for item, day in found.closes.items() if day)
        now = self._desk.clock.now()
        return self._desk.issues.freeze(issue, by=by, now=now, frame=frame, renders=found.renders)

    def approve(
        self,
        definition: Definition,
        issue: Issue,
        *,
        by: str,
        notice: str = "",
        why: str = "",
        screen: Screen | None = None,
    ) -> Issue:
        """Sign a draft or a frozen issue; raises InputError naming the first mail that may not leave, and its fault.

        `screen`: the fallback signs, what it made of these items.
        """
        if definition.digest.two_hands and issue.edited_by and issue.edited_by.casefold() == by.casefold():
            raise InputError(
                f"l'édition {issue.name} a été retouchée par {by} : une autre personne l'approuve (two_hands)",
                cure="demandez-lui, ou retirez « two_hands » du digest.yaml",
            )
        self._check_in_time(definition, issue)
        issue = self.caught_up(definition, issue, screen)
        frame = dict(issue.frame) if issue.state is IssueState.FROZEN else self.frame(definition, issue, notice)
        if screen is not None:
            frame[_FALLBACK] = screen
        desk, known = self._desk, self._drawn(issue) if issue.state is IssueState.FROZEN else None
        found = known or self._checked(issue, frame)
        return desk.issues.approve(
            issue,
            by=by,
            now=desk.clock.now(),
            domain=str(frame["sender"]).rpartition("@")[2],
            frame=frame,
            renders=None if known else found.renders,
            why=why,
            stale_at=window(desk, definition, issue, mails=len(found.renders), closes=found.closes),
        )

    def _check_in_time(self, definition: Definition, issue: Issue) -> None:
        """Refuse to sign what would not leave any more."""
        end = needed(issue.stale_at)
        if self._desk.clock.now() > end and issue.state in EDITABLE:
            again = "erratum" if definition.corrects else "build"
            raise InputError(
                f"l'édition {issue.name} est périmée : elle devait partir avant le "
                f"{end.astimezone(self._desk.settings.cluster.zone):%d/%m/%Y à %H:%M}",
                cure=f"refaites-la, ou faites la suivante, avec « veille digest {again} »",
            )

    def _checked(self, issue: Issue, frame: dict[str, Any]) -> "_Checked":
        """Draw and check every mail; raises InputError for the first that may not leave."""
        desk = self._desk
        found: dict[int, str] = {}
        closes: dict[int, str] = {}
        with closing(desk.composer(frame)) as composer:
            for person, bulletin in desk.letters(issue):
                found[person.id] = self._check(composer, issue, person, bulletin)
                closes |= {line.item_id: line.closes for line in bulletin.lines}
        if not found and issue.state in EDITABLE:
            raise InputError(
                f"l'édition {issue.name} ne contient aucun bulletin",
                cure="elle reste à faire : importez des membres ou relevez les sources, puis « veille digest build »",
            )
        return _Checked(found, closes)

    def _drawn(self, issue: Issue) -> "_Checked | None":
        """Return what was drawn and checked when an issue was frozen: its content is hashed, and templates are in it.

        None where that is not known, or where program or keys changed since: a few mails drawn anew tell.
        """
        desk = self._desk
        renders = desk.issues.renders(issue.id) if _CLOSES in issue.frame else {}
        with closing(desk.composer(issue.frame)) as composer:
            for person, bulletin in desk.issues.letters(issue.id, limit=_SAMPLE):
                if renders.get(person.id) != self._check(composer, issue, person, bulletin):
                    return None
        return _Checked(renders, dict(issue.frame[_CLOSES])) if renders else None

    def _check(self, composer: Composer, issue: Issue, person: Subscriber, bulletin: Bulletin) -> str:
        """Return the SHA-256 of one drawing; raises InputError where it may not leave."""
        mark = self._desk.message_id(issue, person.id)
        return composer.check(bulletin, email=person.email, message_id=mark, sent=self._desk.clock.now())

    def _draft(
        self,
        definition: Definition,
        when: Edition,
        known: Issue | None,
        screen: Screen = "all",
        *,
        whole: bool = False,
    ) -> tuple[Issue, list[Drafted], list[Drafted] | None]:
        """Return a draft, what each reader gets, and what changed of that since `known`; None = all of it may have."""
        desk = self._desk
        frame = make_frame(definition, desk.settings, when.day, desk.keys.newest, period=when.period)
        hand = self._hand(definition, known)
        items, readers = self._items(definition, screen), self._readers(definition, when, known)
        judged = fingerprint(when.day, items, readers.members, readers.subscribers, desk.opinions(), desk.rules())
        inputs = fingerprint(judged, screen, definition.digest, when, frame, readers)
        before = None if whole or known is None else standing(known, inputs, desk.issues.drafted)
        make = partial(desk.matcher, items, when.day)
        anew, members = before is None, readers.members  # what makes all anew judges anew: the program may have changed
        matcher = desk.recollection.recall(definition.name, judged, make, members, anew=anew)
        with closing(desk.composer(frame)) as composer:
            drafted = draft(
                definition.digest,
                when,
                items,
                readers,
                matcher=CertainOnly(matcher) if screen == "certain" else matcher,
                labels=desk.labels,
                zone=desk.settings.cluster.zone,
                fits=composer.fits,
                handpicked=hand,
                before=before,
            )
        if screen == "all" and definition.digest.alert is None:  # the others are not made again by an edit
            desk.recollection.keep(definition.name, judged, matcher, members)
        kept = known.frame if before is not None and known is not None else {}
        issue = Issue(
            id=0,
            digest=definition.name,
            period=when.period,
            state=IssueState.DRAFT,
            built_at=desk.clock.now(),
            send_at=when.send_at,
            stale_at=when.stale_at,
            frame={
                **frame,
                "heaviest": max(composer.heaviest, kept.get("heaviest", 0)),
                # An edit makes few bulletins again: what the whole draft covered still tells.
                "coverage": kept["coverage"] if "coverage" in kept else covered(drafted),
                **holding(hand, known.edits if known is not None else 0, inputs),
                **({_FALLBACK: screen} if screen != "all" else {}),
            },
        )
        return issue, drafted, changed_since(before, drafted) if before is not None else None

    def _hand(self, definition: Definition, known: Issue | None) -> Handpicked | None:
        """Return what staff chose for an issue; an alert takes what they put first in the drafts under way."""
        desk = self._desk
        if definition.digest.alert is None:
            return desk.hands.handpicked(known.id) if known else None
        others = [one.name for one in desk.chosen(None) if one.digest.alert is None]
        drafts = [draft for name in others if (draft := desk.issues.latest(name, EDITABLE)) is not None]
        picked = [desk.hands.handpicked(draft.id) for draft in drafts]
        return Handpicked(
            pins=tuple(number for one in picked for number in one.pins),
            own={member: numbers for one in picked for member, numbers in one.own.items()},
            dropped=frozenset(number for one in picked for number in one.dropped),
            notes={number: note for one in picked for number, note in one.notes.items()},
        )

    def _items(self, definition: Definition, screen: Screen) -> Sequence[Item]:
        items = self._desk.items.items()
        if screen == "reviewed":
            return [item for item in items if reviewed(item)]
        if screen == "certain":
            return [item for item in items if certain(definition.digest, item)]
        return items

    def _readers(self, definition: Definition, when: Edition, known: Issue | None) -> Readers:
        desk = self._desk
        subscribers = desk.audience.subscribers()
        beside = same_address(subscribers)
        if definition.digest.alert is not None:
            subscribers = self._alerted(subscribers, when, known, beside)
        return Readers(
            members=desk.audience.members(),
            subscribers=subscribers,
            seen=desk.mails.seen(sorted(with_others((person.id for person in subscribers), beside))),
            refused=refusals(desk.opinions()),
            beside=beside,
        )

    def _alerted(
        self, subscribers: Sequence[Subscriber], when: Edition, known: Issue | None, beside: Beside
    ) -> list[Subscriber]:
        """Return whom an alert is for: who asked and has no other mail that day, or whom it was made for."""
        if known is not None:
            mine = {one.subscriber.id for one in self._desk.issues.drafted(known.id)}
            return [person for person in subscribers if person.id in mine]
        written = with_others(self._desk.written_to(when.day), beside)
        return [person for person in subscribers if person.alerts and person.id not in written]
