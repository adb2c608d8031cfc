"""Alembic runs this file to learn which connection to work on; tracker/store/schema.py hands it over."""

from alembic import context

from tracker.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,  # SQLite cannot alter a column in place
)
with context.begin_transaction():
    context.run_migrations()
