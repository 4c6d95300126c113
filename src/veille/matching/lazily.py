"""Values computed once, when they are first asked for, without a lock."""

from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class lazily(Generic[Owner, Value]):  # noqa: N801 - a decorator, like `property`
    """A `functools.cached_property` that takes no lock, which Python takes no more from 3.12 on.

    Two threads that ask at once may both compute it; of what is pure, either answer is the answer.
    """

    def __init__(self, compute: Callable[[Owner], Value]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Owner]) -> Self: ...

    @overload
    def __get__(self, instance: Owner, owner: type[Owner]) -> Value: ...

    def __get__(self, instance: Owner | None, owner: type[Owner]) -> Self | Value:
        """Return the value, or the descriptor itself where the class is asked."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
