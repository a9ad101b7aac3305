"""`newsletter build`: the archive, as a folder of static files."""

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, BaseUrl, SiteFolder
from newsletter.cli.output import plural, say, say_json


def build(
    context: typer.Context,
    out: SiteFolder = None,
    base_url: BaseUrl = "",
    as_json: AsJson = False,
) -> None:
    """Build the archive as a folder of static files.

    Index, issues, roundtables, Atom feed. Drafts and issues dated after today stay out.
    Nothing is written unless everything can be; files of yours in the folder are left
    alone.
    """
    from newsletter.archive.build import build_site

    options: Context = context.obj
    publication = options.publication()
    folder = options.path(out) if out else publication.root / "site"
    report = build_site(
        publication, folder, today=options.now.date(), base_url=base_url or None
    )
    if as_json:
        say_json(
            {
                "folder": str(folder),
                "pages": list(report.pages),
                "written": report.written,
                "unchanged": report.unchanged,
                "removed": report.removed,
            }
        )
        return
    say(
        f"built {plural(len(report.pages), 'page')} in {folder}: "
        f"{plural(report.written, 'file')} written, {report.unchanged} unchanged, "
        f"{report.removed} removed"
    )
    say(f"open {folder / 'index.html'}")
