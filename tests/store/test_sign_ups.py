"""Sign-ups that wait: each is taken up once, and left ones are found."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import update

from newsletter.model.consent import Consent, ConsentKind
from newsletter.store import erasure, sign_ups
from newsletter.store.clock import utc_now_plus
from newsletter.store.engine import Store
from newsletter.store.schema import sign_ups as table
from newsletter.store.sign_ups import SignUp

SAID = Consent(
    kind=ConsentKind.REQUESTED,
    at=datetime(2026, 11, 20, tzinfo=UTC),
    ip="203.0.113.5",
    user_agent="a browser",
    source="/subscribe",
    text="you agree",
)


def keep(store: Store, address: str = "Ana@Example.com") -> int:
    with store.write() as connection:
        return sign_ups.keep(connection, address, address.lower(), SAID)


def left(store: Store, seconds: float = 10, *here: int) -> list[SignUp]:
    with store.read() as connection:
        return sign_ups.left_behind(connection, seconds, here)


def test_one_is_taken_up_once(store: Store) -> None:
    number = keep(store)

    with store.write() as connection:
        assert sign_ups.take(connection, number)
        assert not sign_ups.take(connection, number)


def test_those_that_waited_too_long_are_anybodys(store: Store) -> None:
    first, second = keep(store), keep(store, "bo@example.com")
    assert left(store) == []
    with store.write() as connection:
        connection.execute(update(table).values(kept_at=utc_now_plus(-11)))

    assert left(store) == [
        SignUp(first, "Ana@Example.com", SAID),
        SignUp(second, "bo@example.com", SAID),
    ]
    assert [each.number for each in left(store, 10, first)] == [second]


def test_one_without_a_moment_is_of_now(store: Store) -> None:
    with store.write() as connection:
        sign_ups.keep(
            connection, "a@example.com", "a@example.com", replace(SAID, at=None)
        )

    assert left(store, -1)[0].said.at


def test_who_is_erased_waits_no_more(store: Store) -> None:
    keep(store)
    with store.write() as connection:
        erasure.erase(connection, None, ["ana@example.com"])

    assert left(store, -1) == []
