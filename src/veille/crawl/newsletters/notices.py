"""What staff are told of a mailbox besides its entries: who was not heard, which mail waits for a click (pure)."""

from collections import Counter
from typing import TYPE_CHECKING

from veille.crawl.newsletters.authentication import Verdict
from veille.french import counted

if TYPE_CHECKING:
    from veille.crawl.newsletters.reader import Reading

#: Addresses and subjects named in one sentence.
_NAMED = 3
_SUBJECT = 60


def remark(reading: "Reading", left: int) -> str:
    """Return what a sentence on a mailbox adds; empty if nothing was left out."""
    pieces = [_left_out(reading), _suggested(reading), _to_click(reading)]
    if reading.unreadable:
        pieces.append(counted(reading.unreadable, "message", "illisible"))
    if left:
        pieces.append(f"{counted(left, 'message')} à lire à la prochaine relève")
    return " ; ".join(piece for piece in pieces if piece)


def advice(reading: "Reading") -> str:
    """Return what to do about it; empty if nothing."""
    steps = []
    if reading.confirmations:
        author, subject = reading.confirmations[0]
        steps.append(
            f"cliquez vous-même dans « {subject[:_SUBJECT]} » de {author or 'cet expéditeur'}, si vous aviez demandé "
            "cette lettre : veille ne confirme jamais une inscription"
        )
    if reading.left_out[Verdict.UNAUTHENTICATED]:
        steps.append(
            "vérifiez « options.authserv_id » (le nom que votre serveur écrit dans Authentication-Results) ; s'il est "
            "juste, ces messages ne viennent pas de qui ils disent"
        )
    if reading.left_out[Verdict.UNKNOWN_SENDER]:
        steps.append("ajoutez à « options.senders » les expéditeurs attendus, déplacez les autres messages")
    return " ; ".join(steps)


def _left_out(reading: "Reading") -> str:
    unknown, forged = reading.left_out[Verdict.UNKNOWN_SENDER], reading.left_out[Verdict.UNAUTHENTICATED]
    count = unknown.total() + forged.total()
    if not count:
        return ""
    reasons = []
    if unknown:
        reasons.append(f"{_share(unknown, count)}expéditeur non admis {_names(unknown)}")
    if forged:
        reasons.append(f"{_share(forged, count)}expéditeur non authentifié {_names(forged)}")
    return f"{counted(count, 'message', 'ignoré')} : {', '.join(reasons)}"


def _share(some: Counter[str], count: int) -> str:
    return "" if some.total() == count else f"{some.total()} "


def _names(authors: Counter[str]) -> str:
    known = [author for author, _ in authors.most_common() if author]
    shown = known[:_NAMED] or ["adresse illisible"]
    more = f" et {len(known) - _NAMED} autres" if len(known) > _NAMED else ""
    return f"({', '.join(shown)}{more})"


def _suggested(reading: "Reading") -> str:
    count = len(reading.suggestions)
    return counted(count, "suggestion", "reçue") if count else ""


def _to_click(reading: "Reading") -> str:
    if not reading.confirmations:
        return ""
    author, subject = reading.confirmations[0]
    count = len(reading.confirmations)
    more = f" et {counted(count - 1, 'autre')}" if count > 1 else ""
    return f"confirmation d'inscription à cliquer à la main : « {subject[:_SUBJECT]} » de {author or 'inconnu'}{more}"
