"""Starts a PostgreSQL of our own: a temporary cluster on this machine only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from tests.rig.ports import free_port
from tests.rig.tools import program

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}

PATIENCE_STEPS = 1200


@dataclass(frozen=True)
class Server:
    """A running cluster, which can be stopped and started again."""

    port: int
    home: Path
    owner: str | None
    settings: Mapping[str, str]

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        """Cut everybody off, as when its machine dies."""
        _control(self.home, self.owner, "--mode=immediate", "stop")

    def start(self) -> None:
        """Start it again, with what was committed."""
        _start(self, self.settings)

    def kill(self) -> None:
        """Let its machine die for good: SIGKILL, and nobody starts it again."""
        pid_file = self.home / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n")[0]), signal.SIGKILL)
        pid_file.unlink()

    def promote(self) -> None:
        """Make a standby the primary."""
        _control(self.home, self.owner, "promote")

    def clone(self, name: str) -> str:
        """Copy its database `postgres` into another; gives that one's URL."""
        other = self.conninfo.replace("dbname=postgres", "dbname=template1")
        with psycopg.connect(other, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE postgres".encode())
        return self.url.removesuffix("postgres") + name

    def dump(self) -> Path:
        """What is in its database `postgres`, in a file beside it."""
        file = self.home / "dump"
        command = program("postgresql-client", "pg_dump")
        _run([command, "--format=custom", f"--file={file}", self.conninfo], self.owner)
        return file

    def restore(self, dump: Path) -> None:
        """Put a dump into its database `postgres`, in the place of what is there."""
        self.change("DROP SCHEMA public CASCADE")
        self.change("CREATE SCHEMA public")
        command = program("postgresql-client", "pg_restore")
        _run([command, f"--dbname={self.conninfo}", str(dump)], None)

    def change(self, statement: str) -> None:
        """Change its settings, at once."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())
            connection.execute("SELECT pg_reload_conf()")

    def wait_for(self, query: str) -> None:
        """Wait until a query has TRUE for its one answer."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            for _ in range(PATIENCE_STEPS):
                if connection.execute(query.encode()).fetchone() == (True,):
                    return
                connection.execute("SELECT pg_sleep(0.05)")
        message = f"never true: {query}"
        raise AssertionError(message)

    @property
    def conninfo(self) -> str:
        """It as PostgreSQL's own programs are told of it."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"


@contextmanager
def cluster() -> Iterator[str]:
    """Run a fresh cluster and yield its SQLAlchemy URL; stop and remove it after."""
    with server() as running:
        yield running.url


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """Run a fresh cluster with these settings besides ours; stop and remove it after.

    What was committed outlives `stop` only with `synchronous_commit="on"`.
    """
    with _home() as (home, owner):
        _initialise(home, owner)
        with _running(Server(free_port(), home, owner, _SETTINGS | settings)) as found:
            yield found


@contextmanager
def standby(primary: Server, through: int = 0) -> Iterator[Server]:
    """Run a copy of a cluster that is streamed what that one writes.

    Nobody waits for it, until the primary has synchronous_standby_names. `through` is
    the port of a link that leads to the primary.
    """
    with _home() as (home, owner):
        _copy(primary, through or primary.port, home, owner)
        with _running(Server(free_port(), home, owner, primary.settings)) as found:
            yield found


@contextmanager
def _home() -> Iterator[tuple[Path, str | None]]:
    """A folder for a cluster, and whose it is."""
    owner = _owner()
    # Not pytest's tmp_path: that is closed to every user but the one who runs it.
    home = Path(tempfile.mkdtemp(prefix="newsletter-postgres-"))
    try:
        if owner:
            shutil.chown(home, owner)
        yield home, owner
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if (server.home / "data" / "postmaster.pid").exists():
            server.stop()


def _initialise(home: Path, owner: str | None) -> None:
    initdb = program("postgresql", "initdb")
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
    _run([initdb, f"--pgdata={home / 'data'}", "--no-sync", *options], owner)


def _copy(primary: Server, port: int, home: Path, owner: str | None) -> None:
    basebackup = program("postgresql", "pg_basebackup")
    source = f"--dbname={replace(primary, port=port).conninfo}"
    options = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
    _run([basebackup, source, f"--pgdata={home / 'data'}", *options], owner)


def _start(server: Server, settings: Mapping[str, str]) -> None:
    home = server.home
    here = {"port": str(server.port), "unix_socket_directories": str(home)}
    given = {**settings, **here}
    options = " ".join(f"-c {name}={value}" for name, value in given.items())
    log = f"--log={home / 'log'}"
    _control(home, server.owner, f"--options={options}", log, "start")


def _control(home: Path, owner: str | None, *arguments: str) -> None:
    pg_ctl = program("postgresql", "pg_ctl")
    _run([pg_ctl, f"--pgdata={home / 'data'}", "--wait", "--silent", *arguments], owner)


def _run(command: list[str], owner: str | None) -> None:
    done = subprocess.run(
        command,
        user=owner,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"{command[0]} failed:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _owner() -> str | None:
    """PostgreSQL refuses to run as root: name the user it runs as instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
