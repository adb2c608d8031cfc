"""What readers chose for their messages, whom they invited, and whose a link is."""

import sqlalchemy as sa
from alembic import op

from tracker.store.columns import Instant, Plain

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; everybody known so far was named by a shop and has chosen nothing."""
    op.add_column("recipients", sa.Column("wishes", Plain, nullable=True))
    op.add_column("recipients", sa.Column("invited_machine_at", Instant(), nullable=True))
    op.add_column("recipients", sa.Column("confirmed_machine_at", Instant(), nullable=True))
    op.add_column("page_tokens", sa.Column("recipient_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_page_tokens_recipient_id"), "page_tokens", ["recipient_id"], unique=False)
