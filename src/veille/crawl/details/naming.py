"""What a document is called, and whether its address is of a format that is read (pure; loads no parser)."""

import re
from urllib.parse import unquote, urlsplit

from veille.crawl.normalize import canonical_link, key
from veille.crawl.politeness import host_of
from veille.model.details import DocumentWish
from veille.text import clean

#: Documents read for one item: the rules, the specification, an annex. More is a library, and a minute of its host.
MOST = 3
#: Formats that people attach and that are not read.
OTHER_FORMATS = frozenset({"doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx", "odp", "zip", "rar", "7z"})
PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "svg", "mp3", "mp4", "avi", "mov", "webm", "ics", "vcf"})
#: A name is shown beside a page number; a longer one pushes it out of sight.
_NAME = 60


def wish(url: str, said: str = "", left: str = "") -> DocumentWish:
    """Return the wish to read a document (`left` says why not), named as its link or its address names it."""
    return DocumentWish(key=document_key(url), url=url, host=host_of(url), name=name_of(url, said), left=left)


def document_key(url: str) -> str:
    """Return the hash by which the same document is known on every page: that of an item at this address."""
    return key("link", canonical_link(url))


def name_of(url: str, said: str = "") -> str:
    """Return a short name: the file's own where it has one, else the words of its link."""
    last = " ".join(clean(unquote(urlsplit(url).path).rpartition("/")[2]).split())
    stem, dot, suffix = last.rpartition(".")
    if dot and suffix.lower() in {"pdf", *OTHER_FORMATS} and re.search(r"[^\W\d_]{3}", stem):
        return last if len(last) <= _NAME else f"{stem[: _NAME - len(suffix) - 2].rstrip(' -_')}….{suffix}"
    return " ".join(clean(said).split())[:_NAME].strip() or last[:_NAME] or host_of(url)


def suffix_of(url: str) -> str:
    """Return the extension of an address's last word, lower-case, empty if none."""
    last = urlsplit(url).path.rpartition("/")[2].lower()
    return last.rpartition(".")[2] if "." in last else ""


def unread_format(url: str) -> str:
    """Say that an address is of a format that is not read, French; empty where it may be a page or a PDF."""
    suffix = suffix_of(url)
    return f"format .{suffix} non lu : seuls les PDF le sont" if suffix in OTHER_FORMATS | PICTURES else ""
