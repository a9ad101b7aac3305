"""Sign-ups that wait, and on PostgreSQL what processes that serve have in common."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.passing import passing

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "sign_ups",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kept_at", _TIME, nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_ups_pkey")),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Nothing in them would be missed: a later migration drops and makes them anew.
        passing.create_all(op.get_bind())
