"""What the processes share."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant, Plain, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_machine_at", Instant(), nullable=False),
        sa.Column("revoked_machine_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_keys_secret_sha256")),
    )
    op.create_table(
        "carrier_tokens",
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("renew_machine_at", Instant(), nullable=False),
        sa.Column("expires_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("credential", name=op.f("pk_carrier_tokens")),
    )
    op.create_table(
        "counters",
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("bucket_machine_at", Instant(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "bucket_machine_at", name=op.f("pk_counters")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )
    op.create_table(
        "gates",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", Words(200), nullable=False),
        sa.Column("until_machine_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("changed_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gates")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("ok_machine_at", Instant(), nullable=False),
        sa.Column("every_seconds", sa.Float(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "idempotency",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Plain, nullable=False),
        sa.Column("created_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_created_machine_at"), "idempotency", ["created_machine_at"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("until_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
