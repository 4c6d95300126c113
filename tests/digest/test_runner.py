import email
import email.policy
import fcntl
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import dkim
import pytest
from sqlalchemy import delete, update

from tests.digest.builders import DIGESTS, item, store_items
from tests.digest.house import House
from tests.digest.ledger import members_of
from tests.digest.sink import Plan, Sink, drop
from veille.cli.digest_shown import drafted_rows
from veille.digest.mail.dkim import new_key_pem, signer_of
from veille.digest.runner import Digests
from veille.errors import InputError, LeaseHeld, RelayUnavailable, TemplateError
from veille.model import DeliveryState, IssueState, Member
from veille.storage.db import Database
from veille.storage.tables import ItemTagRow


def test_week_from_draft_to_mails_on_disk(house: House) -> None:
    (built,) = house.digests.build()
    assert {one.subscriber.email: one.skipped for one in built.drafted} == {
        "anne@phytalis.example.fr": "",
        "bob@robotix.example.fr": "",
        "chloe@absente.example.fr": "aucun contenu nouveau et ouvert ne correspond à ce profil",
        "dan@p.example.fr": "abonnement en pause",
    }
    house.digests.approve(by="Claire")
    sent = house.digests.send()
    assert sent.state is IssueState.DONE
    assert len(house.mails()) == 2
    message = email.message_from_bytes(house.mails()[0].read_bytes(), policy=email.policy.default)
    assert message["To"] == "anne@phytalis.example.fr"
    assert message["Subject"].startswith("Phytalis : 3 choses à saisir, un appel clôt vendredi 18 décembre")


def test_second_send_sends_nothing(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    before = {path: path.stat().st_mtime_ns for path in house.mails()}
    again = house.digests.send()
    assert {path: path.stat().st_mtime_ns for path in house.mails()} == before
    assert [one.state for one in again.deliveries] == [DeliveryState.SENT] * 2


def test_sending_again_long_after_says_that_it_is_done(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.clock.advance(timedelta(days=30))
    assert house.digests.send().state is IssueState.DONE


def test_unapproved_issue_is_refused_with_its_cure(house: House) -> None:
    house.digests.build()
    with pytest.raises(InputError, match="veille digest approve") as caught:
        house.digests.send()
    assert caught.value.exit_code == 2
    assert house.mails() == []


def test_nothing_to_send_says_what_to_do_first(house: House) -> None:
    with pytest.raises(InputError, match="veille digest build"):
        house.digests.send()
    with pytest.raises(InputError, match="veille digest build"):
        house.digests.approve(by="Claire")


def test_next_week_repeats_nothing(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.clock.advance(timedelta(days=7))
    (built,) = house.digests.build()
    assert built.issue.period == "2026-W49"
    assert [one.bulletin for one in built.drafted] == [None] * 4


def test_moved_deadline_comes_back_and_says_so(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.digests.send()
    house.clock.advance(timedelta(days=7))
    store_items(house.database, [item(1, sector="sante", version=2, deadline="2027-01-15")])
    (built,) = house.digests.build()
    (line,) = next(one.bulletin for one in built.drafted if one.bulletin).lines
    assert line.change.replace("\u00a0", " ") == "échéance reportée du 18 décembre au 15 janvier 2027"


def test_rebuilding_an_approved_issue_leaves_it(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    (built,) = house.digests.build()
    assert not built.fresh
    assert built.issue.state is IssueState.APPROVED


def test_stale_issue_does_not_leave(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(timedelta(days=5))
    with pytest.raises(InputError, match="édition périmée"):
        house.digests.send()
    assert house.mails() == []
    assert [one.state for one in house.digests.status()[0].deliveries] == [DeliveryState.EXPIRED] * 2


def test_stale_issue_does_not_hide_the_next_one(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    house.clock.advance(timedelta(days=7))
    house.digests.build()
    house.digests.approve(by="Claire")
    assert house.digests.send().issue.period == "2026-W49"


def test_bytes_are_the_same_after_the_templates_changed(house: House) -> None:
    """Approval freezes the templates: a retry hours later sends what was approved."""
    house.digests.build()
    house.digests.approve(by="Claire")
    with Sink(Plan({"mail": ["450 later", None]})) as sink:
        house.through(sink.url).send()
        house.template("subject.txt.jinja", "Tout autre objet")
        house.clock.advance(timedelta(minutes=10))
        house.through(sink.url).send()
    subjects = {taken.recipients[0]: taken.raw for taken in sink.taken}
    assert len(subjects) == 2
    assert b"Tout autre" not in b"".join(subjects.values())
    assert len({taken.raw.split(b"\r\n", 1)[0] for taken in sink.taken}) == 1  # one Date for the issue


def test_relay_down_keeps_everything_for_the_next_run(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    with pytest.raises(RelayUnavailable):
        house.through("smtp://127.0.0.1:1").send()
    assert [one.state for one in house.digests.status()[0].deliveries] == [DeliveryState.QUEUED] * 2
    assert len(house.digests.send().deliveries) == 2


def test_doubt_is_listed_by_name(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    with Sink(Plan({"dot": [drop]})) as sink:
        sent = house.through(sink.url).send()
    assert len(sent.doubtful) == 1
    assert sent.doubtful[0].email in {"anne@phytalis.example.fr", "bob@robotix.example.fr"}
    assert sent.state is IssueState.DONE  # no mail of it can move by itself any more


def test_two_senders_at_once_do_not_both_send(house: House) -> None:
    house.digests.build()
    house.digests.approve(by="Claire")
    (house.home / "var").mkdir(exist_ok=True)
    with (house.home / "var" / "send.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LeaseHeld):
            house.digests.send()
    assert house.mails() == []


def test_template_error_is_told_before_approval(house: House) -> None:
    house.digests.build()
    house.template("body.txt.jinja", "a\n{{ bulletin.rien }}")
    with pytest.raises(TemplateError) as caught:
        house.digests.approve(by="Claire")
    assert (caught.value.template, caught.value.line) == ("hebdo/body.txt.jinja", 2)
    assert house.digests.status()[0].state is IssueState.DRAFT


def test_template_that_loses_a_link_is_not_approved(house: House) -> None:
    house.digests.build()
    house.template("body.txt.jinja", "Bonjour")
    with pytest.raises(InputError, match="lien du HTML absent du texte"):
        house.digests.approve(by="Claire")


def test_too_large_a_page_holds_fewer_items(house: House) -> None:
    line = '<p>{{ l.title }}{{ "x" * 40000 }}</p>'
    html = f'<html lang="fr"><body>{{% for l in bulletin.lines %}}{line}{{% endfor %}}</body></html>'
    house.template("body.html.jinja", html)
    (built,) = house.digests.build()
    assert [len(one.selection) for one in built.drafted if one.bulletin] == [2, 2]


@pytest.mark.parametrize("who", ["Phytalis", "phytalis", "anne@phytalis.example.fr"])
def test_preview_shows_a_member_and_changes_nothing(house: House, who: str) -> None:
    rendered, mail = house.digests.preview(who)
    assert "Préparée pour Phytalis" in rendered.text
    assert b"anne@phytalis.example.fr" in mail.raw
    assert house.digests.status() == []


def test_preview_follows_the_templates_until_approval(house: House) -> None:
    house.digests.build()
    house.template("subject.txt.jinja", "Premier")
    assert house.digests.preview("Phytalis")[0].subject == "Premier"
    house.digests.approve(by="Claire")
    house.template("subject.txt.jinja", "Second")
    assert house.digests.preview("Phytalis")[0].subject == "Premier"


def test_preview_of_nobody_suggests_the_nearest(house: House) -> None:
    with pytest.raises(InputError, match="phytalis"):
        house.digests.preview("Phytali")
    with pytest.raises(InputError, match="aucun contenu nouveau"):
        house.digests.preview("Absente")


def test_preview_of_an_organisation_without_a_reader_says_that_it_has_none(house: House) -> None:
    members_of(house.database).save([(Member(organisation="Muette"), [])], origin="test", now=house.clock.now())
    with pytest.raises(InputError, match="personne ne lit pour « Muette »") as caught:
        house.digests.preview("muette")
    assert "vouliez-vous" not in caught.value.cure


def test_clock_drafts_then_holds_then_sends_what_is_approved(house: House) -> None:
    house.clock.advance(timedelta(days=-2))
    assert list(house.digests.run_due()) == []  # Monday: the draft is due on Wednesday at 08:00
    house.clock.advance(timedelta(days=2))
    assert list(house.digests.run_due()) == ["brouillon hebdo 2026-W48 : 2 bulletins sur 4 abonnés"]
    assert list(house.digests.run_due()) == []
    house.clock.advance(timedelta(days=2))
    (held,) = list(house.digests.run_due())  # Friday, nobody approved
    assert "le repli est de la retenir" in held
    assert list(house.digests.run_due()) == []  # said once
    house.digests.approve(by="Claire")
    assert list(house.digests.run_due()) == ["édition hebdo 2026-W48 : 2 mails remis sur 2"]
    assert list(house.digests.run_due()) == []


def automatic(house: House) -> None:
    text = (DIGESTS / "hebdo" / "digest.yaml").read_text(encoding="utf-8")
    house.template("digest.yaml", text.replace("fallback: hold", "fallback: automatic"))


def test_automatic_fallback_sends_at_its_hour_and_says_that_nobody_read_it(house: House) -> None:
    automatic(house)
    house.digests.build()
    with pytest.raises(InputError, match="l'heure du repli n'est pas venue"):
        house.digests.send()
    house.clock.advance(timedelta(days=2))
    assert list(house.digests.run_due()) == [
        "édition hebdo 2026-W48 approuvée sans personne — repli : sélection automatique",
        "édition hebdo 2026-W48 : 2 mails remis sur 2",
    ]
    assert all(b"non relue" in path.read_bytes() for path in house.mails())


def test_json_names_for_each_member_the_ordered_items(house: House) -> None:
    (built,) = house.digests.build()
    rows = json.loads(json.dumps(drafted_rows(built)))
    first = next(row for row in rows if row["subscriber"] == "anne@phytalis.example.fr")
    assert [one["url"] for one in first["items"]] == [f"https://exemple.fr/{n}" for n in (1, 3, 5, 7, 9)]
    assert {one["section"] for one in first["items"]} == {"seize", "understand"}
    assert all(one["reasons"] for one in first["items"])
    assert next(row["skipped"] for row in rows if row["subscriber"].startswith("dan")) == "abonnement en pause"


def test_issue_without_any_bulletin_is_not_approved_and_is_made_again(house: House) -> None:
    with house.database.write() as session:
        session.execute(update(ItemTagRow).values(term="laureats-attributions"))
    (built,) = house.digests.build()
    assert all(one.bulletin is None for one in built.drafted)
    with pytest.raises(InputError, match="ne contient aucun bulletin") as caught:
        house.digests.approve(by="Claire")
    assert "veille digest build" in caught.value.cure
    (again,) = house.digests.build()
    assert again.fresh


def test_automatic_fallback_leaves_an_empty_issue_alone(house: House) -> None:
    text = (DIGESTS / "hebdo" / "digest.yaml").read_text(encoding="utf-8")
    house.template("digest.yaml", text.replace("fallback: hold", "fallback: automatic"))
    with house.database.write() as session:
        session.execute(update(ItemTagRow).values(term="laureats-attributions"))
    house.digests.build()
    house.clock.advance(timedelta(days=2))
    assert list(house.digests.run_due()) == []


def test_template_error_is_told_by_build_even_where_each_reader_has_one_line(house: House) -> None:
    with house.database.write() as session:
        session.execute(delete(ItemTagRow).where(ItemTagRow.item_id > 2))
    house.template("body.html.jinja", "<html lang='fr'>\n{{ bulletin.nope }}</html>")
    with pytest.raises(TemplateError) as caught:
        house.digests.build()
    assert (caught.value.template, caught.value.line) == ("hebdo/body.html.jinja", 2)
    assert caught.value.message == "nom inconnu : « nope »"


def test_no_subscriber_at_all_is_a_draft_without_bulletins(sqlite_database: Database, tmp_path: Path) -> None:
    house = House(sqlite_database, tmp_path / "vide")
    (built,) = house.digests.build()
    assert built.drafted == []
    with pytest.raises(InputError, match="importez des membres"):
        house.digests.approve(by="Claire")


@pytest.mark.parametrize(
    "act", [lambda d: d.build("hebdi"), lambda d: d.preview("x", "hebdi"), lambda d: d.send("hebdi")]
)
def test_unknown_digest_suggests_the_nearest(house: House, act: Callable[[Digests], object]) -> None:
    with pytest.raises(InputError, match="hebdo"):
        act(house.digests)


def test_a_signed_issue_leaves_through_smtp_each_mail_with_its_own_way_back(house: House, tmp_path: Path) -> None:
    key = house.home / "var" / "dkim.pem"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_bytes(new_key_pem())
    with Sink() as sink:
        settings = house.settings(sink.url, dkim_key="var/dkim.pem", return_path="retours@pole.example.fr")
        house.desk = replace(house.desk, settings=settings, signer=lambda: signer_of(settings.mail, house.home))
        house.digests.build()
        house.digests.approve(by="Claire")
        house.digests.send()
        taken = {one.recipients[0]: one for one in sink.taken}
    assert taken.keys() == {"anne@phytalis.example.fr", "bob@robotix.example.fr"}
    signer = signer_of(settings.mail, house.home)
    assert signer is not None
    for one in taken.values():
        assert dkim.DKIM(one.raw).verify(dnsfunc=lambda name, timeout=5: signer.keys[0].record.encode())
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in one.raw
        local, seal = re.fullmatch(r"retours\+(\d+)-([a-z2-7]{16})@pole\.example\.fr", one.sender).groups()  # type: ignore[union-attr]
        assert house.desk.keys.sealed("bounce", local, seal)
    assert len({one.sender for one in taken.values()}) == 2


def test_one_command_sends_every_approved_digest(house: House) -> None:
    second = house.home / "digests" / "direction"
    second.mkdir(parents=True)
    text = (DIGESTS / "hebdo" / "digest.yaml").read_text(encoding="utf-8")
    (second / "digest.yaml").write_text(text, encoding="utf-8")
    house.digests.build()
    house.digests.approve(by="Claire")
    assert {sent.issue.digest: sent.state for sent in house.digests.send_all()} == {
        "hebdo": IssueState.DONE,
        "direction": IssueState.DONE,
    }
    assert len(house.mails()) == 4
    assert [sent.state for sent in house.digests.send_all()] == [IssueState.DONE]
    assert len(house.mails()) == 4
