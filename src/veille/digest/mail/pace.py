"""How fast mails may leave: per relay and per family of receivers, remembered over restarts (pure).

Three limits, all rolling: mails a second (a bucket of one second's worth), an hour, a day. Who says « later » (421,
4.7.x) is left alone for 5, 15, 60, 240 minutes, then served slowly; every twenty mails taken make up for one such word.
Times are the wall clock's, which may jump: going back frees nothing for ever, going forward fills one second's worth.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from veille.digest.mail.families import OTHER
from veille.model import DeliveryState, SendOutcome
from veille.model.sending import RateState

#: Minutes of silence after each « later » in a row.
HOLDS = (5, 15, 60, 240)
#: Mails a second to who said « later » once, where no pace was set; halved at each further word.
_SLOW = 1.0
#: Mails taken that make up for one word.
_FORGIVEN = 20
#: « Later » of unrelated domains, without a mail taken in between, that make it the relay's.
_IN_A_ROW = 3
#: Seconds of one slot, and slots in an hour and in a day.
_SLOT, _HOUR, _DAY = 300, 12, 288


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Zero = no limit."""

    per_second: float = 0.0
    per_hour: int = 0
    per_day: int = 0
    #: Mails on the first day a relay is used, twice as many on each further day.
    warm_up: int = 0


class Tap:
    """What one relay or one family may be given."""

    def __init__(self, state: RateState, limits: Limits) -> None:
        self._state = state
        self._limits = limits
        self._free = limits == Limits()
        self._given = {int(slot): count for slot, count in state.given.items()}
        self._taken_well = 0
        #: Changed since it was last written.
        self.changed = False

    @property
    def state(self) -> RateState:
        """What is kept."""
        latest = max(self._given, default=0)
        given = {str(slot): count for slot, count in self._given.items() if slot >= latest - _DAY}
        return replace(self._state, given=given)

    def wait(self, now: datetime) -> float:
        """Return the seconds until one more mail may leave; 0 = now."""
        if self._free and not self._state.strikes and self._state.held_until is None:
            return 0.0  # most often, and it is asked of each family at each mail
        return max(self._held(now), self._refilled(now), *self._quotas(now))

    def take(self, now: datetime) -> None:
        """Count one mail."""
        slot, today = _slot(now), now.date().isoformat()
        self._given[slot] = self._given.get(slot, 0) + 1
        self.changed = True
        if today != self._state.day:
            self._change(days=self._state.days + 1, day=today)
        if self._rate:
            self._change(tokens=self._tokens(now) - 1, at=now)

    def give_back(self, now: datetime) -> None:
        """Uncount one mail that did not leave after all."""
        slot = _slot(now)
        self._given[slot] = max(self._given.get(slot, 0) - 1, 0)
        self._change(tokens=self._state.tokens + 1)

    def later(self, now: datetime) -> None:
        """Hold back: it said « later »."""
        if self._held(now):
            return  # the same word again, from a mail that was on its way
        strikes = min(self._state.strikes + 1, len(HOLDS))
        self._taken_well = 0
        self._change(strikes=strikes, held_until=now + timedelta(minutes=HOLDS[strikes - 1]))

    def well(self) -> None:
        """Note a mail taken."""
        if not self._state.strikes:
            return
        self._taken_well += 1
        if self._taken_well >= _FORGIVEN:
            self._taken_well = 0
            self._change(strikes=self._state.strikes - 1, held_until=None)

    @property
    def _rate(self) -> float:
        """Mails a second; 0 = no limit."""
        strikes = self._state.strikes
        return (self._limits.per_second or _SLOW * 2) / 2**strikes if strikes else self._limits.per_second

    def _held(self, now: datetime) -> float:
        until = self._state.held_until
        # Further away than the longest hold: given by a clock that has since been set back.
        if until is None or until > now + timedelta(minutes=HOLDS[-1]):
            return 0.0
        return max((until - now).total_seconds(), 0.0)

    def _tokens(self, now: datetime) -> float:
        burst = max(self._rate, 1.0)
        passed = max((now - self._state.at).total_seconds(), 0.0)
        return min(self._state.tokens + passed * self._rate, burst)

    def _refilled(self, now: datetime) -> float:
        if not self._rate:
            return 0.0
        if now < self._state.at:  # the clock was set back: what was in the bucket then is in it now
            self._change(at=now)
        return max((1 - self._tokens(now)) / self._rate, 0.0)

    def _quotas(self, now: datetime) -> Iterator[float]:
        limits = self._limits
        yield 0.0
        if limits.per_hour:
            yield _until_free(self._given, limits.per_hour, _HOUR, now)
        if limits.per_day:
            yield _until_free(self._given, limits.per_day, _DAY, now)
        if limits.warm_up:
            days = max(self._state.days + (now.date().isoformat() != self._state.day), 1)
            yield _until_free(self._given, limits.warm_up * 2 ** min(days - 1, 40), _DAY, now)

    def _change(self, **values: object) -> None:
        self._state = replace(self._state, **values)  # type: ignore[arg-type]
        self.changed = True


class Taps:
    """The relay's and every family's."""

    def __init__(
        self, relay: str, limits: Limits, families: Mapping[str, float], known: Iterable[RateState], now: datetime
    ) -> None:
        self._known = {one.key: one for one in known}
        self._paces = families
        self._now = now
        self._relay = self._tap(f"relay:{relay}"[:300], limits)
        self._families: dict[str, Tap] = {}
        self._alone = 0

    def waits(self, families: Iterable[str], now: datetime) -> dict[str, float]:
        """Return family → the seconds until one more mail may leave for it."""
        relay = self._relay.wait(now)
        return {family: max(relay, self._family(family).wait(now)) for family in families}

    def take(self, family: str, now: datetime) -> None:
        """Count one mail."""
        self._relay.take(now)
        self._family(family).take(now)

    def give_back(self, family: str, now: datetime) -> None:
        """Uncount one mail that did not leave after all."""
        self._relay.give_back(now)
        self._family(family).give_back(now)

    def note(self, family: str, outcome: SendOutcome, now: datetime) -> None:
        """Learn from an answer: before the recipient was named it is the relay's own word, then the receivers'.

        Domains of no family have nothing to do with each other: one that says « later » speaks for itself, several in
        a row are the relay's word.
        """
        if outcome.state is DeliveryState.SENT:
            self._alone = 0
            self._relay.well()
            self._family(family).well()
        elif outcome.state is DeliveryState.DEFERRED and later(outcome):
            self._alone += family == OTHER
            if outcome.phase in {"", "mail"} or self._alone >= _IN_A_ROW:
                self._relay.later(now)
            elif family != OTHER:
                self._family(family).later(now)

    def changed(self) -> list[RateState]:
        """Return what is to be written, once."""
        found = [tap for tap in (self._relay, *self._families.values()) if tap.changed]
        for tap in found:
            tap.changed = False
        return [tap.state for tap in found]

    def _family(self, family: str) -> Tap:
        if family not in self._families:
            pace = Limits(per_second=self._paces.get(family, 0.0))
            self._families[family] = self._tap(f"family:{family}", pace)
        return self._families[family]

    def _tap(self, key: str, limits: Limits) -> Tap:
        fresh = RateState(key=key, tokens=max(limits.per_second, 1.0), at=self._now)
        return Tap(self._known.get(key, fresh), limits)


def later(outcome: SendOutcome) -> bool:
    """Tell whether an answer is about all our mails, not about this one: 421, or 4.7.x (RFC 3463 §3.8)."""
    return outcome.smtp_code == 421 or outcome.enhanced.startswith("4.7.")  # noqa: PLR2004 - RFC 5321 §3.8


def _slot(now: datetime) -> int:
    return int(now.timestamp()) // _SLOT


def _until_free(given: Mapping[int, int], limit: int, slots: int, now: datetime) -> float:
    """Return the seconds until fewer than `limit` mails left in the last `slots` slots and the present one.

    Slots further ahead than that were counted by a clock that has since been set back.
    """
    first = _slot(now) - slots
    recent = sorted((slot, count) for slot, count in given.items() if first <= slot <= first + 2 * slots)
    total, freed = sum(count for _, count in recent), 0.0
    for slot, count in recent:
        if total < limit:
            break
        total -= count
        freed = (slot + slots + 1) * _SLOT - now.timestamp()
    return max(freed, 0.0)
