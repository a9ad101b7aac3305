"""`newsletter subscribers`: who gets the letter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli import subscriber
from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, DryRun
from newsletter.cli.output import console, plural, say, say_json, say_table
from newsletter.model.subscriber import SubscriberStatus

if TYPE_CHECKING:
    from newsletter.audience.tally import ImportReport

app = typer.Typer(
    name="subscribers",
    help="Import, add, list, export and remove subscribers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

for _command in (
    subscriber.show,
    subscriber.tag,
    subscriber.untag,
    subscriber.suppress,
    subscriber.unsuppress,
    subscriber.forget,
):
    app.command()(_command)

SHOWN = 20
"""Skipped rows that a report lists; --json has them all."""


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="A CSV file with an email column, or a zip.")
    ],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import subscribers from a CSV file, or from the zip of another service.

    Columns are found by their headings: Substack's, Mailchimp's, Buttondown's, Ghost's,
    beehiiv's, Kit's, Curated's, listmonk's and an export of our own are known. A file
    that cannot be read changes nothing; a row that cannot be used is skipped and named
    with its line. Who unsubscribed, bounced or complained is never brought back; blank
    cells erase nothing. (Text of a web page is imported with `newsletter import`.)
    """
    from newsletter.audience.importing import import_file
    from newsletter.config.erasing import load_eraser

    options: Context = context.obj
    publication = options.publication()
    eraser = load_eraser(publication.root)
    path = options.path(file)
    with open_store(publication) as store, _watched(path, quiet=as_json) as progress:
        report = import_file(
            store,
            eraser,
            path,
            dry_run=dry_run,
            source=file.name,
            progress=progress,
        )
    if as_json:
        skipped = [asdict(each) for each in report.skipped]
        say_json(asdict(replace(report, skipped=())) | {"skipped": skipped})
        return
    _say_import(report, file, dry_run=dry_run)


@contextmanager
def _watched(path: Path, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show how many rows were read, and of how many where that is easily told."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("reading"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console(), transient=True, disable=quiet) as bar:
        task = bar.add_task("reading", total=_lines(path))
        yield lambda rows: bar.update(task, completed=rows)


def _lines(path: Path) -> int | None:
    """The lines of a file of text, which are about its rows; None for a zip."""
    from newsletter.audience.zip_file import is_zip

    if is_zip(path) or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return sum(
                chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")
            )
    except OSError:  # told by the import
        return None


def _say_import(report: "ImportReport", file: Path, *, dry_run: bool) -> None:
    for skip in report.skipped[:SHOWN]:
        hint = f"; {skip.hint}" if skip.hint else ""
        who = skip.address or "a row without an address"
        say(f"{skip.file or file}:{skip.line}: skipped {who}: {skip.reason}{hint}")
    if len(report.skipped) > SHOWN:
        say(f"… and {len(report.skipped) - SHOWN:,} more; --json lists them all")
    would = "would be " if dry_run else ""
    say(
        f"{plural(report.rows, 'row')}: {report.added:,} {would}added, "
        f"{report.updated:,} updated, {report.unchanged:,} unchanged, "
        f"{report.suppressed:,} suppressed, {len(report.skipped):,} skipped"
    )


@app.command("add")
def add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The address.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
) -> None:
    """Add one subscriber."""
    from newsletter.audience import people
    from newsletter.config.erasing import load_eraser

    options: Context = context.obj
    publication = options.publication()
    with open_store(publication) as store:
        eraser = load_eraser(publication.root)
        outcome = people.add(store, eraser, address, name=name)
    say(f"{address}: {outcome}")


@app.command("list")
def list_(
    context: typer.Context,
    status: Annotated[
        SubscriberStatus | None, typer.Option(help="Only those of this status.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List subscribers."""
    from newsletter.audience import people

    options: Context = context.obj
    with open_store(options.publication()) as store:
        found = list(people.listing(store, status=status))
    if as_json:
        say_json([asdict(person) for person in found])
        return
    rows = (
        (person.address, person.merge_values().get("name", ""), person.status)
        for person in found
    )
    say_table(("address", "name", "status"), rows)
    say(plural(len(found), "subscriber"))


@app.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    person: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Only this one, as JSON with all that is known."
        ),
    ] = "",
    raw: Annotated[
        bool,
        typer.Option("--raw", help="For programs: cells that look like formulas too."),
    ] = False,
) -> None:
    """Export subscribers as CSV; cells that a spreadsheet would run are disarmed."""
    from newsletter.audience.exporting import export_csv

    options: Context = context.obj
    if person:
        subscriber.write_dossier(options, person, file)
        say(f"wrote all that is known of {person} to {file}")
        return
    with open_store(options.publication()) as store:
        number = export_csv(store, options.path(file), raw=raw)
    say(f"wrote {plural(number, 'subscriber')} to {file}")


@app.command("remove")
def remove(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The address.")],
) -> None:
    """Never mail an address again: unsubscribed, and suppressed for every import."""
    from newsletter.audience import people

    options: Context = context.obj
    with open_store(options.publication()) as store:
        outcome = people.remove(store, address)
    say(f"{address}: {outcome}")
