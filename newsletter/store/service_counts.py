"""What all processes that serve from one PostgreSQL have counted together."""

from collections import Counter

from sqlalchemy import Connection, select, text

from newsletter.store.passing import service_counts

_ADD = text("""
INSERT INTO service_counts AS known (name, labels, number)
VALUES (:name, :labels, :number)
ON CONFLICT (name, labels) DO UPDATE SET number = known.number + excluded.number
""")
_ALL = select(service_counts.c.name, service_counts.c.labels, service_counts.c.number)

Counts = Counter[tuple[str, str]]
"""Numbers by the name of a metric and its labels, such as `outcome="mailed"`."""


def add(connection: Connection, more: Counts) -> None:
    """Add to what is there."""
    for (name, labels), number in more.items():
        given = {"name": name, "labels": labels, "number": number}
        connection.execute(_ADD, given)


def total(connection: Connection) -> Counts:
    """All of it."""
    return Counter(
        {(name, labels): number for name, labels, number in connection.execute(_ALL)}
    )
