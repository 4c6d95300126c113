"""Markup and blobs left in a text are blanked before it is read; every other character keeps its place (pure)."""

import re

from veille.nlp.quoting import READ

#: A tag with its attributes, a comment, what a script or a style sheet holds: class names are no words.
_MARKUP = re.compile(
    r"<(script|style)\b[^<>]{0,2000}>.{0,20000}?</\1\s*>|<!--.{0,2000}?-->|</?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0|amp|quot|lt|gt|laquo|raquo|rsquo|#39|#x27);", re.IGNORECASE)
#: No word, address or code that a person reads is that long: base64, a key, a dump.
_LONG = 300
_BLOB = re.compile(rf"\S{{{_LONG},}}")


def readable(text: str) -> str:
    """Return a text whose markup and blobs are spaces, a space for each of their characters."""
    if len(text) > READ:
        return readable(text[:READ]) + text[READ:]
    if "<" in text:
        text = _MARKUP.sub(_blank, text)
    if "&" in text:
        text = _ENTITY.sub(_blank, text)
    return _BLOB.sub(_blank, text) if _may_hold_a_blob(text) else text


def _may_hold_a_blob(text: str) -> bool:
    """Tell whether some half of a blob's length has no space: where none is, no blob covers it."""
    half = _LONG // 2
    return any(text.find(" ", place, place + half) < 0 for place in range(0, len(text) - half, half))


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
