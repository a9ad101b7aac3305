"""Workers, the rates and refusals they share, and on PostgreSQL the queue."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.queue import install

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables and the columns."""
    op.create_table(
        "rates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("blocked_until", _TIME),
        sa.PrimaryKeyConstraint("name", name=op.f("rates_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "workers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("name", name=op.f("workers_pkey")),
        sqlite_with_rowid=False,
    )
    rejected = sa.Column("rejected", sa.Integer(), nullable=False, server_default="0")
    op.add_column("batches", rejected)
    op.add_column("campaigns", sa.Column("seen_before", sa.JSON()))
    if op.get_bind().dialect.name == "postgresql":
        install(op.get_bind())
