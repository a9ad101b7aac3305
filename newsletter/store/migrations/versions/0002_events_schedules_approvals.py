"""Schedules and pace of campaigns, what providers tell afterwards, approvals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("campaigns", sa.Column("not_before", _TIME))
    op.add_column("campaigns", sa.Column("not_after", _TIME))
    op.add_column("campaigns", sa.Column("per_hour", sa.Float()))
    op.add_column("campaigns", sa.Column("reason", sa.Text()))
    op.add_column(
        "batches", sa.Column("turn", sa.Integer(), nullable=False, server_default="0")
    )
    op.drop_index("batches_by_state", "batches")
    op.create_index(
        "batches_by_state", "batches", ["campaign_id", "state", "turn", "number"]
    )
    _create_events()
    _create_approvals()
    _create_instance()


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"{table}_{column}_check")
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def _create_events() -> None:
    told = ("accepted", "delivered", "deferred", "bounced", "rejected")
    done = ("complained", "unsubscribed", "opened", "clicked")
    op.create_table(
        "events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bounce", sa.Text()),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("campaign_id", _ID),
        sa.Column("subscriber_id", _ID),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("events_pkey")),
        sa.UniqueConstraint(
            "provider", "event", name=op.f("events_provider_event_key")
        ),
        _one_of("events", "kind", *told, *done),
        _one_of("events", "bounce", "hard", "soft", "policy", "unknown"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_campaign", "events", ["campaign_id", "kind"])
    op.create_index("events_by_subscriber", "events", ["subscriber_id"])


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("issue", "segment", name=op.f("approvals_pkey")),
        sqlite_with_rowid=False,
    )


def _create_instance() -> None:
    op.create_table(
        "instance",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uid", name=op.f("instance_pkey")),
        sqlite_with_rowid=False,
    )
