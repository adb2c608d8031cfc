"""What the processes share about themselves: gates, quotas, leases, tokens, heartbeats, keys."""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
)

from tracker.store.columns import ID, Instant, Plain, Words, metadata

idempotency = Table(
    "idempotency",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("body_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", Plain, nullable=False),
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

admins = Table(
    "admins",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),  # argon2id, with its salt and cost
    Column("created_machine_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("admin_id", ID, ForeignKey("admins.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_machine_at", Instant, nullable=False),
    Column("expires_machine_at", Instant, nullable=False, index=True),
)

gates = Table(
    "gates",
    metadata,
    Column("name", String(128), primary_key=True),  # carrier:<credential> or provider:<name>
    Column("state", String(16), nullable=False),  # open, closed, halted
    Column("reason", Words(200), nullable=False),
    Column("until_machine_at", Instant),
    Column("since_machine_at", Instant),  # the first failure of this trouble; NULL: there is none
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
    Column("renew_machine_at", Instant, nullable=False),  # fetch another from here on; the old one still works
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

facts = Table(
    "facts",
    metadata,
    Column("name", String(64), primary_key=True),  # dispatch_epoch, hold
    Column("value", String(200), nullable=False),
)
