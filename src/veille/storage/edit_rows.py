"""The last edit of the entries that show items."""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from veille.model import Edit
from veille.storage.tables import EntryRow, EntryVersionRow, ItemRow


def edits_of(session: Session, items: Select[Any]) -> dict[int, Edit]:
    """Return the last edit of each of these items (a query of ids); nothing for those that never changed."""
    shows = and_(
        EntryRow.item_id == ItemRow.id,
        EntryRow.source_id == ItemRow.source_id,
        EntryRow.content_hash == ItemRow.content_hash,
    )
    before = and_(EntryVersionRow.entry_id == EntryRow.id, EntryVersionRow.version == EntryRow.version - 1)
    query = (
        select(ItemRow.id, EntryRow, EntryVersionRow)
        .join(EntryRow, shows)
        .join(EntryVersionRow, before)
        .where(ItemRow.id.in_(items), ItemRow.reserved.is_(False))
        .order_by(ItemRow.id, EntryRow.id.desc())
    )
    return {
        item_id: Edit(title=old.title, text=old.text, new_title=new.title, new_text=new.text, at=new.last_changed)
        for item_id, new, old in session.execute(query)
    }
