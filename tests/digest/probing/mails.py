"""A signed mail and the keys that its signatures are read with."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from veille.digest.mail.dkim import DkimKey, Signer, load_key, new_key_pem
from veille.digest.mail.encoding import encode_body
from veille.digest.mail.message import Letter, build

DOMAIN = "pole.example.fr"
NOW = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
KEYS = {"pem": new_key_pem(), "ed": new_key_pem(ed25519_key=True)}


def signer() -> Signer:
    """Return what signs: RSA and Ed25519."""
    with TemporaryDirectory() as folder:
        found: list[DkimKey] = []
        for name, selector in (("pem", "veille"), ("ed", "veille-ed")):
            path = Path(folder) / name
            path.write_bytes(KEYS[name])
            found.append(load_key(path, selector=selector, domain=DOMAIN))
    return Signer(tuple(found))


SIGNER = signer()
_RECORDS = {key.host: [key.record] for key in SIGNER.keys}


def lookup(name: str) -> list[str]:
    """Answer as the DNS of the domain does."""
    return _RECORDS.get(name, [])


LETTER = Letter(
    sender=f"veille@{DOMAIN}", sender_name="Pôle", recipient="anne@x.example", subject="Essai",
    body=encode_body("Bonjour à tous\n", "<p>Bonjour à tous</p>\n"), message_id=f"<essai@{DOMAIN}>", date=NOW,
    list_name="Essai", list_id=f"essai.{DOMAIN}", unsubscribe_url="https://veille.example.fr/m/desinscription/x",
    unsubscribe_mailto=f"equipe@{DOMAIN}?subject=x",
)  # fmt: skip


def signed() -> bytes:
    """Return a mail signed twice."""
    return build(LETTER, SIGNER).raw
