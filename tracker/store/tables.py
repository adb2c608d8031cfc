"""What is known of orders, people, shipments and looks, and the index each waiting query uses.

`*_at` is shop time, `*_machine_at` machine time.
"""

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
    text,
    true,
)

from tracker.store.columns import ID, Day, Instant, Plain, Words, metadata

SILENT = "invited_machine_at IS NOT NULL AND confirmed_machine_at IS NULL"  # asked, and has not agreed

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
    Column("city", Words(200), nullable=False, server_default=""),
    Column("region", Words(100), nullable=False, server_default=""),
    Column("postcode", Words(32), nullable=False, server_default=""),
    Column("country", String(2), nullable=False, server_default=""),
    Column("destination_zone", String(64), nullable=False),
    Column("items", Plain, nullable=False),
    Column("promised", Plain),  # the shop's own window
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
    Column("source", Words(32), nullable=False),  # api, import, console
    Column("what", Plain, nullable=False),  # names of changed fields; values of personal fields are left out
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
    Column("wishes", Plain),  # what the reader chose; the shop's word does not change it
    Column("invited_machine_at", Instant),  # by a reader; NULL: named by the shop
    Column("confirmed_machine_at", Instant),  # of an invited one, who is told nothing before
    Index("ix_recipients_silent", "invited_machine_at", sqlite_where=text(SILENT), postgresql_where=text(SILENT)),
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
    Column("source", Words(200), nullable=False),
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
    Column("items", Plain, nullable=False),
    Column("service", Words(100), nullable=False, server_default=""),
    # where the events put it
    Column("milestone", String(32)),
    Column("reason", String(32)),
    Column("since", Instant),
    Column("event", String(32)),
    Column("visit", Integer, nullable=False, server_default="0"),
    Column("corrected_from", String(32)),
    Column("standing", Plain),  # further fields of Standing
    Column("window", Plain),
    Column("first_window", Plain),
    Column("promised_end_at", Instant),  # end of the window's last day where the parcel goes; read with every claim
    Column("last_event_at", Instant),
    Column("moved_at", Instant),
    Column("left_with", Words(100), nullable=False, server_default=""),
    Column("pickup_by", Day),
    Column("handed_over_to", Words(64), nullable=False, server_default=""),
    # what silence means
    Column("delayed", String(32)),
    Column("delayed_since", Instant),
    Column("stuck", String(32)),
    Column("stuck_since", Instant),
    Column("severity", Integer, nullable=False, server_default="0"),
    Column("problems", Plain),
    Column("problem_names", String(160), nullable=False, server_default=""),  # "lost,silent,": to filter and to count
    Column("review_at", Instant),
    Column("untold", Plain),  # what the shopper could not be told; written by whoever ends a notification
    Column("untold_to", ID),
    Column("missed_at", Instant),  # since when the shopper says that it is not there; written with their ticket
    # our own asking
    Column("next_look_at", Instant),  # NULL: no more looks
    Column("urgency", Integer, nullable=False, server_default="1"),  # of that look; domain/urgency.py
    Column("asked_at", Instant),
    Column("tried_at", Instant),
    Column("outcome", String(16)),
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("looks", Integer, nullable=False, server_default="0"),
    Column("unknown_looks", Integer, nullable=False, server_default="0"),  # in a row that did not know the number
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
        "urgency",
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

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("shipment_id", ID, ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True),
    Column("who", Words(100), nullable=False),
    Column("note", Words(500), nullable=False),
    Column("at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("severity", Integer, nullable=False),  # what was seen: graver than that comes back
    Column("problem_names", String(160), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("shipment_id", ID, ForeignKey("shipments.id", ondelete="CASCADE"), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("code", Words, nullable=False),
    Column("milestone", String(32), nullable=False),
    Column("reason", String(32)),
    Column("phase", String(32)),
    Column("occurred_at", Instant, nullable=False),
    Column("clock", String(16), nullable=False),
    Column("utc_offset_minutes", Integer),
    Column("local_text", Words, nullable=False),
    Column("place", Plain),
    Column("text", Words(500), nullable=False),
    Column("retracts", String(32)),
    Column("forecast", Boolean, nullable=False),
    Column("known", Boolean, nullable=False, server_default=true()),  # false: its code has no row in our table yet
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
    Column("detail", Words(200), nullable=False, server_default=""),
    Column("answer_sha256", String(64)),
    UniqueConstraint("shipment_id", "fence"),  # one lease, one recorded look
    Index("ix_looks_at", "at"),
)
