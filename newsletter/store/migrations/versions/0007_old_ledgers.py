"""Campaigns whose deliveries are in a file; on PostgreSQL, these apart by campaign."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.partitions import install

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table, and part the deliveries."""
    op.create_table(
        "ledger_files",
        sa.Column(
            "campaign_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            autoincrement=False,
        ),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("ledger_files_pkey")),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("ledger_files_campaign_id_fkey"),
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        install(op.get_bind())
