"""A name that its owner has changed, which replaces all that was known of it."""

from sqlalchemy import Connection, update

from newsletter.model.subscriber import Subscriber
from newsletter.store.clock import utc_now
from newsletter.store.schema import subscribers

_PARTS = ("first_name", "last_name")


def rename(connection: Connection, person: Subscriber, name: str) -> bool:
    """Call a subscriber `name`, or nothing; False when that is how they were called.

    First and last name, which an import may have brought, are forgotten: they would
    go on greeting them by the old one.
    """
    kept = {key: text for key, text in person.attributes.items() if key not in _PARTS}
    if name == person.name and len(kept) == len(person.attributes):
        return False
    values = {"name": name, "attributes": kept, "updated_at": utc_now()}
    statement = update(subscribers).where(subscribers.c.id == person.id)
    connection.execute(statement.values(values))
    return True
