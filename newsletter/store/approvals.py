"""Approvals: what somebody said yes to, by its hash; one for each issue and segment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from newsletter.store.clock import utc_now
from newsletter.store.schema import approvals


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The very email, to whom and through whom, that somebody agreed to.

    `expression` is what the segment stood for.
    """

    issue: str
    segment: str
    provider: str
    email_hash: str
    approved_by: str
    approved_at: datetime
    expression: str = ""


def put(
    connection: Connection,
    *,
    issue: str,
    segment: str,
    provider: str,
    email_hash: str,
    approved_by: str,
    expression: str = "",
) -> None:
    """Keep an approval from now on, in the place of an earlier one."""
    same = (approvals.c.issue == issue, approvals.c.segment == segment)
    connection.execute(delete(approvals).where(*same))
    connection.execute(
        insert(approvals).values(
            issue=issue,
            segment=segment,
            provider=provider,
            email_hash=email_hash,
            approved_by=approved_by,
            approved_at=utc_now(),
            expression=expression,
        )
    )


def get(connection: Connection, issue: str, segment: str) -> Approval | None:
    """The approval of an issue for a segment; None when nobody has given one."""
    query = select(*approvals.c).where(
        approvals.c.issue == issue, approvals.c.segment == segment
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Approval(**row)
