"""Every table and the index each waiting query uses; `*_at` is shop time, `*_machine_at` machine time."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tracker.store.columns import Day, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(32)  # UUIDv7, hexadecimal: sorts by time

orders = Table(
    "orders",
    metadata,
    Column("id", ID, primary_key=True),
    Column("brand", String(64), nullable=False),
    Column("number", String(128), nullable=False),
    Column("body_sha256", String(64), nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("packed_at", Instant),
    Column("cancelled_at", Instant),
    Column("city", String(200), nullable=False, server_default=""),
    Column("region", String(100), nullable=False, server_default=""),
    Column("postcode", String(32), nullable=False, server_default=""),
    Column("country", String(2), nullable=False, server_default=""),
    Column("destination_zone", String(64), nullable=False),
    Column("items", JSON, nullable=False),
    Column("promised", JSON),  # the shop's own window
    Column("stage", String(32), nullable=False),
    Column("delayed", Boolean, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("returned", Integer, nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),  # the page's cache key
    UniqueConstraint("brand", "number"),
    Index("ix_orders_brand_created", "brand", "created_at", "id"),
)

order_changes = Table(
    "order_changes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("source", String(32), nullable=False),  # api, import, console
    Column("what", JSON, nullable=False),  # names of changed fields; values of personal fields are left out
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("created_machine_at", Instant, nullable=False, index=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("brand", String(64)),  # NULL: all brands
    Column("name", String(100), nullable=False),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("created_machine_at", Instant, nullable=False),
    Column("revoked_machine_at", Instant),
)

recipients = Table(
    "recipients",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("sealed", LargeBinary),  # name and contacts, encrypted; NULL once erased
    Column("locale", String(35), nullable=False, server_default=""),
    Column("time_zone", String(64), nullable=False, server_default=""),
    Column("erased_at", Instant),
)

contacts = Table(
    "contacts",
    metadata,
    Column("recipient_id", ID, ForeignKey("recipients.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("contact_hmac", String(64), nullable=False, index=True),  # joins suppressions; survives retention
)

consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("recipient_id", ID, ForeignKey("recipients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("source", String(200), nullable=False),
    Column("at", Instant, nullable=False),
)

shipments = Table(
    "shipments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("carrier", String(32), nullable=False),
    Column("tracking_number", String(64), nullable=False, index=True),  # not unique: carriers recycle numbers
    Column("created_at", Instant, nullable=False),
    Column("notify_after", Instant, nullable=False),
    Column("items", JSON, nullable=False),
    Column("service", String(100), nullable=False, server_default=""),
    # where the events put it
    Column("milestone", String(32)),
    Column("reason", String(32)),
    Column("since", Instant),
    Column("event", String(32)),
    Column("visit", Integer, nullable=False, server_default="0"),
    Column("corrected_from", String(32)),
    Column("standing", JSON),  # further fields of Standing
    Column("window", JSON),
    Column("first_window", JSON),
    Column("last_event_at", Instant),
    Column("moved_at", Instant),
    Column("left_with", String(100), nullable=False, server_default=""),
    Column("pickup_by", Day),
    Column("handed_over_to", String(64), nullable=False, server_default=""),
    # what silence means
    Column("delayed", String(32)),
    Column("delayed_since", Instant),
    Column("stuck", String(32)),
    Column("stuck_since", Instant),
    Column("severity", Integer, nullable=False, server_default="0"),
    Column("review_at", Instant),
    # our own asking
    Column("next_look_at", Instant),  # NULL: no more looks
    Column("asked_at", Instant),
    Column("tried_at", Instant),
    Column("outcome", String(16)),
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("looks", Integer, nullable=False, server_default="0"),
    Column("watched_at", Instant),
    Column("answer_sha256", String(64)),  # of the last answer: the same bytes again are nothing new
    Column("lease_owner", String(64)),
    Column("lease_until_machine_at", Instant),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("superseded_by", ID),
    Column("removed_at", Instant),
    Column("version", Integer, nullable=False, server_default="0"),
    Index(
        "ix_shipments_due",
        "carrier",
        "next_look_at",
        "id",
        sqlite_where=text("next_look_at IS NOT NULL"),
        postgresql_where=text("next_look_at IS NOT NULL"),
    ),
    Index(
        "ix_shipments_review",
        "review_at",
        sqlite_where=text("review_at IS NOT NULL"),
        postgresql_where=text("review_at IS NOT NULL"),
    ),
    Index(
        "ix_shipments_stuck",
        "severity",
        "stuck_since",
        "id",
        sqlite_where=text("stuck IS NOT NULL"),
        postgresql_where=text("stuck IS NOT NULL"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("shipment_id", ID, ForeignKey("shipments.id", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("code", String(64), nullable=False),
    Column("milestone", String(32), nullable=False),
    Column("reason", String(32)),
    Column("phase", String(32)),
    Column("occurred_at", Instant, nullable=False),
    Column("clock", String(16), nullable=False),
    Column("utc_offset_minutes", Integer),
    Column("local_text", String(40), nullable=False),
    Column("place", JSON),
    Column("text", Text, nullable=False),
    Column("retracts", String(32)),
    Column("forecast", Boolean, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("not_seen_at", Instant),  # the last answered look before: the event became visible after it
    UniqueConstraint("shipment_id", "fingerprint"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("shipment_id", ID, ForeignKey("shipments.id", ondelete="CASCADE"), nullable=False),
    Column("order_id", ID, nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("before", String(32)),
    Column("after", String(32)),
    Column("reason", String(32)),
    Column("was_delayed", Boolean, nullable=False),
    Column("is_delayed", Boolean, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("cause", String(32), nullable=False),
    Column("event", String(32)),
    Column("correction", Boolean, nullable=False),
    Column("visit", Integer, nullable=False),
    UniqueConstraint("shipment_id", "seq"),
)

raw_answers = Table(
    "raw_answers",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("carrier", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),  # zstandard
    Column("stored_machine_at", Instant, nullable=False, index=True),
)

looks = Table(
    "looks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("shipment_id", ID, ForeignKey("shipments.id", ondelete="CASCADE"), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("started_machine_at", Instant, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("http_status", Integer),
    Column("wait_ms", Integer),
    Column("new_events", Integer, nullable=False),
    Column("detail", String(200), nullable=False, server_default=""),
    Column("answer_sha256", String(64)),
    UniqueConstraint("shipment_id", "fence"),  # one lease, one recorded look
    Index("ix_looks_at", "at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", ID, primary_key=True),
    Column("dedupe_key", String(255), nullable=False, unique=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shipment_id", ID),
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
    Column("told", JSON, nullable=False),
    Column("sealed_message", LargeBinary),  # rendered once at the first claim, encrypted: retries send the same bytes
    Column("page_token_id", ID),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_machine_at", Instant),  # pending: not before; unknown: when to reconcile
    Column("lease_owner", String(64)),
    Column("lease_until_machine_at", Instant),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("rung_machine_at", Instant),
    Column("started_at", Instant),  # shop time of the first attempt that may have left
    Column("provider_message_id", String(128)),
    Column("accepted_machine_at", Instant),
    Column("final_machine_at", Instant),
    Index(
        "ix_notifications_due",
        "not_before_at",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_notifications_leased",
        "lease_until_machine_at",
        sqlite_where=text("state IN ('leased', 'sending')"),
        postgresql_where=text("state IN ('leased', 'sending')"),
    ),
    Index(
        "ix_notifications_unknown",
        "retry_machine_at",
        sqlite_where=text("state = 'unknown'"),
        postgresql_where=text("state = 'unknown'"),
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
    Column("code", String(64)),
    Column("detail", String(200)),
    Column("provider_message_id", String(128)),
    Column("body_sha256", String(64), nullable=False),
    UniqueConstraint("notification_id", "n"),
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
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("contact_hmac", String(64), nullable=False),
    Column("brand", String(64), nullable=False),  # "" means every brand
    Column("reason", String(32), nullable=False),
    Column("source", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("until_at", Instant),
    UniqueConstraint("channel", "contact_hmac", "brand", "reason"),
)

gates = Table(
    "gates",
    metadata,
    Column("name", String(128), primary_key=True),  # carrier:<credential> or provider:<name>
    Column("state", String(16), nullable=False),  # open, closed, halted
    Column("reason", String(200), nullable=False),
    Column("until_machine_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("changed_machine_at", Instant, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("scope", String(160), primary_key=True),
    Column("bucket_machine_at", Instant, primary_key=True),
    Column("n", Integer, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("until_machine_at", Instant, nullable=False),
)

carrier_tokens = Table(
    "carrier_tokens",
    metadata,
    Column("credential", String(128), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_machine_at", Instant, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("ok_machine_at", Instant, nullable=False),
    Column("every_seconds", Float, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("done", Integer, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", ID, primary_key=True),
    Column("brand", String(64), nullable=False),  # "" means every brand, likewise below
    Column("notice", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("brand", "notice", "channel"),
)

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),  # dispatch_epoch, hold
    Column("value", String(200), nullable=False),
)
