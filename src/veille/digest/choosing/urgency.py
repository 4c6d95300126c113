"""What is worth a mail between two bulletins: what closes soon and suits well, what staff put first (pure)."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from veille.config.digests import Alert
from veille.digest.choosing.select import Offer
from veille.model import Handpicked, Item


def pressing(alert: Alert, items: Iterable[Item], day: date, picked: Handpicked) -> list[Item]:
    """Return the items that cannot wait, whomever they suit: few of all there are, so that few are judged."""
    pinned = {*picked.pins, *(number for mine in picked.own.values() for number in mine)}
    return [item for item in items if not pinned.isdisjoint((item.id, *item.also)) or _closes_soon(alert, item, day)]


def worth_a_mail(alert: Alert, offers: Sequence[Offer]) -> list[Offer]:
    """Return what a reader was never sent, and is either put first by staff or suits well enough."""
    return [one for one in offers if one.seen is None and (one.pinned is not None or one.score >= alert.score)]


def _closes_soon(alert: Alert, item: Item, day: date) -> bool:
    due = item.deadline
    return due is not None and not item.doubtful and timedelta(0) <= due - day < timedelta(days=alert.days)
