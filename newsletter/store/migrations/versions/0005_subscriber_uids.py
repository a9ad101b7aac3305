"""The number of a subscriber that links in letters hold.

Letters that were sent before hold the id: so that their links go on working, it is the
number of whoever is there already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column."""
    uid = sa.Column("uid", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("subscribers", uid)
    op.execute("UPDATE subscribers SET uid = id")
    op.create_index("subscribers_by_uid", "subscribers", ["uid"], unique=True)
