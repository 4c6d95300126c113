"""What channels are told, in their own forms: a signed call for a program, a few lines for a room (pure)."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

from veille.config.channels import Channel
from veille.digest.choosing.wording import full_day
from veille.digest.publishing.public import PublicEdition
from veille.model import Request

#: Lines of an edition that a room is shown; the archive has them all.
_SHOWN = 6


def call(channel: Channel, edition: PublicEdition, *, mark: str, now: datetime, archive: str) -> Request:
    """Return the POST that tells a program of an edition, signed where the channel has a secret.

    Headers are those of Standard Webhooks 1.0: webhook-id stays the same at each try, webhook-signature is
    « v1, » and the base64 of HMAC-SHA256 over « id.timestamp.body ».
    """
    data = {**edition.as_data(), "archive": _page(archive, edition)}
    body = json.dumps(
        {"type": "edition.sent", "timestamp": now.isoformat(timespec="seconds"), "data": data},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    stamp = str(int(now.timestamp()))
    headers = [("webhook-id", mark), ("webhook-timestamp", stamp)]
    secret = channel.secret.get_secret_value()
    if secret:
        signed = hmac.new(secret.encode(), f"{mark}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers.append(("webhook-signature", f"v1,{base64.b64encode(signed).decode()}"))
    return Request(url=channel.url.get_secret_value(), headers=tuple(headers), body=body, follow=False)


def room_message(edition: PublicEdition, cluster: str, archive: str) -> tuple[str, str]:
    """Return the title and the text that a room is shown: the first lines, then where all of them are."""
    count = len(edition.lines)
    told = "une chose" if count == 1 else f"{count} choses"
    lines = []
    for line in edition.lines[:_SHOWN]:
        until = f" — {line.until}" if line.until else ""
        lines.append(f"• {line.title}{until}\n  {line.url}")
    page = _page(archive, edition)
    left = count - len(lines)
    if left > 0:
        lines.append(f"et {left} autre{'s' if left > 1 else ''}" + ("" if page else " dans le bulletin"))
    if page:
        lines.append(f"Toute l'édition : {page}")
    return f"{edition.title} · {cluster} · {full_day(edition.day)}", "\n".join([f"{told} à connaître", *lines])


def _page(archive: str, edition: PublicEdition) -> str:
    return f"{archive}/editions/{edition.key}.html" if archive else ""
