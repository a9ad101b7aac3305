"""The clock: instants that mean the same on every database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, case, cast, literal, select

from newsletter.store.clock import UtcDateTime, seconds_until, utc_now, utc_now_plus
from newsletter.store.engine import Store

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
INSTANTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - the timezone is added by hypothesis
    max_value=datetime(2999, 12, 31),  # noqa: DTZ001 - as above
    timezones=OFFSETS,
)
ON_ONE_STORE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_the_database_tells_the_time_in_utc(store: Store) -> None:
    with store.read() as connection:
        told = connection.execute(select(utc_now())).scalar_one()

    assert told.tzinfo is UTC
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("seconds", [0.0, 0.00001, 0.5, 90_000.0, -3.25])
def test_seconds_can_be_added_to_the_time(store: Store, seconds: float) -> None:
    """The clock is asked before and after, as it may go on for long in between."""
    with store.read() as connection:
        before, then, after = connection.execute(
            select(utc_now(), utc_now_plus(seconds), utc_now())
        ).one()

    added, rounded = timedelta(seconds=seconds), timedelta(milliseconds=2)
    assert before - rounded <= then - added <= after + rounded


def test_the_clock_goes_on_within_a_transaction(store: Store) -> None:
    with store.read() as connection:
        first = connection.execute(select(utc_now())).scalar_one()
        later = first
        while later == first:
            later = connection.execute(select(utc_now())).scalar_one()

    assert later > first


def test_it_tells_how_far_away_an_instant_is(store: Store) -> None:
    with store.read() as connection:
        ahead, passed = connection.execute(
            select(seconds_until(utc_now_plus(100)), seconds_until(utc_now_plus(-100)))
        ).one()

    assert ahead == pytest.approx(100, abs=5)
    assert passed == pytest.approx(-100, abs=5)


@ON_ONE_STORE
@given(instant=INSTANTS)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    store: Store, instant: datetime
) -> None:
    with store.read() as connection:
        back = connection.execute(select(literal(instant, UtcDateTime))).scalar_one()

    assert back == instant
    assert back.tzinfo is UTC


@ON_ONE_STORE
@given(instant=INSTANTS)
def test_instants_from_python_and_from_the_database_can_be_compared(
    store: Store, instant: datetime
) -> None:
    compared = case((literal(instant, UtcDateTime) < utc_now(), "past"), else_="ahead")
    with store.read() as connection:
        told = connection.execute(select(compared)).scalar_one()

    assert told == ("past" if instant < datetime.now(UTC) else "ahead")


def test_a_datetime_without_timezone_is_refused(store: Store) -> None:
    naive = datetime(2026, 11, 20)  # noqa: DTZ001 - that is the point

    with store.read() as connection, pytest.raises(Exception, match="no timezone"):
        connection.execute(select(literal(naive, UtcDateTime)))


def test_no_datetime_stays_none(store: Store) -> None:
    nothing = cast(literal(None), UtcDateTime)
    with store.read() as connection:
        assert connection.execute(select(nothing)).scalar_one() is None


def test_sqlite_writes_its_own_times_as_python_writes_its(sqlite: Store) -> None:
    with sqlite.read() as connection:
        statement = str(select(utc_now()).compile(connection.engine))
        told = connection.exec_driver_sql(statement).scalar_one()
        given = connection.exec_driver_sql(
            "SELECT ?", (_as_stored(datetime.now(UTC), connection),)
        ).scalar_one()

    assert len(told) == len(given)
    assert told[:10] <= given[:10]
    assert [each for each in told if not each.isdigit()] == [
        each for each in given if not each.isdigit()
    ]


def _as_stored(instant: datetime, connection: Connection) -> str:
    processor = UtcDateTime().bind_processor(connection.dialect)
    assert processor is not None
    return str(processor(instant))
