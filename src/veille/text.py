"""Folding of French typography and cleaning of foreign text (pure)."""

import re
import unicodedata

#: C0, DEL and C1 controls but tab and newline; they can drive a terminal, break a header, and PostgreSQL refuses NUL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Bidirectional controls (Unicode UAX #9): they reorder what a reader sees.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Return text that is safe on a terminal: controls shown as `\\x1b`, bidi controls dropped."""
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", _BIDI.sub("", text))


def clean(text: str) -> str:
    """Return text fit for the store: NFC, no controls, no bidi controls, lone surrogates as U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", _BIDI.sub("", _CONTROLS.sub("", whole)))
