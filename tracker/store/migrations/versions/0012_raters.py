"""One rating for each reader of an order, by whichever of their links they gave it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOSE = """
UPDATE ratings SET reader_id = COALESCE(
    (
        SELECT COALESCE(t.recipient_id, n.recipient_id)
        FROM page_tokens t LEFT JOIN notifications n ON n.id = t.notification_id
        WHERE t.token_sha256 = ratings.link_sha256
    ),
    (SELECT MIN(r.id) FROM recipients r WHERE r.order_id = ratings.order_id AND r.invited_machine_at IS NULL),
    order_id
)
"""
REPLACED = """
DELETE FROM ratings WHERE EXISTS (
    SELECT 1 FROM ratings newer
    WHERE newer.order_id = ratings.order_id AND newer.reader_id = ratings.reader_id
    AND (newer.at > ratings.at OR (newer.at = ratings.at AND newer.id > ratings.id))
)
"""


def upgrade() -> None:
    """The newest rating of each reader stays."""
    op.add_column("ratings", sa.Column("reader_id", sa.String(length=32), nullable=True))
    op.execute(WHOSE)
    op.execute(REPLACED)
    with op.batch_alter_table("ratings") as batch:
        batch.alter_column("reader_id", existing_type=sa.String(length=32), nullable=False)
        batch.drop_constraint(op.f("uq_ratings_link_sha256"), type_="unique")
        batch.drop_column("link_sha256")
        batch.create_unique_constraint(op.f("uq_ratings_order_id_reader_id"), ["order_id", "reader_id"])
