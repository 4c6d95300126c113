"""From an item to its sketch (pure)."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from veille.linking import editions, printed
from veille.linking.shingles import sample
from veille.linking.sketch import Sketch
from veille.linking.words import in_french, words
from veille.model import Item, Origin, Scheme
from veille.text import fold

#: Characters of the text that are compared: titles and leads repeat from one source to the next, the rest is furniture.
LEAD = 700
#: Characters in which codes are looked for: notices number themselves near their end.
_CODED = 6_000
#: Words of a title or lead compared at most: hostile titles are long.
_TITLE_WORDS, _LEAD_WORDS = 40, 120
_MANY = 24
_AREAS = ("fr:", "country:", "country-group:", "x:")
_NOISE = ("utm_", "at_", "mc_", "pk_", "mtm_", "xtor", "fbclid", "gclid")
_FAMILIES = {
    "laureats-attributions": "award",
    "evenement": "event",
    "export-salon": "event",
    "marche-public": "tender",
    "reglementation": "law",
    **dict.fromkeys(("appel-a-projets", "ami", "subvention-aide", "concours-prix", "pret-garantie", "avantage-fiscal",
                     "appel-partenaires", "accompagnement", "formation"), "call"),
}  # fmt: skip


def sketch(item: Item) -> Sketch:
    """Return what is compared of an item."""
    title, lead = item.title[:400], item.text[:LEAD]
    folded_title, folded_lead = fold(title), fold(lead)
    whole = f"{folded_title} {folded_lead}"
    cited = printed.codes(f"{title} \n{item.text[:_CODED]}")
    reference = item.fact("reference")
    own = {reference.value} if reference and any(c.isdigit() for c in reference.value) else set()
    return Sketch(
        title=_stems(item, folded_title, _TITLE_WORDS),
        lead=_stems(item, whole, _LEAD_WORDS),
        runs=sample(whole),
        names=_few(printed.names(f"{title}\n{lead}")),
        title_names=_few(printed.names(title.replace("-", " ")) | printed.marks(title)),
        numbers=_few(printed.numbers(f"{title}\n{lead}")),
        codes=_few(cited | own),
        own_codes=_few(own | printed.codes(title)),
        days=_few(printed.days(whole)),
        deadline=_day(item, "deadline"),
        happens=_day(item, "event_date"),
        amended=editions.amended(whole),
        lots=_few(editions.lots(folded_title)),
        years=tuple(sorted(editions.years(folded_title) or editions.years_of_address(item.url or ""))),
        rounds=_few(editions.rounds(folded_title) or editions.rounds(whole)),
        purposes=_few(editions.purposes(folded_title)),
        places=_few(_aimed_at(item)),
        family=_family(item, folded_title, folded_lead),
        lang=item.lang or "und",
        day=(item.published or item.first_seen).date().isoformat(),
        link=_link(item.url),
        slug=_link(item.url).partition("?")[0].rpartition("/")[2],
        site=_link(item.url).partition("/")[0].partition("?")[0],
        sources=_few(source.source_id for source in item.sources),
    )


def _stems(item: Item, folded: str, limit: int) -> tuple[str, ...]:
    found = words(folded)
    return tuple(dict.fromkeys(in_french(found) if item.lang == "en" else found))[:limit]


def _few(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found))[:_MANY])


def _day(item: Item, name: str) -> str | None:
    fact = item.fact(name)
    return fact.value[:10] if fact else None


def _aimed_at(item: Item) -> Iterable[str]:
    """Yield the areas that its own words, or a person, say that it aims at: where its source sits tells nothing."""
    for tag in item.of(Scheme.TERRITORY):
        printed_there = any(one.where in {"title", "text"} for one in tag.evidence)
        said = tag.origin is Origin.PERSON or (tag.origin is not Origin.SOURCE and printed_there)
        if said and tag.scope == "main" and tag.term.startswith(_AREAS):
            yield tag.term


def _family(item: Item, title: str, lead: str) -> str:
    """Return the family of its type, but where its title says plainly that all is over, or that people meet.

    What a person says that it is, it is.
    """
    types = item.of(Scheme.TYPE)
    if types and types[0].origin is Origin.PERSON:
        return _FAMILIES.get(types[0].term, "news")
    if editions.is_award(title, lead):
        return "award"
    if editions.is_event(title):
        return "event"
    family = _FAMILIES.get(types[0].term, "news") if types else "news"
    deadline, told = _day(item, "deadline"), (item.published or item.first_seen).date().isoformat()
    if family == "event" and not _day(item, "event_date") and deadline:
        return "call"  # it names a meeting, and has no day of one
    return "call" if family == "award" and deadline and deadline >= told else family  # it says what winners will get


def _link(url: str | None) -> str:
    """Return what makes two addresses one page; none for a home page, which is the link of many."""
    try:
        parts = urlsplit(url or "")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    query = "&".join(pair for pair in parts.query.split("&") if pair and not pair.lower().startswith(_NOISE))
    path = parts.path.rstrip("/")
    return f"{host}{path}{f'?{query}' if query else ''}" if host and (path or query) else ""
