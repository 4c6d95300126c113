"""Text whose UTF-8 was read as Windows-1252 or Latin-1 (« Ã©nergie »), once or twice: read again (pure).

Only what is sure is mended: pairs and triples that make a letter of our languages or a mark of its typography. A text
that is right holds none of them: `É…` and `À »` make letters that nobody here writes.
"""

import re

#: Characters that Windows-1252 makes of the bytes 80–9F; a byte that it leaves out comes as the control of that number.
_POINTS = {byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0xA0)}
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    character: byte for byte, character in _POINTS.items() if character != "\ufffd"
}
_TAIL = "".join(re.escape(character) for character, byte in _BYTES.items() if byte <= 0xBF)  # noqa: PLR2004 - 10xxxxxx
#: « Ã© », « Â° », « Å“ », « â€™ », « â‚¬ », « ï»¿ »: Latin-1, Œ, Ÿ, Š, Ž, marks, euro, emojis, byte order mark.
_SEQUENCE = re.compile(
    f"[ÃÂ][{_TAIL}]|Å[\u2019\u201c\u201d\x92\x93\u00b8\u00a0\u00a1\u00bd\u00be]|â[{_TAIL}]{{2}}|ð[{_TAIL}]{{3}}|ï»¿"
)
#: Met in nearly no text that is right; one scan of it decides.
_SUSPECT = re.compile(f"[ÃÂ][{_TAIL}]|Å[\u2019\u201c\x92\x93]|â[{_TAIL}]{{2}}|ð[{_TAIL}]{{3}}|ï»¿")
#: « Ã » before a space is what is left of « à » whose second byte, a no-break space, was taken for a space.
_LOST_A = re.compile(r"\bÃ {1,2}(?=[a-zA-Z0-9éèêâîôûçÉ«])")
_ROUNDS = 2


def mended(text: str) -> str:
    """Return text read as it was written; text that is right comes back as it is."""
    for _ in range(_ROUNDS):
        if text.isascii() or not _SUSPECT.search(text):
            return text
        text = _LOST_A.sub("à ", _SEQUENCE.sub(_read_again, text))
    return text


def _read_again(found: re.Match[str]) -> str:
    raw = bytes(_BYTES[character] for character in found[0])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return found[0]
