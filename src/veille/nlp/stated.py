"""What a source states and no reader of text looks for: who pays, who answers, its number, whether it is open."""

from collections.abc import Iterator

from veille.model import CallStatus, Evidence, Fact, Origin, TextToTag


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `financer`, `contact`, `reference` and `status`, as the source writes them."""
    return tuple(_facts(text))


def _facts(text: TextToTag) -> Iterator[Fact]:
    facts = text.facts
    financers = facts.financers or ((facts.financer,) if facts.financer else ())
    said = {"financer": ", ".join(financers), "contact": facts.contact, "reference": facts.reference}
    for name, value in said.items():
        if value:
            yield stated(name, value)
    if facts.status is not None:
        yield stated("status", facts.status.value)
    if facts.status is CallStatus.ROLLING and facts.deadline is None:
        yield stated("deadline_kind", "rolling", where="status")


def stated(name: str, value: str, *, where: str = "") -> Fact:
    """Return a fact that needs no reading: its proof is the field that says it."""
    evidence = (Evidence(text=value, where=where or name),)
    return Fact(name=name, value=value, origin=Origin.FACT, evidence=evidence)
