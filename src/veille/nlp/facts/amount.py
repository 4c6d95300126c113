"""How much: the most a project may get, the whole envelope, the rate of aid."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from veille.model import Evidence, Fact, Origin, StructuredFacts, TextToTag
from veille.nlp.facts import amount_cues as cues
from veille.nlp.facts.size_rates import read_size_rates
from veille.nlp.line_ends import unbroken
from veille.nlp.quoting import Printed, printed_fields

_SCALES = {
    "k": 1_000, "mille": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "md": 10**9, "mds": 10**9, "mrd": 10**9, "milliard": 10**9, "milliards": 10**9, "billion": 10**9, "bn": 10**9,
}  # fmt: skip
#: « 1 500 000,50 », « 1.500.000 », « 1,500,000.50 », « 2,5 »; what a comma means is told by what follows it.
_NUMBER = (
    r"(?:[0-9]{1,3}(?:[ .][0-9]{3})+(?![0-9])(?:,[0-9]{1,2})?|[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]{1,2})?"
    r"|[0-9]+(?:[.,][0-9]{1,3})?)"
)
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
#: « 2,5 M€ », « 300 k€ », « 1 500 000 euros », « 10 millions d'euros », « EUR 3 million », « EUR 1 to 2 million ».
MONEY = re.compile(
    rf"(?<![0-9.,])(?:(?P<before>€|eur) ?"
    rf"(?:{_NUMBER} ?(?:(?:{_SCALE})(?![a-df-z0-9]))? ?(?:to|and|-|a|et) ?(?:€|eur)? ?)?)?"
    rf"(?P<number>{_NUMBER})(?![0-9]|[.,][0-9]) ?(?P<scale>(?:{_SCALE})(?![a-df-z0-9]))?"
    r" ?(?:d'|de |d |of )?(?P<currency>€|euros?\b|eur\b)?"
)
_CURRENCY = re.compile(r"€|(?<![a-z])eur")
#: Characters that a sum may take before its currency.
_WIDEST = 40
_RATE = re.compile(r"(?<![0-9.,])(?P<number>[0-9]{1,3}(?:[.,][0-9]{1,2})?) ?(?:%|pour ?cent\b|percent\b)")

#: No aid is smaller: less is a price.
_SMALLEST = 10
#: Characters of context.
_LEFT, _RIGHT = 110, 50
#: A rate of aid is at most the whole.
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum of money where it stands."""

    field: Printed
    start: int
    end: int
    euros: Decimal
    name: str
    #: 2 = said in so many words, 1 = likely.
    sure: int


def euros(match: re.Match[str]) -> Decimal | None:
    """Return the value of a MONEY match, None where no currency is printed."""
    scale = match["scale"]
    if not (match["currency"] or match["before"]):
        return None
    digits = match["number"].replace(" ", "")
    grouped = re.fullmatch(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]{1,2})?", digits)
    # « 900,000 » is thousands, « 1,250 million » is not; « 1,250,000 » always is.
    if grouped and (not scale or digits.count(grouped[1]) > 1):
        digits = digits.replace(grouped[1], "")
    return Decimal(digits.replace(",", ".")) * _SCALES.get(scale or "", 1)


def read(text: TextToTag) -> tuple[Fact, ...]:
    """Return `amount_max`, `amount_total` (plain euros), `rate` (plain percent) and `rates` by size, each quoted."""
    fields = printed_fields(text)
    sums = [found for field in fields for found in _sums(field)]
    facts = [fact for name in ("amount_max", "amount_total") if (fact := _best(sums, name))]
    rate = _best([found for field in fields for found in _rates(field)], "rate")
    rates = next((found for field in fields if (found := read_size_rates(field))), None) if rate else None
    said = _stated(text.facts)
    read_too = [fact for fact in (*facts, rate, rates) if fact and fact.name not in said]
    return (*read_too, *said.values())


def _stated(facts: StructuredFacts) -> dict[str, Fact]:
    """Return the sums that the source states, by the name of the fact: they win over the text."""
    stated = (
        ("amount_total", "amount", facts.amount),
        ("amount_min", "amount_min", facts.amount_min),
        ("amount_max", "amount_max", facts.amount_max),
        ("rate", "rate", facts.rate),
    )
    return {
        name: Fact(name=name, value=value, origin=Origin.FACT, evidence=(Evidence(text=value, where=where),))
        for name, where, number in stated
        if number is not None and (value := _plain(Decimal(str(number))))
    }


def _best(sums: Iterable[_Sum], name: str) -> Fact | None:
    """Keep the surest, then the largest: a ladder of ceilings ends at the one that nobody may exceed."""
    named = [found for found in sums if found.name == name]
    if not named:
        return None
    best = max(named, key=lambda found: (found.sure, found.euros))
    return Fact(name=name, value=_plain(best.euros), origin=Origin.CUE, evidence=best.field.quote(best.start, best.end))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _sums(field: Printed) -> Iterator[_Sum]:
    folded = unbroken(field.folded, field.original)
    if "€" not in folded and "eur" not in folded:
        return
    for match in _near_currency(folded):
        value = euros(match)
        if value is None or value < _SMALLEST:
            continue
        left, right = _around(folded, match.start(), match.end())
        named = _name(left, right) or _prize(left, value)
        if named:
            yield _Sum(field, match.start(), match.start() + len(match[0].rstrip()), value, *named)


def _near_currency(folded: str) -> Iterator[re.Match[str]]:
    """Yield the sums of money: most numbers of a text are none, and the pattern is costly."""
    done = 0
    for sign in _CURRENCY.finditer(folded):
        # A sum that starts before what was read last was read with it.
        for match in MONEY.finditer(folded, max(done, sign.start() - _WIDEST)):
            if match.start() >= sign.end():
                break
            if match["currency"] or match["before"]:
                yield match
                done = match.end()


def _around(folded: str, start: int, end: int) -> tuple[str, str]:
    left = folded[max(0, start - _LEFT) : start]
    return left[left.rfind("\n") + 1 :], folded[end : end + _RIGHT].split("\n", 1)[0]


def _prize(left: str, value: Decimal) -> tuple[str, int] | None:
    """« Dotation : 5 000 € »."""
    if not cues.PRIZE.search(left):
        return None
    return ("amount_max" if value < cues.LARGEST_PRIZE else "amount_total"), 1


def _name(left: str, right: str) -> tuple[str, int] | None:
    """Tell what a sum is from the words around it."""
    total, most = cues.TOTAL.search(left), _nearest(cues.MOST, left)
    if _no_aid(left, right, most):
        return None
    if cues.MOST_AFTER.match(right):
        return "amount_max", 2
    if (total and (not most or total.start() > most.start())) or (not most and cues.TOTAL_AFTER.match(right)):
        return "amount_total", 2
    return _of_a_project(left, right, most)


def _nearest(cue: re.Pattern[str], left: str) -> re.Match[str] | None:
    """Return the last match: in « jusqu'au 15 juin, 40 % des dépenses, plafond », « plafond »."""
    found = cue.search(left)
    while found and (after := cue.search(left, found.start() + 1)):
        found = after
    return found


def _of_a_project(left: str, right: str, most: re.Match[str] | None) -> tuple[str, int] | None:
    """Tell whether a sum is what one project gets."""
    if cues.FROM_TO.search(left) or cues.PAID.search(left) or (cues.PAYS.search(left) and cues.PAID_AFTER.match(right)):
        return "amount_max", 1
    basis, grant = cues.BASIS.search(left), cues.GRANT.search(left)
    if basis and not (grant and grant.start() > basis.start()):
        return ("amount_max", 1) if most and _aided(left, basis, most) else None
    if most:
        return "amount_max", 2
    return ("amount_max", 1) if grant else None


def _no_aid(left: str, right: str, most: re.Match[str] | None) -> bool:
    """Tell whether a sum is a turnover, a price, a floor or what a rate is applied to."""
    least, other = cues.LEAST.search(left), cues.NOT_AID.search(left)
    # « 50 % du salaire, plafond 30 000 € »: the ceiling is of the aid.
    if other and not (most and most[0].startswith("plafon") and "," in left[other.start() : most.start()]):
        return True
    if cues.BASIS_AFTER.match(right) or cues.UNIT_AFTER.match(right) or cues.COUNTED.search(left):
        return True
    return least is not None and not (most and most.start() > least.start() and not most[0].startswith("par "))


def _aided(left: str, basis: re.Match[str], most: re.Match[str]) -> bool:
    """« 40 % des dépenses éligibles, plafonnée à 300 k€ »: what is capped is the aid."""
    if most.start() < basis.start():
        return False
    capped = most[0].startswith("plafonn") and "," not in left[basis.start() : most.start()]
    return not capped and re.search(r"%|\b(?:aide|subvention|pret)s?\b", left[: basis.start()]) is not None


def _rates(field: Printed) -> Iterator[_Sum]:
    folded = unbroken(field.folded, field.original)
    for match in _RATE.finditer(folded):
        left, right = _around(folded, match.start(), match.end())
        left = cues.HEADCOUNT.sub(" ", left)
        value = Decimal(match["number"].replace(",", "."))
        if not 0 < value <= _WHOLE or cues.NOT_SHARE.search(left):
            continue
        after = cues.SHARE_AFTER.match(right) is not None
        if after or cues.SHARE.search(left):
            yield _Sum(field, match.start(), match.end(), value, "rate", 2 if after else 1)
