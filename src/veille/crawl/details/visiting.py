"""One visit to one page or document: ask, read in a worker, judge. Expected failures become its state."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from veille.crawl.details import judging
from veille.crawl.details.asking import DOCUMENT_TYPES, PAGE_TYPES, Asking
from veille.crawl.details.naming import wish
from veille.crawl.details.page import read_page
from veille.crawl.details.pdf import is_pdf, read_pdf
from veille.crawl.kinds import KINDS
from veille.crawl.parsing import Body, FeedParsers
from veille.errors import ParseError
from veille.model import Fetched, FetchOutcome, Source
from veille.model.details import DocumentRead, DueRead, Outcome, PageRead, ReadState

#: A document read for another item within that time is not asked for again.
SAME = timedelta(days=7)
_HTML = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what one host answers."""

    asking: Asking
    parsers: FeedParsers

    async def visit(self, due: DueRead, source: Source, now: datetime) -> tuple[Outcome, FetchOutcome]:
        """Ask for a page or a document; return what became of it, and what the server answered."""
        accept = PAGE_TYPES if due.document_id is None else DOCUMENT_TYPES
        answer = await self.asking.allowed(due.url, accept)
        if not isinstance(answer, Fetched) or answer.status not in judging.WHOLE:
            return judging.not_read(answer, due.tries, now), answer
        if is_pdf(answer.body):
            return await self._document(due, answer, source, now), answer
        if due.document_id is not None:
            kind = "une page" if _is_page(answer) else f"un fichier {_type(answer) or 'sans type'}"
            return Outcome(state=ReadState.LEFT, sentence=f"ce lien mène à {kind}, pas à un PDF"), answer
        if not _is_page(answer):
            return Outcome(state=ReadState.LEFT, sentence=f"format non lu : {_type(answer) or 'sans type'}"), answer
        return await self._page(due, answer, source, now), answer

    async def _page(self, due: DueRead, answer: Fetched, source: Source, now: datetime) -> Outcome:
        read: PageRead | ParseError = await self.parsers.run(read_page, _body(answer))
        if isinstance(read, ParseError):
            return judging.unreadable(read)
        return judging.read_page(
            due,
            read,
            answer,
            reserved=await self.asking.reserves(answer, read.reserved),
            titled=not KINDS[source.kind].titles,
            now=now,
        )

    async def _document(self, due: DueRead, answer: Fetched, source: Source, now: datetime) -> Outcome:
        read: DocumentRead | ParseError = await self.parsers.run(read_pdf, _body(answer))
        if isinstance(read, ParseError):
            return judging.unreadable(read)
        reserved = await self.asking.reserves(answer, read.reserved)
        outcome = judging.read_document(due, read, reserved=reserved, now=now)
        if due.document_id is None:  # the page itself is a document
            return replace(outcome, itself=wish(due.url), titled=not KINDS[source.kind].titles)
        return outcome


def _body(answer: Fetched) -> Body:
    return Body(answer.body, answer.headers.get("content-type", ""), answer.final_url)


def _type(answer: Fetched) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()[:60]


def _is_page(answer: Fetched) -> bool:
    """Say whether an answer is text for readers: by its type, or by its first sign where it has none."""
    kind = _type(answer)
    return kind.startswith(_HTML) if kind else answer.body.lstrip()[:1] in {b"<", b""}
