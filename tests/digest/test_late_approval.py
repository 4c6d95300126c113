"""What is approved too late to leave on its day is dated, and counts days, from the day on which it leaves."""

from datetime import timedelta

from tests.digest.house import House, body, digest_yaml, mails
from veille.model import IssueState

FRIDAY_NIGHT, MONDAY_MORNING = timedelta(days=2, hours=11), timedelta(days=2, hours=10, minutes=5)


def says_monday(house: House) -> None:
    house.clock.advance(MONDAY_MORNING)
    list(house.digests.run_due())
    assert house.digests.status()[0].state is IssueState.DONE
    texts = [body(one) for one in mails(house) if one["List-Id"]]
    assert len(texts) == 2
    for text in texts:
        assert "lundi 30 novembre 2026" in text
        assert "vendredi 27" not in text
        assert "J-18" in text  # to the 18th of December
        assert "J-21" not in text


def test_signed_too_late_for_its_day_it_says_so_and_how_to_date_it_anew(house: House) -> None:
    house.digests.build()
    house.clock.advance(FRIDAY_NIGHT)
    (issue,) = house.digests.approve(by="Claire")
    told = house.digests.remark(issue).replace("\u00a0", " ")
    assert "datée du 27 novembre et ne part d'elle-même que le 30 novembre" in told
    house.digests.living.reopen(by="Claire")  # what it says
    house.digests.build()
    (issue,) = house.digests.approve(by="Claire")
    assert house.digests.remark(issue) == ""
    list(house.digests.run_due())
    says_monday(house)


def test_sent_at_once_it_counts_right_and_nothing_is_said(house: House) -> None:
    house.digests.build()
    house.clock.advance(FRIDAY_NIGHT)
    house.digests.approve(by="Claire")
    sent = house.digests.send(anyhow=True)
    assert house.digests.remark(sent.issue) == ""
    assert "vendredi 27 novembre 2026" in body(mails(house)[0]).replace("\u00a0", " ")


def test_the_fallback_dates_anew_what_nobody_reads(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    house.digests.build()
    house.clock.advance(FRIDAY_NIGHT)  # no process ran during the day
    list(house.digests.run_due())
    says_monday(house)


def test_what_leaves_on_its_day_is_not_made_again(house: House) -> None:
    (built,) = house.digests.build()
    house.clock.advance(timedelta(days=1))
    (issue,) = house.digests.approve(by="Claire")
    assert issue.built_at == built.issue.built_at


def test_signed_on_friday_night_it_leaves_on_monday_as_was_said_though_its_window_ends_before(house: House) -> None:
    house.digests.build()
    house.clock.advance(FRIDAY_NIGHT)
    house.digests.approve(by="Claire")
    (queued,) = list(house.digests.run_due())
    assert "elle part le 30/11/2026 à 07:00" in queued
    house.clock.advance(MONDAY_MORNING)
    list(house.digests.run_due())
    assert house.digests.status()[0].state is IssueState.DONE


def test_an_edit_made_too_late_for_its_day_dates_it_anew_and_gives_it_its_window(house: House) -> None:
    house.digests.build()
    house.clock.advance(FRIDAY_NIGHT)
    house.digests.curation.word("Bonne semaine.", by="Claire")
    house.digests.curation.note(3, "Appelez-nous.", by="Claire")
    house.digests.approve(by="Claire")
    says_monday(house)


def test_signed_in_time_and_kept_from_leaving_all_day_it_is_not_promised_for_monday(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(FRIDAY_NIGHT)  # no process ran on Friday; its window ends on Sunday
    (told,) = list(house.digests.run_due())
    assert "périmée dimanche 29 novembre à 07:30" in told
    assert "send --now" in told
    assert "30/11" not in told
    assert list(house.digests.run_due()) == []
    house.digests.send(anyhow=True)
    assert len(mails(house)) == 2
