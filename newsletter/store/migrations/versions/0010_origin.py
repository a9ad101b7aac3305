"""Where a database on PostgreSQL was last sent from, and with which secret."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("instance", sa.Column("place", sa.Text()))
    op.add_column("instance", sa.Column("timeline", sa.Integer()))
    op.add_column("instance", sa.Column("turned_at", sa.DateTime(timezone=True)))
    op.add_column("instance", sa.Column("key_name", sa.Text()))
