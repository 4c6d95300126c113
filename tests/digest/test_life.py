"""What becomes of an issue between its draft and its end: staff's hand, freezing, pausing, cancelling."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.digest.builders import NOW
from tests.digest.house import FRIDAY, House, body, digest_yaml, mails, of
from tests.digest.sink import Plan, Sink
from veille.digest import making
from veille.digest.choosing import wording
from veille.digest.composing import Composer
from veille.digest.runner import Digests
from veille.errors import InputError, TemplateError
from veille.model import DeliveryState, IssueState
from veille.model.issue_life import MOVES, STATE_NAMES, check_move
from veille.storage.tables import BulletinRow


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", list(IssueState))
def test_every_move_outside_the_table_is_refused_with_state_and_cure(state: IssueState) -> None:
    for to in IssueState:
        if to in MOVES[state]:
            check_move("hebdo 2026-W48", state, to)
            continue
        with pytest.raises(InputError, match=STATE_NAMES[state]) as caught:
            check_move("hebdo 2026-W48", state, to)
        assert caught.value.cure


def test_every_state_is_reached_from_the_draft_and_none_is_a_trap() -> None:
    reached, waiting = {IssueState.DRAFT}, [IssueState.DRAFT]
    while waiting:
        new = MOVES[waiting.pop()] - reached
        reached |= new
        waiting += new
    assert reached == set(IssueState)
    assert all(IssueState.CANCELLED in moves or not moves for moves in MOVES.values())


# ── staff's hand ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_staff_chose_is_kept_when_the_draft_is_made_again(house: House) -> None:
    (built,) = house.digests.build()
    assert built.issue.state is IssueState.DRAFT
    assert of(built.drafted, "anne")[0] == 1
    hand = house.digests.curation
    hand.pin(7, by="Claire")
    hand.drop(1, by="Claire")
    hand.note(3, "Nous montons un consortium : appelez-nous.", by="Claire")
    hand.word("Bonne rentrée à toutes et à tous.", by="Claire")
    (built,) = house.digests.build()
    assert built.issue.state is IssueState.CURATED
    assert of(built.drafted, "anne")[0] == 7
    assert 1 not in of(built.drafted, "anne")
    house.digests.approve(by="Paul")
    house.digests.send()
    message = next(one for one in mails(house) if one["To"].startswith("anne"))
    for kind in ("plain", "html"):
        assert "Nous montons un consortium" in body(message, kind)
        assert "Bonne rentrée à toutes et à tous." in body(message, kind)


def test_pin_for_one_member_reaches_that_organisation_alone_whatever_its_trade(house: House) -> None:
    house.digests.build()
    built = house.digests.curation.pin(2, by="Claire", member="phytalis")
    assert 2 in of(built.drafted, "anne")
    with pytest.raises(InputError, match="phytalis"):
        house.digests.curation.pin(2, by="Claire", member="Phytali")


def test_forced_section_order_and_common_by_hand(house: House) -> None:
    house.digests.build()
    hand = house.digests.curation
    built = hand.pin(9, by="Claire", section="network")
    anne = next(one.bulletin for one in built.drafted if one.subscriber.email.startswith("anne"))
    assert anne is not None
    assert [line.item_id for part in anne.sections if part.kind == "network" for line in part.lines] == [9]
    assert of(hand.order([5, 3], by="Claire").drafted, "anne")[:2] == [5, 3]
    built = hand.common([9], by="Claire")
    assert 9 in of(built.drafted, "bob")
    with pytest.raises(InputError, match="« network »"):
        hand.pin(9, by="Claire", section="netwrk")


def test_undo_takes_back_every_choice_about_an_item(house: House) -> None:
    house.digests.build()
    house.digests.curation.drop(1, by="Claire")
    assert 1 in of(house.digests.curation.undo(1, by="Claire").drafted, "anne")
    with pytest.raises(InputError, match="rien n'a été choisi"):
        house.digests.curation.undo(1, by="Claire")


@pytest.mark.parametrize(
    "act",
    [lambda d: d.curation.word("mot " * 61, by="x"), lambda d: d.curation.note(1, "  \u202e ", by="x"),
     lambda d: d.curation.note(1, "x" * 281, by="x"), lambda d: d.curation.pin(99, by="x"),
     lambda d: d.curation.common([1, 99], by="x")],
)  # fmt: skip
def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(
    house: House, act: Callable[[Digests], object]
) -> None:
    house.digests.build()
    with pytest.raises(InputError):
        act(house.digests)
    assert house.digests.status()[0].state is IssueState.DRAFT


def test_hostile_words_stay_words(house: House) -> None:
    house.digests.build()
    house.digests.curation.word("Bonjour\r\nBcc: x@y.fr <script>alert(1)</script> {{ 7*7 }}", by="Claire")
    house.digests.approve(by="Paul")
    house.digests.send()
    message = mails(house)[0]
    assert message["Bcc"] is None
    assert "<script>" not in body(message, "html")
    assert "{{ 7*7 }}" in body(message)


# ── freezing and approval ───────────────────────────────────────────────────────────────────────────────────────────
def test_an_edit_voids_what_was_frozen_until_it_is_approved(house: House) -> None:
    house.digests.build()
    (frozen,) = house.digests.freeze(by="Claire")
    assert (frozen.state, len(frozen.content_sha256 or "")) == (IssueState.FROZEN, 64)
    (built,) = house.digests.build()
    assert not built.fresh
    house.digests.curation.drop(1, by="Claire")
    assert house.digests.status()[0].issue.content_sha256 is None
    assert house.digests.status()[0].state is IssueState.CURATED
    house.digests.freeze(by="Claire")
    (approved,) = house.digests.approve(by="Paul")
    assert approved.content_sha256 != frozen.content_sha256
    with pytest.raises(InputError, match="approuvée : elle ne peut être retouchée") as caught:
        house.digests.curation.drop(3, by="Claire")
    assert "digest reopen" in caught.value.cure


def test_what_was_frozen_is_signed_as_it_is(house: House) -> None:
    """Templates may change between freezing and approval: what is signed is what was frozen."""
    house.digests.build()
    (frozen,) = house.digests.freeze(by="Claire")
    house.template("subject.txt.jinja", "Tout autre objet")
    (approved,) = house.digests.approve(by="Paul")
    assert approved.content_sha256 == frozen.content_sha256
    house.digests.send()
    assert "Tout autre" not in mails(house)[0]["Subject"]


@pytest.mark.parametrize(("changed", "drawn"), [(False, 1), (True, 2)])
def test_what_freezing_drew_is_not_drawn_again_unless_it_would_differ(
    house: House, monkeypatch: pytest.MonkeyPatch, *, changed: bool, drawn: int
) -> None:
    house.digests.build()
    (frozen,) = house.digests.freeze(by="Claire")
    kept = house.desk.issues.renders(frozen.id)
    assert len(kept) == 2
    if changed:  # another version of the program says it otherwise
        monkeypatch.setattr(wording, "full_day", lambda day: f"le {day:%d/%m/%Y}")
    checks: list[str] = []
    check = Composer.check
    monkeypatch.setattr(making, "_SAMPLE", 1)
    monkeypatch.setattr(Composer, "check", lambda self, *a, **k: checks.append(k["email"]) or check(self, *a, **k))
    (issue,) = house.digests.approve(by="Paul")
    assert len(set(checks)) == drawn
    assert (house.desk.issues.renders(issue.id) == kept) is not changed
    assert house.digests.send().state is IssueState.DONE
    assert len(house.mails()) == 2


def test_frozen_content_that_was_altered_is_not_approved(house: House) -> None:
    house.digests.build()
    house.digests.freeze(by="Claire")
    with house.database.write() as session:
        session.execute(update(BulletinRow).where(BulletinRow.subscriber_id == 1).values(skipped="autre", content=None))
    with pytest.raises(InputError, match="n'est plus celle qui a été figée"):
        house.digests.approve(by="Paul")


def test_bytes_are_made_again_identically_and_their_drawing_is_checked(house: House) -> None:
    house.digests.build()
    (issue,) = house.digests.approve(by="Claire")
    renders = house.desk.issues.renders(issue.id)
    assert len(renders) == 2
    with Sink(Plan()) as sink:
        house.through(sink.url).send()
    taken = {one.recipients[0]: hashlib.sha256(one.raw).hexdigest() for one in sink.taken}
    sent = house.desk.issues.get(issue.id)
    for _ in range(2):
        composer = house.desk.composer(sent.frame)
        for one, delivery in zip(
            [one for one in house.desk.issues.drafted(issue.id) if one.bulletin],
            house.desk.mails.deliveries(issue.id),
            strict=True,
        ):
            assert one.bulletin is not None
            again = composer.mail(
                one.bulletin, email=delivery.email, message_id=delivery.message_id, sent=NOW,
                approved=renders[one.subscriber.id],
            )  # fmt: skip
            assert hashlib.sha256(again.raw).hexdigest() == taken[delivery.email]
        composer.close()


def test_a_mail_that_is_no_longer_the_one_approved_does_not_leave(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    with house.database.write() as session:
        session.execute(update(BulletinRow).values(render_sha256="0" * 64))
    with pytest.raises(TemplateError, match="n'est plus celui qui a été approuvé"):
        house.digests.send()
    assert house.mails() == []
    assert {one.state for one in house.digests.status()[0].deliveries} == {DeliveryState.QUEUED}
    assert "n'est plus celui qui a été approuvé" in house.digests.status()[0].held
    house.digests.living.reopen(by="Claire")  # the cure that was told
    house.digests.approve(by="Claire")
    assert house.digests.send().state is IssueState.DONE
    assert len(house.mails()) == 2


def test_an_issue_of_which_something_left_is_not_reopened(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    with house.database.write() as session:
        last = session.scalars(select(BulletinRow).where(BulletinRow.render_sha256.is_not(None))).all()[-1]
        last.render_sha256 = "0" * 64
    with pytest.raises(TemplateError, match="n'est plus celui qui a été approuvé"):
        house.digests.send()
    assert len(house.mails()) == 1
    with pytest.raises(InputError, match="suspendue : elle ne peut être retouchée"):
        house.digests.living.reopen(by="Claire")
    assert Counter(one.state for one in house.digests.status()[0].deliveries) == {
        DeliveryState.SENT: 1,
        DeliveryState.QUEUED: 1,
    }


def test_two_hands_ask_for_another_person(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: hold\ntwo_hands: true")
    house.digests.build()
    house.digests.curation.drop(1, by="Claire")
    with pytest.raises(InputError, match="une autre personne"):
        house.digests.approve(by="claire")
    house.digests.approve(by="Paul")


# ── pause, cancel, reopen ───────────────────────────────────────────────────────────────────────────────────────────
def test_paused_issue_sends_nothing_until_it_is_resumed(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.pause(by="Claire", why="une erreur dans un titre")
    house.clock.advance(FRIDAY)
    assert list(house.digests.run_due()) == []
    assert house.digests.status()[0].held == "une erreur dans un titre"
    with pytest.raises(InputError, match="suspendue : elle ne peut être envoyée") as caught:
        house.digests.send()
    assert "digest resume" in caught.value.cure
    house.digests.living.resume(by="Claire")
    assert house.digests.status()[0].state is IssueState.APPROVED
    assert list(house.digests.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]


def test_resumed_before_its_hour_it_still_waits_for_it(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.pause(by="Claire", why="")
    house.digests.living.resume(by="Claire")
    assert list(house.digests.run_due()) == []
    with pytest.raises(InputError, match="n'est pas suspendue"):
        house.digests.living.resume(by="Claire")


def test_cancelled_issue_ends_and_what_waited_says_so(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.cancel(by="Claire", why="reportée")
    house.clock.advance(FRIDAY)
    assert list(house.digests.run_due()) == []
    (status,) = house.digests.status()
    assert (status.state, {one.reply for one in status.deliveries}) == (IssueState.CANCELLED, {"édition annulée"})
    with pytest.raises(InputError, match="annulée"):
        house.digests.send()


def test_reopened_issue_is_edited_approved_again_and_sent_once(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.reopen(by="Claire")
    assert house.digests.status()[0].deliveries == []
    house.digests.curation.drop(1, by="Claire")
    house.digests.approve(by="Claire")
    house.digests.send()
    assert len(house.mails()) == 2
    with pytest.raises(InputError, match="envoyée : elle ne peut être retouchée"):
        house.digests.living.reopen(by="Claire")


def test_history_says_each_move_who_made_it_and_why(house: House) -> None:
    house.digests.build()
    house.digests.curation.drop(1, by="Claire")
    house.digests.approve(by="Paul")
    house.digests.living.pause(by="Claire", why="un doute")
    house.digests.living.resume(by="Claire")
    house.digests.send()
    (shown,) = house.digests.show()
    assert [(one.state.value, one.by) for one in shown.events] == [
        ("curated", "Claire"), ("frozen", "Paul"), ("approved", "Paul"), ("paused", "Claire"), ("approved", "Claire"),
        ("sending", ""), ("done", ""),
    ]  # fmt: skip
    assert [number for number, _ in shown.left_out] == [1]


@pytest.mark.parametrize("signing", ["approve", "freeze"])
def test_what_changed_while_it_was_checked_is_not_signed_unseen(house: House, signing: str) -> None:
    house.digests.build()

    slow = Digests(replace(house.desk, signer=lambda: _dropped(house)))
    with pytest.raises(InputError, match="a changé pendant") as caught:
        getattr(slow, signing)(by="Paul")
    assert "digest show" in (caught.value.cure or "")
    assert house.digests.status()[0].state is IssueState.CURATED
    assert house.digests.status()[0].deliveries == []
    house.digests.approve(by="Paul")
    assert house.digests.send().state is IssueState.DONE


def _dropped(house: House) -> None:
    """Stand for somebody of the staff who edits while the mails are drawn."""
    house.clock.advance(timedelta(seconds=1))
    house.digests.curation.drop(1, by="Claire")
