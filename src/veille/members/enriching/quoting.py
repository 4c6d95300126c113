"""A line proposed for a profile, tied to the words it was read in: without its quotation it cannot be made (pure)."""

from dataclasses import dataclass
from datetime import datetime

from veille.members.cells import BadCell, Vocabulary
from veille.members.columns import LISTS, SCALARS
from veille.model import Member, ProfileDraft
from veille.text import fold


@dataclass(frozen=True, slots=True)
class Source:
    """A text that lines are read in."""

    #: Where it stands: an address, or « n° 12 » of an item with its address.
    origin: str
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line, with its quotation; raises ValueError where the quotation does not stand in its source."""

    field: str
    #: As a cell of a list holds it.
    value: str
    quote: str
    source: Source

    def __post_init__(self) -> None:
        """Refuse what was not read."""
        if not self.quote.strip() or self.quote not in self.source.text:
            raise ValueError(f"{self.quote!r} does not stand in {self.source.origin}")


def as_draft(proposal: Proposal, member: Member, words: Vocabulary, now: datetime) -> ProfileDraft | None:
    """Return a proposal as a line to decide on; None where the profile says so already, or a cell could not hold it."""
    try:
        value = _read(proposal, words)
    except BadCell:
        return None
    if value is None or _known(member, proposal.field, value):
        return None
    return ProfileDraft(
        member_id=member.id,
        field=proposal.field,
        value=value,
        origin=proposal.source.origin,
        quote=proposal.quote,
        at=now,
    )


def _read(proposal: Proposal, words: Vocabulary) -> str | None:
    """Return the value as the store takes it."""
    if proposal.field in LISTS:
        phrases = LISTS[proposal.field](proposal.value.replace("|", "/"), words)
        return str(phrases[0]) if phrases else None
    return str(SCALARS[proposal.field](proposal.value, words))


def _known(member: Member, field: str, value: str) -> bool:
    held = getattr(member, field)
    if field in LISTS:
        return fold(value) in {fold(one) for one in held}
    return held is not None and fold(str(held).removesuffix(".0")) == fold(value.removesuffix(".0"))
