"""Test mails to staff, and corrections of what was sent."""

import email
import email.policy
import re
from collections.abc import Callable

import pytest

from tests.digest.house import House, body, digest_yaml, mails
from tests.digest.ledger import members_of
from tests.digest.sink import Plan, Sink, drop
from veille.digest.runner import Digests
from veille.errors import InputError
from veille.model import DeliveryState, IssueState, Member, Subscriber


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
        # without its addresses, whose signatures may hold any letters
        assert "J-" not in re.sub(r"https?://[^\s\"<>]+", "", body(message, kind))
    assert list(house.digests.run_due()) == []
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


def test_correction_waits_until_nobody_can_get_the_mistake_any_more(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    with Sink(Plan({"rcpt": [None, "451 4.2.0 greylisted"]})) as sink:
        house.through(sink.url).send()
    got = next(one for one in house.digests.status()[0].deliveries if one.state is DeliveryState.SENT)
    read = next(one for one in house.desk.issues.drafted(got.issue_id) if one.subscriber.id == got.subscriber_id)
    number = read.selection[0].item_id
    with pytest.raises(InputError, match="1 mail part encore") as caught:
        house.digests.errata.make("2026-W48", number, "Le taux est de 40 %.")
    assert "veille digest cancel" in (caught.value.cure or "")
    house.digests.living.cancel(by="Claire", why="une erreur")
    (one,) = house.digests.errata.make("2026-W48", number, "Le taux est de 40 %.").drafted
    assert one.subscriber.id == got.subscriber_id


def test_correction_is_never_sent_unseen(house: House) -> None:
    digest_yaml(house, "fallback: hold", "fallback: automatic")
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    (held,) = list(house.digests.run_due())
    assert "hebdo_erratum 2026-W48-e1 n'est pas approuvée" in held
    assert len(house.mails()) == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda digests: digests.build("hebdo_erratum"),
        lambda digests: digests.preview("anne@phytalis.example.fr", "hebdo_erratum", anew=True),
        lambda digests: digests.curation.drop(3, by="Claire", name="hebdo_erratum"),
        lambda digests: digests.curation.word("Bonjour.", by="Claire", name="hebdo_erratum"),
    ],
)
def test_a_correction_is_made_by_its_own_command_alone(house: House, act: Callable[[Digests], object]) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    made = house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.").issue
    with pytest.raises(InputError, match="correction") as caught:
        act(house.digests)
    assert "veille digest erratum" in (caught.value.cure or "")
    assert house.desk.issues.get(made.id) == made
    assert [one.period for one in house.desk.issues.living("hebdo_erratum")] == ["2026-W48-e1"]


def test_who_may_have_got_the_mistake_is_named_and_not_written_to(house: House) -> None:
    other = (Member(organisation="Autre", sectors=("sante",)), [Subscriber(email="eve@autre.example.fr")])
    members_of(house.database).save([other], origin="test", now=house.clock.now())
    house.digests.build()
    house.digests.approve(by="Claire")
    with Sink(Plan({"dot": [drop]})) as sink:
        (doubt,) = house.through(sink.url, connections=1).send().doubtful
    assert doubt.email == "anne@phytalis.example.fr"
    made = house.digests.errata.make("2026-W48", 3, "Le taux est de 40 %.")
    assert [one.subscriber.email for one in made.drafted] == ["eve@autre.example.fr"]
    assert "anne@phytalis.example.fr" in made.remark
    assert "veille digest settle" in made.remark
    assert not house.digests.errata.make("2026-W48", 2, "Le taux est de 40 %.").remark  # Robotix's alone
