"""What the fallback cannot approve: mended where a person would mend it, else held for one, and said once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.digest.builders import DIGESTS, item, store_items
from tests.digest.house import FRIDAY, House, body, digest_yaml, mails
from tests.digest.ledger import members_of
from tests.digest.test_planning import issue_of, paced
from tests.digest.test_unattended import accept
from veille.digest.making import Maker
from veille.digest.runner import Digests
from veille.errors import InputError, LeaseHeld
from veille.model import IssueState, Member, Subscriber
from veille.storage.db import Database

STAYS, CLOSES_SOON = 1, 4


@pytest.fixture
def automatic(sqlite_database: Database, tmp_path: Path) -> House:
    """Nine readers under « fallback: automatic », three mails a day since the draft was made: n° 4 closes before."""
    found = House(sqlite_database, tmp_path / "maison")
    pairs = [
        (Member(organisation=f"Membre {n}", sectors=("sante",)), [Subscriber(email=f"p{n}@exemple.fr")])
        for n in range(9)
    ]
    members_of(sqlite_database).save(pairs, origin="test", now=found.clock.now())
    digest_yaml(found, "fallback: hold", "fallback: automatic")
    store_items(
        sqlite_database, [item(STAYS, sector="sante"), item(CLOSES_SOON, sector="sante", deadline="2026-11-30")]
    )
    found.digests.build("hebdo")
    paced(found, 3)
    return found


def tick(daemon: Digests) -> list[str]:
    return list(daemon.run_due(drafting=False))


def test_what_would_close_before_the_last_mail_is_left_out_and_said(automatic: House) -> None:
    automatic.clock.advance(FRIDAY)
    daemon = automatic.digests
    told = tick(daemon)
    assert told[0].startswith("édition hebdo 2026-W48 approuvée sans personne — repli : sélection automatique")
    assert told[0].endswith("refaite sans ce qui clôt avant le dernier mail (n° 4)")
    assert len(automatic.mails()) == 3
    issue = issue_of(automatic)
    shown = [line.item_id for one in automatic.desk.issues.drafted(issue.id) if one.bulletin
             for line in one.bulletin.lines]  # fmt: skip
    assert set(shown) == {STAYS}
    assert any("n° 4" in event.why for event in automatic.desk.issues.events(issue.id))


def test_what_still_cannot_be_approved_waits_for_a_person_and_is_said_once(automatic: House) -> None:
    with automatic.database.write() as session:  # nothing else to show: without n° 4 nobody has a bulletin
        session.connection().exec_driver_sql("DELETE FROM item_tag WHERE item_id = 1")
    automatic.desk = replace(automatic.desk, items=type(automatic.desk.items)(automatic.database, "pole"))  # type: ignore[call-arg]
    paced(automatic, 0)
    automatic.digests.build("hebdo")
    paced(automatic, 3)
    automatic.clock.advance(FRIDAY)
    daemon = automatic.digests
    (held,) = tick(daemon)
    assert "le repli n'a pas pu l'approuver : aux heures d'envoi et au rythme de [pace]" in held
    for _ in range(5):
        automatic.clock.advance(timedelta(minutes=1))
        assert tick(daemon) == []
    issue = issue_of(automatic)
    assert issue.state is IssueState.DRAFT
    assert sum("pas pu l'approuver" in event.why for event in automatic.desk.issues.events(issue.id)) == 1
    paced(automatic, 0)  # a person mends what was wrong
    automatic.digests.approve(by="Claire")


def test_a_held_issue_is_not_made_again_at_each_tick(automatic: House, monkeypatch: pytest.MonkeyPatch) -> None:
    checks: list[int] = []

    def refused(_maker: Maker, *_args: object, **_named: object) -> Any:
        checks.append(1)
        raise InputError("bulletin de Membre 1 : lien mort", cure="corrigez le gabarit")

    monkeypatch.setattr(Maker, "approve", refused)
    automatic.clock.advance(FRIDAY)
    daemon = automatic.digests
    (held,) = tick(daemon)
    assert "lien mort" in held
    for _ in range(14):
        automatic.clock.advance(timedelta(minutes=1))
        assert tick(daemon) == []
    assert len(checks) == 1
    automatic.clock.advance(timedelta(minutes=2))  # mended in the files, perhaps: it is looked at again
    assert tick(daemon) == []
    assert len(checks) == 2
    automatic.digests.curation.word("Bonjour.", by="Claire")
    tick(daemon)
    assert len(checks) == 3


# ── one issue's trouble keeps back no other ─────────────────────────────────────────────────────────────────────────
def test_a_turn_held_elsewhere_delays_no_other_issue(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    other = house.home / "digests" / "z-direction"
    other.mkdir(parents=True)
    (other / "digest.yaml").write_bytes((DIGESTS / "hebdo" / "digest.yaml").read_bytes())
    house.digests.build("z-direction")

    @contextmanager
    def held(_name: str) -> Iterator[Any]:
        raise LeaseHeld("le tour est pris", cure="attendez")
        yield

    house.desk = replace(house.desk, shared_store=True, turn=held)
    house.clock.advance(FRIDAY)
    told: list[str] = []
    with pytest.raises(LeaseHeld, match="le tour est pris"):
        told.extend(house.digests.run_due(drafting=False))
    assert any("z-direction" in line and "n'est pas approuvée" in line for line in told)


def test_a_fallback_that_could_not_sign_leaves_the_draft_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    accept(house, 3)
    house.digests.build()
    whole = [line.item_id for one in house.desk.issues.drafted(issue_of(house).id) for line in one.selection]

    def refused(_maker: Maker, *_args: object, **_named: object) -> Any:
        raise InputError("bulletin de Phytalis : lien mort", cure="corrigez le gabarit")

    monkeypatch.setattr(Maker, "approve", refused)
    house.clock.advance(FRIDAY)
    (held,) = tick(house.digests)
    assert "lien mort" in held
    kept = [line.item_id for one in house.desk.issues.drafted(issue_of(house).id) for line in one.selection]
    assert kept == whole  # what a person reads and approves now is what they made, not what the fallback would send


def test_what_the_fallback_signed_and_a_person_took_back_is_theirs_whole(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    accept(house, 3)
    house.digests.build()
    house.clock.advance(timedelta(days=2, hours=11))  # Friday 21:00: signed, and left to Monday
    assert "approuvée sans personne" in tick(house.digests)[0]
    assert issue_of(house).frame["notice"]
    house.digests.living.reopen(by="Claire")
    rendered, _ = house.digests.preview("anne@phytalis.example.fr")
    house.digests.approve(by="Claire")
    house.digests.send(anyhow=True)
    texts = [body(message) for message in mails(house)]
    assert len(texts) == 2
    assert not any("Sélection automatique" in text for text in [*texts, rendered.text])
