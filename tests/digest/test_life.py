"""What becomes of an issue between its draft and its end: staff's hand, freezing, pausing, absences, corrections."""

import email
import email.policy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import update

from tests.digest.builders import DIGESTS, NOW, item, store_items
from tests.digest.house import House
from tests.digest.sink import Plan, Sink
from veille.digest.runner import Digests
from veille.errors import InputError, TemplateError
from veille.model import Absence, DeliveryState, Drafted, IssueState, Judgement, Review
from veille.model.issue_life import MOVES, STATE_NAMES, check_move
from veille.storage.review_store import SqlReviewStore
from veille.storage.tables import BulletinRow, ItemTagRow

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
    assert house.digests.run_due() == []
    assert house.digests.status()[0].held == "une erreur dans un titre"
    with pytest.raises(InputError, match="suspendue : elle ne peut être envoyée") as caught:
        house.digests.send()
    assert "digest resume" in caught.value.cure
    house.digests.living.resume(by="Claire")
    assert house.digests.status()[0].state is IssueState.APPROVED
    assert house.digests.run_due() == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]


def test_resumed_before_its_hour_it_still_waits_for_it(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.pause(by="Claire", why="")
    house.digests.living.resume(by="Claire")
    assert house.digests.run_due() == []
    with pytest.raises(InputError, match="seule une édition suspendue se reprend"):
        house.digests.living.resume(by="Claire")


def test_cancelled_issue_ends_and_what_waited_says_so(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.living.cancel(by="Claire", why="reportée")
    house.clock.advance(FRIDAY)
    assert house.digests.run_due() == []
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


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_nothing_leaves_by_itself_outside_the_sending_hours(house: House) -> None:
    house.digests.build()
    house.clock.advance(timedelta(days=2, hours=11))  # Friday 21:00
    house.digests.approve(by="Claire")
    (queued,) = house.digests.run_due()
    assert "en file : elle part le 30/11/2026 à 07:00" in queued
    assert house.digests.run_due() == []
    assert house.digests.status()[0].state is IssueState.QUEUED
    assert house.mails() == []
    sent = house.digests.send()  # a person may
    assert "du lundi au vendredi de 07:00 à 19:00, hors jours fériés" in sent.outside
    assert len(house.mails()) == 2


def test_an_edition_of_a_holiday_leaves_on_the_next_working_day_and_once(house: House) -> None:
    store_items(house.database, [item(n, sector="sante", deadline="2027-02-15") for n in (21, 22)])
    house.clock.advance(timedelta(days=28))  # Wednesday 23 December
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY)  # Christmas
    assert house.digests.run_due() == []
    house.clock.advance(timedelta(days=3))  # Monday 28
    house.digests.living.reopen(by="Claire")  # the next ISO week has begun: it is still that one
    assert house.digests.curation.word("Bonnes fêtes.", by="Claire").issue.period == "2026-W52"
    house.digests.approve(by="Paul")
    assert house.digests.run_due() == ["édition hebdo 2026-W52 : 1 mails remis sur 1"]
    house.clock.advance(timedelta(days=-7))  # a clock that jumps back
    assert house.digests.run_due() == []
    assert len(house.mails()) == 1


def test_a_clock_that_jumps_far_ahead_expires_and_never_sends_late(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(timedelta(days=30))
    told = house.digests.run_due()
    assert any("2026-W48 périmée" in line for line in told)
    house.clock.advance(timedelta(days=-28))
    assert not any("remis" in line for line in house.digests.run_due())
    assert house.mails() == []


def test_draft_that_nobody_approved_expires_once_its_period_is_over(house: House) -> None:
    house.digests.build()
    house.clock.advance(timedelta(days=7))
    told = house.digests.run_due()
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
    told = house.digests.run_due()
    assert told == [
        "édition hebdo 2026-W48 approuvée sans personne — repli : contenus relus seulement",
        "édition hebdo 2026-W48 : 1 mails remis sur 1",
    ]
    (message,) = mails(house)
    assert "contenus relus" in body(message)
    assert [n for n in range(1, 10) if f"https://exemple.fr/{n}" in body(message)] == [3, 5]
    assert house.digests.run_due() == []


def test_what_was_frozen_and_not_approved_is_labelled_too(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    house.digests.build()
    house.digests.freeze(by="Claire")
    house.clock.advance(FRIDAY)
    assert len(house.digests.run_due()) == 2
    assert "non relue" in body(mails(house)[0])


def test_validated_fallback_holds_where_nothing_was_reviewed_and_says_it_once(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: validated")
    (built,) = house.digests.build()
    house.clock.advance(FRIDAY)
    (held,) = house.digests.run_due()
    assert "aucun contenu relu" in held
    assert house.digests.run_due() == []
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
    told = house.digests.run_due()
    assert told[0].startswith("édition hebdo 2026-W48 approuvée sans personne — absence")
    assert house.digests.run_due() == []
    anne = next(one for one in mails(house) if one["To"].startswith("anne"))
    assert "Sélection automatique, non relue" in body(anne)
    assert "Sélection automatique, non relue" in body(anne, "html")
    issue = house.digests.status()[0].issue
    assert of(house.desk.issues.drafted(issue.id), "anne") == [5, 7, 9]


def test_absence_leaves_alone_what_somebody_approved_and_ends_with_a_return(house: House) -> None:
    house.digests.living.away(date(2026, 12, 31), since=None, by="Claire")
    house.digests.build()
    house.digests.approve(by="Paul")
    house.clock.advance(FRIDAY)
    assert house.digests.run_due() == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]
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


# ── tests and corrections ───────────────────────────────────────────────────────────────────────────────────────────
def test_test_mail_goes_to_editors_only_and_opens_no_state(house: House) -> None:
    house.digests.build()
    mail, outcome = house.digests.test("Equipe@pole.example.fr")
    assert outcome.state is DeliveryState.SENT
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert message["Subject"].startswith("[Essai] Phytalis")
    assert message["To"].casefold() == "equipe@pole.example.fr"
    first_id = message["Message-ID"]
    assert house.digests.status()[0].state is IssueState.DRAFT
    house.digests.approve(by="Claire")
    ids = {one.message_id for one in house.digests.status()[0].deliveries}
    assert first_id not in ids
    with pytest.raises(InputError, match="n'est pas une adresse de l'équipe"):
        house.digests.test("anne@phytalis.example.fr")


def test_erratum_goes_to_exactly_those_who_got_the_item_under_their_mail(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    original = {one["To"]: one["Message-ID"] for one in mails(house)}
    built = house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %, non de 80 %.")
    assert [one.subscriber.email for one in built.drafted] == ["anne@phytalis.example.fr"]
    with pytest.raises(InputError, match="pas approuvée"):
        house.digests.send("hebdo_erratum")  # its own approval
    house.digests.approve(by="Paul", name="hebdo_erratum")
    sent = house.digests.send("hebdo_erratum")
    assert sent.state is IssueState.DONE
    (message,) = [one for one in mails(house) if one["Subject"].startswith("Erratum")]
    assert message["To"] == "anne@phytalis.example.fr"
    assert message["In-Reply-To"] == message["References"] == original["anne@phytalis.example.fr"]
    assert message["List-Id"] == mails(house)[0]["List-Id"]
    for kind in ("plain", "html"):
        assert "Le taux est de 40 %, non de 80 %." in body(message, kind).replace("\u202f", " ")
        assert "Erratum" in body(message, kind)
        assert "J-" not in body(message, kind)
    assert house.digests.run_due() == []
    anne = next(one.subscriber.id for one in built.drafted)
    assert house.desk.mails.seen([anne])[anne][3].times == 1  # a correction is no second showing


def test_erratum_of_what_nobody_got_is_refused(house: House) -> None:
    house.digests.build()
    with pytest.raises(InputError, match="rien n'en est parti"):
        house.digests.errata.make("2026-W48", 3, "x")
    house.digests.approve(by="Claire")
    house.digests.send()
    for period, number, match in (("2026-W48", 99, "personne n'a reçu"), ("2026-W47", 3, "pas d'édition"),
                                  ("../x", 3, "pas d'édition")):  # fmt: skip
        with pytest.raises(InputError, match=match):
            house.digests.errata.make(period, number, "Une correction.")


def test_correction_is_never_sent_unseen(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    (held,) = house.digests.run_due()
    assert "hebdo_erratum 2026-W48-e1 n'est pas approuvée" in held
    assert len(house.mails()) == 2
