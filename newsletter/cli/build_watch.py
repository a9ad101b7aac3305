"""`newsletter build --watch`: builds again whenever a file of the author changes."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.cli.build_once import Asked, say_report
from newsletter.cli.context import Context
from newsletter.cli.output import print_at_once, say, show_error
from newsletter.config.home import find_root
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.archive.build import SiteBuilder

_BUILT = "built"
"""What was told last, when the site is as the files are."""


def build_on(options: Context, asked: Asked) -> None:
    """Build, and build again after every change, until Ctrl-C.

    A mistake is told, and the site stays as it was until it is mended.
    """
    from newsletter.archive.build import SiteBuilder

    print_at_once()
    root = find_root(options.directory)
    folder = asked.folder(options, root)
    builder = SiteBuilder(root, folder, asked.wanted, asked.processes)
    with suppress(KeyboardInterrupt):
        asyncio.run(_build_on(builder, options))


async def _build_on(builder: "SiteBuilder", options: Context) -> None:
    """Build when the watch begins, and with every change that it tells of."""
    from newsletter.content.watching import watch

    begun = time.monotonic()
    changed = asyncio.Event()
    root, site = builder.root.resolve(), builder.out.resolve()
    watching = asyncio.create_task(watch(root, lambda _: changed.set(), site))
    watching.add_done_callback(lambda _: changed.set())
    told = ""
    while True:
        await changed.wait()
        changed.clear()
        if watching.done():
            return watching.result()
        # In this thread, which waits for nothing else: a build makes processes.
        last, told = told, build_and_tell(builder, options, begun, told)
        if not last:
            say(f"watching {builder.root}; Ctrl-C ends it")


def build_and_tell(
    builder: "SiteBuilder", options: Context, begun: float, told: str
) -> str:
    """Build, and tell what came of it unless that is what was `told` last; give it.

    What is told may be kept in a file that is watched: to tell the same again would
    never end.
    """
    # A build that goes on past midnight shows what comes out on the next day.
    now = options.now + timedelta(seconds=time.monotonic() - begun)
    try:
        report = builder.build(options.publication(), now.date())
    except NewsletterError as error:
        if str(error) != told:
            show_error(error)
        return str(error)
    if report.written or report.removed or told != _BUILT:
        say_report(report, builder.out)
    return _BUILT
