"""Alembic's entry: runs the revisions on the connection that upgrade.py hands over."""

from alembic import context

from newsletter.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
