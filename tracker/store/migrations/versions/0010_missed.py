"""Since when a shopper says that a delivered parcel is not there."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; no shopper has said so before."""
    op.add_column("shipments", sa.Column("missed_at", Instant(), nullable=True))
