"""The outbox and what stops it."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant, Plain, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("reason", Words(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
        sa.UniqueConstraint("brand", "notice", "channel", name=op.f("uq_pauses_brand_notice_channel")),
    )
    op.create_table(
        "suppressions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("contact_hmac", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("source", Words(200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "channel", "contact_hmac", "brand", "reason", name=op.f("uq_suppressions_channel_contact_hmac_brand_reason")
        ),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("shipment_id", sa.String(length=32), nullable=True),
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Boolean(), nullable=False),
        sa.Column("collapse_key", sa.String(length=160), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=False),
        sa.Column("planned_machine_at", Instant(), nullable=False),
        sa.Column("not_before_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why_not", sa.String(length=32), nullable=True),
        sa.Column("detail", Words(200), server_default="", nullable=False),
        sa.Column("told", Plain, nullable=False),
        sa.Column("sealed_message", sa.LargeBinary(), nullable=True),
        sa.Column("page_token_id", sa.String(length=32), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_machine_at", Instant(), nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until_machine_at", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rung_machine_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("no_resend", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("provider_message_id", Words(128), nullable=True),
        sa.Column("accepted_machine_at", Instant(), nullable=True),
        sa.Column("final_machine_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_notifications_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notifications_dedupe_key")),
    )
    op.create_index(op.f("ix_notifications_collapse_key"), "notifications", ["collapse_key"], unique=False)
    op.create_index(
        "ix_notifications_due",
        "notifications",
        ["state", "not_before_at", "id"],
        unique=False,
        sqlite_where=sa.text("final_machine_at IS NULL"),
        postgresql_where=sa.text("final_machine_at IS NULL"),
    )
    op.create_index(
        "ix_notifications_expiring",
        "notifications",
        ["state", "expires_at"],
        unique=False,
        sqlite_where=sa.text("final_machine_at IS NULL"),
        postgresql_where=sa.text("final_machine_at IS NULL"),
    )
    op.create_index(
        "ix_notifications_leased",
        "notifications",
        ["state", "lease_until_machine_at"],
        unique=False,
        sqlite_where=sa.text("final_machine_at IS NULL"),
        postgresql_where=sa.text("final_machine_at IS NULL"),
    )
    op.create_index(op.f("ix_notifications_order_id"), "notifications", ["order_id"], unique=False)
    op.create_index("ix_notifications_planned", "notifications", ["planned_machine_at"], unique=False)
    op.create_index(
        "ix_notifications_sealed",
        "notifications",
        ["final_machine_at"],
        unique=False,
        sqlite_where=sa.text("sealed_message IS NOT NULL"),
        postgresql_where=sa.text("sealed_message IS NOT NULL"),
    )
    op.create_index(op.f("ix_notifications_shipment_id"), "notifications", ["shipment_id"], unique=False)
    op.create_index(
        "ix_notifications_unknown",
        "notifications",
        ["state", "retry_machine_at"],
        unique=False,
        sqlite_where=sa.text("final_machine_at IS NULL"),
        postgresql_where=sa.text("final_machine_at IS NULL"),
    )
    op.create_table(
        "page_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("notification_id", sa.String(length=32), nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_page_tokens_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_page_tokens_token_sha256")),
    )
    op.create_index(op.f("ix_page_tokens_order_id"), "page_tokens", ["order_id"], unique=False)
    op.create_table(
        "send_attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("notification_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("started_machine_at", Instant(), nullable=False),
        sa.Column("ended_machine_at", Instant(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("code", Words(64), nullable=True),
        sa.Column("detail", Words(200), nullable=True),
        sa.Column("provider_message_id", Words(128), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name=op.f("fk_send_attempts_notification_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_send_attempts")),
        sa.UniqueConstraint("notification_id", "n", name=op.f("uq_send_attempts_notification_id_n")),
    )
