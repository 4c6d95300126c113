"""Items in a store, as crawl would have left them."""

from datetime import UTC, datetime, timedelta

from veille.storage.db import Database
from veille.storage.tables import ItemRow

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def add_items(database: Database, count: int) -> None:
    """Add items 1 to `count`, one a minute."""
    with database.write() as session:
        for number in range(1, count + 1):
            seen = NOW + timedelta(minutes=number)
            session.add(
                ItemRow(
                    id=number, identity=f"i{number}", version=1, title=f"Titre {number}", text="Le texte.", url=None,
                    lang="fr", published=None, first_seen=seen, updated=seen, content_hash="h", source_id="s",
                    licence="public",
                )
            )  # fmt: skip
