"""`newsletter db`: which database is in use, and how to look after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import old_ledgers
from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, Yes
from newsletter.cli.output import console, plural, say, say_json, warn
from newsletter.errors import StoreError, Unwell, UsageError

if TYPE_CHECKING:
    from newsletter.model.publication import Publication

app = typer.Typer(
    name="db",
    help="Look at, upgrade, check, move and lighten the database.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command()(old_ledgers.archive)
app.command()(old_ledgers.restore)

_WHAT = {None: "empty", "copying": "the unfinished copy of another", "moved": "left"}


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say which database is in use, and whether this version can use it.

    Changes nothing. Ends with exit code 6 when it has to be upgraded, or is newer than
    this version.
    """
    from newsletter.store.health import examine

    found = examine(_database(context.obj.publication()))
    current = found.exists and found.revision == found.expected
    if as_json:
        say_json({**asdict(found), "current": current})
    else:
        say(f"database  {found.place}" + ("" if found.exists else " (not made yet)"))
        revision = _WHAT.get(found.revision, f"revision {found.revision}")
        say(f"tables    {revision}; this version works with {found.expected}")
        if found.damage:
            say(f"damage    {found.damage}")
    if found.damage or (found.revision and not current):
        message = f"{found.place} cannot be used as it is."
        hint = "see `newsletter db upgrade`, or use the version that made it"
        raise StoreError(message, hint=hint)


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the tables to this version, all or nothing.

    A SQLite file is backed up before; on PostgreSQL take care of that yourself. Whoever
    sends or serves with an older version meanwhile ends with a sentence, after the call
    in hand.
    """
    from newsletter.store.engine import Store
    from newsletter.store.health import examine

    database = _database(context.obj.publication())
    before = examine(database)
    with Store.open(database, upgrade=True) as store:
        if store.backup is not None:
            say(f"the old database is kept in {store.backup}")
    if before.revision == before.expected:
        say(f"{before.place} is up to date (revision {before.expected})")
    else:
        say(f"upgraded {before.place} to revision {before.expected}")


@app.command()
def check(
    context: typer.Context,
    mend: Annotated[
        bool, typer.Option("--mend", help="Count anew what is counted wrongly.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read everything, and see whether the ledger adds up.

    Ends with exit code 9 when something is wrong; changes nothing without --mend, and
    with it only counts: of events, and on PostgreSQL of deliveries.
    """
    from newsletter.store import soundness

    publication = context.obj.publication()
    with open_store(publication) as store:
        if mend and (number := soundness.mend(store)):
            warn(f"counted anew: {plural(number, 'campaign')}")
        found = soundness.examine_whole(store)
    if as_json:
        say_json(asdict(found))
    else:
        for name, number in found.rows.items():
            say(f"{name:<18} {number:>12,}")
        for words, number in found.contradictions.items():
            say(f"wrong: {number:,} {words}")
        for words in found.damage:
            say(f"damaged: {words}")
    if found.contradictions or found.damage:
        message = "the database contradicts itself"
        raise Unwell(
            message, hint="restore a backup; `newsletter report` has what was sent"
        )
    if not as_json:
        say("everything can be read, and adds up")


@app.command()
def copy(
    context: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            metavar="URL", help="A new database: postgresql://… or sqlite:///FILE."
        ),
    ],
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Move everything into a new database, and use that from then on.

    Subscribers, suppressions and the whole ledger come over; rows are counted and
    compared. A campaign that is half sent can be finished there. Broken off, the same
    command goes on. Afterwards the old database refuses to be used, so that nobody is
    mailed from both: `store:` in newsletter.yaml has to name the new one.
    """
    from newsletter.sending.moving import move_publication

    options: Context = context.obj
    publication = options.publication()
    source = _database(publication)
    target = _database(publication.model_copy(update={"store": to}))
    if source == target:
        raise UsageError("--to names the database in use", hint="name a new one")
    if not yes and not typer.confirm(
        "stop using the database there is, when it is done?"
    ):
        raise typer.Abort
    with _progress(shown=not as_json) as tell:
        copied = move_publication(source, target, tell)
    if as_json:
        say_json({each.name: each.rows for each in copied})
        return
    for each in copied:
        say(f"{each.name:<18} {each.rows:>12,}")
    total = plural(sum(each.rows for each in copied), "row")
    say(f"moved {total}, each compared; say `store:` in newsletter.yaml now")


def _database(publication: "Publication") -> str | Path:
    return publication.store_path or publication.store


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[str, int], None]]:
    """A line on a terminal that says how far it is."""
    out = console()
    if not shown or not out.is_terminal:
        yield lambda _name, _rows: None
        return
    with out.status("copying") as line:
        yield lambda name, rows: line.update(f"copying {name}: {rows:,} rows")
