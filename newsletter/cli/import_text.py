"""`newsletter import`: files made of text that was copied from a web page."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, DryRun
from newsletter.cli.output import plural, say, say_json, warn
from newsletter.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from newsletter.importing.told import Imported

app = typer.Typer(
    name="import",
    help="Make an issue or a roundtable of text copied from a web page. "
    "(People are imported with `newsletter subscribers import`.)",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Pasted = Annotated[
    Path, typer.Argument(metavar="FILE.txt", help="The copied text; - reads it.")
]
Slug = Annotated[
    str, typer.Option(help="Its name in addresses; else made from the title.")
]
Day = Annotated[
    str, typer.Option("--date", help="Its date, such as 2026-11-20; else the page's.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file to write, elsewhere.")
]
_STDIN = Path("-")


@app.command("roundtable")
def roundtable(
    context: typer.Context,
    file: Pasted,
    slug: Slug = "",
    day: Day = "",
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a roundtable of text copied from its web page.

    Finds the panel, the rounds, the consensus and the hiring signals. Where no names
    stand before the remarks, the panel speaks in its listed order; whom a remark speaks
    to by name tells where one is missing. No sentence is lost: what has no place is
    kept at the end, and everything that did not add up is told with its line. A file
    that is there is never overwritten; --dry-run prints the new one instead.
    """
    from newsletter.importing.roundtable import import_roundtable
    from newsletter.importing.writing import check_roundtable, hidden, roundtable_path

    options: Context = context.obj
    publication = options.publication()
    found = import_roundtable(
        _read(options, file),
        publication.labels,
        language=publication.language,
        day=_day(day),
    )
    path = options.path(out) if out else None
    path = path or roundtable_path(publication.root, found.title, slug)
    # Words that are nobody's yet must not go out, wherever the file is to be.
    path = hidden(path) if found.unfinished else path
    check_roundtable(path, found.text)
    _finish(path, found, dry_run=dry_run, as_json=as_json)
    if path.name.startswith("_") and not (as_json or dry_run):
        say("nobody sees it yet: take the `_` off its name when it may be published")


@app.command("issue")
def issue(
    context: typer.Context,
    file: Pasted,
    slug: Slug = "",
    day: Day = "",
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an issue, a draft, of text copied from its web page or mail.

    Finds title, deck, day, opinion column, sub-heads, quotes, lists, questions, TLDR
    and music. No sentence is lost: what has no place is kept at the end, and everything
    that did not add up is told with its line. A file that is there is never
    overwritten; --dry-run prints the new one instead.
    """
    from newsletter.importing.issue import import_issue
    from newsletter.importing.writing import check_issue, issue_path

    options: Context = context.obj
    publication = options.publication()
    found = import_issue(
        _read(options, file),
        publication.labels,
        language=publication.language,
        today=options.now.date(),
        day=_day(day),
    )
    path = options.path(out) if out else None
    path = path or issue_path(
        publication.root, found.title, slug, found.day or options.now.date()
    )
    check_issue(path, found.text)
    _finish(path, found, dry_run=dry_run, as_json=as_json)
    if not as_json and not dry_run:
        say("it is a draft: set `status: ready` when it may be published and sent")


def _read(options: Context, file: Path) -> str:
    """The pasted text. Raises UsageError for a file that cannot be read as text."""
    from newsletter.importing.lines import MAX_BYTES, decoded

    if file == _STDIN:
        return decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "the text")
    path = options.path(file)
    try:
        # One byte more than is read tells that there are too many.
        with path.open("rb") as source:
            return decoded(source.read(MAX_BYTES + 1), str(file))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def _day(text: str) -> "date | None":
    from pydantic import TypeAdapter, ValidationError

    from newsletter.model.text import Day as DayOf

    if not text:
        return None
    try:
        found: date = TypeAdapter(DayOf).validate_python(text)
    except ValidationError:
        message = f"--date {text} is not a day"
        raise UsageError(message, hint="write it as 2026-11-20") from None
    return found


def _finish(path: Path, found: "Imported", *, dry_run: bool, as_json: bool) -> None:
    """Write the file, unless it is only to be shown, and say what came of it."""
    from newsletter.importing.writing import write_new

    if not dry_run:
        write_new(path, found.text)
    if as_json:
        data = {"file": str(path), "written": not dry_run, "read": found.read}
        data["notes"] = found.notes_as_data()
        say_json(data | ({"text": found.text} if dry_run else {}))
        return
    if dry_run:
        sys.stdout.write(found.text)
    # What a dry run prints to stdout is the file, and nothing else.
    tell = warn if dry_run else say
    tell(f"would write {path}" if dry_run else f"wrote {path}")
    parts = [
        plural(number, what.replace("_", " ").removesuffix("s"))
        for what, number in found.read.items()
        if number
    ]
    tell(f"read: {', '.join(parts) or 'nothing'}")
    for note in found.notes:
        tell(f"  {note}")
    if found.notes:
        tell(f"{plural(len(found.notes), 'thing')} to look at, above")
