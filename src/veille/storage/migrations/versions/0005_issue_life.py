"""Issue life."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offered", sa.JSON(), nullable=True))

    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edits", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("tagging", schema=None) as batch_op:
        batch_op.add_column(sa.Column("moves", sa.Integer(), nullable=True))
