"""When alerts are looked for: after each round that brought something, and every quarter of an hour, in sending hours.

An alert is an issue like any other: it is drafted for who asked for alerts and has no other mail that day, released as
its fallback says, and sent through the ledger. Its period bears a number that was free before anybody looked who was
written to: of two runs at once, one finds it taken.
"""

from collections.abc import Iterator
from datetime import timedelta

from veille.config.digests import Definition
from veille.digest.desk import Desk, needed
from veille.digest.making import Maker
from veille.french import counted
from veille.model import IssueState
from veille.model.issue_life import EDITABLE

#: Between two looks where nothing new came: time itself makes a deadline press, and staff pin.
_ANYHOW = timedelta(minutes=15)
#: Between two looks where each round brings something: one look judges every item for every reader who asked.
_AT_LEAST = timedelta(minutes=3)


class Alerts:
    """Looks for what cannot wait."""

    def __init__(self, desk: Desk, maker: Maker) -> None:
        self._desk = desk
        self._maker = maker
        #: Digest → monotonic seconds of its last look; a new process looks at once.
        self._looked: dict[str, float] = {}

    def look(self, definition: Definition, *, news: bool) -> Iterator[str]:
        """Make an alert if there is reason to look and something presses for somebody; yield a French sentence then.

        `news`: something came since the last call.
        """
        desk = self._desk
        if not (desk.hours(definition).open(desk.clock.now()) and self._time(definition.name, news=news)):
            return
        if not desk.followed([definition]) or self._waits(definition) or self._cancelled(definition):
            return
        built = self._maker.build(definition)
        if built.drafted:
            yield f"alerte {built.issue.period} : {counted(len(built.drafted), 'lecteur')}"

    def _time(self, name: str, *, news: bool) -> bool:
        """Say whether it is time to look, and note that we do."""
        now, last = self._desk.clock.monotonic(), self._looked.get(name)
        if last is not None and now - last < (_AT_LEAST if news else _ANYHOW).total_seconds():
            return False
        self._looked[name] = now
        return True

    def _waits(self, definition: Definition) -> bool:
        """Say whether an alert waits for staff: nobody gets a second one beside it."""
        return any(one.state in EDITABLE for one in self._desk.issues.living(definition.name))

    def _cancelled(self, definition: Definition) -> bool:
        """Say whether staff cancelled an alert of today: the next look would only make it again, and send it."""
        desk = self._desk
        last = desk.issues.latest(definition.name, (IssueState.CANCELLED,))
        return last is not None and needed(last.send_at).astimezone(desk.settings.cluster.zone).date() == desk.today()
