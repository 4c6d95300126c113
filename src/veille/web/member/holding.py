"""« Mes données »: what is held of a person, whence, since when, on what basis; and asking that it be erased.

A mail is forwarded with its links: neither the page nor the file tells the address or the name in full (listmonk#2583),
nor whom an organisation follows, which is its own business.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from starlette.responses import Response

from veille.french import french_day
from veille.links import HOLDINGS
from veille.model import REFUSALS, Feedback, Opinion, Subscriber
from veille.model.returns import ERASURE
from veille.web.forms import Posted, Refused
from veille.web.member.front import Front, Here
from veille.web.pages import framed

_OPINIONS = {Opinion.USEFUL: "utile", Opinion.NOT_FOR_ME: "pas pour moi", Opinion.WANTED: "cela m’intéresse"}


def show_holdings(front: Here, token: str) -> Response:
    """Show what is held."""
    return _page(front, front.reader(token, HOLDINGS), token)


def export(front: Here, token: str) -> Response:
    """Give what is held as JSON (GDPR art. 15 and 20), the address and the name in short."""
    person = front.reader(token, HOLDINGS)
    member = front.member(person.member_id)
    profile = {name: value for name, value in asdict(member).items() if name != "follows"} if member else None
    held: dict[str, Any] = {
        "personne": asdict(replace(person, email=_short(person.email), last_name=person.last_name[:1])),
        "organisation": profile,
        "avis": [asdict(one) for one in front.opinions.of(person.id)],
        "articles_envoyes": [asdict(one) for one in front.journal(person.id).values()],
        "effacement_demande": front.erasures.asked(person.id),
    }
    text = json.dumps(held, ensure_ascii=False, indent=1, default=str)
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    return Response(text, media_type="application/json; charset=utf-8", headers=headers)


def ask_erasure(front: Here, token: str, form: Posted) -> Response:
    """Note that a person asks for the erasure of their data, or that they no longer do; no mail leaves meanwhile."""
    person = front.reader(token, HOLDINGS)
    action = form.one("action")
    if action not in {"effacer", "garder"}:
        raise Refused(400)
    # Whoever reads for several organisations is one person: what is asked holds for all that is held of them.
    readings = front.readers.same_address(person.id)
    if action == "effacer":
        for one in readings:
            front.erasures.ask(one.id, front.clock.now())
        front.readers.suppress(person.email, reason=ERASURE, now=front.clock.now())
    else:
        for one in readings:
            front.erasures.withdraw(one.id)
        front.readers.release(person.email, reason=ERASURE)
    return _page(front, person, token, acted=True)


def _page(front: Front, person: Subscriber, token: str, *, acted: bool = False) -> Response:
    member, zone = front.member(person.member_id), front.settings.cluster.zone
    asked = front.erasures.asked(person.id)
    return framed(
        front.settings,
        "member/holdings.html",
        "Vos données",
        person=person,
        address=_short(person.email),
        organisation=member.organisation if member else "",
        since=french_day(person.added.astimezone(zone).date()) if person.added else "",
        opinions=_said(front, front.opinions.of(person.id)),
        sent=len(front.journal(person.id)),
        several=len(front.readers.same_address(person.id)) > 1,
        export=f"{token}.json",
        asked=french_day(asked.astimezone(zone).date()) if asked else "",
        acted=acted,
        counted=front.settings.site.count_links,
    )


def _said(front: Front, opinions: Sequence[Feedback]) -> list[tuple[str, str]]:
    """Return (title, opinion) of what a person said, oldest first."""
    found, items = [], {item.id: item for item in front.items({one.item_id for one in opinions})}
    for one in opinions:
        item = items.get(one.item_id)
        why = f" ({REFUSALS[one.reason]})" if one.reason in REFUSALS else ""
        found.append((item.title if item else f"article n° {one.item_id}", f"{_OPINIONS[one.opinion]}{why}"))
    return found


def _short(email: str) -> str:
    """Return « a…@exemple.fr »: enough for its owner, too little for whoever got the mail forwarded."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"
