"""Foreign markup to plain text fit for the store (pure)."""

import html
import re
import unicodedata

import nh3

from veille.mending import mended
from veille.text import clean, whole

#: A call's full text rarely passes 30,000 characters; the tagger reads 100,000 (spaCy E088 guards at a million).
TEXT_LIMIT = 100_000
#: Longer than any headline; a « title » of a megabyte is an attack or a body in the wrong element.
TITLE_LIMIT = 500
#: Markup is heavier than text; beyond this nothing more could fit under TEXT_LIMIT that a person wrote by hand.
_MARKUP_LIMIT = 8 * TEXT_LIMIT
#: Elements that begin a new line, by first letter: the pattern then fails at the first character of all others.
_BLOCK = (
    r"</?(?:p(?:re)?|b(?:r|lockquote|utton)|d(?:iv|[ltd]|etails|ialog|ir)|ul|o(?:l|ption)|l(?:i|isting)"
    r"|t(?:[drh]|able|body|head)|h(?:[1-6r]|eader|group)|s(?:ection|elect|ummary|earch)|a(?:rticle|side|ddress)"
    r"|f(?:ooter|igure|igcaption|orm|ieldset)|center|m(?:ain|enu)|nav)\b"
)
_BLOCK_START = re.compile(_BLOCK.replace("<", "<(?=", 1) + ")", re.IGNORECASE)
_BLOCK_TAG = re.compile(_BLOCK + r"[^<>]*>", re.IGNORECASE)
#: HTML5 parsing is quadratic in open elements (200,000 nested <div> took 114 s here, 2,000 take 10 ms).
_MANY_TAGS, _TOO_MANY_TAGS = 2_000, 10_000
#: Elements whose content is not for readers.
_SILENT = {"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math"}
_TAG_LEFT = re.compile(
    r"</?(?:a|abbr|b|br|div|em|font|h[1-6]|i|img|li|ol|p|small|span|strong|sub|sup|u|ul)\b[^<>]*>", re.IGNORECASE
)
#: Marks put on top of a letter; more than a few in a row are drawn over the neighbouring lines.
_MARK = "[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{3}}){_MARK}+")
#: Soft hyphens, zero-width spaces and byte-order marks: nothing to see, and two equal titles would differ.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
_SPACES = re.compile(r"[^\S\n]{2,}|\t")
_NEWLINES = re.compile(r"\s*\n\s*")


def plain_text(markup: str, limit: int = TEXT_LIMIT) -> str:
    """Return what a reader would see: no tags, no entities, one line break between blocks, cut at `limit`."""
    return cut(_tidy(_without_tags(markup[:_MARKUP_LIMIT])), limit)


def plain_line(markup: str, limit: int = TITLE_LIMIT) -> str:
    """Return markup as one line of plain text."""
    return cut(" ".join(plain_text(markup, 4 * limit).split("\n")), limit)


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last one an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _without_tags(markup: str) -> str:
    text = markup
    for _ in range(2):  # a second time for markup that was escaped twice
        if "<" in text:
            text = nh3.clean(_lines(whole(text)), tags=set(), clean_content_tags=_SILENT)
        text = html.unescape(text) if "&" in text else text
        if not _TAG_LEFT.search(text):
            break
    return text


def _lines(markup: str) -> str:
    """Put a line break before each block; where there are very many tags, drop the blocks and bound the rest."""
    if markup.count("<") <= _MANY_TAGS:
        return _BLOCK_START.sub("\n<", markup)
    return "<".join(_BLOCK_TAG.sub("\n", markup).split("<", _TOO_MANY_TAGS)[:_TOO_MANY_TAGS])


def _tidy(text: str) -> str:
    """Return text in which everything can be seen, single spaces and single line breaks.

    What most texts are made of, letters, spaces and no-break spaces, is known by two scans in C instead of six.
    """
    plain = mended(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not plain.replace("\n", "").replace("\u00a0", "").isprintable():
        few_marks = _MARKS.sub(r"\1", _LINE_ENDS.sub("\n", plain))
        plain = _INVISIBLE.sub("", clean(few_marks))
        return _NEWLINES.sub("\n", _SPACES.sub(" ", plain)).strip()
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", _MARKS.sub(r"\1", plain))
    if "\u00a0" in plain:
        plain = _SPACES.sub(" ", plain)
    while "  " in plain:
        plain = plain.replace("  ", " ")
    return "\n".join(line for part in plain.split("\n") if (line := part.strip()))
