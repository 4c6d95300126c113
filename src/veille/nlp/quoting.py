"""Evidence for facts: the sentence that says it, then the very words, both with their offsets."""

from dataclasses import dataclass
from functools import cached_property

from veille.model import Evidence, TextToTag
from veille.nlp.levelled import level
from veille.text import sentence_around

#: Characters of the text that readers of facts look at: a page with more is a list or a dump.
READ = 30_000


def quoted(original: str, where: str, start: int, end: int) -> tuple[Evidence, Evidence]:
    """Return the sentence around `start` to `end`, then the words themselves."""
    first, last = sentence_around(original, start, end)
    first, last = min(first, start), max(last, end)
    return (
        Evidence(text=original[first:last], where=where, start=first, end=last),
        Evidence(text=original[start:end], where=where, start=start, end=end),
    )


@dataclass(frozen=True)
class Printed:
    """One field of an item: as printed, and levelled with the same offsets."""

    where: str
    original: str

    @cached_property
    def folded(self) -> str:
        """The levelled text."""
        return level(self.original)

    def quote(self, start: int, end: int) -> tuple[Evidence, Evidence]:
        """Return the sentence, then the words."""
        return quoted(self.original, self.where, start, end)


def printed_fields(text: TextToTag) -> tuple[Printed, Printed]:
    """Return title and text."""
    return Printed("title", text.title), Printed("text", text.text[:READ])
