"""Who sends from PostgreSQL, and whether its server is fit for that."""

from collections.abc import Iterator, Sequence

from newsletter import __version__
from newsletter.model.campaign import CampaignState
from newsletter.model.publication import Publication
from newsletter.sending.doctor.finding import (
    Finding,
    not_checked,
    ok,
    problem,
    warning,
)
from newsletter.store import campaigns, workers
from newsletter.store.peek import peek
from newsletter.store.server import Server, Standbys, examine_server
from newsletter.store.standstill import (
    LATE_SECONDS,
    Standstill,
    examine_standstill,
)
from newsletter.store.workers import Worker

FULL = 0.8
"""The share of connections in use beyond which a further worker may find none."""

_HOURS_FROM = 120
"""So many minutes are told in hours."""

_TO_SEND = (CampaignState.SENDING, CampaignState.SCHEDULED)


def worker_findings(publication: Publication) -> Iterator[Finding]:
    """Whether somebody sends, in this version, from a server that keeps what it is
    told; nothing is found of SQLite."""
    store = peek(publication.store_path or publication.store)
    if store is None:
        return
    with store, store.read() as connection:
        server = examine_server(connection)
        if server is None:
            return
        present = workers.present(connection)
        unfinished = campaigns.unfinished(connection)
        standstill = examine_standstill(connection)
    waiting = sum(campaign.state in _TO_SEND for campaign in unfinished)
    yield from _server(server)
    yield from _standbys(server.standbys)
    if any(not worker.gone for worker in present):
        yield from _standstill(standstill)
    yield from _workers(present, waiting)


def _server(server: Server) -> Iterator[Finding]:
    if not server.keeps:
        yield problem(
            "server",
            "PostgreSQL does not wait for its disk: what was sent may be forgotten",
            "set fsync and synchronous_commit to `on` there",
        )
    elif server.connections > server.room * FULL:
        yield warning(
            "server",
            f"{server.connections} of {server.room} connections are in use",
            "raise max_connections, or start fewer workers",
        )
    else:
        yield ok("server", f"{server.connections} of {server.room} connections used")
    if server.failed:
        yield warning(
            "queue",
            f"{server.failed:,} jobs have failed",
            "their campaigns say why; the jobs can be deleted, the ledger has it all",
        )
    else:
        yield ok("queue", f"{server.due:,} jobs are due")


def _standbys(standbys: Standbys) -> Iterator[Finding]:
    """Whether one of them can take over and know all; nothing where there are none."""
    if not standbys.count:
        return
    if standbys.awaited:
        words = f"each commit waits for {standbys.awaited} of {standbys.count}"
        yield ok("standby", words)
    elif standbys.hidden:
        yield not_checked(
            "standby",
            f"{standbys.hidden} copy this server; this user may not see whether "
            "commits wait for them",
            "grant it pg_monitor, or see pg_stat_replication yourself",
        )
    else:
        yield warning(
            "standby",
            f"{standbys.count} copy this server, and no commit waits for any: one that "
            "takes its place may not know of the last calls",
            "name one in synchronous_standby_names, and leave synchronous_commit `on`; "
            "else those recipients get it twice from a provider without keys",
        )


def _standstill(found: Standstill) -> Iterator[Finding]:
    """What workers that live do not do; of those that do not, more is said."""
    again = "look again in a minute; if it stays so, start the workers again"
    if found.look_seconds > LATE_SECONDS:
        words = f"no look at the ledger has ended for {found.look_seconds:,.0f} s"
        yield warning("queue", words, again)
    if found.hint_seconds > LATE_SECONDS:
        words = f"what was due {found.hint_seconds:,.0f} s ago is sent by nobody"
        yield warning("queue", words, again)
    if found.untold:
        words = f"due batches of which the queue does not know: {found.untold:,}"
        yield warning("queue", words, again)


def _since(gone: Sequence[Worker]) -> str:
    """For how long nobody has been seen, where somebody was killed or cut off; who has
    ended as told has left no trace."""
    if not gone:
        return ""
    minutes = min(worker.quiet_seconds for worker in gone) / 60
    if minutes < _HOURS_FROM:
        return f" (the last was seen {minutes:.0f} min ago)"
    return f" (the last was seen {minutes / 60:.0f} h ago)"


def _workers(present: Sequence[Worker], waiting: int) -> Iterator[Finding]:
    alive = [worker for worker in present if not worker.gone]
    if waiting and not alive:
        yield warning(
            "workers",
            f"nobody works{_since(present)}, and campaigns wait: {waiting}",
            "start `newsletter worker`, or run `newsletter send --due` from cron",
        )
        return
    slots = sum(worker.slots for worker in alive)
    yield ok("workers", f"{len(alive)} at work, {slots} calls at once")
    for worker in alive:
        if worker.trouble:
            yield warning(
                "workers",
                f"{worker.name} cannot send: {worker.trouble}",
                "set it up as those that can, and start it again",
            )
        if worker.version != __version__:
            yield warning(
                "workers",
                f"{worker.name} is version {worker.version}, this is {__version__}",
                "start it again in this version",
            )
