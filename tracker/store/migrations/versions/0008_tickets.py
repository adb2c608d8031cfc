"""What shoppers tell us from their page: tickets and ratings."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("shipment_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", Words(100), server_default="", nullable=False),
        sa.Column("note", Words(500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_tickets_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_order_id"), "tickets", ["order_id"])
    op.create_index("ix_tickets_closed", "tickets", ["closed_at", "id"])
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("link_sha256", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("service", Words(100), server_default="", nullable=False),
        sa.Column("from_country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("from_region", Words(100), server_default="", nullable=False),
        sa.Column("to_country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("to_region", Words(100), server_default="", nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ratings_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_ratings_link_sha256")),
    )
    op.create_index(op.f("ix_ratings_order_id"), "ratings", ["order_id"])
    op.create_index(op.f("ix_ratings_at"), "ratings", ["at"])
