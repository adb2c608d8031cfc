"""Whom readers asked for each order, so that nobody is asked over and over."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ASKED_SO_FAR = """
INSERT INTO invitations (id, order_id, contact_hmac, asked_machine_at, agreed_machine_at)
SELECT r.id, r.order_id, c.contact_hmac, r.invited_machine_at, r.confirmed_machine_at
FROM recipients r JOIN contacts c ON c.recipient_id = r.id AND c.channel = 'email'
WHERE r.invited_machine_at IS NOT NULL
"""


def upgrade() -> None:
    """Make the table; those who were asked so far count."""
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("contact_hmac", sa.String(length=64), nullable=False),
        sa.Column("asked_machine_at", Instant(), nullable=False),
        sa.Column("agreed_machine_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invitations_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("order_id", "contact_hmac", name=op.f("uq_invitations_order_id_contact_hmac")),
    )
    op.create_index(op.f("ix_invitations_contact_hmac"), "invitations", ["contact_hmac"])
    op.execute(ASKED_SO_FAR)
