"""What the way of a mail changed in it: the bytes that left beside those that arrived, in French (pure)."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from urllib.parse import urlsplit

from veille.digest.mail.bounces import parse_mail
from veille.digest.probing.signatures import Hold, Parted, Signature, part

#: Characters of one part that are compared.
_MAX = 400_000
#: What no relay of ours should touch, and what it costs where it does.
_KEPT = {
    "Message-ID": "un doute d'envoi et un retour se reconnaissent à lui : sans lui, comptez sur les adresses de retour",
    "Reply-To": "les réponses n'arrivent plus à la bonne adresse",
    "List-Id": "les messageries ne rangent plus le bulletin comme une liste",
    "Auto-Submitted": "des répondeurs automatiques vont répondre",
    "Feedback-ID": "Gmail ne compte plus vos plaintes à part (sans gravité)",
}
_LINK = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"']([^\"'<>]*)[\"']", re.IGNORECASE)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_TINY = re.compile(r"(?:width|height)\s*[=:]\s*[\"']?\s*[01](?:px)?\b", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_QUOTED = 90


class Gravity(StrEnum):
    """How bad a finding is."""

    RIGHT = "✓"
    NOTE = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the mail that arrived: what, how bad, and what to do."""

    gravity: Gravity
    what: str
    sentence: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The two parts of a mail, decoded; None where one is missing."""

    text: str | None
    html: str | None


def compare(sent: bytes, arrived: bytes) -> Iterator[Finding]:
    """Yield what is changed between the two, and what is not where it matters."""
    before, after = part(sent), part(arrived)
    yield from _sender(before, after)
    yield _subject(before, after)
    yield from _unsubscribing(before, after)
    yield from _headers(before, after)
    old, new = read_parts(sent), read_parts(arrived)
    yield _structure(old, new)
    yield _images(old, new)
    yield _links(old, new)
    yield from _words(old, new)


def judge_signatures(found: list[Signature], domain: str, *, signed: bool) -> Iterator[Finding]:
    """Yield what the signatures say; `domain` is that of From, `signed` whether we had signed ourselves."""
    aligned = [one for one in found if one.domain == domain or domain.endswith(f".{one.domain}")]
    for one in found:
        good = one.hold is Hold.GOOD
        gravity = Gravity.RIGHT if good else Gravity.NOTE if one.hold is Hold.NO_DNS else Gravity.WRONG
        yield Finding(gravity, "DKIM", f"d={one.domain} s={one.selector} : {one.hold}", _signature_cure(one))
    if not found:
        why = "notre signature a été enlevée" if signed else "le message est arrivé sans signature"
        cure = "faites signer le relais pour votre domaine, ou signez ici (« veille mail key »)"
        yield Finding(Gravity.WRONG, "DKIM", why, cure)
    elif not aligned:
        domains = ", ".join(sorted({one.domain for one in found}))
        sentence = f"aucune signature n'est au nom de {domain} (mais de {domains}) : DMARC ne peut pas réussir par DKIM"
        yield Finding(Gravity.WRONG, "DKIM", sentence, "déclarez votre domaine chez le relais et publiez ses clés")


def read_parts(raw: bytes) -> Parts:
    """Return the first text and the first HTML of a mail."""
    message = parse_mail(raw)
    found: dict[str, str] = {}
    for one, _ in zip(message.walk(), range(50), strict=False):
        kind = one.get_content_type()
        payload = one.get_payload(decode=True)
        if kind in {"text/plain", "text/html"} and kind not in found and isinstance(payload, bytes):
            found[kind] = _decoded(one, payload[:_MAX])
    return Parts(found.get("text/plain"), found.get("text/html"))


def subject_of(mail: Parted) -> str:
    """Return the decoded subject."""
    raw = (mail.values("Subject") or [""])[0]
    try:
        return str(make_header(decode_header(raw)))
    except (HeaderParseError, LookupError, ValueError):
        return raw


def _decoded(one: Message, payload: bytes) -> str:
    try:
        return payload.decode(one.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # unknown, or a name that no codec may have
        return payload.decode("utf-8", "replace")


def _sender(before: Parted, after: Parted) -> Iterator[Finding]:
    old, new = (_addresses(mail, "From") for mail in (before, after))
    if old == new:
        yield Finding(Gravity.RIGHT, "From", f"inchangé ({', '.join(old)})")
    else:
        cure = "déclarez et authentifiez votre domaine chez le relais : il remplace un expéditeur qu'il ne connaît pas"
        yield Finding(Gravity.WRONG, "From", f"remplacé par {', '.join(new) or 'rien'}", cure)
    paths = after.values("Return-Path")
    if paths:
        yield Finding(Gravity.NOTE, "retours", f"les refus iront à {_short(paths[0])}")


def _subject(before: Parted, after: Parted) -> Finding:
    old, new = subject_of(before), subject_of(after)
    if old == new:
        return Finding(Gravity.RIGHT, "objet", "inchangé")
    if new.endswith(old):
        added = new.removesuffix(old).strip()
        cure = "ôtez cette règle (antispam ou liste) pour votre expéditeur : l'objet est signé"
        return Finding(Gravity.WRONG, "objet", f"précédé de « {_short(added)} »", cure)
    return Finding(Gravity.WRONG, "objet", f"remplacé par « {_short(new)} »", "cherchez qui le réécrit : il est signé")


def _unsubscribing(before: Parted, after: Parted) -> Iterator[Finding]:
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
        old, new = before.values(name), after.values(name)
        if not old and not new:
            continue
        if [_tight(value) for value in old] == [_tight(value) for value in new]:
            yield Finding(Gravity.RIGHT, name, "inchangé")
        elif not new:
            cure = "sans lui, Gmail et Yahoo tiennent l'envoi pour non conforme : demandez au relais de le laisser"
            yield Finding(Gravity.WRONG, name, "enlevé", cure)
        elif not old:
            yield Finding(
                Gravity.NOTE, name, f"ajouté : {_short(new[0])}", "les départs iront au relais : lisez ses webhooks"
            )
        else:
            cure = "les départs n'arriveront qu'au relais : branchez son webhook, ou demandez-lui de garder le vôtre"
            yield Finding(Gravity.WRONG, name, f"remplacé par {_short(new[0])}", cure)


def _headers(before: Parted, after: Parted) -> Iterator[Finding]:
    for name, cost in _KEPT.items():
        old, new = before.values(name), after.values(name)
        if old and [_tight(value) for value in old] != [_tight(value) for value in new]:
            what = f"remplacé par {_short(new[0])}" if new else "enlevé"
            gravity = Gravity.NOTE if name == "Feedback-ID" else Gravity.WRONG
            yield Finding(gravity, name, what, cost)


def _structure(old: Parts, new: Parts) -> Finding:
    if new.html is None and old.html is not None:
        return Finding(Gravity.WRONG, "parties", "la partie HTML a disparu", "cherchez un filtre qui l'enlève")
    if new.text is None and old.text is not None:
        return Finding(Gravity.WRONG, "parties", "la partie texte a disparu", "demandez au relais de la laisser")
    return Finding(Gravity.RIGHT, "parties", "texte et HTML")


def _images(old: Parts, new: Parts) -> Finding:
    """Find images that were not ours: an opening pixel needs its reader's consent (CNIL, délibération 2026-042)."""
    had = set(_IMAGE.findall(old.html or ""))
    added = [one for one in _IMAGE.findall(new.html or "") if one not in had]
    if not added:
        return Finding(Gravity.RIGHT, "pixel", "aucune image ajoutée")
    tiny = any(_TINY.search(one) for one in added)
    what = "un pixel de suivi a été ajouté" if tiny else "une image a été ajoutée"
    cure = "coupez le suivi des ouvertures chez le relais : il demande le consentement de chaque lecteur (CNIL)"
    return Finding(Gravity.WRONG, "pixel", f"{what} : {_short(added[0])}", cure)


def _links(old: Parts, new: Parts) -> Finding:
    had, has = _targets(old), _targets(new)
    strange = sorted({_host(one) for one in has - had})
    if strange:
        cure = "coupez le suivi des clics chez le relais : chaque lien y porte le nom de son lecteur"
        shown = ", ".join(strange[:3])
        return Finding(Gravity.WRONG, "liens", f"{len(has - had)} liens réécrits vers {shown}", cure)
    if had - has:
        return Finding(Gravity.WRONG, "liens", f"{len(had - has)} liens ont disparu", "cherchez un filtre de contenu")
    return Finding(Gravity.RIGHT, "liens", f"{len(had)} liens, inchangés")


def _host(url: str) -> str:
    """Return the host of an address, whatever it holds; the address itself where there is none."""
    try:
        return urlsplit(url).hostname or _short(url)
    except ValueError:
        return _short(url)


def _words(old: Parts, new: Parts) -> Iterator[Finding]:
    for what, before, after in (("texte", old.text, new.text), ("HTML", old.html, new.html)):
        if before is None or after is None:
            continue
        if _flat(before) == _flat(after):
            yield Finding(Gravity.RIGHT, what, "inchangé")
        elif _flat(before) in _flat(after):
            added = _flat(after).replace(_flat(before), "", 1)
            yield Finding(
                Gravity.NOTE, what, f"augmenté de « {_short(added)} »", "un pied de page ajouté casse la signature"
            )
        else:
            yield Finding(Gravity.NOTE, what, "modifié", "comparez l'affichage ; la signature DKIM dit si c'est grave")


def _targets(parts: Parts) -> set[str]:
    links = {html.unescape(found) for found in _LINK.findall(parts.html or "")}
    plain = set(_PLAIN_URL.findall(parts.text or ""))
    return {one.strip() for one in links | plain if one.startswith(("http://", "https://"))}


def _addresses(mail: Parted, name: str) -> list[str]:
    return [address.lower() for _, address in getaddresses(mail.values(name)) if address]


def _tight(value: str) -> str:
    return "".join(value.split())


def _flat(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    flat = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return flat if len(flat) <= _QUOTED else flat[: _QUOTED - 1] + "…"


def _signature_cure(one: Signature) -> str:
    return {
        Hold.BODY: "le message est réécrit après sa signature : coupez ce qui le change, ou laissez le relais signer",
        Hold.HEADERS: "un en-tête signé a été réécrit, ou la clé publiée n'est pas la bonne : « veille mail doctor »",
        Hold.NO_KEY: f"publiez la clé sous {one.selector}._domainkey.{one.domain}",
        Hold.UNREADABLE: "demandez au relais ce qu'il signe ainsi",
    }.get(one.hold, "")
