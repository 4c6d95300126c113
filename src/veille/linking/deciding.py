"""What staff say of two items: one thing, or two; and taking it back."""

from veille.errors import InputError
from veille.linking.reading import Gathered
from veille.model.linking import LinkDecision, Sameness
from veille.protocols import Clock
from veille.protocols.linking import LinkDecisions
from veille.text import clean


class LinkDesk:
    """Records decisions; nothing is ever erased, the last one on two items counts."""

    def __init__(self, decisions: LinkDecisions, gathered: Gathered, clock: Clock) -> None:
        self._decisions = decisions
        self._gathered = gathered
        self._clock = clock

    def join(self, one: int, other: int, *, by: str, why: str = "") -> tuple[int, ...]:
        """Say that two items are one thing; return their group as it is now."""
        self._record(one, other, Sameness.SAME, by, why)
        return self._group(one)

    def split(self, one: int, other: int | None = None, *, by: str, why: str = "") -> tuple[int, ...]:
        """Say that an item is not the same thing as another, or as any of its group; return its group as it is now."""
        others = [other] if other is not None else [item for item in self._group(one) if item != one]
        if not others:
            self._gathered.known(one)
            raise InputError(
                f"l'article n° {one} n'est regroupé avec aucun autre",
                cure="« veille items links N » montre ce qui est regroupé",
            )
        for item in others:
            self._record(one, item, Sameness.DIFFERENT, by, why)
        return self._group(one)

    def take_back(self, one: int, other: int, *, by: str, why: str = "") -> tuple[int, ...]:
        """Withdraw what was said of two items; return the group of the first as it is now."""
        if not any({found.one, found.other} == {one, other} for found in self._decisions.standing()):
            raise InputError(
                f"rien n'a été dit des articles n° {one} et n° {other}",
                cure="« veille items links N » montre ce qui est regroupé",
            )
        self._record(one, other, Sameness.WITHDRAWN, by, why)
        return self._group(one)

    def _record(self, one: int, other: int, said: Sameness, by: str, why: str) -> None:
        if one == other:
            raise InputError("c'est deux fois le même article", cure="donnez deux numéros différents")
        first, second = sorted((one, other))
        decision = LinkDecision(one=first, other=second, said=said, by=clean(by), at=self._clock.now(), why=clean(why))
        self._decisions.record(decision)

    def _group(self, item: int) -> tuple[int, ...]:
        return self._gathered.group(item)
