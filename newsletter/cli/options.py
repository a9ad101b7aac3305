"""Options that several commands have, so that they mean the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
IssueOf = Annotated[str, typer.Argument(metavar="ISSUE", help="Path or slug.")]
IssueName = Annotated[str, typer.Argument(help="Path or slug.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Segment = Annotated[
    str,
    typer.Option(
        help="To whom: a segment of newsletter.yaml, or `all` active subscribers."
    ),
]
ProviderName = Annotated[str, typer.Option(help="Through whom.")]
NewOnly = Annotated[
    bool, typer.Option("--new-only", help="Only to those who joined since it was sent.")
]
Adopt = Annotated[
    bool,
    typer.Option("--adopt", help="Send from this database, though it may be a copy."),
]
RenderFolder = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder; else .newsletter/render/<slug>."),
]
SiteFolder = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder; else site/.")
]
BaseUrl = Annotated[
    str, typer.Option(help="Where it will be published, instead of base_url.")
]
MergeValues = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A merge value to fill in."),
]
