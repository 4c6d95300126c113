"""What comes back of what was sent, wired to an opened instance: mailboxes, relays' events, signs of life.

Beside `app`, which does what is sent; everything is made on first use.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from veille.addresses import parse_address
from veille.errors import InputError
from veille.links import ITEM
from veille.protocols import Fetcher
from veille.stores import Stores

if TYPE_CHECKING:
    from veille.digest.mail.dkim import Signer
    from veille.digest.mail.returns import Intake, ReturnDesk
    from veille.digest.probing.comparing import Finding
    from veille.digest.relays.intake import Hook
    from veille.digest.signs.reporting import ReportDesk
    from veille.model import Delivery, Issue, Item
    from veille.protocols import Mailer
    from veille.storage.bounce_store import SqlBounceStore
    from veille.storage.sign_store import SqlSignStore

#: Names of the accounts ([mailboxes.NAME]) whose secrets open each mailbox.
RETURNS, REPLIES, PROBE = "retours", "reponses", "sonde"
#: Visits to an IMAP folder in one pass: each reads at most fifty mails.
_MAX_VISITS = 20
#: How long a mailbox elsewhere is left alone between two passes: a daemon makes one each minute.
_REST = timedelta(minutes=10)


class Returning:
    """What one instance does with what comes back."""

    def __init__(self, stores: Stores, fetcher: Callable[[], Fetcher]) -> None:
        self._stores = stores
        #: The only way out; not made before a mailbox elsewhere is read.
        self._fetcher = fetcher

    @cached_property
    def bounces(self) -> "SqlBounceStore":
        """Writer of bounce, mailbox_mark."""
        from veille.storage.bounce_store import SqlBounceStore

        return SqlBounceStore(self._stores.database)

    @cached_property
    def signs(self) -> "SqlSignStore":
        """Writer of reply, link_count, staff_report."""
        from veille.storage.sign_store import SqlSignStore

        return SqlSignStore(self._stores.database)

    @property
    def desk(self) -> "ReturnDesk":
        """What takes in returned mails and relays' events."""
        from veille.digest.mail.returns import ReturnDesk

        stores = self._stores
        return ReturnDesk(
            bounces=self.bounces,
            readers=stores.members,
            mails=stores.mail_ledger,
            keys=stores.keys,
            clock=stores.clock,
            sealed=bool(stores.settings.mail.return_path),
        )

    def take(self, path: Path | None = None, *, rest: timedelta | None = None) -> "tuple[list[Intake], str]":
        """Take in the mails that came back, from `path` or the configured mailbox; the second value says why not.

        `rest`: how long a mailbox elsewhere is left alone after it was read.
        """
        from veille.digest.mail.returns import take_in

        place = path or self._stores.settings.mail.bounces
        if not place:
            return [], ""
        found: list[Intake] = []
        rest = rest if isinstance(place, str) and place.startswith("imaps://") else None
        why = self._read(place, RETURNS, lambda mails: found.extend(take_in(self.desk, mails)), rest)
        return found, why

    def count_replies(self, *, rest: timedelta | None = None) -> tuple[int, str]:
        """Count the answers that came to issues; the second value says why the mailbox could not be read."""
        from veille.digest.signs.replies import HEADER, ReplyDesk, count_replies

        place = self._stores.settings.returns.replies
        if not place:
            return 0, ""
        desk = ReplyDesk(bounces=self.bounces, signs=self.signs, clock=self._stores.clock)
        counts: list[int] = []
        why = self._read(place, REPLIES, lambda mails: counts.append(count_replies(desk, mails)), rest, most=HEADER)
        return sum(counts), why

    def collect(self) -> list[str]:
        """Read both mailboxes, as each pass of « run » does; return French sentences where there is news."""
        returned, why_returns = self.take(rest=_REST)
        replies, why_replies = self.count_replies(rest=_REST)
        said = []
        if returned:
            said.append(f"retours : {len(returned)} nouveaux (voir « veille mail events »)")
        if replies:
            said.append(f"réponses : {replies} nouvelles")
        return [*said, *(f"boîte illisible : {why}" for why in (why_returns, why_replies) if why)]

    def hook(self, relay: str) -> "Hook":
        """Return what one relay must know to tell us of our mails."""
        from veille.digest.relays.intake import Hook

        return Hook(relay, self._stores.keys, self._stores.settings.returns.hook_version)

    @property
    def reports(self) -> "ReportDesk":
        """What makes and sends the reports of issues to staff."""
        from veille.digest.signs.reporting import ReportDesk

        stores = self._stores
        return ReportDesk(
            settings=stores.settings,
            issues=stores.issue_store,
            mails=stores.mail_ledger,
            signs=self.signs,
            bounces=self.bounces,
            readers=stores.members,
            opinions=stores.opinions.all,
            # an alert is no edition: it would make a report a day
            digests=lambda: [name for name, one in stores.digests.items() if one.digest.alert is None],
            clock=stores.clock,
            signer=self._signer,
            mailer=self._mailer,
        )

    def send_reports(self) -> list[str]:
        """Send the reports whose hour has come; return French sentences."""
        from veille.digest.signs.reporting import send_due

        return list(send_due(self.reports))

    def pace_remark(self, issue: "Issue") -> str:
        """Say whether an approved issue leaves in time at its relay's pace; empty where there is nothing to say."""
        from veille.digest.hours import Hours
        from veille.digest.planning import foreseen, limits_of
        from veille.digest.relays.known import host_of
        from veille.digest.relays.quota import remark
        from veille.model import DeliveryState

        stores, cluster = self._stores, self._stores.settings.cluster
        definition = stores.digests.get(issue.digest)
        host = host_of(stores.settings.mail.url.get_secret_value())
        if definition is None or issue.send_at is None or issue.stale_at is None or not host:
            return ""
        counts = stores.mail_ledger.counts(issue.id)
        waiting = counts.get(DeliveryState.QUEUED, 0) + counts.get(DeliveryState.DEFERRED, 0)
        hours = Hours(definition.digest.hours, cluster.zone, cluster.calendar)
        start, rates = max(stores.clock.now(), issue.send_at), stores.mail_ledger.rates()
        found = foreseen(stores.settings, rates, hours, waiting, start=start, end=issue.stale_at)
        return remark(found, limits_of(stores.settings), hours, end=issue.stale_at)

    def follow(self, token: str, *, count: bool) -> "Item | None":
        """Return the item that a counted link leads to, None for a token that is not ours; count one opening of it."""
        from veille.model.issue_life import EDITABLE

        stores, now = self._stores, self._stores.clock.now()
        subject = stores.keys.verify(token, ITEM, now.date())
        digest, _, rest = (subject or "").partition(".")
        period, _, number = rest.rpartition(".")
        item = stores.item_store.item(int(number)) if number.isdecimal() else None
        if item is not None and count:
            issue = stores.issue_store.find(digest, period)
            if issue is not None and issue.state not in EDITABLE:  # a preview is no reader's
                day = now.astimezone(stores.settings.cluster.zone).date()
                self.signs.opened(issue.id, item.id, day.isoformat())
        return item

    def take_events(self, relay: str, body: bytes) -> "Sequence[Intake]":
        """Take in what an admitted relay tells; raises Unreadable."""
        from veille.digest.relays.intake import take_events

        return take_events(self.desk, relay, body)

    def take_refusals(self, deliveries: "Sequence[Delivery]") -> int:
        """Write no more to the addresses that a relay refused for good; return how many are new."""
        from veille.digest.mail.refusals import take_refusals

        return take_refusals(self.desk, deliveries)

    def probe(self, address: str, *, seconds: float) -> "list[Finding]":
        """Send a probe to an address, find it in the seed mailbox, and say what its way changed; raises InputError."""
        from veille.digest.probing.letter import make_probe
        from veille.digest.probing.probing import ProbeDesk, report, send_and_find
        from veille.net.dns_records import txt_records

        stores, settings = self._stores, self._stores.settings
        if not settings.returns.probe:
            raise InputError("aucune boîte témoin", cure="réglez [returns] probe : la boîte de l'adresse d'essai")
        signer = self._signer()
        probe = make_probe(settings, stores.keys, signer, address, stores.clock.now())
        mailer = self._mailer()
        desk = ProbeDesk(mailer=mailer, look=self._seed(), wait=time.sleep, monotonic=time.monotonic)
        try:
            arrived = send_and_find(desk, probe, seconds=seconds)
        finally:
            mailer.close()
        return list(
            report(
                probe,
                arrived,
                signer=signer,
                look_up=txt_records,
                domain=parse_address(settings.mail.sender).rpartition("@")[2],
                authserv_id=settings.returns.authserv_id,
            )
        )

    def _signer(self) -> "Signer | None":
        from veille.digest.mail.dkim import signer_of

        return signer_of(self._stores.settings.mail, self._stores.settings.home)

    def _mailer(self) -> "Mailer":
        from veille.digest.mail.mailers import mailer_of

        return mailer_of(self._stores.settings, self._stores.clock, moved_clock=self._stores.moved)

    def _seed(self) -> Callable[[], Sequence[bytes]]:
        """Return what reads the seed mailbox: all that is in it the first time, then what is new."""
        from veille.digest.mail.letterbox import read_letterbox

        place, home = self._stores.settings.returns.probe, self._stores.settings.home
        position: str | None = None

        def look() -> Sequence[bytes]:
            nonlocal position
            box = read_letterbox(place, home, self._fetcher, account=PROBE, position=position, days=1)
            if box.failure:
                raise InputError(f"boîte témoin illisible : {box.failure}", cure="vérifiez [returns] probe")
            position = box.position
            return list(box.messages)

        return look

    def _read(
        self,
        place: str | Path,
        name: str,
        take: Callable[[Iterable[bytes]], object],
        rest: timedelta | None,
        **how: int,
    ) -> str:
        """Read a mailbox visit by visit; how far is written after its mails were taken in, which forgets none."""
        from veille.digest.mail.letterbox import read_letterbox

        mark, clock, home = _mark(name, place), self._stores.clock, self._stores.settings.home
        kept = self.bounces.position(mark)
        if rest is not None and kept is not None and clock.now() - kept[1] < rest:
            return ""
        for _ in range(_MAX_VISITS):
            position = kept[0] if kept else None
            box = read_letterbox(place, home, self._fetcher, account=name, position=position, **how)
            try:
                take(box.messages)
            except InputError as error:
                return str(error)
            if rest is not None or box.position not in {None, position}:
                kept = (box.position or "", clock.now())
                self.bounces.reached(mark, *kept)
            if box.failure or not box.left:
                return box.failure
        return ""


def _mark(name: str, place: str | Path) -> str:
    """Return under what name the position of a mailbox is kept: another mailbox is read from its beginning."""
    return f"{name}.{hashlib.sha256(str(place).encode()).hexdigest()[:16]}"
