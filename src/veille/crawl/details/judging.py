"""What becomes of a page or a document that was asked for: read, asked again later, or left with a reason (pure)."""

from datetime import datetime, timedelta

from veille.crawl.blockers import blocker_of
from veille.errors import ParseError
from veille.model import Fetched, FetchFailed, FetchFault, FetchOutcome
from veille.model.details import DocumentRead, DueRead, Outcome, PageRead, ReadState
from veille.text import fold

#: When what could not be reached is asked again: a hiccup, an outage, a weekend. Then it is left.
RETRIES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
#: How long the text of the press is kept for tagging again (architecture, « Text kept »).
PRESS_KEPT = timedelta(days=30)
#: RFC 9110 §15.3: a whole document; 203 is one that a proxy has touched.
WHOLE = frozenset({200, 203})
#: A text this short may be a page that shows nothing to programs.
_SHORT = 300
#: These will be no different in an hour.
_FINAL = frozenset({
    FetchFault.REFUSED_URL, FetchFault.REFUSED_ADDRESS, FetchFault.REFUSED_REDIRECT, FetchFault.TOO_BIG,
    FetchFault.REDIRECTS, FetchFault.ROBOTS,
})  # fmt: skip
_STATUSES = {
    401: "le site demande un mot de passe",
    402: "le site demande un abonnement",
    403: "le site refuse de répondre à un programme",
    404: "cette adresse n'existe pas",
    410: "le site a supprimé cette adresse pour toujours",
    429: "le site trouve nos demandes trop fréquentes",
    451: "le site ne peut répondre pour une raison légale",
    503: "le site est momentanément indisponible",
}
#: 408, 425 and 429 ask for another try (RFC 9110 §15.5, RFC 8470, RFC 6585).
_TRY_AGAIN = frozenset({408, 425, 429})
_RESERVED = "texte réservé par le site : titre et lien seulement"
#: Beginning of a summary that is looked for in its page; what follows may be cut by the list.
_SAME = 80


def read_page(due: DueRead, page: PageRead, answer: Fetched, *, reserved: bool, titled: bool, now: datetime) -> Outcome:
    """Judge a page that was read; `titled` says that its list gives no titles worth showing."""
    if reserved:
        bare = PageRead(title=page.title, published=page.published, language=page.language)
        return Outcome(state=ReadState.RESERVED, sentence=_RESERVED, page=bare, titled=titled)
    blocker = blocker_of(answer) if len(page.text) < _SHORT or answer.redirects else None
    if blocker is not None:
        return Outcome(state=ReadState.LEFT, sentence=blocker.sentence)
    if not page.text:
        return Outcome(state=ReadState.LEFT, sentence="la page ne contient aucun texte")
    return Outcome(
        state=ReadState.READ,
        page=page,
        titled=titled,
        repeats=repeats(due.text, page.text),
        keep_until=_kept_until(due, now),
    )


def read_document(due: DueRead, document: DocumentRead, *, reserved: bool, now: datetime) -> Outcome:
    """Judge a document that was read."""
    if reserved or document.reserved:
        bare = DocumentRead(title=document.title, page_count=document.page_count)
        return Outcome(state=ReadState.RESERVED, sentence=_RESERVED, document=bare)
    return Outcome(state=ReadState.READ, sentence=document.remark, document=document, keep_until=_kept_until(due, now))


def unreadable(error: ParseError) -> Outcome:
    """Judge bytes that could not be read: they will be the same tomorrow."""
    return Outcome(state=ReadState.LEFT, sentence=error.message)


def not_read(answer: FetchOutcome, tries: int, now: datetime) -> Outcome:
    """Judge an answer that brought nothing to read; `tries` counts the earlier ones."""
    if isinstance(answer, FetchFailed):
        return _again(answer.sentence, tries, now, final=answer.fault in _FINAL)
    status = answer.status
    blocker = blocker_of(answer)
    cause = blocker.sentence if blocker else f"{_STATUSES.get(status) or _other(status)} (HTTP {status})"
    return _again(cause, tries, now, final=status < 500 and status not in _TRY_AGAIN)  # noqa: PLR2004 - RFC 9110 §15.6


def unreachable(answer: FetchOutcome) -> bool:
    """Say whether an answer means that its host serves nobody just now: what else waits there waits too."""
    if isinstance(answer, FetchFailed):
        return answer.fault not in _FINAL and answer.fault is not FetchFault.TRUNCATED
    return answer.status >= 500  # noqa: PLR2004 - RFC 9110 §15.6


def _other(status: int) -> str:
    if status >= 500:  # noqa: PLR2004 - RFC 9110 §15.6
        return "le site est en panne"
    return "le site refuse la demande" if status >= 400 else "réponse sans document"  # noqa: PLR2004 - RFC 9110 §15.5


def _again(cause: str, tries: int, now: datetime, *, final: bool) -> Outcome:
    if final:
        return Outcome(state=ReadState.LEFT, sentence=cause)
    if tries >= len(RETRIES):
        return Outcome(state=ReadState.LEFT, sentence=f"{cause} ; laissé après {tries + 1} essais")
    return Outcome(state=ReadState.WAITING, sentence=cause, next_at=now + RETRIES[tries])


def _kept_until(due: DueRead, now: datetime) -> datetime | None:
    """Return when a text goes, by its licence; None = kept."""
    return now + PRESS_KEPT if due.press else None


def repeats(summary: str, text: str) -> bool:
    """Say whether a page says all that its list said: each line of it, as far as the list did not cut it."""
    page = fold(text)
    lines = [fold(line).rstrip(" .…[]()") for line in summary.splitlines()]
    return all(line[:_SAME] in page for line in lines if line)
