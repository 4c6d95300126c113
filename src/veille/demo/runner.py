"""Run the whole job on the corpus: three editions of one cluster's bulletin, with the clock held at their dates."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from veille.app import App, prepare_database
from veille.demo import instance
from veille.demo.corpus import PARIS, corpus
from veille.demo.feeds import pages
from veille.demo.index import render_index
from veille.demo.mails import by_message_id, file_name, lay_open
from veille.demo.report import DemoReport, Edition, Evening, LeftOut, Mail, Pass
from veille.demo.server import ReplayServer
from veille.digest.signs.reporting import report_of
from veille.digest.signs.wording import as_page, headline
from veille.members.importing import refuse_bad_lines
from veille.model import Bulletin, CrawlReport, Drafted, Feedback, Item, Member, Opinion, Scheme
from veille.protocols import Progress

#: Who approves, as the issue remembers it: nothing leaves unread.
OFFICER = "Maud Varenne, chargée de veille"
INDEX, REPORT = "index.html", "rapport.html"
#: What some readers of the last edition say of its first line, through the links of their mails.
_SAID = (Opinion.WANTED, Opinion.USEFUL, Opinion.USEFUL, Opinion.NOT_FOR_ME)
_SIZES = {
    "tpe": "TPE", "pme": "PME", "eti": "ETI", "ge": "grande entreprise", "labo": "laboratoire",
    "collectivite": "collectivité", "association": "association",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """When the sources are asked, and when the mails leave after the last pass."""

    passes: tuple[datetime, ...]
    send_at: datetime
    #: Addresses of what staff put in the tronc commun by hand.
    common: tuple[str, ...] = ()


def _week(*evenings: tuple[int, int], morning: tuple[int, int], common: tuple[str, ...] = ()) -> Week:
    passes = tuple(datetime(2026, month, day, 18, 0, tzinfo=PARIS) for month, day in evenings)
    return Week(passes, datetime(2026, *morning, 7, 30, tzinfo=PARIS), common)


#: Thursday evenings, then a Friday morning. The last edition is the one that the demonstration is about; the earlier
#: ones give it a past: calls already seen, a deadline moved since, one last recall.
WEEKS = (
    _week((10, 22), morning=(10, 23)),
    _week((10, 29), (11, 5), morning=(11, 6)),
    _week(
        (11, 12),
        (11, 19),
        (11, 26),
        morning=(11, 27),
        common=(
            "https://registre-textes.example/consultations/plantes-complements-alimentaires",
            "https://reseau-estive.example/actualites/petit-dejeuner-objectiver-un-effet-sante",
        ),
    ),
)
#: When staff are told what came of the last edition.
EVENING = datetime(2026, 11, 27, 17, 30, tzinfo=PARIS)
#: Steps that progress counts: crawl and tag per pass, build and send per edition.
_STEPS = sum(2 * len(week.passes) + 2 for week in WEEKS)


class HeldClock:
    """Wall time held until moved, so that every run writes the same bytes; monotonic time is real."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant held."""
        return self._at

    def move(self, to: datetime) -> None:
        """Hold another instant."""
        self._at = to.astimezone(UTC)

    def monotonic(self) -> float:
        """Return seconds from an arbitrary origin."""
        return time.monotonic()


def run_demo(target: Path, progress: Progress) -> DemoReport:
    """Make an instance at `target`, replay the editions and leave everything there; InputError where taken."""
    started = time.monotonic()
    instance.prepare(target)
    settings = instance.settings(target)
    prepare_database(settings)
    clock = HeldClock(WEEKS[0].passes[0])
    with (
        ReplayServer(pages(clock.now())) as server,
        closing(App(settings, clock=clock, now=clock.now())) as app,
        progress.task("Démonstration", _STEPS) as advance,
    ):
        instance.write_sources(target, corpus(), server.url)
        stage = _Stage(app, clock, server, advance)
        editions = [stage.edition(week) for week in WEEKS]
        evening = stage.evening()
    report = DemoReport(
        folder=target,
        cluster=settings.cluster.name,
        editions=tuple(editions),
        sources={source.id: (source.title, source.format) for source in corpus()},
        evening=evening,
        index=target / INDEX,
        seconds=time.monotonic() - started,
    )
    report.index.write_text(render_index(report), encoding="utf-8")
    return report


@dataclass(frozen=True, slots=True)
class _Stage:
    """What every step acts on."""

    app: App
    clock: HeldClock
    server: ReplayServer
    advance: Callable[[int], None]

    def edition(self, week: Week) -> Edition:
        """Crawl, tag, import, build, approve and send one issue."""
        passes = tuple(self._pass(at) for at in week.passes)
        app = self.app
        plan = app.profiling.plan(app.settings.home / instance.MEMBERS)
        app.profiling.apply(plan)
        refuse_bad_lines(plan, dry_run=False)
        [built] = app.digest.build()
        if week.common:
            known = {item.url: item.id for item in app.items()}
            built = app.digest.curation.common([known[address] for address in week.common], by=OFFICER)
        self.advance(1)
        self.clock.move(week.send_at)
        app.digest.approve(by=OFFICER)
        sent = app.digest.send()
        self.advance(1)
        items = app.items()
        mails, left_out = _told(
            app, week, built.drafted, {one.subscriber_id: one.message_id for one in sent.deliveries}
        )
        return Edition(
            passes=passes,
            sent_at=week.send_at,
            items=len(items),
            types=_types(app, items),
            mails=tuple(mails),
            left_out=tuple(left_out),
            approved_by=OFFICER,
        )

    def evening(self) -> Evening:
        """Let readers of the last edition answer through its links, and tell staff of it on Friday evening."""
        app = self.app
        self.clock.move(EVENING)
        issue = app.issue_store.latest("hebdo")
        if issue is None:
            raise RuntimeError("the last edition was not sent")
        for one, opinion in zip(_answering(app.issue_store.drafted(issue.id)), _SAID, strict=False):
            app.opinions.record(
                Feedback(subscriber_id=one.subscriber.id, item_id=one.selection[0].item_id, opinion=opinion, at=EVENING)
            )
        told = app.returning.send_reports()
        report = report_of(app.returning.reports, issue)
        (app.settings.home / REPORT).write_text(as_page(report), encoding="utf-8")
        return Evening(page=REPORT, headline=headline(report), told=tuple(told))

    def _pass(self, at: datetime) -> Pass:
        self.clock.move(at)
        self.server.documents = pages(at)
        crawl = self.app.crawl(force=True)
        self.advance(1)
        tagged = self.app.tag()
        self.advance(1)
        return Pass(at=at, crawl=tuple(_in_file_order(crawl)), tagged=tagged)


def _answering(drafted: Sequence[Drafted]) -> list[Drafted]:
    """Return readers who got something."""
    return [one for one in drafted if one.selection]


def _told(app: App, week: Week, drafted: Sequence[Drafted], ids: dict[int, str]) -> tuple[list[Mail], list[LeftOut]]:
    """Lay each mail open and say who got none."""
    written = by_message_id(app.settings.var / "mail")
    members = {member.id: member for member in app.members.members()}
    mails: list[Mail] = []
    left_out: list[LeftOut] = []
    for one in sorted(drafted, key=lambda one: (one.subscriber.member_id, one.subscriber.id)):
        member = members[one.subscriber.member_id]
        person = f"{one.subscriber.first_name} {one.subscriber.last_name}".strip() or one.subscriber.email
        if one.bulletin is None:
            left_out.append(LeftOut(member.organisation, person, one.skipped))
            continue
        folder = f"bulletins/{week.send_at:%Y-%m-%d}"
        opened = lay_open(written[ids[one.subscriber.id]], app.settings.home, folder, file_name(member.organisation))
        mails.append(
            _mail(app, member, person, one.subscriber.email, one.bulletin, opened.html, opened.text, opened.eml)
        )
    return mails, left_out


def _mail(
    app: App, member: Member, person: str, email: str, bulletin: Bulletin, html: str, text: str, eml: str
) -> Mail:
    staff = f"{member.staff} personnes" if member.staff else ""
    place = app.gazetteer.name(f"fr:commune:{member.commune}") if member.commune else ""
    profile = (_SIZES.get(member.size or "", ""), staff, place, "; ".join(member.activity))
    return Mail(
        person=person,
        profile=", ".join(part for part in profile if part),
        email=email,
        bulletin=bulletin,
        html=html,
        text=text,
        eml=eml,
    )


def _in_file_order(crawl: Sequence[CrawlReport]) -> list[CrawlReport]:
    order = {source.id: rank for rank, source in enumerate(corpus())}
    return sorted(crawl, key=lambda one: order[one.id])


def _types(app: App, items: Sequence[Item]) -> tuple[tuple[str, int], ...]:
    """Count the items of each type, most frequent first."""
    found = Counter(next((tag.term for tag in item.of(Scheme.TYPE)), "") for item in items)
    labels = {term: app.taxonomy.label(Scheme.TYPE, term) if term else "sans type" for term in found}
    return tuple(sorted(((labels[term], count) for term, count in found.items()), key=lambda row: (-row[1], row[0])))
