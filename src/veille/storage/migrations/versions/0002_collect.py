"""Collect."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "followed_link",
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_followed_link")),
    )
    op.create_table(
        "page_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("change", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_change")),
        sa.UniqueConstraint("source_id", "change", "seen", name=op.f("uq_page_change_source_id_change_seen")),
    )
    op.create_table(
        "page_memory",
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("definition", sa.String(length=64), nullable=False),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_page_memory")),
    )
    op.create_table(
        "site",
        sa.Column("site", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("robots", sa.Text(), nullable=True),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down", sa.Text(), nullable=False),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reserved", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site")),
    )
    op.create_table(
        "source_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("health", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_event")),
        sa.UniqueConstraint("source_id", "since", "health", name=op.f("uq_source_event_source_id_since_health")),
    )
    with op.batch_alter_table("source_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_event_told_at"), ["told_at"], unique=False)

    op.create_table(
        "detail",
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("amending", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("licence", sa.String(length=16), nullable=False),
        sa.Column("given", sa.JSON(), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_detail_item_id_item")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_detail")),
    )
    with op.batch_alter_table("detail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_detail_keep_until"), ["keep_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_detail_state_host"), ["state", "host"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("licence", sa.String(length=16), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_document_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("item_id", "key", name=op.f("uq_document_item_id_key")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_keep_until"), ["keep_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_key"), ["key"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_state_host"), ["state", "host"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cluster_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=128), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("suggested_by", sa.String(length=320), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_suggestion_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("cluster_id", "key", name=op.f("uq_suggestion_cluster_id_key")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_state"), ["state"], unique=False)

    op.create_table(
        "bounce",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_bounce_subscriber_id_subscriber")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_bounce")),
    )
    with op.batch_alter_table("bounce", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bounce_subscriber_id"), ["subscriber_id"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_feedback_item_id_item")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_feedback_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "item_id", "kind", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amended", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("baseline", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("reserved", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("source_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("found_feed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("alarm", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("rebaseline", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("robots", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reserved", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("cut", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_until", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sections_off", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("muted", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("muted_sources", sa.JSON(), server_default="[]", nullable=False))

    with op.batch_alter_table("tagging", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reading", sa.Integer(), server_default="0", nullable=False))

    for statement in {
        "sqlite": [
            "CREATE VIRTUAL TABLE item_search USING fts5(title, body, content='', tokenize=\"unicode61 remove_diacritics 2 separators 'ʼ'\")",
            "CREATE TRIGGER item_search_insert AFTER INSERT ON item BEGIN INSERT INTO item_search (rowid, title, body) VALUES (4 * new.id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.title, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER item_search_delete AFTER DELETE ON item BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.title, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER item_search_update AFTER UPDATE OF title, text ON item WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.title, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); INSERT INTO item_search (rowid, title, body) VALUES (4 * new.id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.title, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "INSERT INTO item_search (rowid, title, body) SELECT 4 * new.id, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.title, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss') FROM item AS new",
            "CREATE TRIGGER detail_search_insert AFTER INSERT ON detail BEGIN INSERT INTO item_search (rowid, title, body) VALUES (4 * new.item_id + 1, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER detail_search_delete AFTER DELETE ON detail BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.item_id + 1, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(old.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER detail_search_update AFTER UPDATE OF title, text ON detail WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.item_id + 1, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(old.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(old.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); INSERT INTO item_search (rowid, title, body) VALUES (4 * new.item_id + 1, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "INSERT INTO item_search (rowid, title, body) SELECT 4 * new.item_id + 1, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(new.text, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss') FROM detail AS new",
            "CREATE TRIGGER document_search_insert AFTER INSERT ON document BEGIN INSERT INTO item_search (rowid, title, body) VALUES (4 * new.id + 2, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace((SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(new.pages)), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER document_search_delete AFTER DELETE ON document BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.id + 2, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(old.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace((SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(old.pages)), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "CREATE TRIGGER document_search_update AFTER UPDATE OF title, pages ON document WHEN old.title IS NOT new.title OR old.pages IS NOT new.pages BEGIN INSERT INTO item_search (item_search, rowid, title, body) VALUES ('delete', 4 * old.id + 2, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(old.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace((SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(old.pages)), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); INSERT INTO item_search (rowid, title, body) VALUES (4 * new.id + 2, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace((SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(new.pages)), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss')); END",
            "INSERT INTO item_search (rowid, title, body) SELECT 4 * new.id + 2, replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(coalesce(new.title, ''), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace((SELECT coalesce(group_concat(value, char(10)), '') FROM json_each(new.pages)), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss') FROM document AS new",
        ],
        "postgresql": [
            "CREATE TABLE item_search (place BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
            "CREATE INDEX ix_item_search_words ON item_search USING gin (words)",
            "CREATE FUNCTION search_words(value TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE AS $$ SELECT to_tsvector('simple', translate(regexp_replace(normalize(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(value), 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ø', 'o'), 'Ø', 'o'), 'ł', 'l'), 'Ł', 'l'), 'đ', 'd'), 'Đ', 'd'), 'ß', 'ss'), NFKD), '[\\u0300-\\u036f]', '', 'g'), '''’‘ʼ`´·•‧/\\_&+-‐‑–—−.:;,?!@#%=*()[]{}<>|~^$€\"«»“”…', '                                                  ')) $$",
            "CREATE FUNCTION item_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN DELETE FROM item_search WHERE place = 4 * old.id; RETURN old; END IF; INSERT INTO item_search (place, words) VALUES (4 * new.id, setweight(search_words(new.title), 'A') || search_words(new.text)) ON CONFLICT (place) DO UPDATE SET words = excluded.words; RETURN new; END $$",
            "CREATE TRIGGER item_search_write AFTER INSERT OR DELETE OR UPDATE OF title, text ON item FOR EACH ROW EXECUTE FUNCTION item_search()",
            "INSERT INTO item_search (place, words) SELECT 4 * new.id, setweight(search_words(new.title), 'A') || search_words(new.text) FROM item AS new",
            "CREATE FUNCTION detail_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN DELETE FROM item_search WHERE place = 4 * old.item_id + 1; RETURN old; END IF; INSERT INTO item_search (place, words) VALUES (4 * new.item_id + 1, setweight(search_words(coalesce(new.title, '')), 'A') || search_words(new.text)) ON CONFLICT (place) DO UPDATE SET words = excluded.words; RETURN new; END $$",
            "CREATE TRIGGER detail_search_write AFTER INSERT OR DELETE OR UPDATE OF title, text ON detail FOR EACH ROW EXECUTE FUNCTION detail_search()",
            "INSERT INTO item_search (place, words) SELECT 4 * new.item_id + 1, setweight(search_words(coalesce(new.title, '')), 'A') || search_words(new.text) FROM detail AS new",
            "CREATE FUNCTION document_search() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN DELETE FROM item_search WHERE place = 4 * old.id + 2; RETURN old; END IF; INSERT INTO item_search (place, words) VALUES (4 * new.id + 2, setweight(search_words(coalesce(new.title, '')), 'A') || search_words((SELECT coalesce(string_agg(value, ' '), '') FROM json_array_elements_text(new.pages)))) ON CONFLICT (place) DO UPDATE SET words = excluded.words; RETURN new; END $$",
            "CREATE TRIGGER document_search_write AFTER INSERT OR DELETE OR UPDATE OF title, pages ON document FOR EACH ROW EXECUTE FUNCTION document_search()",
            "INSERT INTO item_search (place, words) SELECT 4 * new.id + 2, setweight(search_words(coalesce(new.title, '')), 'A') || search_words((SELECT coalesce(string_agg(value, ' '), '') FROM json_array_elements_text(new.pages))) FROM document AS new",
        ],
    }[op.get_bind().dialect.name]:
        op.execute(statement)
