"""Where a database is: told by itself, whatever is done to the server."""

import threading

import pytest
from sqlalchemy import make_url, text

from newsletter.store import instance, origin
from newsletter.store.engine import Store
from newsletter.store.origin import Origin
from tests.rig.postgres import Server, server, standby

_MUCH = "CREATE TABLE much AS SELECT repeat('x', 500) FROM generate_series(1, 50000)"
_HAS_ALL = "SELECT replay_lsn = pg_current_wal_lsn() FROM pg_stat_replication"
_WAITS = text(
    "SELECT EXISTS (SELECT FROM pg_locks "
    "WHERE relation = 'instance'::regclass AND NOT granted)"
)


def here(url: str) -> Origin:
    with Store.open(url) as store, store.read() as connection:
        found = origin.here(connection)
        assert origin.place(connection) == found.place
    return found


def settle(url: str) -> bool:
    with Store.open(url) as store, store.write() as connection:
        return origin.settle(connection)


def known(url: str) -> Origin:
    with Store.open(url) as store, store.read() as connection:
        return origin.known(connection)


def as_user(server: Server, name: str) -> str:
    url = make_url(server.url).set(username=name)
    return url.render_as_string(hide_password=False)


def test_a_file_is_nowhere(sqlite: Store) -> None:
    with sqlite.write() as connection:
        assert origin.here(connection) == origin.known(connection) == Origin()
        assert origin.settle(connection) is False
        assert origin.known(connection) == Origin()
        assert instance.get(connection).uid


def test_it_is_remembered_once(postgres: Store) -> None:
    for _ in range(2):
        with postgres.write() as connection:
            assert origin.settle(connection) is False
    with postgres.read() as connection:
        found = origin.known(connection)
        rows = connection.exec_driver_sql("SELECT count(*) FROM instance").scalar()
        assert found == origin.here(connection)
    assert (rows, found.timeline, found.turned_at) == (1, 1, None)


def test_a_copy_is_elsewhere_by_its_server_its_database_or_its_tables() -> None:
    with server() as one, server() as two:
        Store.open(one.url).close()
        original = here(one.url).place
        assert original
        dump = one.dump()
        two.restore(dump)
        places = [here(one.clone("other")).place, here(two.url).place]
        one.restore(dump)
        places.append(here(one.url).place)

    first, second, third = (str(each).split("/") for each in places)
    was = original.split("/")
    assert (first[0], second[0] == was[0], third[:2]) == (was[0], False, was[:2])
    assert first[1] != was[1]
    assert third[2] != was[2]


def test_tables_that_are_made_anew_are_seen_by_who_is_connected(
    postgres_schema: str,
) -> None:
    with Store.open(postgres_schema) as store:
        with store.write() as connection:
            origin.settle(connection)
        with store.write() as connection:
            for statement in (
                "CREATE TABLE other AS SELECT * FROM instance",
                "DROP TABLE instance",
                "ALTER TABLE other RENAME TO instance",
            ):
                connection.exec_driver_sql(statement)
            assert origin.place(connection) != origin.known(connection).place


def test_a_server_that_does_not_say_who_it_is_is_not_asked() -> None:
    with server() as there:
        Store.open(there.url).close()
        there.change("CREATE ROLE somebody LOGIN")
        there.change("GRANT ALL ON ALL TABLES IN SCHEMA public TO somebody")
        url = as_user(there, "somebody")
        assert here(url) == here(there.url) != Origin()

        there.change("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        assert here(url) == Origin()
        assert here(there.url) != Origin()


@pytest.mark.parametrize("code", ["55000", "0A000"])
@pytest.mark.parametrize("function", ["pg_current_wal_lsn", "pg_control_system"])
def test_a_server_that_has_no_answer_is_not_asked(
    postgres: Store, function: str, code: str
) -> None:
    """As a service that keeps its log elsewhere, though it has the function."""
    with postgres.write() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
        for statement in (
            f"CREATE FUNCTION {function}(OUT system_identifier pg_lsn) "
            "LANGUAGE plpgsql AS $$ BEGIN RAISE 'wal_level must be set to logical' "
            f"USING ERRCODE = '{code}'; END $$",
            f"SET LOCAL search_path TO {schema}, pg_catalog",
        ):
            connection.exec_driver_sql(statement)
        assert origin.here(connection) == Origin()
        assert origin.settle(connection) is False
        assert origin.known(connection) == Origin()
        connection.exec_driver_sql(f"DROP FUNCTION {function}()")


def test_a_standby_that_took_over_is_on_a_new_timeline_at_once() -> None:
    """Also before its first checkpoint has ended, which may take minutes."""
    big = {"shared_buffers": "256MB", "synchronous_commit": "on"}
    with server(**big) as primary:
        Store.open(primary.url).close()
        assert settle(primary.url) is False
        before = here(primary.url)
        with standby(primary) as second:
            primary.change(_MUCH)
            primary.wait_for(_HAS_ALL)
            with Store.open(second.url) as store, store.read() as connection:
                assert origin.here(connection) == (before.place, None, None)
                primary.kill()
                second.promote()

            assert here(second.url) == (before.place, 2, None)
            assert known(second.url) == (before.place, 1, None)
            assert settle(second.url) is True
            assert settle(second.url) is False
            after = known(second.url)
    assert (after.place, after.timeline) == (before.place, 2)
    assert after.turned_at


def test_of_several_who_are_the_first_each_waits_for_the_one_before(
    postgres: Store,
) -> None:
    """Else each would give the database a name of its own."""

    def be_first() -> None:
        with postgres.write() as connection:
            origin.settle(connection)

    with postgres.write() as connection:
        origin.settle(connection)
        thread = threading.Thread(target=be_first)
        thread.start()
        while thread.is_alive() and not connection.scalar(_WAITS):
            pass
    thread.join()

    with postgres.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM instance")) == 1
