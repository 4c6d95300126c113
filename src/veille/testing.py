"""Test doubles that implement the real protocols; mypy refuses one that drifts."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from veille.digest.mail.mailers import PlainLane
from veille.model import (
    DeliveryState,
    Evidence,
    Fetched,
    FetchOutcome,
    Item,
    Match,
    Member,
    Origin,
    OutgoingMail,
    Request,
    Scheme,
    SendOutcome,
    Tag,
    Tagged,
    TextToTag,
    Validators,
)
from veille.protocols import Candidate, Clock, Fetcher, Judge, Lane, Mailer, Tagger


class FrozenClock:
    """A clock that moves only when told: a week of daemon life in a loop, no sleep."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the frozen wall time."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Move both times forward."""
        self._now += by
        self._monotonic += by.total_seconds()


_clock: Clock = FrozenClock()


Answer = FetchOutcome | Callable[[str, Validators], FetchOutcome]


#: What every site is asked besides: where a test prepared nothing, there is none, and nobody counts it.
_ABOUT_PROGRAMS = ("/robots.txt", "/.well-known/tdmrep.json")


class FakeFetcher:
    """Answers from a table: URL → outcome, or a function of (url, validators). An unknown URL is the test's mistake."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        #: What was asked, in order.
        self.asked: list[tuple[str, Validators]] = []
        #: Requests with fields of their own or a body.
        self.sent: list[Request] = []

    async def fetch(self, url: str, validators: Validators = Validators(), *, accept: str = "") -> FetchOutcome:  # noqa: ARG002, B008 - the protocol's signature; Validators is frozen
        """Return the answer prepared for `url`."""
        if url not in self.answers and url.endswith(_ABOUT_PROGRAMS):
            return answer(url, status=404)
        self.asked.append((url, validators))
        if url not in self.answers:
            raise LookupError(f"no answer was prepared for {url}")
        prepared = self.answers[url]
        return prepared(url, validators) if callable(prepared) else prepared

    async def send(self, request: Request, validators: Validators = Validators(), *, accept: str = "") -> FetchOutcome:  # noqa: ARG002, B008 - the protocol's signature; Validators is frozen
        """Return the answer prepared for the request's URL, and keep the request."""
        self.sent.append(request)
        return await self.fetch(request.url, validators)

    async def aclose(self) -> None:
        """Hold nothing, so release nothing."""


def answer(url: str, body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> Fetched:
    """Build a complete answer, as a server without redirects would give it."""
    return Fetched(url=url, final_url=url, status=status, headers=dict(headers or {}), body=body)


_fetcher: Fetcher = FakeFetcher({})


class FakeTagger:
    """Gives every text the sector it was told to, quoting the first word of the title."""

    def __init__(self, sector: str = "eau", pipeline: str = "fake@1") -> None:
        self.sector = sector
        self.pipeline = pipeline
        #: Ids of the texts tagged, in order.
        self.tagged: list[str] = []

    def tag(self, texts: Iterable[TextToTag]) -> Iterator[Tagged]:
        """Tag each text, in order."""
        for text in texts:
            self.tagged.append(text.id)
            word = text.title.split(" ")[0]
            said = Evidence(text=word, where="title", start=0, end=len(word))
            tag = Tag(scheme=Scheme.SECTOR, term=self.sector, score=1.0, origin=Origin.CUE, evidence=(said,))
            yield Tagged(id=text.id, lang=text.lang or "fr", tags=(tag,))


_tagger: Tagger = FakeTagger()


class MemoryMailer:
    """Keeps what it is given; `outcomes` maps recipients to what becomes of them, « sent » by default."""

    def __init__(self, outcomes: Mapping[str, SendOutcome] | None = None) -> None:
        self.outcomes = dict(outcomes or {})
        #: What was handed over, in order.
        self.mails: list[OutgoingMail] = []
        self.connections = 1

    def lane(self) -> Lane:
        """Return the one way there is."""
        return PlainLane(lambda mail: next(iter(self.send([mail])))[1])

    def send(self, mails: Sequence[OutgoingMail]) -> Iterator[tuple[OutgoingMail, SendOutcome]]:
        """Keep each mail, in order."""
        for mail in mails:
            self.mails.append(mail)
            yield mail, self.outcomes.get(mail.recipient, SendOutcome(state=DeliveryState.SENT, reply="250 ok"))

    def close(self) -> None:
        """Hold nothing, so release nothing."""


_mailer: Mailer = MemoryMailer()


class JudgeOfAll:
    """A judge whose first look leaves nothing out: every item is judged by `one_by_one`."""

    def __init__(self, items: Iterable[Item], one_by_one: Callable[[Item, Member], Match]) -> None:
        self._ids = sorted(item.id for item in items)
        self._one_by_one = one_by_one

    def __call__(self, item: Item, member: Member) -> Match:
        """Judge one item for one member."""
        return self._one_by_one(item, member)

    def candidates(self, member: Member) -> Sequence[Candidate]:  # noqa: ARG002 - the protocol's shape
        """Return every item, whatever its score."""
        return [Candidate(number, math.inf) for number in self._ids]

    def expect(self, members: Iterable[Member]) -> None:
        """Prepare nothing: every item is a candidate for whoever asks."""


_judge: Judge = JudgeOfAll((), lambda item, member: Match(item_id=item.id, member_id=member.id, score=0.0, reasons=()))
