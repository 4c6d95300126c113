"""Bodies that relays post, written after their public documents; names and numbers are made up."""

from typing import Any

OURS = "<hebdo.2026-W48.1.abc@pole.example.fr>"
ANNE = "anne@phytalis.example"


def brevo(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event, "email": ANNE, "id": 4711, "date": "2026-11-27 08:00:00", "ts": 1_795_766_400,
        "message-id": "<202611270800.123456@smtp-relay.example>", "ts_event": 1_795_766_400, "subject": "La veille",
        "X-Mailin-custom": OURS.strip("<>"), "sending_ip": "192.0.2.1", "tags": ["hebdo"], **more,
    }  # fmt: skip


def mailjet(event: str, **more: Any) -> dict[str, Any]:
    return {
        "event": event, "time": 1_795_766_400, "MessageID": 19_421_777_835_146_490, "email": ANNE,
        "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j", "mj_campaign_id": 7_257, "mj_contact_id": 4,
        "customcampaign": "", "CustomID": OURS.strip("<>"), "Payload": "", **more,
    }  # fmt: skip


def scaleway(event: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "b5c1f5a2-0000-4000-8000-000000000001", "type": event, "organization_id": "o", "project_id": "p",
        "domain_id": "d", "domain_name": "pole.example.fr", "created_at": "2026-11-27T08:00:00Z", "email_id": "e",
        "email_from": "veille@pole.example.fr", "email_to": ANNE,
        "email_headers": {"Message-ID": OURS, "Subject": "La veille"}, **more,
    }  # fmt: skip


def wrapped(message: str, kind: str = "Notification", **more: Any) -> dict[str, Any]:
    return {"Type": kind, "MessageId": "m-1", "TopicArn": "arn:scw:sns:fr-par:p:t", "Message": message, **more}


def generic(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": f"evt-{kind}", "kind": kind, "message_id": OURS, "address": ANNE, **more}
