"""How PostgreSQL is reached, at one host of several, and how long it is waited for."""

import socket

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url, text

from newsletter.errors import StoreBusy, StoreError
from newsletter.store.connect import parameters, parse, place
from newsletter.store.engine import Store
from newsletter.store.listening import conninfo


def test_a_cut_link_is_noticed_within_half_a_minute(postgres: Store) -> None:
    """The server would keep the locks of whoever was cut off for hours."""
    names = ("idle", "interval", "count")
    with postgres.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        here = driver.info.get_parameters()
        there = [
            connection.scalar(text(f"SHOW tcp_keepalives_{name}")) for name in names
        ]
        there.append(connection.scalar(text("SHOW tcp_user_timeout")))

    assert [here[f"keepalives_{name}"] for name in names] == ["10", "5", "3"]
    assert here["tcp_user_timeout"] == "30000"
    assert there == ["10", "5", "3", "30000"]


def test_the_queue_notices_too_and_a_url_may_say_otherwise() -> None:
    url = "postgresql+psycopg://me@db.example.com/letters?keepalives_idle=60"

    found = conninfo_to_dict(conninfo(url))

    assert found["tcp_user_timeout"] == "30000"
    assert found["keepalives_idle"] == "60"


def test_a_url_decides_how_long_is_waited(migrated_schema: str) -> None:
    url = make_url(migrated_schema).update_query_dict({"keepalives_idle": "60"})

    with (
        Store.open(url.render_as_string(hide_password=False)) as store,
        store.read() as connection,
    ):
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.get_parameters()["keepalives_idle"] == "60"


TWO = "postgresql+psycopg://me:p%40ss@a.example.com:5433,b.example.com/letters"


@pytest.mark.parametrize(
    "url",
    [
        f"{TWO}?target_session_attrs=read-write",
        "postgres://me:p%40ss@/letters?host=a.example.com:5433&host=b.example.com:5432"
        "&target_session_attrs=read-write",
        "postgresql://me:p%40ss@/letters?host=a.example.com,b.example.com"
        "&port=5433,5432&target_session_attrs=read-write",
    ],
)
def test_several_hosts_of_which_one_takes_writes(url: str) -> None:
    expected = {
        "host": "a.example.com,b.example.com",
        "port": "5433,5432",
        "user": "me",
        "password": "p@ss",
        "dbname": "letters",
        "target_session_attrs": "read-write",
    }
    found = parse(url)
    again = found.render_as_string(hide_password=False)

    assert parameters(found) == expected
    # The queue gets the store's URL as it was read.
    assert conninfo_to_dict(conninfo(again)).items() >= expected.items()
    assert place(found) == (
        "PostgreSQL database letters at a.example.com:5433 or b.example.com:5432"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://db.example.com/x", "db.example.com"),
        ("postgresql://db.example.com:5433/x", "db.example.com:5433"),
        ("postgresql:///x", "this machine"),
        ("postgresql:///x?host=/run/postgresql", "/run/postgresql"),
        ("postgresql://[::1]:1,b:2/x", "::1:1 or b:2"),
        ("postgresql://a,b/x", "a:5432 or b:5432"),
    ],
)
def test_where_a_database_is_said_without_user_and_password(
    url: str, said: str
) -> None:
    assert place(parse(url)) == f"PostgreSQL database x at {said}"


@pytest.mark.parametrize(
    "url",
    ["postgresql://a:1,b:two/x", "postgresql:///x?host=a,b&port=1"],
)
def test_hosts_and_ports_that_do_not_match_are_refused(url: str) -> None:
    with pytest.raises(StoreError, match="The store URL cannot be read"):
        parse(url)


def test_a_host_that_says_nothing_is_passed_over(migrated_schema: str) -> None:
    """It takes the connection, and no answer ever comes: a frozen machine."""
    real = make_url(migrated_schema)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:{silent.getsockname()[1]},{real.host}:{real.port}"
        url = migrated_schema.replace(f"{real.host}:{real.port}", hosts)
        # For each host: the real one may be slow as well.
        url += "&connect_timeout=6"

        with Store.open(url) as store, store.read() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            assert driver.info.port == real.port
        with psycopg.connect(conninfo(url)) as queue:
            assert queue.info.port == real.port


def test_whoever_has_no_time_does_not_wait_for_an_upgrade(postgres: Store) -> None:
    """It holds everybody who writes back, and so does a copy."""
    with (
        Store.open(postgres.url, busy_seconds=0.05) as impatient,
        postgres.hold(),
        pytest.raises(StoreBusy, match="is busy"),
        impatient.write(),
    ):
        raise AssertionError
