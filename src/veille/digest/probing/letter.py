"""The probe: a mail built exactly as a bulletin is, short, with everything that relays are known to change."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from veille.addresses import parse_address
from veille.config.settings import Settings
from veille.digest.mail.dkim import Signer
from veille.digest.mail.encoding import encode_body
from veille.digest.mail.message import Letter, build
from veille.links import LinkMaker, return_address
from veille.model import OutgoingMail
from veille.tokens import Keys

#: The subscriber that the probe's links are for: nobody, so that following them changes nothing.
_NOBODY = 0
_TEXT = """Ceci est un message d'essai de votre veille ({code}).

Il part comme un bulletin. Comparé à ce qui arrive, il dit ce que le relais change :
un pixel ajouté, des liens réécrits, des en-têtes enlevés, une signature cassée.

Un article : {site}/essai/article?de={code}
Se désinscrire : {unsubscribe}
"""
_HTML = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Essai</title></head>
<body style="font-family:Arial,sans-serif;color:#1a1a1a">
<h1 style="font-size:20px">Message d’essai de votre veille</h1>
<p>Il part comme un bulletin. Comparé à ce qui arrive, il dit ce que le relais change ({code}).</p>
<p><a href="{site}/essai/article?de={code}">Un article</a></p>
<p><a href="{unsubscribe}">Se désinscrire</a></p>
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe ready to leave, and the code by which it is found again even where its Message-ID was changed."""

    mail: OutgoingMail
    code: str


def make_probe(settings: Settings, keys: Keys, signer: Signer | None, recipient: str, now: datetime) -> Probe:
    """Return the probe to an address; raises InputError for an address or setting that no mail may carry."""
    sender = parse_address(settings.mail.sender)
    domain = sender.rpartition("@")[2]
    code = "sonde-" + hashlib.sha256(f"{settings.cluster.id}|{recipient}|{now.isoformat()}".encode()).hexdigest()[:12]
    site = settings.site.url.rstrip("/")
    links = LinkMaker(keys, site, now.date(), keys.newest)
    unsubscribe = links.unsubscribe(_NOBODY)
    told = {"code": code, "site": site, "unsubscribe": unsubscribe}
    answers = settings.mail.reply_to or settings.cluster.contact or sender
    letter = Letter(
        sender=sender,
        sender_name=settings.cluster.name,
        recipient=parse_address(recipient),
        reply_to=answers,
        subject=f"Essai de la veille : échéances à l’épreuve ({code})",
        body=encode_body(_TEXT.format(**told), _HTML.format(**told)),
        message_id=f"<{code}@{domain}>",
        date=now,
        list_name=f"Essai ({settings.cluster.name})",
        list_id=f"essai.{domain}",
        unsubscribe_url=unsubscribe,
        unsubscribe_mailto=f"{answers}?subject=essai",
        return_path=return_address(keys, settings.mail.return_path, _NOBODY),
        feedback_id=f"essai:{settings.cluster.id}:veille",
    )
    return Probe(build(letter, signer), code)
