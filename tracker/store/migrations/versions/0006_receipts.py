"""What providers report of texts, and what people answer to them."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNCONFIRMED = sa.text("unconfirmed_machine_at IS NOT NULL")
UNAPPLIED = sa.text("applied_machine_at IS NULL")


def upgrade() -> None:
    """Make the inbox and the columns that receipts fill."""
    op.create_table(
        "receipt_inbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dedupe_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("notification_id", sa.String(length=32), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received_machine_at", Instant(), nullable=False),
        sa.Column("applied_machine_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=32), server_default="", nullable=False),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_inbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_receipt_inbox_dedupe_key")),
    )
    op.create_index(op.f("ix_receipt_inbox_notification_id"), "receipt_inbox", ["notification_id"])
    op.create_index(op.f("ix_receipt_inbox_received_machine_at"), "receipt_inbox", ["received_machine_at"])
    op.create_index(
        "ix_receipt_inbox_unapplied", "receipt_inbox", ["id"], sqlite_where=UNAPPLIED, postgresql_where=UNAPPLIED
    )
    op.add_column("send_attempts", sa.Column("receipt", sa.String(length=16), nullable=True))
    op.add_column("send_attempts", sa.Column("receipt_code", sa.String(length=32), server_default="", nullable=False))
    op.add_column("notifications", sa.Column("listings", sa.Integer(), server_default="0", nullable=False))
    op.add_column("notifications", sa.Column("unconfirmed_machine_at", Instant(), nullable=True))
    op.create_index(
        "ix_notifications_unconfirmed",
        "notifications",
        ["unconfirmed_machine_at"],
        sqlite_where=UNCONFIRMED,
        postgresql_where=UNCONFIRMED,
    )
