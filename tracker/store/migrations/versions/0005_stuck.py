"""All problems of a shipment, what could not be told, who has seen it; people of the console and their sessions."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant, Plain, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make columns and tables."""
    op.add_column("shipments", sa.Column("problems", Plain))
    op.add_column("shipments", sa.Column("problem_names", sa.String(160), server_default="", nullable=False))
    op.add_column("shipments", sa.Column("untold", Plain))
    op.add_column("shipments", sa.Column("untold_to", sa.String(32)))
    # Judged again by the first review, which finds the others of its problems.
    op.execute(
        "UPDATE shipments SET problem_names = stuck || ',', review_at = stuck_since"
        " WHERE stuck IS NOT NULL AND superseded_by IS NULL AND removed_at IS NULL"
    )
    op.create_table(
        "acknowledgements",
        sa.Column("shipment_id", sa.String(32), nullable=False),
        sa.Column("who", Words(100), nullable=False),
        sa.Column("note", Words(500), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("problem_names", sa.String(160), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name="fk_acknowledgements_shipment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipment_id", name="pk_acknowledgements"),
    )
    _console()


def _console() -> None:
    op.create_table(
        "admins",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_admins"),
        sa.UniqueConstraint("name", name="uq_admins_name"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("admin_id", sa.String(32), nullable=False),
        sa.Column("created_machine_at", Instant(), nullable=False),
        sa.Column("expires_machine_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["admin_id"], ["admins.id"], name="fk_sessions_admin_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_sha256", name="uq_sessions_token_sha256"),
    )
    op.create_index("ix_sessions_admin_id", "sessions", ["admin_id"])
    op.create_index("ix_sessions_expires_machine_at", "sessions", ["expires_machine_at"])
