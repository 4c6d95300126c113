"""What each relay's events say, in one vocabulary."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.digest.relays.bodies import ANNE, OURS, brevo, generic, mailjet, scaleway, wrapped
from veille.digest.relays.events import MAX_EVENTS, RelayEvent, Unreadable, read_events
from veille.digest.relays.intake import READERS
from veille.model.returns import ReturnKind


def read(relay: str, *told: Any) -> list[RelayEvent]:
    body = json.dumps(told[0] if len(told) == 1 else list(told)).encode()
    return read_events(body, READERS[relay])


@pytest.mark.parametrize(
    ("relay", "told", "kind"),
    [
        ("brevo", brevo("delivered"), ReturnKind.NOTHING),
        ("brevo", brevo("request"), ReturnKind.NOTHING),
        ("brevo", brevo("deferred"), ReturnKind.NOTHING),
        ("brevo", brevo("hard_bounce", reason="smtp; 550 5.1.1 unknown"), ReturnKind.HARD),
        ("brevo", brevo("hard_bounce", reason="inconnu"), ReturnKind.HARD),
        ("brevo", brevo("hard_bounce", reason="550 5.7.1 our policy today"), ReturnKind.SOFT),
        ("brevo", brevo("soft_bounce", reason="552 5.2.2 full"), ReturnKind.SOFT),
        ("brevo", brevo("blocked"), ReturnKind.SOFT),
        ("brevo", brevo("spam"), ReturnKind.COMPLAINT),
        ("brevo", brevo("unsubscribed"), ReturnKind.UNSUBSCRIBE),
        ("brevo", brevo("unicorn"), ReturnKind.UNKNOWN),
        ("mailjet", mailjet("sent", smtp_reply="250 ok"), ReturnKind.NOTHING),
        ("mailjet", mailjet("bounce", hard_bounce=True, error="user unknown"), ReturnKind.HARD),
        ("mailjet", mailjet("bounce", hard_bounce=True, error="content blocked"), ReturnKind.SOFT),
        ("mailjet", mailjet("bounce", hard_bounce=False, error="quota exceeded"), ReturnKind.SOFT),
        ("mailjet", mailjet("bounce", hard_bounce=False, error="greylisted"), ReturnKind.NOTHING),
        ("mailjet", mailjet("blocked", error="preblocked"), ReturnKind.SOFT),
        ("mailjet", mailjet("spam", source="JMRPP"), ReturnKind.COMPLAINT),
        ("mailjet", mailjet("unsub", mj_list_id=1), ReturnKind.UNSUBSCRIBE),
        ("scaleway", scaleway("email_queued"), ReturnKind.NOTHING),
        ("scaleway", scaleway("email_delivered"), ReturnKind.NOTHING),
        ("scaleway", scaleway("email_mailbox_not_found"), ReturnKind.HARD),
        ("scaleway", scaleway("email_dropped", email_response_message="550 5.1.1 no"), ReturnKind.HARD),
        ("scaleway", scaleway("email_dropped", email_response_message="554 refused"), ReturnKind.SOFT),
        ("scaleway", scaleway("email_spam"), ReturnKind.SOFT),
        ("scaleway", scaleway("email_blocklisted"), ReturnKind.SOFT),
        ("scaleway", wrapped(json.dumps(scaleway("email_mailbox_not_found"))), ReturnKind.HARD),
        ("scaleway", wrapped("no json"), ReturnKind.UNKNOWN),
        ("autre", generic("hard", status="5.1.1"), ReturnKind.HARD),
        ("autre", generic("complaint"), ReturnKind.COMPLAINT),
        ("autre", generic("unsubscribe"), ReturnKind.UNSUBSCRIBE),
        ("autre", generic("delivered"), ReturnKind.NOTHING),
        ("autre", generic("?"), ReturnKind.UNKNOWN),
    ],
)
def test_an_event_has_one_meaning(relay: str, told: dict[str, Any], kind: ReturnKind) -> None:
    (event,) = read(relay, told)
    assert event.returned.kind is kind
    if told.get("Type") is None:
        assert event.returned.message_id == OURS
        assert event.returned.address == ANNE


@pytest.mark.parametrize(
    ("relay", "told"),
    [("brevo", brevo(name)) for name in ("click", "opened", "unique_opened", "proxy_open")]
    + [("mailjet", mailjet(name)) for name in ("open", "click")],
)
def test_openings_and_clicks_are_dropped_at_the_door(relay: str, told: dict[str, Any]) -> None:
    assert read(relay, told) == []


def test_events_come_alone_or_in_groups() -> None:
    found = read("mailjet", mailjet("spam"), mailjet("open"), mailjet("unsub"))
    assert [event.returned.kind for event in found] == [ReturnKind.COMPLAINT, ReturnKind.UNSUBSCRIBE]


def test_the_same_event_has_the_same_mark_and_another_one_another() -> None:
    marks = {
        read(relay, told)[0].mark
        for relay, told in (
            ("brevo", brevo("spam")),
            ("brevo", brevo("spam")),
            ("brevo", brevo("spam", ts_event=1)),
            ("brevo", brevo("spam", email="bob@x.example")),
            ("mailjet", mailjet("spam")),
            ("mailjet", mailjet("spam", time=1)),
        )
    }
    assert len(marks) == 5


def test_a_subscription_is_confirmed_by_a_person_only() -> None:
    asked = wrapped("confirm", "SubscriptionConfirmation", SubscribeURL="https://sns.example/?token=1\n\x1b[31m")
    (event,) = read("scaleway", asked)
    assert event.returned.kind is ReturnKind.UNKNOWN
    assert "https://sns.example/?token=1" in event.returned.detail
    assert event.returned.detail.isprintable()


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"null", b"12", b'"x"', b"[1]", b"\xff", b"[" * 100_000, json.dumps([{}] * (MAX_EVENTS + 1)).encode()],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    for reader in READERS.values():
        with pytest.raises(Unreadable):
            read_events(body, reader)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = st.sampled_from(
    [
        "event",
        "type",
        "Type",
        "kind",
        "email",
        "message-id",
        "tags",
        "email_headers",
        "Message",
        "reason",
        "id",
        "CustomID",
    ]
)


@given(st.dictionaries(_FIELDS, _JSON, max_size=6), st.sampled_from(sorted(READERS)))
def test_no_shape_makes_a_reader_fail(told: dict[str, Any], relay: str) -> None:
    event = READERS[relay](told)
    if event is not None:
        assert event.returned.detail.isprintable()
        assert len(event.returned.detail) <= 500
