"""What was told of a campaign is counted when it arrives; what is there, here."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.event_counts import count_all

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the counts, and the index by which each subscriber is counted once."""
    op.add_column("events", sa.Column("counts_as", sa.Text()))
    op.create_table(
        "event_tallies",
        sa.Column("campaign_id", _ID, nullable=False, autoincrement=False),
        sa.Column("counts_as", sa.Text(), nullable=False),
        sa.Column("backend", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign_id", "counts_as", "backend", name=op.f("event_tallies_pkey")
        ),
        sqlite_with_rowid=False,
    )
    # The new one leads to a subscriber's events, too.
    op.drop_index("events_by_subscriber", "events")
    count_all(op.get_bind())
    op.create_index(
        "events_counted_once",
        "events",
        ["subscriber_id", "campaign_id", "counts_as"],
        unique=True,
    )
