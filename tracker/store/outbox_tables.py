"""What is told to whom: notifications, their attempts, links, suppressions and pauses."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from tracker.store.columns import ID, Instant, Plain, Words, metadata

# Only rows that still move: those that have ended are many and asked for by order. A state in the condition would not
# do, because SQLite ignores such an index when the state it looks for is a bound value.
OPEN = "final_machine_at IS NULL"
UNCONFIRMED = "unconfirmed_machine_at IS NOT NULL"
UNAPPLIED = "applied_machine_at IS NULL"

notifications = Table(
    "notifications",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dedupe_key", String(255), nullable=False, unique=True),
    Column("brand", String(64), nullable=False),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shipment_id", ID, index=True),
    Column("recipient_id", ID, nullable=False),
    Column("notice", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("visit", Integer, nullable=False),
    Column("correction", Boolean, nullable=False),
    Column("collapse_key", String(160), nullable=False, index=True),
    Column("occurred_at", Instant, nullable=False),
    Column("planned_at", Instant, nullable=False),
    Column("planned_machine_at", Instant, nullable=False),
    Column("not_before_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("why_not", String(32)),
    Column("detail", Words(200), nullable=False, server_default=""),
    Column("told", Plain, nullable=False),
    Column("sealed_message", LargeBinary),  # rendered once at the first claim, encrypted: retries send the same bytes
    Column("page_token_id", ID),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_machine_at", Instant),  # pending: not before; unknown: when to reconcile
    Column("lease_owner", String(64)),
    Column("lease_until_machine_at", Instant),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("rung_machine_at", Instant),
    Column("started_at", Instant),  # shop time of the first attempt that may have left
    Column("no_resend", Boolean, nullable=False, server_default=false()),  # something later was decided meanwhile
    Column("provider_message_id", Words(128)),
    Column("listings", Integer, nullable=False, server_default="0"),  # of the provider that did not show this text
    Column("accepted_machine_at", Instant),
    Column("unconfirmed_machine_at", Instant),  # when an acceptance that no receipt followed counts as unconfirmed
    Column("final_machine_at", Instant),
    Index(
        "ix_notifications_due",
        "state",
        "not_before_at",
        "id",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index(
        "ix_notifications_leased",
        "state",
        "lease_until_machine_at",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index(
        "ix_notifications_unknown",
        "state",
        "retry_machine_at",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index(
        "ix_notifications_expiring",
        "state",
        "expires_at",
        sqlite_where=text(OPEN),
        postgresql_where=text(OPEN),
    ),
    Index("ix_notifications_planned", "planned_machine_at"),
    Index(
        "ix_notifications_unconfirmed",
        "unconfirmed_machine_at",
        sqlite_where=text(UNCONFIRMED),
        postgresql_where=text(UNCONFIRMED),
    ),
    Index(
        "ix_notifications_sealed",
        "final_machine_at",
        sqlite_where=text("sealed_message IS NOT NULL"),
        postgresql_where=text("sealed_message IS NOT NULL"),
    ),
)

send_attempts = Table(
    "send_attempts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("notification_id", ID, ForeignKey("notifications.id", ondelete="CASCADE"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("provider", String(32), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("started_machine_at", Instant, nullable=False),  # committed before the socket opens
    Column("ended_machine_at", Instant),
    Column("verdict", String(16)),
    Column("code", Words(64)),
    Column("detail", Words(200)),
    Column("provider_message_id", Words(128)),
    Column("body_sha256", String(64), nullable=False),
    Column("receipt", String(16)),  # the furthest the provider has reported
    Column("receipt_code", String(32), nullable=False, server_default=""),
    UniqueConstraint("notification_id", "n"),
)

# What providers post to us is written here before it is answered, and applied afterwards: neither can get lost.
receipt_inbox = Table(
    "receipt_inbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dedupe_key", String(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # status, reply, unreadable
    Column("notification_id", ID, index=True),
    Column("n", Integer),  # the attempt
    Column("sealed", LargeBinary, nullable=False),  # as posted and as read: numbers and texts of people
    Column("received_machine_at", Instant, nullable=False, index=True),
    Column("applied_machine_at", Instant),
    Column("outcome", String(32), nullable=False, server_default=""),
    Column("needs_review", Boolean, nullable=False, server_default=false()),
    Index(
        "ix_receipt_inbox_unapplied",
        "id",
        sqlite_where=text(UNAPPLIED),
        postgresql_where=text(UNAPPLIED),
    ),
)

page_tokens = Table(
    "page_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_sha256", String(64), nullable=False, unique=True),  # the token itself is derived, never stored
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("notification_id", ID),
    Column("purpose", String(16), nullable=False),  # mail, api
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("recipient_id", ID, index=True),  # whose link it is; NULL: the order's own
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("contact_hmac", String(64), nullable=False),
    Column("brand", String(64), nullable=False),  # "" means every brand
    Column("reason", String(32), nullable=False),
    Column("source", Words(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("until_at", Instant),
    UniqueConstraint("channel", "contact_hmac", "brand", "reason"),
)

# Whom a reader asked, kept when the person is taken off the order again: nobody is asked over and over.
invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
    Column("contact_hmac", String(64), nullable=False, index=True),
    Column("asked_machine_at", Instant, nullable=False),
    Column("agreed_machine_at", Instant),
    UniqueConstraint("order_id", "contact_hmac"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("brand", String(64), nullable=False),  # "" means every brand, likewise below
    Column("notice", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reason", Words(200), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("brand", "notice", "channel"),
)
