"""How far an item goes on its way to one reader's bulletin, and what stops it there, in French (pure).

The steps are those of choosing, in their order: shown at all, the reader's own choices, section, its bar, what waits
for a poor week, quotas, length.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from veille.config.digests import Digest, SectionPlan
from veille.digest.choosing.drafting import Chosen
from veille.digest.choosing.hand import UNTOUCHED, Hand
from veille.digest.choosing.offering import Reader, wanted
from veille.digest.choosing.placing import shelf_of
from veille.digest.choosing.select import Offer, may_show, section_for, source_of, welcoming
from veille.digest.choosing.stock import editions
from veille.digest.editions import Edition
from veille.french import counted, french_day
from veille.model import Item, Match

#: Where it ends: in the bulletin, or stopped by what.
Stop = Literal[
    "in",
    "dropped",
    "closed",
    "sent",
    "old",
    "refused",
    "section",
    "gate",
    "bar",
    "off",
    "elsewhere",
    "waits",
    "quota",
    "length",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far one item goes for one reader."""

    stop: Stop
    #: French, one line.
    said: str
    #: Title of the section, or empty where it reaches none.
    section: str = ""


def stopped(digest: Digest, when: Edition, item: Item, match: Match, reader: Reader) -> Course:
    """Say why an item may not be shown to a reader at all; only of one that is not offered to them."""
    hand, seen = reader.hands.get(item.id, UNTOUCHED), reader.seen.get(item.id)
    if not may_show(digest, when, item, seen, hand):
        return _not_shown(digest, when, item, hand, sent=seen is not None)
    if reader.refused.intersection((item.id, *item.also)):
        return Course(stop="refused", said="ce lecteur a dit « pas pour moi » de cet élément")
    if not wanted(item, reader):
        return Course(stop="refused", said="ce lecteur a coupé toutes les sources qui le montrent")
    return _not_admitted(section_for(digest, match, shelf_of(digest, when, item), hand), match, reader)


def _not_admitted(section: SectionPlan | None, match: Match, reader: Reader) -> Course:
    if match.score is None:
        return Course(stop="gate", said="refusé par la porte dite plus haut")
    if section is None:
        return Course(stop="section", said="aucune section de ce bulletin ne prend ce type d'élément")
    title = section.title
    if match.score < section.least and match.item_id not in reader.seen:
        low, bar = (f"{number:.2f}".replace(".", ",") for number in (match.score, section.least))
        return Course(
            stop="bar", said=f"sous le seuil de « {title} » : note {low}, il faut {bar} (least)", section=title
        )
    if section.kind in reader.person.sections_off:
        return Course(stop="off", said=f"ce lecteur a coupé la section « {title} »", section=title)
    return Course(stop="sent", said="déjà envoyé ; cette section ne rappelle rien", section=title)


def _not_shown(digest: Digest, when: Edition, item: Item, hand: Hand, *, sent: bool) -> Course:
    if hand.dropped:
        return Course(stop="dropped", said=f"laissé de côté par l'équipe (« veille digest undo {item.id} » le reprend)")
    if item.due is not None and item.due < when.last_day:
        end = french_day(when.last_day)
        return Course(stop="closed", said=f"clôt avant que les derniers mails ne puissent partir ({end})")
    if sent:
        return Course(stop="sent", said="déjà envoyé, et rien n'y a changé : ne revient qu'en dernier rappel")
    days = counted(digest.news_days, "jour")
    return Course(stop="old", said=f"nouvelle de plus de {days} (news_days), sans échéance à venir")


def ended(digest: Digest, when: Edition, one: Offer, chosen: Chosen, kept: Collection[int]) -> Course:
    """Say what becomes of an item that is offered to a reader; `kept`: the items of the bulletin as it is printed."""
    section = digest.section(one.section)
    title = section.title if section is not None else one.section
    number = one.item.id
    if number in kept:
        rank = 1 + [other.item.id for other in chosen.choice.offers if other.section == one.section].index(number)
        star = any(other.item.id == number and other.star for other in chosen.choice.offers)
        said = f"dans le bulletin, « {title} », ligne {rank}{', et dans « L’essentiel »' if star else ''}"
        return Course(stop="in", said=said, section=title)
    if any(other.item.id == number for other in chosen.choice.offers):
        limit = f"{digest.max_words} mots"
        return Course(stop="length", said=f"ôté pour que le bulletin reste court ({limit}, max_words)", section=title)
    if number in chosen.waiting:
        return Course(stop="waits", said=_waiting(one, when), section=title)
    return Course(stop="quota", said=_outdone(digest, one, chosen, title), section=title)


def _waiting(one: Offer, when: Edition) -> str:
    left = editions(one, when)
    time = "sans échéance" if one.item.due is None else f"{counted(int(left) - 1, 'édition')} encore à temps"
    return f"attend une semaine creuse (enough) : {time} après celle-ci"


def _outdone(digest: Digest, one: Offer, chosen: Chosen, title: str) -> str:
    """Say which place it did not get, others being before it."""
    held = chosen.choice.offers
    if not held:
        return f"pas de bulletin : {chosen.choice.skipped}"
    if not one.for_them:
        return "nouvelle commune à tous, que le tronc commun de cette édition n'a pas retenue"
    plan = digest.section(one.section)
    quota = (welcoming(digest) if chosen.greeted else {}).get(one.section, plan.max if plan is not None else 0)
    if sum(other.section == one.section for other in held) >= quota:
        return f"« {title} » est pleine : {counted(quota, 'place')}, prises par de mieux notés ou de plus divers"
    source = source_of(one)
    if Counter(map(source_of, held))[source] >= digest.per_source:
        return f"sa source a déjà {counted(digest.per_source, 'élément')} dans ce bulletin (per_source)"
    return f"le bulletin est plein : {counted(digest.max_items, 'élément')} (max_items), pris par de mieux notés"
