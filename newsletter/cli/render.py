"""`newsletter render`: the very email that would be sent, as files."""

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, IssueName, MergeValues, RenderFolder
from newsletter.cli.output import say, say_json, say_problems
from newsletter.errors import UsageError


def render(
    context: typer.Context,
    issue: IssueName,
    out: RenderFolder = None,
    values: MergeValues = None,
    as_json: AsJson = False,
) -> None:
    """Write the email that would be sent, as files.

    `email.html`, `email.txt` and `email.eml` are made as a send makes them, for a
    reader with the values of `--set`; only the unsubscribe link leads nowhere.
    `preview.html` shows the images from this machine: open it in a browser.
    """
    from newsletter.sending.rendering import write_rendering

    options: Context = context.obj
    publication = options.publication()
    folder = options.path(out) if out else None
    rendering = write_rendering(
        publication, issue, folder, _pairs(values or []), options.now
    )
    if as_json:
        say_json(
            {
                "subject": rendering.subject,
                "preheader": rendering.preheader,
                "html_bytes": rendering.html_bytes,
                "files": [str(path) for path in rendering.files],
                "problems": [str(problem) for problem in rendering.problems],
            }
        )
        return
    say_problems(rendering.problems)
    say(f"subject    {rendering.subject}")
    say(f"preheader  {rendering.preheader}")
    say(f"size       {rendering.html_bytes / 1024:.1f} KB of HTML (Gmail clips at 102)")
    for path in rendering.files:
        say(f"wrote      {path}")
    say(f"open {rendering.files[-1]}")


def _pairs(values: list[str]) -> dict[str, str]:
    pairs = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals:
            raise UsageError(f"--set {value}", hint="write --set first_name=Ana")
        pairs[name.strip()] = text
    return pairs
