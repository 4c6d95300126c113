"""What the person who added an item by hand said of it: before what is read in it."""

from collections.abc import Iterable, Sequence

from veille.model import Evidence, Origin, Scheme, Tag

#: Where such a tag comes from, as `veille items show` prints it.
WHERE = "ajout à la main"


def with_given(tags: Iterable[Tag], given: Sequence[tuple[Scheme, str]]) -> tuple[Tag, ...]:
    """Return the tags that a person gave, then the others."""
    said = tuple(
        Tag(scheme=scheme, term=term, score=1.0, origin=Origin.FACT, evidence=(Evidence(text=term, where=WHERE),))
        for scheme, term in given
    )
    known = {(tag.scheme, tag.term) for tag in said}
    return (*said, *(tag for tag in tags if (tag.scheme, tag.term) not in known))
