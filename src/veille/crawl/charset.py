"""Bytes to text: BOM, then HTTP charset, then XML declaration, then UTF-8, then a guess (RFC 7303 §3; pure)."""

import codecs
import re

#: Longest first: the UTF-32 mark begins with the UTF-16 one.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: « <?xm » or « <r » in encodings that are not ASCII-compatible (XML 1.0 appendix F).
_UNMARKED = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
#: Character sets met in feeds. A list, because Python also knows « punycode » (quadratic) and « unicode_escape ».
_KNOWN = re.compile(
    r"(?:utf[-_]?(?:8|16|32)(?:[-_]?[bl]e)?|iso[-_]?(?:8859[-_:]\d{1,2}|2022[-_]\w{2})|(?:windows|ibm|cp)[-_]?\d{3,4}"
    r"|koi8[-_]?\w|mac[-_]?\w*|big5\w*|gb[-_]?\w+|euc[-_]?\w{2}|(?:x[-_])?s(?:hift)?[-_]?jis|latin[-_]?\d+|(?:us[-_])?ascii"
    r"|tis[-_]?620)",
    re.IGNORECASE,
)
_IN_HEADER = re.compile(r";\s*charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_IN_DECLARATION = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w:.-]{1,40})", re.IGNORECASE)
#: A declaration stands within the first bytes, even after some junk.
_HEAD = 1024


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a document, whatever its bytes: a wrong label costs a guess, never an exception."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    wide = next((encoding for start, encoding in _UNMARKED if body.startswith(start)), None)
    if wide is not None:
        return _wide(body, wide)
    for label in (_label(_IN_HEADER, content_type), _label(_IN_DECLARATION, body[:_HEAD].decode("latin-1"))):
        text = _strict(body, label)
        if text is not None:
            return text
    return _utf8_or_western(body)


def _label(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].lower() if found else ""


def _wide(body: bytes, encoding: str) -> str:
    """Decode what has no ASCII head; EBCDIC declares which of its pages it is in."""
    if encoding == "cp037":
        declared = _strict(body, _label(_IN_DECLARATION, body[:_HEAD].decode("cp037")))
        if declared is not None and "<" in declared[:_HEAD]:
            return declared
    return body.decode(encoding, "replace")


def _strict(body: bytes, label: str) -> str | None:
    """Decode with a declared character set if it is known and fits every byte."""
    if not _KNOWN.fullmatch(label):
        return None
    # WHATWG Encoding §4.2: these labels mean the superset in real life.
    latin = label.replace("_", "-") in {"iso-8859-1", "iso8859-1", "latin-1", "latin1"}
    names = {"gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932", "shift-jis": "cp932", "shift_jis": "cp932"}
    for name in ("cp1252", "latin-1") if latin else (names.get(label, label),):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return None


def _utf8_or_western(body: bytes) -> str:
    """UTF-8 where most of its sequences are sound (a cut or damaged one is replaced), else Windows-1252."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if character > "\x7f") - wrong
    if right > wrong:
        return text
    western = _strict(body, "iso-8859-1")
    return text if western is None else western
