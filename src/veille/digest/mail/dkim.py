"""DKIM signatures (RFC 6376, RFC 8463) over the bytes that leave: relaxed headers, simple body, RSA-2048 first.

dkimpy signs in 10 ms of pure Python; OpenSSL's RSA takes 0.3 ms, so the forty lines of canonicalisation are ours, and
dkimpy judges them in the tests. A signature covers every field that a mail program acts on, and is « oversigned »: each
name stands once more than it occurs, so that nobody can add a second From or List-Unsubscribe (RFC 6376 §8.15). It has
no `t=`: verifiers refuse one a second ahead of their own clock, and none needs it.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from veille.addresses import parse_address
from veille.config.settings import Mail
from veille.errors import InputError
from veille.files import cause

#: RFC 8301 §3.2: verifiers may refuse less than 1,024 bits; Gmail and Yahoo ask for 2,048.
LEAST_BITS = 2048
#: RFC 6376 §5.4.1, and RFC 8058 §4, which wants both List-Unsubscribe fields signed.
SIGNED = (
    "from", "to", "reply-to", "subject", "date", "message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post",
    "mime-version", "content-type", "auto-submitted", "feedback-id",
)  # fmt: skip
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
#: Characters of base64 on one folded line.
_FOLD = 72

_PADDING, _SHA256 = padding.PKCS1v15(), hashes.SHA256()
PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class DkimKey:
    """One private key and the DNS name under which its public half is published."""

    selector: str
    domain: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        """The `a=` tag."""
        return "rsa-sha256" if isinstance(self.private, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def host(self) -> str:
        """Where the public key is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record to publish (RFC 6376 §3.6.1; RFC 8463 §4.2: a bare Ed25519 key)."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            kind = "rsa"
            raw = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            kind = "ed25519"
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}"

    def sign(self, data: bytes) -> bytes:
        """Return the signature of the canonical headers; deterministic for both algorithms."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, _PADDING, _SHA256)
        return self.private.sign(hashlib.sha256(data).digest())


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with every key it has, the first one's signature on top."""

    keys: tuple[DkimKey, ...]

    def fields(self, headers: Fields, body_digest: bytes) -> list[tuple[str, str]]:
        """Return one DKIM-Signature field a key, to be put before `headers`.

        `body_digest` is the SHA-256 of a body that ends with one CRLF, and so is its own canonical form (§3.4.3).
        """
        digest = base64.b64encode(body_digest).decode()
        listed, places = _signed(tuple([name for name, _ in headers]))
        signed = "".join([f"{name}:{_relaxed(headers[at][1])}\r\n" for name, at in places])
        return [("DKIM-Signature", _field(key, listed, digest, signed)) for key in self.keys]


def _field(key: DkimKey, listed: str, digest: str, signed: str) -> str:
    start, relaxed = _start(key.algorithm, key.domain, key.selector, listed)
    signature = base64.b64encode(key.sign(f"{signed}{relaxed}{digest}; b=".encode("ascii"))).decode()
    folded = "\r\n ".join([signature[at : at + _FOLD] for at in range(0, len(signature), _FOLD)])
    return f"{start}{digest};\r\n b={folded}"


@lru_cache(maxsize=16)
def _start(algorithm: str, domain: str, selector: str, listed: str) -> tuple[str, str]:
    """Return how a signature's field begins, up to the digest of the body, as it stands and as it is signed."""
    start = f"v=1; a={algorithm}; c=relaxed/simple; d={domain}; s={selector};\r\n h={listed};\r\n bh="
    return start, f"dkim-signature:{_relaxed(start)}"


@lru_cache(maxsize=16)
def _signed(names: tuple[str, ...]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return the names to list, each once more than it occurs, and where the fields stand that are signed."""
    low = [name.lower() for name in names]
    listed = ":".join(name for name in SIGNED for _ in range(low.count(name) + 1))
    return _folded_names(listed), tuple((name, low.index(name)) for name in SIGNED if name in low)


def load_key(path: Path, *, selector: str, domain: str) -> DkimKey:
    """Read a PEM private key; raises InputError for one that is missing, protected, of another kind or too weak."""
    if not _NAME.fullmatch(selector) or not _NAME.fullmatch(domain) or "." not in domain:
        raise InputError(
            f"DKIM : sélecteur « {selector} » ou domaine « {domain} » impossible",
            cure="corrigez mail.dkim_selector ou mail.sender dans veille.toml",
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"clé DKIM {path} : {cause(error)}",
            cure="faites-en une avec « veille mail key », ou corrigez mail.dkim_key",
        ) from error
    try:
        private = serialization.load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"clé DKIM {path} illisible : une clé privée PEM sans mot de passe est attendue",
            cure="faites-en une avec « veille mail key »",
        ) from error
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size < LEAST_BITS:
        raise InputError(
            f"clé DKIM {path} trop faible : {private.key_size} bits, au moins {LEAST_BITS} attendus",
            cure="faites-en une avec « veille mail key », publiez-la, puis retirez l'ancienne",
        )
    if not isinstance(private, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise InputError(f"clé DKIM {path} : ni RSA ni Ed25519", cure="faites-en une avec « veille mail key »")
    return DkimKey(selector, domain, private)


def signer_of(mail: Mail, home: Path) -> Signer | None:
    """Return what signs an instance's mails, or None where no key is set; raises InputError for an unusable one."""
    domain = parse_address(mail.sender).rpartition("@")[2]
    given = ((mail.dkim_key, mail.dkim_selector), (mail.dkim_ed25519_key, mail.dkim_ed25519_selector))
    keys = tuple(load_key(home / path, selector=selector, domain=domain) for path, selector in given if path)
    return Signer(keys) if keys else None


def new_key_pem(*, ed25519_key: bool = False) -> bytes:
    """Return a new private key as PEM (PKCS #8): RSA-2048, or Ed25519."""
    private: PrivateKey = (
        ed25519.Ed25519PrivateKey.generate()
        if ed25519_key
        else rsa.generate_private_key(public_exponent=65_537, key_size=LEAST_BITS)
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _relaxed(value: str) -> str:
    """RFC 6376 §3.4.2: white space is one space; a header of ours has no other than space and CRLF."""
    return " ".join(value.split())


def _folded_names(listed: str) -> str:
    """Fold the list of names after a colon, at most 72 characters a line."""
    lines, line = [], ""
    for part in re.findall(r"[^:]+:?", listed):
        if len(line) + len(part) > _FOLD:
            lines.append(line)
            line = ""
        line += part
    return "\r\n  ".join([*lines, line])
