"""Whether a scan's code was in our table when it came: an informational scan moves nothing, but it is not unknown."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; scans of before count as known."""
    op.add_column("events", sa.Column("known", sa.Boolean(), server_default=sa.true(), nullable=False))
