"""A made-up network of any size: members of many trades with lines of their own, and the items of some months."""

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from veille.matching.words import generic_stems, stem
from veille.model import Evidence, Fact, Item, ItemSource, Licence, Member, Origin, Scheme, Tag
from veille.text import fold

from .judgements import TODAY, items, places, taxonomy
from .network import items as network_items

#: Share of what a network collects, by type; what is left has no type.
_TYPES = {
    "appel-a-projets": 14, "ami": 3, "marche-public": 22, "subvention-aide": 10, "pret-garantie": 2, "concours-prix": 3,
    "accompagnement": 3, "evenement": 8, "formation": 3, "appel-partenaires": 2, "reglementation": 6,
    "tendance-prospective": 3, "innovation-techno": 8, "signal-affaires": 5, "actualite": 14, "vie-du-cluster": 1,
    "laureats-attributions": 2, "": 5,
}  # fmt: skip
_SIZES = ("tpe", "tpe", "pme", "pme", "pme", "eti", "ge", "labo", "collectivite", "association")
_COUNTRIES = ("DE", "ES", "IT", "MA", "CA", "PL")
#: Communes of ten regions.
_COMMUNES = ("63113", "69123", "75056", "35238", "31555", "13055", "67482", "59350", "33063", "44109")
_TRADES = 160
#: Share of items that say nearly what another one says: the next lot of a tender, a call told elsewhere.
_AGAIN = 0.08
_HOUR = 8


@dataclass(frozen=True)
class Trade:
    """What some members do and some items speak of."""

    sector: str
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...]

    def say(self, draw: random.Random) -> str:
        """Name one thing of the trade: one to three of its words."""
        one, other = draw.sample(self.nouns, 2)
        forms = (one, f"{one} {draw.choice(self.adjectives)}", f"{one} de {other}",
                 f"{one} de {other} {draw.choice(self.adjectives)}")  # fmt: skip
        return draw.choices(forms, (1, 3, 3, 2))[0]


@cache
def _words() -> tuple[list[str], list[int], list[str]]:
    """Return words of the judged items with how often they stand there, and those that say a trade."""
    texts = [f"{item.title} {item.text}" for item in (*items(), *network_items())]
    counts = Counter(word for text in texts for word in re.findall(r"[a-zà-ÿ]{4,}", text.lower()))
    known = {cue for term in taxonomy() if term.scheme is Scheme.SECTOR for cue in term.cues}
    rare = {word for cue in known for word in re.findall(r"[a-zà-ÿ]{5,}", cue.lower())}
    rare |= {word for word, count in counts.items() if count < 3 and len(word) > 5}
    generic = generic_stems()
    return list(counts), list(counts.values()), sorted(word for word in rare if stem(fold(word)) not in generic)


def trades(draw: random.Random, count: int) -> list[Trade]:
    """Invent trades; two of one filière share words."""
    sectors = sorted(term.id for term in taxonomy() if term.scheme is Scheme.SECTOR)
    _, _, rare = _words()
    return [
        Trade(
            sector=sectors[number % len(sectors)],
            nouns=tuple(draw.sample(rare, 14)),
            adjectives=tuple(draw.sample(rare, 6)),
        )
        for number in range(count)
    ]


def crowd(
    members: int, count: int, seed: int = 20261127, *, trades_known: int = _TRADES
) -> tuple[list[Member], list[Item]]:
    """Return as many members and items, the same each time."""
    draw = random.Random(seed)
    known = trades(draw, trades_known)
    people = [_member(number, draw.choice(known), draw) for number in range(1, members + 1)]
    things: list[Item] = []
    for number in range(1, count + 1):
        again = bool(things) and draw.random() < _AGAIN
        things.append(_lot(number, draw.choice(things), draw) if again else _item(number, draw.choice(known), draw))
    return people, things


def _member(number: int, trade: Trade, draw: random.Random) -> Member:
    def lines(least: int, most: int) -> tuple[str, ...]:
        return tuple(trade.say(draw) for _ in range(draw.randint(least, most)))

    return Member(
        id=number,
        organisation=f"Organisation {number}",
        size=draw.choice(_SIZES),
        naf=f"{draw.randint(10, 82)}.{draw.randint(10, 99)}Z",
        naf_version="NAFRev2",
        commune=draw.choice(_COMMUNES),
        sectors=(trade.sector,),
        activity=lines(1, 3),
        skills=lines(1, 3),
        needs=lines(1, 3),
        contributions=lines(0, 1),
        countries=tuple(draw.sample(_COUNTRIES, draw.randint(0, 2))),
        follows=(f"Sté {draw.choice(trade.nouns).title()}",) if draw.random() < 0.3 else (),
        muted=(draw.choice(trade.nouns),) if draw.random() < 0.05 else (),
    )


def _item(number: int, trade: Trade, draw: random.Random) -> Item:
    kind = draw.choices(list(_TYPES), list(_TYPES.values()))[0]
    aimed = draw.random() < 0.7
    title = f"{_prose(draw, 4)} {trade.say(draw)}" if aimed else _prose(draw, 8)
    said = " ".join(f"{_prose(draw, 12)} {trade.say(draw)}." for _ in range(draw.randint(1, 4))) if aimed else ""
    published = datetime(TODAY.year, TODAY.month, TODAY.day, _HOUR, tzinfo=UTC) - timedelta(days=draw.randint(1, 240))
    source = f"source-{draw.randint(1, 200)}"
    english = draw.random() < 0.05
    return Item(
        id=number,
        version=1,
        title=title.capitalize(),
        text=f"{_prose(draw, 60)}. {said} {_prose(draw, draw.randint(20, 120))}.",
        url=f"https://sources.example/{number}",
        lang="en" if english else "fr",
        published=published,
        first_seen=published,
        updated=published,
        licence=Licence.OWN if kind == "vie-du-cluster" else draw.choice((Licence.PUBLIC, Licence.PRESS)),
        sources=(ItemSource(source_id=source, title=source, link=None, published=published),),
        tags=tuple(_tags(kind, trade if aimed else None, draw)),
        facts=tuple(_facts(kind, draw)),
    )


def _lot(number: int, item: Item, draw: random.Random) -> Item:
    return replace(item, id=number, title=f"{item.title} lot {draw.randint(2, 9)}", url=f"{item.url}/{number}")


def _prose(draw: random.Random, size: int) -> str:
    words, weights, _ = _words()
    return " ".join(draw.choices(words, weights, k=size))


def _tags(kind: str, trade: Trade | None, draw: random.Random) -> list[Tag]:
    def tag(scheme: Scheme, term: str) -> Tag:
        return Tag(scheme=scheme, term=term, score=0.9, origin=Origin.CUE)

    found = [tag(Scheme.TYPE, kind)] if kind else []
    if trade is not None and draw.random() < 0.8:
        found.append(tag(Scheme.SECTOR, trade.sector))
    elif draw.random() < 0.5:
        found.append(tag(Scheme.SECTOR, draw.choice(sorted(taxonomy().of(Scheme.SECTOR)))))
    where = draw.random()
    if where < 0.3:
        found.append(tag(Scheme.TERRITORY, "country:fr"))
    elif where < 0.8:
        chain = places().ancestors(f"fr:commune:{draw.choice(_COMMUNES)}")
        found.append(tag(Scheme.TERRITORY, draw.choice([one for one in chain if one.startswith("fr:")])))
    elif where < 0.85:
        found.append(tag(Scheme.TERRITORY, f"country:{draw.choice(_COUNTRIES).lower()}"))
    return found


def _facts(kind: str, draw: random.Random) -> list[Fact]:
    def fact(name: str, value: str) -> Fact:
        said = Evidence(text=f"La condition {name} est {value}.", where="text")
        return Fact(name=name, value=value, origin=Origin.CUE, evidence=(said,))

    term = taxonomy().of(Scheme.TYPE).get(kind)
    if term is None or not term.actionable:
        return []
    found = []
    if draw.random() < 0.75:
        found.append(fact("deadline", (TODAY + timedelta(days=draw.randint(-60, 120))).isoformat()))
    if draw.random() < 0.3:
        found.append(fact("eligible_sizes", "|".join(draw.sample(["tpe", "pme", "eti", "ge", "labo"], 2))))
    if draw.random() < 0.15:
        found.append(fact("eligible_territories", "fr:region:84"))
    if draw.random() < 0.1:
        found.append(fact("partners_min", "2"))
    return found
