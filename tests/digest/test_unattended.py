"""When issues leave by themselves, and what becomes of those that nobody approved."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.digest.builders import DIGESTS, NOW, item, match, store_items
from tests.digest.house import FRIDAY, House, body, digest_yaml, mails, of
from veille.config.digests import Definition
from veille.digest.choosing.certainty import SUITS, certain_for
from veille.digest.making import Maker
from veille.errors import InputError
from veille.model import Absence, Eligibility, Issue, IssueState, Judgement, Pick, Review, Verdict
from veille.storage.review_store import SqlReviewStore
from veille.storage.tables import IssueRow, ItemTagRow


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_leaves_by_itself_outside_the_sending_hours(house: House) -> None:
    house.digests.build()
    house.clock.advance(timedelta(days=2, hours=11))  # Friday 21:00
    house.digests.approve(by="Claire")
    (queued,) = list(house.digests.run_due())
    assert "en file : elle part le 30/11/2026 à 07:00" in queued
    assert list(house.digests.run_due()) == []
    assert house.digests.status()[0].state is IssueState.QUEUED
    assert house.mails() == []
    with pytest.raises(InputError, match="du lundi au vendredi de 07:00 à 19:00, hors jours fériés") as caught:
        house.digests.send()
    assert "30/11/2026 à 07:00" in caught.value.cure
    assert "--now" in caught.value.cure
    assert house.mails() == []
    house.digests.send(anyhow=True)  # a person may, who says so
    assert len(house.mails()) == 2


def test_an_edition_of_a_holiday_leaves_on_the_next_working_day_and_once(house: House) -> None:
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
    house.clock.advance(timedelta(days=28))  # Wednesday 23 December
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)  # Christmas
    assert list(house.digests.run_due()) == []
    house.clock.advance(timedelta(days=3))  # Monday 28
    house.digests.living.reopen(by="Claire")  # the next ISO week has begun: it is still that one
    assert house.digests.curation.word("Bonnes fêtes.", by="Claire").issue.period == "2026-W52"
    house.digests.approve(by="Paul")
    assert list(house.digests.run_due()) == ["édition hebdo 2026-W52 : 1 mail remis sur 1"]
    house.clock.advance(timedelta(days=-7))  # a clock that jumps back
    assert list(house.digests.run_due()) == []
    assert len(house.mails()) == 1


def test_a_clock_that_jumps_far_ahead_expires_and_never_sends_late(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(timedelta(days=30))
    told = list(house.digests.run_due())
    assert any("2026-W48 périmée" in line for line in told)
    house.clock.advance(timedelta(days=-28))
    assert not any("remis" in line for line in house.digests.run_due())
    assert house.mails() == []


def test_draft_that_nobody_approved_expires_once_its_period_is_over(house: House) -> None:
    house.digests.build()
    house.clock.advance(timedelta(days=7))
    told = list(house.digests.run_due())
    assert "édition hebdo 2026-W48 périmée : ce qui n'est pas parti ne partira plus" in told
    found = house.desk.issues.find("hebdo", "2026-W48")
    assert found is not None
    assert found.state is IssueState.EXPIRED


# ── nobody approved ─────────────────────────────────────────────────────────────────────────────────────────────────
def accept(house: House, *numbers: int) -> None:
    store = SqlReviewStore(house.database, "pole")
    for number in numbers:
        store.record(Review(item_id=number, judgement=Judgement.ACCEPTED, by="Claire", at=NOW))
    house.desk = replace(house.desk, items=type(house.desk.items)(house.database, "pole"))  # type: ignore[call-arg]


def test_validated_fallback_sends_what_was_reviewed_and_nothing_else(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    accept(house, 3, 5)
    house.digests.build()
    house.clock.advance(FRIDAY)
    told = list(house.digests.run_due())
    assert told == [
        "édition hebdo 2026-W48 approuvée sans personne — repli : contenus relus seulement",
        "édition hebdo 2026-W48 : 1 mail remis sur 1",
    ]
    (message,) = mails(house)
    assert "contenus relus" in body(message)
    assert [n for n in range(1, 10) if f"https://exemple.fr/{n}" in body(message)] == [3, 5]
    assert list(house.digests.run_due()) == []


def test_an_edit_while_the_fallback_composes_lets_nothing_unreviewed_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    accept(house, 3, 5)
    house.digests.build()
    house.clock.advance(FRIDAY)
    again, raced = Maker._again, []

    def slow(maker: Maker, definition: Definition, issue: Issue, *rest: Any, **more: Any) -> Any:
        made = again(maker, definition, issue, *rest, **more)
        if not raced:
            raced.append(True)
            note = Pick(kind="note", item_id=3, words="À lire de près")
            house.desk.hands.pick(issue.id, [note], by="Claire", now=house.clock.now())
        return made

    monkeypatch.setattr(Maker, "_again", slow)
    list(house.digests.run_due())
    assert raced
    (message,) = mails(house)
    assert [n for n in range(1, 10) if f"https://exemple.fr/{n}" in body(message)] == [3, 5]
    assert "À lire de près" in body(message)


def test_what_was_frozen_and_not_approved_is_labelled_too(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    house.digests.build()
    house.digests.freeze(by="Claire")
    house.clock.advance(FRIDAY)
    assert len(list(house.digests.run_due())) == 2
    assert "non relue" in body(mails(house)[0])


def test_validated_fallback_holds_where_nothing_was_reviewed_and_says_it_once(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    (built,) = house.digests.build()
    house.clock.advance(FRIDAY)
    (held,) = list(house.digests.run_due())
    assert "aucun contenu relu" in held
    assert list(house.digests.run_due()) == []
    kept = house.desk.issues.drafted(built.issue.id)
    assert [one.bulletin for one in kept] == [one.bulletin for one in built.drafted]


def test_absence_sends_what_is_certain_labelled_and_says_it_once(house: House) -> None:
    house.digests.build()
    with house.database.write() as session:  # item 1: a type that the model guessed; item 3: a deadline in doubt
        session.execute(
            update(ItemTagRow)
            .where(ItemTagRow.item_id == 1, ItemTagRow.scheme == "type")
            .values(origin="model", score=0.6)
        )
    store_items(house.database, [item(3, sector="sante", facts={"deadline_state": "check"})])
    house.digests.living.away(date(2026, 11, 30), since=date(2026, 11, 26), by="Claire")
    house.clock.advance(FRIDAY)
    told = list(house.digests.run_due())
    assert told[0].startswith("édition hebdo 2026-W48 approuvée sans personne — absence")
    assert list(house.digests.run_due()) == []
    anne = next(one for one in mails(house) if one["To"].startswith("anne"))
    assert "Sélection automatique, non relue" in body(anne)
    assert "Sélection automatique, non relue" in body(anne, "html")
    issue = house.digests.status()[0].issue
    assert of(house.desk.issues.drafted(issue.id), "anne") == [5, 7, 9]


def test_what_nobody_sees_must_suit_surely() -> None:
    call = item(1)
    assert certain_for(call, match(1, SUITS))
    assert not certain_for(call, match(1, SUITS - 0.01))
    assert not certain_for(call, match(1, 0.9, eligibility=Eligibility(verdict=Verdict.CHECK, quote="")))
    accepted = Review(item_id=1, judgement=Judgement.ACCEPTED, by="Claire", at=NOW)
    assert certain_for(replace(call, review=accepted), match(1, 0.01))


def test_absence_leaves_alone_what_somebody_approved_and_ends_with_a_return(house: House) -> None:
    house.digests.living.away(date(2026, 12, 31), since=None, by="Claire")
    house.digests.build()
    house.digests.approve(by="Paul")
    house.clock.advance(FRIDAY)
    assert list(house.digests.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]
    assert "non relue" not in body(mails(house)[0])
    house.digests.living.away(None, since=None, by="Claire")
    assert house.desk.hands.absence() is None
    with pytest.raises(InputError, match="avant de commencer"):
        house.digests.living.away(date(2026, 1, 1), since=None, by="Claire")


def test_absence_of_the_settings(house: House) -> None:
    settings = house.desk.settings.model_copy(update={})
    away = type(settings.absence).model_validate({"from": "2026-11-26", "to": "2026-11-30"})
    assert away.period == Absence(date(2026, 11, 26), date(2026, 11, 30))
    house.desk = replace(house.desk, settings=settings.model_copy(update={"absence": away}))
    assert house.desk.away(date(2026, 11, 27))
    assert not house.desk.away(date(2026, 12, 1))


# ── one fault does not stop the others ──────────────────────────────────────────────────────────────────────────────
def test_a_digest_that_fails_keeps_back_no_other(house: House) -> None:
    text = (DIGESTS / "hebdo" / "digest.yaml").read_text(encoding="utf-8")
    for name in ("a-direction", "z-direction"):
        folder = house.home / "digests" / name
        folder.mkdir(parents=True)
        (folder / "digest.yaml").write_text(text, encoding="utf-8")
    house.digests.build("a-direction")
    house.digests.build("hebdo")
    for name in ("a-direction", "hebdo"):
        house.digests.approve(by="Claire", name=name)
    (house.home / "digests" / "z-direction" / "body.txt.jinja").write_text("{{ rien.du.tout }}", encoding="utf-8")
    with house.database.write() as session:
        session.execute(update(IssueRow).where(IssueRow.digest == "a-direction").values(content_sha256="0" * 64))
    house.clock.advance(FRIDAY)
    told: list[str] = []
    with pytest.raises(InputError, match="n'est plus celle qui a été approuvée"):
        told.extend(house.digests.run_due())  # the failures come when all is done
    assert len(house.mails()) == 2
    assert house.digests.status("hebdo")[0].state is IssueState.DONE
    assert any("gabarit" in line and "z-direction" in line for line in told)
