"""What shoppers tell us from their page: matters for ops, and how content they were."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from tracker.store.columns import ID, Instant, Words, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shipment_id", ID),  # NULL: about the order as a whole
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary),  # what was written, and the carrier's words then; NULL once erased
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),  # how often the shopper wrote it
    Column("closed_at", Instant),  # NULL: open
    Column("closed_by", Words(100), nullable=False, server_default=""),
    Column("note", Words(500), nullable=False, server_default=""),
    Index("ix_tickets_closed", "closed_at", "id"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("order_id", ID, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("reader_id", ID, nullable=False),  # of the recipient; of the order where it names nobody
    Column("score", Integer, nullable=False),
    Column("sealed", LargeBinary),  # the comment; NULL when there is none, or once erased
    Column("carrier", String(32), nullable=False),
    Column("service", Words(100), nullable=False, server_default=""),
    Column("from_country", String(2), nullable=False, server_default=""),
    Column("from_region", Words(100), nullable=False, server_default=""),
    Column("to_country", String(2), nullable=False, server_default=""),
    Column("to_region", Words(100), nullable=False, server_default=""),
    Column("brand", String(64), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    UniqueConstraint("order_id", "reader_id"),  # one rating of each, which may change
)
