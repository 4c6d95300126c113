"""Words looked for beside a name: patterns that are searched no further than they can be met, and only where they can.

Both give what the whole pattern gives on the whole text, sooner: some twenty patterns are tried around each name.
"""

import re
from collections.abc import Iterable, Iterator


class Ending:
    """Words that end where a name begins: a pattern that ends with `$`, searched over the last characters alone.

    `reach` is no less than the longest match, but for the alternatives that hold one of the `far` words: where one
    of those stands before the name, all of it is searched. What is searched has no line end.
    """

    def __init__(self, pattern: str, reach: int, *, far: Iterable[str] = ()) -> None:
        self.pattern = re.compile(pattern)
        self.reach = reach
        self.far = tuple(far)

    def search(self, before: str) -> re.Match[str] | None:
        """Return the words at the end of what stands before a name."""
        if self.far and any(word in before for word in self.far):
            return self.pattern.search(before)
        return self.pattern.search(before, max(0, len(before) - self.reach))


class Rare:
    """Words seldom met: every match holds one of `words`, whose absence is told some ten times sooner."""

    def __init__(self, pattern: str, words: Iterable[str], flags: int = 0) -> None:
        self.pattern = re.compile(pattern, flags)
        self.words = tuple(words)

    def may_stand(self, text: str) -> bool:
        """Tell whether a text holds one of the words."""
        return any(word in text for word in self.words)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match."""
        return self.pattern.search(text) if self.may_stand(text) else None

    def finditer(self, text: str, first: int, last: int) -> Iterator[re.Match[str]]:
        """Return the matches between two places."""
        return self.pattern.finditer(text, first, last) if self.may_stand(text[first:last]) else iter(())
