"""Orders, people, shipments and looks."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Day, Instant, Plain, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=128), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("packed_at", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("city", Words(200), server_default="", nullable=False),
        sa.Column("region", Words(100), server_default="", nullable=False),
        sa.Column("postcode", Words(32), server_default="", nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("destination_zone", sa.String(length=64), nullable=False),
        sa.Column("items", Plain, nullable=False),
        sa.Column("promised", Plain, nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("delayed", sa.Boolean(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("brand", "number", name=op.f("uq_orders_brand_number")),
    )
    op.create_index("ix_orders_brand_created", "orders", ["brand", "created_at", "id"], unique=False)
    op.create_table(
        "raw_answers",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stored_machine_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_raw_answers")),
    )
    op.create_index(op.f("ix_raw_answers_stored_machine_at"), "raw_answers", ["stored_machine_at"], unique=False)
    op.create_table(
        "order_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", Words(32), nullable=False),
        sa.Column("what", Plain, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_changes_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_changes")),
    )
    op.create_index(op.f("ix_order_changes_order_id"), "order_changes", ["order_id"], unique=False)
    op.create_table(
        "recipients",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(length=35), server_default="", nullable=False),
        sa.Column("time_zone", sa.String(length=64), server_default="", nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_recipients_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
    )
    op.create_index(op.f("ix_recipients_order_id"), "recipients", ["order_id"], unique=False)
    op.create_table(
        "shipments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(length=32), nullable=False),
        sa.Column("tracking_number", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("notify_after", Instant(), nullable=False),
        sa.Column("items", Plain, nullable=False),
        sa.Column("service", Words(100), server_default="", nullable=False),
        sa.Column("milestone", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("event", sa.String(length=32), nullable=True),
        sa.Column("visit", sa.Integer(), server_default="0", nullable=False),
        sa.Column("corrected_from", sa.String(length=32), nullable=True),
        sa.Column("standing", Plain, nullable=True),
        sa.Column("window", Plain, nullable=True),
        sa.Column("first_window", Plain, nullable=True),
        sa.Column("promised_end_at", Instant(), nullable=True),
        sa.Column("last_event_at", Instant(), nullable=True),
        sa.Column("moved_at", Instant(), nullable=True),
        sa.Column("left_with", Words(100), server_default="", nullable=False),
        sa.Column("pickup_by", Day(), nullable=True),
        sa.Column("handed_over_to", Words(64), server_default="", nullable=False),
        sa.Column("delayed", sa.String(length=32), nullable=True),
        sa.Column("delayed_since", Instant(), nullable=True),
        sa.Column("stuck", sa.String(length=32), nullable=True),
        sa.Column("stuck_since", Instant(), nullable=True),
        sa.Column("severity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("review_at", Instant(), nullable=True),
        sa.Column("next_look_at", Instant(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unknown_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("watched_at", Instant(), nullable=True),
        sa.Column("answer_sha256", sa.String(length=64), nullable=True),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until_machine_at", Instant(), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("superseded_by", sa.String(length=32), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index(
        "ix_shipments_due",
        "shipments",
        ["carrier", "next_look_at", "id"],
        unique=False,
        sqlite_where=sa.text("next_look_at IS NOT NULL"),
        postgresql_where=sa.text("next_look_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], unique=False)
    op.create_index(
        "ix_shipments_review",
        "shipments",
        ["review_at"],
        unique=False,
        sqlite_where=sa.text("review_at IS NOT NULL"),
        postgresql_where=sa.text("review_at IS NOT NULL"),
    )
    op.create_index(
        "ix_shipments_stuck",
        "shipments",
        ["severity", "stuck_since", "id"],
        unique=False,
        sqlite_where=sa.text("stuck IS NOT NULL"),
        postgresql_where=sa.text("stuck IS NOT NULL"),
    )
    op.create_index(op.f("ix_shipments_tracking_number"), "shipments", ["tracking_number"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", Words(200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_consents_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_recipient_id"), "consents", ["recipient_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("contact_hmac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_contacts_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipient_id", "channel", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_contact_hmac"), "contacts", ["contact_hmac"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shipment_id", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("code", Words(), nullable=False),
        sa.Column("milestone", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("phase", sa.String(length=32), nullable=True),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=True),
        sa.Column("local_text", Words(), nullable=False),
        sa.Column("place", Plain, nullable=True),
        sa.Column("text", Words(500), nullable=False),
        sa.Column("retracts", sa.String(length=32), nullable=True),
        sa.Column("forecast", sa.Boolean(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("not_seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_events_shipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("shipment_id", "fingerprint", name=op.f("uq_events_shipment_id_fingerprint")),
    )
    op.create_table(
        "looks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shipment_id", sa.String(length=32), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("started_machine_at", Instant(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("wait_ms", sa.Integer(), nullable=True),
        sa.Column("new_events", sa.Integer(), nullable=False),
        sa.Column("detail", Words(200), server_default="", nullable=False),
        sa.Column("answer_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_looks_shipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("shipment_id", "fence", name=op.f("uq_looks_shipment_id_fence")),
    )
    op.create_index("ix_looks_at", "looks", ["at"], unique=False)
    op.create_table(
        "transitions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shipment_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("after", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("was_delayed", sa.Boolean(), nullable=False),
        sa.Column("is_delayed", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=True),
        sa.Column("correction", sa.Boolean(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_transitions_shipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
        sa.UniqueConstraint("shipment_id", "seq", name=op.f("uq_transitions_shipment_id_seq")),
    )
    op.create_index(op.f("ix_transitions_order_id"), "transitions", ["order_id"], unique=False)
