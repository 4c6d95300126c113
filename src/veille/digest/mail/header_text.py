"""Foreign text fit for a header: one line, nothing that opens an encoded word, never a second recipient (pure).

`email.message` is not asked to write headers: it RFC 2047-encodes a long List-Unsubscribe, which kills one-click
unsubscription, and before Python 3.11.10 a title `=?utf-8?q?a=0D=0ABcc:_x@y.z?=` makes it write a Bcc.
"""

import base64
import re
import unicodedata

from veille.text import clean

MAX_SUBJECT = 200
_MAX_NAME = 80
#: RFC 2047 §2: an encoded word is at most 75 characters.
_WORD_BYTES = 45
#: Characters of plain text that fit on one line with any field name of ours (RFC 5322 §2.1.1: 78).
_ONE_LINE = 60
#: Separators that some parsers take for a line end.
_SEPARATORS = re.compile("[\u2028\u2029\x85\t\r\n]")
_NBSP = "\u00a0"
_ATOM_TEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


def header_text(text: str, limit: int = MAX_SUBJECT) -> str:
    """Return foreign text fit for a header: one line, no controls, no bidi, no `=?`, cut at `limit` characters."""
    flat = " ".join(clean(_SEPARATORS.sub(" ", text)).split())
    safe = flat if flat.replace(_NBSP, " ").isprintable() else "".join(filter(_fit, flat))
    while "=?" in safe:
        safe = safe.replace("=?", "= ?")
    return safe if len(safe) <= limit else safe[: limit - 1].rstrip() + "…"


def _fit(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zl", "Zp"}


def encode_text(text: str) -> str:
    """Return unstructured header text, as RFC 2047 words where it is not plain ASCII, folded."""
    safe = header_text(text)
    if safe.isascii() and len(safe) <= _ONE_LINE and safe.isprintable():
        return safe
    return "\r\n ".join(_words(safe))


def mailbox(name: str, address: str) -> str:
    """Return `name <address>` with the name as RFC 2047 words or a quoted string: never a second recipient."""
    safe = header_text(name, _MAX_NAME) if name else ""
    if not safe:
        return address
    if _ATOM_TEXT.fullmatch(safe):
        return f'"{safe}" <{address}>'
    return "\r\n ".join(_words(safe)) + f"\r\n <{address}>"


def phrase(name: str) -> str:
    """Return a name before `<…>`, as a quoted string or RFC 2047 words that end on a line end."""
    safe = header_text(name, _MAX_NAME)
    return f'"{safe}"' if _ATOM_TEXT.fullmatch(safe) else "\r\n ".join(_words(safe)) + "\r\n"


def _words(text: str) -> list[str]:
    """Cut text into base64 encoded words, never inside a character."""
    words, chunk = [], b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(chunk) + len(piece) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += piece
    return [f"=?utf-8?b?{base64.b64encode(part).decode()}?=" for part in (*words, chunk)]
