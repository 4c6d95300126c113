"""Several organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_subscriber_cluster_id_email"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_subscriber_cluster_id_email_member_id"), ["cluster_id", "email", "member_id"]
        )
