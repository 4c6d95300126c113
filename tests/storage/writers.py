"""Who may write which table. Checked twice: on the code as written, and on every statement the tests execute."""

import re
import sys
from pathlib import Path
from typing import Any

import veille.storage

#: Table → module of veille.storage that holds its sole writer.
WRITERS = {
    "instance": "instance",
    "work": "ledger",
    "source_state": "source_store",
    "source_event": "source_store",
    "page_memory": "page_store",
    "page_change": "page_store",
    "site": "site_store",
    "item": "entry_store",
    "entry": "entry_store",
    "entry_version": "entry_store",
    "detail": "detail_store",
    "document": "detail_store",
    "followed_link": "link_store",
    "suggestion": "suggestion_store",
    "item_tag": "tag_store",
    "item_fact": "tag_store",
    "tagging": "tag_store",
    "item_sketch": "cluster_store",
    "item_mark": "cluster_store",
    "item_link": "cluster_store",
    "link_decision": "link_decision_store",
    "review": "review_store",
    "tag_decision": "review_store",
    "member": "member_store",
    "interest": "member_store",
    "profile_draft": "draft_store",
    "subscriber": "member_store",
    "suppression": "member_store",
    "feedback": "feedback_store",
    "erasure_request": "erasure_store",
    "bounce": "bounce_store",
    "mailbox_mark": "bounce_store",
    "reply": "sign_store",
    "link_count": "sign_store",
    "staff_report": "sign_store",
    "issue": "issue_store",
    "issue_event": "issue_store",
    "handpick": "handpick_store",
    "absence": "handpick_store",
    "bulletin": "issue_store",
    "selection": "issue_store",
    "delivery": "mail_ledger",
    "attempt": "mail_ledger",
    "seen": "journal",
    "rate_state": "mail_ledger",
    "announcement": "announcement_store",
}

STORAGE = Path(veille.storage.__file__).parent
#: It takes one person out of every table in one transaction, and writes nothing else.
_ERASER = "erasing"
#: They carry the statements of others, or make tables.
_CARRIERS = {"db", "prepared", "schema", "faults", "tables", "__init__"}
_WRITE = re.compile(r"\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?", re.IGNORECASE)


def check(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    """Refuse a write to a table by a storage module that is not its writer; tests themselves may write anything."""
    found = _WRITE.match(statement)
    if found is None or found[1].lower() not in WRITERS:
        return
    module = _caller()
    if module not in {None, _ERASER, WRITERS[found[1].lower()]}:
        raise AssertionError(f"table {found[1]} is written by {module}, its writer is {WRITERS[found[1].lower()]}")


def _caller() -> str | None:
    """Return the innermost storage module on the stack that is not a carrier."""
    frame = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.parent == STORAGE and path.stem not in _CARRIERS:
            return path.stem
        frame = frame.f_back  # type: ignore[assignment]
    return None
