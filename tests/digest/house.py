"""An instance in a folder: real stores, shipped digests, a frozen clock."""

import email
import email.policy
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

from tests.digest.builders import DIGESTS, NOW, match
from tests.digest.ledger import hands_of, issues_of, mails_of, members_of
from veille.config.digests import load_digests
from veille.config.settings import Settings
from veille.digest.desk import Desk
from veille.digest.runner import Digests
from veille.model import Drafted, Item, Match, Member, Scheme
from veille.protocols import Judge
from veille.storage.db import Database
from veille.storage.item_store import SqlItemStore
from veille.testing import FrozenClock, JudgeOfAll
from veille.tokens import Keys


class Labels:
    def short(self, scheme: Scheme, term: str) -> str:
        return term


def by_sector(items: Sequence[Item], today: date) -> Judge:
    """Suits whoever shares a sector with the item."""

    def judge(one: Item, member: Member) -> Match:
        shared = {tag.term for tag in one.of(Scheme.SECTOR)} & set(member.sectors)
        if not shared:
            return match(one.id, None, member.id, gate="gate:off-topic")
        return match(one.id, 0.8 + 0.2 / one.id, member.id)  # surely enough for whatever asks for a score

    return JudgeOfAll(items, judge)


class House:
    """An instance in a folder: its clock, its stores, its digests."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.clock = FrozenClock(NOW)
        self.desk = Desk(
            settings=self.settings("file:var/mail"),
            definitions=lambda: load_digests([home / "digests", DIGESTS]),
            items=SqlItemStore(database),
            audience=members_of(database),
            matcher=by_sector,
            labels=Labels(),
            issues=issues_of(database),
            hands=hands_of(database),
            mails=mails_of(database),
            keys=Keys(home / "var" / "keys"),
            clock=self.clock,
            wait=lambda _: None,
        )

    def settings(self, url: str, *, connections: int | None = None, **mail: object) -> Settings:
        return Settings.model_validate({
            **({} if connections is None else {"pace": {"connections": connections}}),
            "home": self.home,
            "cluster": {"id": "pole", "name": "Pôle Nutrition & Santé", "contact": "equipe@pole.example.fr"},
            "site": {"url": "https://veille.example.fr/"},
            "mail": {"url": url, "sender": "veille@pole.example.fr", **mail},
        })  # fmt: skip

    @property
    def digests(self) -> Digests:
        return Digests(self.desk)

    def through(self, url: str, *, connections: int | None = None, **mail: object) -> Digests:
        """Send through a relay, by one connection where whose mail comes first matters."""
        return Digests(replace(self.desk, settings=self.settings(url, connections=connections, **mail)))

    def template(self, name: str, text: str) -> None:
        folder = self.home / "digests" / "hebdo"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def mails(self) -> list[Path]:
        return sorted((self.home / "var" / "mail").glob("*.eml"))


FRIDAY = timedelta(days=2) - timedelta(hours=2)  # from NOW, Wednesday 10:00 in Paris, to Friday 08:00


def of(drafted: Sequence[Drafted], address: str) -> list[int]:
    return [line.item_id for one in drafted if one.bulletin and one.subscriber.email.startswith(address)
            for line in one.bulletin.lines]  # fmt: skip


def mails(house: House) -> list[EmailMessage]:
    found = []
    for path in house.mails():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\u00a0", " ")


def digest_yaml(house: House, old: str, new: str) -> None:
    text = (DIGESTS / "hebdo" / "digest.yaml").read_text(encoding="utf-8")
    assert old in text
    house.template("digest.yaml", text.replace(old, new))
