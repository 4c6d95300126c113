"""The one validator of e-mail addresses, for import and for sending (pure).

Stricter than RFC 5321: a dot-atom local part in ASCII and a host name with a dot. What is left out (quoted local
parts, comments, address literals, SMTPUTF8) is what makes parsers disagree (CVE-2023-27043) or relays refuse.
"""

import re

from veille.errors import InputError

#: RFC 5321 §4.5.3.1: path of 256 octets with its angle brackets, local part 64, label 63 (RFC 1035 §2.3.4).
MAX_ADDRESS, MAX_LOCAL = 254, 64
#: RFC 5322 §3.2.3 dot-atom.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_TOP_LEVEL = re.compile(r"[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59}", re.ASCII)
#: All of the above at once: what nearly every address is, told without looking for its fault.
_SOUND = re.compile(
    rf"(?=[^@]{{1,{MAX_LOCAL}}}@){_LOCAL.pattern}@(?:{_LABEL.pattern}\.)+(?={_LABEL.pattern}\Z)(?:{_TOP_LEVEL.pattern})",
    re.ASCII,
)
_SHOWN = 80


def parse_address(raw: str) -> str:
    """Return the one address that `raw` is, domain in lower case; raises InputError that says cause and cure."""
    problem = address_problem(raw)
    if problem is not None:
        cause, cure = problem
        raise InputError(f"adresse refusée « {raw[:_SHOWN]} » : {cause}", cure=cure)
    local, _, domain = raw.rpartition("@")
    return f"{local}@{domain.lower()}"


def address_key(address: str) -> str:
    """Return what makes two spellings the same mailbox: everything in lower case, no provider's private rules."""
    return address.strip().lower()


def address_problem(raw: str) -> tuple[str, str] | None:
    """Return (cause, cure) in French, or None where `raw` is exactly one address we can write to."""
    if len(raw) <= MAX_ADDRESS and _SOUND.fullmatch(raw):
        return None
    if not raw:
        return "elle est vide", "écrivez nom@domaine"
    if len(raw) > MAX_ADDRESS:
        return f"plus de {MAX_ADDRESS} caractères", "vérifiez qu'une seule adresse est écrite"
    return _forbidden(raw) or _misplaced_at(raw) or _bad_local(raw.rpartition("@")[0]) or _bad_domain(raw)


def _forbidden(raw: str) -> tuple[str, str] | None:
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in raw):  # noqa: PLR2004 - C0 controls and DEL
        return "elle contient un saut de ligne ou un caractère de contrôle", "ressaisissez-la à la main"
    if any(character.isspace() for character in raw):
        return "elle contient une espace", "écrivez une seule adresse, sans espace"
    if any(character in ',;()<>[]:\\"' for character in raw):
        return 'un de ces signes y est interdit : , ; : ( ) < > [ ] \\ "', "écrivez une seule adresse, sans nom autour"
    return None


def _misplaced_at(raw: str) -> tuple[str, str] | None:
    if raw.count("@") != 1 or raw[0] == "@" or raw[-1] == "@":
        return "il faut exactement un « @ » entre un nom et un domaine", "écrivez nom@domaine"
    return None


def _bad_local(local: str) -> tuple[str, str] | None:
    if not local.isascii():
        return "accent ou signe non latin avant le « @ »", "demandez l'adresse sans accent de cette personne"
    if len(local) > MAX_LOCAL:
        return f"plus de {MAX_LOCAL} caractères avant le « @ »", "vérifiez l'adresse"
    if not _LOCAL.fullmatch(local):
        return "point mal placé ou signe interdit avant le « @ »", "vérifiez l'adresse"
    return None


def _bad_domain(raw: str) -> tuple[str, str] | None:
    domain = raw.rpartition("@")[2]
    if not domain.isascii():
        return "domaine accentué", _ascii_form(domain)
    labels = domain.split(".")
    if len(labels) == 1:
        return f"« {domain} » n'est pas un domaine complet", "ajoutez la fin, par exemple « .fr »"
    if not all(_LABEL.fullmatch(label) for label in labels) or not _TOP_LEVEL.fullmatch(labels[-1]):
        return f"« {domain} » n'est pas un nom de domaine", "vérifiez ce qui suit le « @ »"
    return None


def _ascii_form(domain: str) -> str:
    try:
        return f"écrivez sa forme ASCII : {domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return "écrivez sa forme ASCII (xn--…)"
