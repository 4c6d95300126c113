"""Signed links: a member acts without an account, and nobody can forge or re-purpose a link.

`key-id.subject.day.mac`, HMAC-SHA256 over purpose, key id, subject and day. A link of one purpose is worth nothing for
another. The newest key signs; older ones verify until a link is 24 months old. A subject that ends with a dot is open:
one token serves for all the items of a mail, each of which completes it, `key-id.subject.day.mac.item`.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from veille.addresses import address_key
from veille.errors import InputError
from veille.files import cause

#: How long a link in an old mail still works: 24 months.
VALID = timedelta(days=731)
#: Bytes kept of the MAC: 128 bits, unguessable (NIST SP 800-107 §5.3.4 allows truncation to 64).
_MAC_BYTES = 16
#: 80 bits make 16 characters: a local part has 64 (RFC 5321 §4.5.3.1.1), and one guess costs a mail.
_SEAL_BYTES = 10
#: RFC 2104 §2: bytes that SHA-256 takes at a time, and what turns a key into its inner and outer block.
_BLOCK, _PADS = 64, tuple(bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
#: RFC 4648 §5.
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Mac:
    """HMAC-SHA256 (RFC 2104) under one key, whose padded blocks are hashed once.

    `hmac.digest` takes three times as long, and a mail has six.
    """

    def __init__(self, secret: bytes) -> None:
        block = (secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner, self._outer = (hashlib.sha256(block.translate(pad)) for pad in _PADS)

    def __call__(self, data: bytes) -> bytes:
        """Return the 32 bytes of data."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(data)
        outer.update(inner.digest())
        return outer.digest()


@dataclass(frozen=True)
class Key:
    """One signing key."""

    id: str
    secret: bytes = field(repr=False)

    @cached_property
    def mac(self) -> Mac:
        """What signs with it."""
        return Mac(self.secret)


class Keys:
    """The keys of an instance, in one file readable by its owner only, made on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loaded: tuple[tuple[Key, ...], bytes] | None = None

    @property
    def newest(self) -> str:
        """The id of the key that signs."""
        return self._load()[0][-1].id

    def sign(self, purpose: str, subject: str, day: date, *, key_id: str | None = None) -> str:
        """Return a URL-safe token; the same arguments give the same token."""
        return self.signer(purpose, day, key_id=key_id)(subject)

    def signer(self, purpose: str, day: date, *, key_id: str | None = None) -> Callable[[str], str]:
        """Return what signs subjects for one purpose and day: a mail has a link for each of its items."""
        key = self._key(key_id or self.newest)
        if key is None:
            raise InputError(f"clé de signature « {key_id} » absente de {self._path}", cure="restaurez ce fichier")
        before, after = f"{key.id}.", f".{day:%Y%m%d}"

        def sign(subject: str) -> str:
            head = f"{before}{_encode(subject.encode())}{after}"
            return f"{head}.{_encode(_mac(key, purpose, head))}"

        return sign

    def verify(self, token: str, purpose: str, today: date) -> str | None:
        """Return the subject, completed, of a genuine token of that purpose not older than 24 months, else None."""
        parts = token.split(".")  # key id, subject, day, MAC, and what completes the subject
        if len(parts) not in {4, 5} or (key := self._key(parts[0])) is None:
            return None
        head, mac, rest = ".".join(parts[:3]), parts[3], "".join(parts[4:])
        if not hmac.compare_digest(_encode(_mac(key, purpose, head)).encode(), mac.encode("utf-8", "replace")):
            return None
        signed = date(int(parts[2][:4]), int(parts[2][4:6]), int(parts[2][6:8]))
        subject = _decode(parts[1]).decode()
        whole = bool(rest) if subject.endswith(".") else len(parts) == 4  # noqa: PLR2004 - one spelling of each link
        if today - signed > VALID or not whole:
            return None
        return subject + rest

    def seal(self, purpose: str, subject: str) -> str:
        """Return 16 lower-case letters and digits that prove `subject`: for addresses, whose case nobody keeps."""
        return _seal(self._load()[0][-1], purpose, subject)

    def seals(self, purpose: str, subject: str) -> tuple[str, ...]:
        """Return the seal that each key of ours makes, the newest key's first."""
        return tuple(_seal(key, purpose, subject) for key in reversed(self._load()[0]))

    def sealed(self, purpose: str, subject: str, seal: str) -> bool:
        """Say whether any key of ours made that seal."""
        given = seal.lower().encode("utf-8", "replace")
        return any(hmac.compare_digest(one.encode(), given) for one in self.seals(purpose, subject))

    def rotate(self) -> str:
        """Add a key that signs from now on and return its id; older links keep working."""
        keys, suppression = self._load()
        added = _new_key({key.id for key in keys})
        self._write((*keys, added), suppression, replace=True)
        self._loaded = None
        return added.id

    def address_hash(self, address: str) -> str:
        """Return the keyed hash under which an address is suppressed; its key is never rotated."""
        return hmac.new(self._load()[1], address_key(address).encode(), hashlib.sha256).hexdigest()

    def _key(self, key_id: str) -> Key | None:
        return next((key for key in self._load()[0] if key.id == key_id), None)

    def _load(self) -> tuple[tuple[Key, ...], bytes]:
        if self._loaded is None:
            if not self._path.exists():
                self._write((_new_key(set()),), secrets.token_bytes(32), replace=False)
            self._loaded = self._read()
        return self._loaded

    def _read(self) -> tuple[tuple[Key, ...], bytes]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            keys = tuple(Key(str(row["id"]), bytes.fromhex(row["secret"])) for row in data["links"])
            suppression = bytes.fromhex(data["suppression"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{self._path} : clés illisibles", cure="restaurez ce fichier d'une sauvegarde") from error
        if not keys:
            raise InputError(f"{self._path} : aucune clé", cure="restaurez ce fichier d'une sauvegarde")
        return keys, suppression

    def _write(self, keys: tuple[Key, ...], suppression: bytes, *, replace: bool) -> None:
        """Write the file in one step; two first uses at once keep the first one's keys."""
        links = [{"id": key.id, "secret": key.secret.hex()} for key in keys]
        text = json.dumps({"links": links, "suppression": suppression.hex()}, indent=1)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".keys.")  # mkstemp creates it 0600
        except OSError as error:
            raise InputError(f"{self._path} : {cause(error)}", cure="rendez ce dossier inscriptible") from error
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if replace:
                temporary.replace(self._path)
            else:
                _link_unless_there(temporary, self._path)
        finally:
            temporary.unlink(missing_ok=True)


def _link_unless_there(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return  # another process was first: its keys are the keys


def _new_key(taken: set[str]) -> Key:
    while (key_id := secrets.token_hex(2)) in taken:
        continue
    return Key(key_id, secrets.token_bytes(32))


def _mac(key: Key, purpose: str, head: str) -> bytes:
    return key.mac(f"{purpose}\0{head}".encode())[:_MAC_BYTES]


def _seal(key: Key, purpose: str, subject: str) -> str:
    return base64.b32encode(_mac(key, purpose, subject)[:_SEAL_BYTES]).decode().lower()


def _encode(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
