"""How urgent a shipment's next look is, by which the due ones are found; since when a gate is in trouble."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns and exchange the index; a shipment's urgency is found anew at its next look."""
    op.add_column("shipments", sa.Column("urgency", sa.Integer(), server_default="1", nullable=False))
    op.drop_index("ix_shipments_due", table_name="shipments")
    op.create_index(
        "ix_shipments_due",
        "shipments",
        ["carrier", "urgency", "next_look_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.add_column("gates", sa.Column("since_machine_at", Instant(), nullable=True))
