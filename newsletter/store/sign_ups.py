"""Sign-ups that were answered and wait to be worked off: each is taken up once.

Kept where several processes serve from one database, so that none of them takes what it
has promised along when it dies. A row is there for seconds.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from newsletter.model.consent import Consent, ConsentKind
from newsletter.store.clock import seconds_until, utc_now
from newsletter.store.schema import sign_ups

AT_ONCE = 100
"""As many that were left behind are taken up together."""

_TAKE = delete(sign_ups).where(sign_ups.c.id == bindparam("number"))
_LEFT = (
    select(sign_ups)
    .where(
        -seconds_until(sign_ups.c.kept_at) >= bindparam("seconds"),
        sign_ups.c.id.not_in(bindparam("here", expanding=True)),
    )
    .order_by(sign_ups.c.id)
    .limit(AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class SignUp:
    """Somebody who asked for the letter, at an address as typed, and what was said."""

    number: int
    address: str
    said: Consent


def keep(connection: Connection, address: str, key: str, said: Consent) -> int:
    """Keep one until it is worked off; tells its number."""
    row = {
        "address": address,
        "address_key": key,
        "at": said.at or utc_now(),
        "ip": said.ip,
        "user_agent": said.user_agent,
        "source": said.source,
        "text": said.text,
    }
    made = connection.execute(insert(sign_ups).values(**row, kept_at=utc_now()))
    number: int = made.inserted_primary_key[0]  # type: ignore[index]
    return number


def take(connection: Connection, number: int) -> bool:
    """Take one up, for good once this is committed; False where another did."""
    return connection.execute(_TAKE, {"number": number}).rowcount == 1


def left_behind(
    connection: Connection, seconds: float, here: Collection[int]
) -> list[SignUp]:
    """Those that have waited for so long, but for the ones `here` in this process."""
    given = {"seconds": seconds, "here": list(here)}
    return [
        SignUp(
            row.id,
            row.address,
            Consent(
                kind=ConsentKind.REQUESTED,
                at=row.at,
                ip=row.ip,
                user_agent=row.user_agent,
                source=row.source,
                text=row.text,
            ),
        )
        for row in connection.execute(_LEFT, given)
    ]
