"""The first tables: subscribers, suppressions, and the ledger of what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    _create_subscribers()
    _create_suppressions()
    _create_campaigns()
    _create_batches()
    _create_deliveries()


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"{table}_{column}_check")
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def _campaign_id() -> sa.Column[int]:
    return sa.Column("campaign_id", _ID, nullable=False, autoincrement=False)


def _of_campaigns(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"{table}_campaign_id_fkey")
    return sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=name)


def _create_subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("subscribers_pkey")),
        _one_of("subscribers", "status", "pending", "active", "unsubscribed"),
        sa.UniqueConstraint("address_key", name=op.f("subscribers_address_key_key")),
        sqlite_autoincrement=True,
    )


def _create_suppressions() -> None:
    reasons = ("bounce", "complaint", "unsubscribe", "erasure", "manual")
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("suppressions_pkey")),
        _one_of("suppressions", "reason", *reasons),
        sqlite_with_rowid=False,
    )


def _create_campaigns() -> None:
    states = ("scheduled", "sending", "paused", "done", "cancelled")
    op.create_table(
        "campaigns",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name=op.f("campaigns_pkey")),
        sa.UniqueConstraint(
            "issue", "segment", "part", name=op.f("campaigns_issue_segment_part_key")
        ),
        _one_of("campaigns", "state", *states),
        sa.UniqueConstraint("uid", name=op.f("campaigns_uid_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_emails",
        _campaign_id(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("campaign_emails_pkey")),
        _of_campaigns("campaign_emails"),
    )


def _create_batches() -> None:
    states = ("pending", "in_flight", "accepted", "rejected", "uncertain")
    op.create_table(
        "batches",
        _campaign_id(),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lo", _ID, nullable=False),
        sa.Column("hi", _ID, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("lease_until", _TIME),
        sa.Column("not_before", _TIME),
        sa.Column("first_sent_at", _TIME),
        sa.Column("payload_hash", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("batches_pkey")),
        sa.CheckConstraint("lo <= hi", name=op.f("batches_range_check")),
        _one_of("batches", "state", *states),
        _of_campaigns("batches"),
        sa.UniqueConstraint("key", name=op.f("batches_key_key")),
    )
    op.create_index("batches_by_state", "batches", ["campaign_id", "state", "number"])


def _create_deliveries() -> None:
    states = ("pending", "accepted", "delivered", "bounced", "rejected", "uncertain")
    op.create_table(
        "deliveries",
        _campaign_id(),
        sa.Column("subscriber_id", _ID, nullable=False, autoincrement=False),
        sa.Column("batch", sa.Integer()),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("merge", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("provider_message_id", sa.Text(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign_id", "subscriber_id", name=op.f("deliveries_pkey")
        ),
        _one_of("deliveries", "state", *states, "skipped"),
        sa.CheckConstraint(
            "batch IS NOT NULL OR state = 'skipped'",
            name=op.f("deliveries_batch_check"),
        ),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "50"},
    )
