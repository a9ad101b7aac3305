"""How long a campaign is to be spread over."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("campaigns", sa.Column("spread_seconds", sa.Float()))
