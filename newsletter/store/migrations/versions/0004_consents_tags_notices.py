"""Tags, consents, mail to one person, and the expressions of segments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("subscribers", sa.Column("confirmed_at", _TIME))
    op.add_column("subscribers", sa.Column("unsubscribed_at", _TIME))
    for table in ("campaigns", "approvals"):
        op.add_column(table, _text("expression", server_default=""))
    _create_tags()
    _create_consents()
    _create_notices()
    _create_sns_subscriptions()


def _text(name: str, server_default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=server_default)


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"{table}_{column}_check")
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name)


def _create_tags() -> None:
    op.create_table(
        "subscriber_tags",
        sa.Column("subscriber_id", _ID, nullable=False, autoincrement=False),
        _text("tag"),
        sa.PrimaryKeyConstraint(
            "subscriber_id", "tag", name=op.f("subscriber_tags_pkey")
        ),
        sqlite_with_rowid=False,
    )


def _create_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscriber_id", _ID, nullable=False),
        _text("kind"),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        _text("address"),
        _text("ip"),
        _text("user_agent"),
        _text("source"),
        _text("text"),
        _text("note"),
        sa.PrimaryKeyConstraint("id", name=op.f("consents_pkey")),
        _one_of("consents", "kind", "requested", "confirmed", "imported", "withdrawn"),
        sqlite_autoincrement=True,
    )
    op.create_index("consents_by_subscriber", "consents", ["subscriber_id"])


def _create_notices() -> None:
    states = ("pending", "accepted", "delivered", "bounced", "rejected", "uncertain")
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        _text("kind"),
        sa.Column("subscriber_id", _ID, nullable=False),
        _text("address_key"),
        _text("provider"),
        _text("state"),
        _text("reason"),
        _text("provider_message_id"),
        sa.Column("planned_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_pkey")),
        sa.UniqueConstraint("uid", name=op.f("notices_uid_key")),
        _one_of("notices", "kind", "confirmation", "welcome"),
        _one_of("notices", "state", *states),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_by_address", "notices", ["address_key", "kind"])
    op.create_index("notices_by_subscriber", "notices", ["subscriber_id"])


def _create_sns_subscriptions() -> None:
    op.create_table(
        "sns_subscriptions",
        _text("topic"),
        _text("url"),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("sns_subscriptions_pkey")),
        sqlite_with_rowid=False,
    )
