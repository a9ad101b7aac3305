"""The name of the secret that signs the links of what is sent from a database."""

import json

from sqlalchemy import Connection, select, update

from newsletter.store.instance import name
from newsletter.store.schema import campaign_emails, instance

_KNOWN = select(instance.c.key_name)
_NEWEST = (
    select(campaign_emails.c.email)
    .order_by(campaign_emails.c.campaign_id.desc())
    .limit(1)
)


def known(connection: Connection) -> str:
    """The name of the newest campaign's, else the one remembered; "" for none.

    What was remembered is older where the database was a SQLite file in between.
    """
    email = connection.scalar(_NEWEST)
    named = json.loads(email).get("token_key") if email else ""
    return str(named or connection.scalar(_KNOWN) or "")


def remember(connection: Connection, key_name: str) -> None:
    """From now on it is this one."""
    name(connection)
    connection.execute(update(instance).values(key_name=key_name))
