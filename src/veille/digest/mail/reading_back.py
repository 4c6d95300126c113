"""The final bytes of a mail read back before they may leave: they hold what was written, and nothing else (pure).

Twice: at each sending by RFC 5322's grammar in its strictest reading, of which no two parsers disagree; before an issue
is approved also by Python's email package, which shares no line with what wrote them.
"""

import re
from collections.abc import Sequence
from email.errors import MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect
from email.parser import BytesParser
from email.utils import getaddresses
from functools import lru_cache

from veille.errors import InputError

#: RFC 5322 §2.1.1: lines of 78, never more than 998.
_MAX_LINE = 998
_PRINTABLE = bytes(range(0x20, 0x7F))
#: A line of nothing, or of spaces.
_BLANK = re.compile(rb"\r\n *\r\n")
#: What may stand more than once: a mail has a signature a key.
_REPEATED = frozenset({"DKIM-Signature"})
_READER = BytesParser()
#: What the reader says of a multipart header whose parts it was not given.
_HEADLESS = frozenset({MultipartInvariantViolationDefect, StartBoundaryNotFoundDefect})


def read_back(head: bytes, names: tuple[str, ...], recipient: str) -> None:
    """Refuse a header (without the empty line) that holds other fields than those written.

    Its grammar is the strictest: fields of printable ASCII, folded lines that hold something, CRLF, no obsolete syntax
    (RFC 5322 §2.2, §4).
    """
    *fields, end = head.replace(b"\r\n ", b"").split(b"\r\n")  # unfolded: one to each name
    starts, single = _starts(names)
    faults = {
        "les en-têtes relus ne sont pas ceux écrits": len(fields) != len(starts)
        or not all(map(bytes.startswith, fields, starts)),
        "un en-tête est en double": not single,
        "un en-tête n'est pas écrit comme il le faut": bool(end)
        or head.translate(None, _PRINTABLE) != b"\r\n" * head.count(b"\r\n")
        or _BLANK.search(head) is not None,
        "une ligne est trop longue": max(map(len, fields), default=0) > _MAX_LINE
        and max(map(len, head.split(b"\r\n"))) > _MAX_LINE,
    }
    _refuse(faults, recipient)


@lru_cache(maxsize=16)
def _starts(names: tuple[str, ...]) -> tuple[tuple[bytes, ...], bool]:
    """Return how the fields of these names begin, and whether each name that may stand but once does."""
    single = [name for name in names if name not in _REPEATED]
    return tuple([f"{name}: ".encode("ascii") for name in names]), len(set(single)) == len(single)


def read_again(raw: bytes, recipient: str) -> None:
    """Refuse a whole mail that the email package reads in another way than ours.

    Of the body only the frame is looked at, since the encoder decides the rest: CRLF, lines of 76, and never the
    boundary, whose `=_` it cannot write (RFC 2045 §6.7).
    """
    head, _, body = raw.partition(b"\r\n\r\n")
    parsed = _READER.parsebytes(head + b"\r\n\r\n", headersonly=True)
    mark = b"--" + (parsed.get_boundary() or "").encode()
    faults = {
        "les en-têtes relus ne sont pas ceux écrits": parsed.keys() != _names(head.split(b"\r\n")),
        "le message relu a des défauts": any(type(one) not in _HEADLESS for one in parsed.defects),
        "il faut deux parties, texte puis HTML": body.count(mark) != len(("text", "html", "end"))
        or not (body.startswith(mark + b"\r\nContent-Type: text/plain;") and body.endswith(mark + b"--\r\n")),
        "le destinataire relu n'est pas celui écrit": [address for _, address in getaddresses(parsed.get_all("To", []))]
        != [recipient],
        "un caractère n'est pas ASCII": not raw.isascii(),
    }
    _refuse(faults, recipient)


def _names(lines: Sequence[bytes]) -> list[str]:
    """Return the names of the fields that these lines are."""
    return [line.partition(b":")[0].decode("ascii", "replace") for line in lines if line and not line.startswith(b" ")]


def _refuse(faults: dict[str, bool], recipient: str) -> None:
    found = [fault for fault, present in faults.items() if present]
    if found:
        raise InputError(f"message pour {recipient} refusé : {' ; '.join(found)}", cure="signalez ce contenu")
