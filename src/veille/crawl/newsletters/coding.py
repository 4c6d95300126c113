"""Base64 as links carry it (pure)."""

import base64
import binascii
from urllib.parse import unquote


def from_base64(coded: str) -> bytes:
    """Decode either alphabet, padded or not, percent-encoded or not; empty for what is none."""
    plain = unquote(coded).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""
