"""Who was asked and did not answer is found to be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SILENT = sa.text("invited_machine_at IS NOT NULL AND confirmed_machine_at IS NULL")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_recipients_silent",
        "recipients",
        ["invited_machine_at"],
        sqlite_where=SILENT,
        postgresql_where=SILENT,
    )
