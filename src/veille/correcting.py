"""Effective tags: the machine's, less what people rejected, with what they added first (pure)."""

from collections.abc import Iterable, Sequence

from veille.config.taxonomy import OFF_TOPIC
from veille.model import Decision, Evidence, Origin, Scheme, Tag, TagDecision

#: Where the evidence of a person's tag stands.
WHERE = "correction"


def effective(machine: Iterable[Tag], decisions: Sequence[TagDecision]) -> tuple[Tag, ...]:
    """Return the tags that count, schemes as they come, each one's best first; decisions in the order they were made.

    What a person added stays first however the machine ranks it, and keeps the machine's words where it has some.
    « Hors sujet » said by a person leaves no axis of the machine, and an axis said by a person no « hors sujet » of it.
    """
    found = list(machine)
    said = {(one.scheme, one.term): one for one in decisions}
    own = {(tag.scheme, tag.term): tag for tag in found}
    added = [_tag(one, own.get((one.scheme, one.term))) for one in said.values() if one.decision is Decision.ADDED]
    kept = [tag for tag in found if (tag.scheme, tag.term) not in said and not _contradicted(tag, added)]
    return (*added, *kept)


def _contradicted(tag: Tag, added: Iterable[Tag]) -> bool:
    if tag.scheme is not Scheme.AXIS:
        return False
    axes = {one.term for one in added if one.scheme is Scheme.AXIS}
    return bool(axes - {OFF_TOPIC}) if tag.term == OFF_TOPIC else OFF_TOPIC in axes


def _tag(decision: TagDecision, own: Tag | None) -> Tag:
    said = Evidence(text=decision.why or f"selon {decision.by}", where=WHERE)
    words = [one for one in own.evidence if one != said] if own is not None else []
    return Tag(
        scheme=decision.scheme,
        term=decision.term,
        score=1.0,
        origin=Origin.PERSON,
        evidence=(*words, said),
    )
