"""What relays may tell us, and what nobody else can."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.digest.relays.bodies import brevo, generic, mailjet, scaleway
from tests.web.conftest import ANNE, BOB, FRIDAY, Site
from veille.digest.relays.intake import READERS
from veille.model import DeliveryState
from veille.storage.tables import DeliveryRow
from veille.web.hooks import MAX_BODY


def message_id(site: Site, email: str = ANNE) -> str:
    issue = site.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None
    return next(one.message_id for one in site.app.mail_ledger.deliveries(issue.id) if one.email == email)


def post(site: Site, relay: str, *told: dict[str, Any], **more: Any) -> Any:
    content = json.dumps(told[0] if len(told) == 1 else list(told))
    return site.client.post(site.app.returning.hook(relay).path(), content=content, **more)


def told(site: Site, relay: str, kind: str, email: str = ANNE, **more: Any) -> dict[str, Any]:
    """One event of that relay about the mail of that person."""
    ours = message_id(site, email)
    if relay == "brevo":
        return brevo(kind, email=email, **{"X-Mailin-custom": ours, **more})
    if relay == "mailjet":
        return mailjet(kind, email=email, **{"CustomID": ours, **more})
    if relay == "scaleway":
        return scaleway(kind, email_to=email, **{"email_headers": [{"key": "Message-ID", "value": ours}], **more})
    return generic(kind, message_id=ours, address=email, **more)


def gone(site: Site, email: str = ANNE) -> bool:
    return bool(site.app.members.suppressed([email]))


@pytest.mark.parametrize(
    ("relay", "kind"),
    [("brevo", "hard_bounce"), ("mailjet", "spam"), ("scaleway", "email_mailbox_not_found"), ("autre", "hard")],
)
def test_an_event_of_each_relay_ends_what_it_should_for_one_person(sent: Site, relay: str, kind: str) -> None:
    answer = post(sent, relay, told(sent, relay, kind))
    assert (answer.status_code, answer.text) == (200, "ok 1")
    assert gone(sent)
    assert not gone(sent, BOB)


def test_an_event_told_again_changes_nothing_more(sent: Site) -> None:
    event = told(sent, "brevo", "unsubscribed")
    post(sent, "brevo", event)
    sent.app.members.release(ANNE, reason="opt-out")
    assert not gone(sent), "who left by the relay's link may come back by ours"
    for _ in range(3):
        assert post(sent, "brevo", event).text == "ok 0"
    assert not gone(sent)


def test_four_soft_bounces_of_one_mail_are_one(sent: Site) -> None:
    events = [told(sent, "brevo", "soft_bounce", ts_event=number) for number in range(6)]
    assert post(sent, "brevo", *events).text == "ok 6"
    assert not gone(sent)


def test_who_does_not_know_the_secret_learns_and_changes_nothing(sent: Site) -> None:
    event = json.dumps(told(sent, "brevo", "spam"))
    good = sent.app.returning.hook("brevo")
    wrong = [
        "/hooks/brevo/aaaaaaaaaaaaaaaa",
        "/hooks/brevo/" + sent.app.returning.hook("mailjet").secret,
        "/hooks/brevo/" + sent.app.keys.seal("bounce", "1"),
        "/hooks/brevo",
        "/hooks/nobody/" + good.secret,
        "/hooks/brevo/%00",
    ]
    bodies = {sent.client.post(path, content=event).text for path in wrong}
    assert {sent.client.post(path, content=event).status_code for path in wrong} == {404}
    assert len(bodies) == 1, "the same answer whatever is wrong"
    for method in ("get", "head", "put", "delete"):
        assert getattr(sent.client, method)(good.path()).status_code in {404, 405}
    assert not gone(sent)


def test_a_secret_may_be_a_password_a_bearer_or_a_signature(sent: Site) -> None:
    hook = sent.app.returning.hook("autre")
    body = json.dumps(told(sent, "autre", "complaint")).encode()
    made = hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
    basic = base64.b64encode(f"veille:{hook.secret}".encode()).decode()
    bad = base64.b64encode(b"veille:faux").decode()
    refused = [
        {}, {"Authorization": f"Basic {bad}"}, {"Authorization": "Basic ///"}, {"Authorization": "Bearer "},
        {"Authorization": f"Digest {hook.secret}"}, {"X-Veille-Signature": "sha256=" + "0" * 64},
        {"X-Veille-Signature": made[:-1]}, {"X-Veille-Signature": hmac.new(b"", body, "sha256").hexdigest()},
    ]  # fmt: skip
    for headers in refused:
        assert sent.client.post("/hooks/autre", content=body, headers=headers).status_code == 404
    assert not gone(sent)
    for headers in (
        {"Authorization": f"Basic {basic}"},
        {"Authorization": f"Bearer {hook.secret}"},
        {"X-Veille-Signature": f"sha256={made}"},
    ):
        assert sent.client.post("/hooks/autre", content=body, headers=headers).status_code == 200
    assert (
        sent.client.post("/hooks/autre", content=body + b" ", headers={"X-Veille-Signature": made}).status_code == 404
    )
    assert gone(sent)


def test_a_secret_outlives_a_new_key(sent: Site) -> None:
    hook = sent.app.returning.hook("autre")
    old = hook.secret
    sent.app.keys.rotate()
    assert hook.secret != old
    signed = hmac.new(old.encode(), b"{}", "sha256").hexdigest()
    assert hook.admits(old, {}, b"")
    assert hook.admits("", {"x-veille-signature": signed}, b"{}")


def test_a_new_version_ends_every_former_secret(sent: Site) -> None:
    old = sent.app.returning.hook("brevo")
    newer = type(old)("brevo", sent.app.keys, "2027")
    assert not newer.admits(old.secret, {}, b"")
    assert newer.admits(newer.secret, {}, b"")


def test_an_event_about_a_mail_that_is_not_ours_or_of_another_person_is_left_to_people(sent: Site) -> None:
    strange = [
        brevo("hard_bounce", email=ANNE, **{"X-Mailin-custom": "newsletter.1@pole.example.fr"}),
        told(sent, "brevo", "spam", email=ANNE) | {"email": BOB},
        generic("hard", message_id="", address=ANNE),
    ]
    assert post(sent, "brevo", *strange[:2]).text == "ok 2"
    assert post(sent, "autre", strange[2]).text == "ok 1"
    assert not gone(sent)
    assert not gone(sent, BOB)
    kept = [(one.kind, one.told_by, email) for one, email in sent.app.returning.bounces.recent(FRIDAY)]
    assert sorted(kept) == [("complaint", "brevo", ""), ("hard", "autre", ""), ("hard", "brevo", "")]


def test_an_unknown_event_is_kept_for_people(sent: Site) -> None:
    assert post(sent, "brevo", told(sent, "brevo", "list_addition")).text == "ok 1"
    ((kept, email),) = sent.app.returning.bounces.recent(FRIDAY)
    assert (kept.kind, kept.told_by, email) == ("unknown", "brevo", ANNE)
    assert "list_addition" in kept.detail
    assert not gone(sent)


@pytest.mark.parametrize(("relay", "kind"), [("brevo", "delivered"), ("mailjet", "sent"), ("scaleway", "email_queued")])
def test_an_event_lifts_the_doubt_about_a_sending(sent: Site, relay: str, kind: str) -> None:
    ours = message_id(sent)
    with sent.app.database.write() as session:
        session.query(DeliveryRow).filter_by(message_id=ours).update({"state": "uncertain"})
    assert post(sent, relay, told(sent, relay, kind)).text == "ok 0"
    issue = sent.app.issue_store.find("hebdo", "2026-W48")
    assert issue is not None
    states = {one.email: one.state for one in sent.app.mail_ledger.deliveries(issue.id)}
    assert states[ANNE] is DeliveryState.SENT
    assert sent.app.returning.bounces.recent(FRIDAY) == [], "nothing else is written of a mail that arrived"


def test_openings_leave_no_trace(sent: Site) -> None:
    assert post(sent, "brevo", told(sent, "brevo", "opened"), told(sent, "brevo", "click")).text == "ok 0"
    assert sent.app.returning.bounces.recent(FRIDAY) == []


def test_a_body_is_small_and_json(sent: Site) -> None:
    for relay in READERS:
        path = sent.app.returning.hook(relay).path()
        assert sent.client.post(path, content=b"x" * (MAX_BODY + 1)).status_code == 413
        for body in (b"", b"<xml/>", b"[[]]", b"\xff\xfe"):
            assert sent.client.post(path, content=body).status_code == 400
