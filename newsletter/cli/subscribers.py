"""`newsletter subscribers`: who gets the letter."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, DryRun
from newsletter.cli.output import console, plural, say, say_json, say_table
from newsletter.model.subscriber import SubscriberStatus

if TYPE_CHECKING:
    from newsletter.audience.importing import ImportReport

app = typer.Typer(
    name="subscribers",
    help="Import, add, list, export and remove subscribers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SHOWN = 20
"""Skipped rows that a report lists; --json has them all."""


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file with an email column.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import subscribers from a CSV file.

    Columns are found by their headings. A file that cannot be read changes nothing; a
    row that cannot be used is skipped and named with its line. Who unsubscribed,
    bounced or complained is never brought back; blank cells erase nothing.
    """
    from newsletter.audience.importing import import_csv

    options: Context = context.obj
    with open_store(options.publication()) as store, console().status("reading…"):
        report = import_csv(
            store, options.path(file), dry_run=dry_run, source=file.name
        )
    if as_json:
        say_json(asdict(report) | {"rows": report.rows, "dry_run": dry_run})
        return
    _say_import(report, file, dry_run=dry_run)


def _say_import(report: "ImportReport", file: Path, *, dry_run: bool) -> None:
    for skip in report.skipped[:SHOWN]:
        hint = f"; {skip.hint}" if skip.hint else ""
        who = skip.address or "a row without an address"
        say(f"{file}:{skip.line}: skipped {who}: {skip.reason}{hint}")
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

    options: Context = context.obj
    with open_store(options.publication()) as store:
        outcome = people.add(store, address, name=name)
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
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    raw: Annotated[
        bool,
        typer.Option("--raw", help="For programs: cells that look like formulas too."),
    ] = False,
) -> None:
    """Export subscribers as CSV; cells that a spreadsheet would run are disarmed."""
    from newsletter.audience.exporting import export_csv

    options: Context = context.obj
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
