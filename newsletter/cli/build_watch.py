"""`newsletter build --watch`: builds again whenever a file of the author changes."""

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.cli.build_once import Asked, say_report
from newsletter.cli.context import Context
from newsletter.cli.output import print_at_once, say, show_error
from newsletter.config.home import find_root
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.archive.build import SiteBuilder

_LOOK = 200
"""Milliseconds until we know that we watch."""

_NOT_OURS = frozenset({".git", ".newsletter"})


def build_on(options: Context, asked: Asked) -> None:
    """Build, and build again after every change, until Ctrl-C.

    A mistake is told, and the site stays as it was until it is mended.
    """
    from watchfiles import watch

    from newsletter.archive.build import SiteBuilder

    print_at_once()
    begun = time.monotonic()
    root = find_root(options.directory)
    folder = asked.folder(options, root)
    builder = SiteBuilder(root, folder, asked.wanted, asked.processes)
    _build(builder, options, begun)
    site = folder.resolve()

    def is_source(_: object, path: str) -> bool:
        parts = Path(path).relative_to(root).parts
        return not Path(path).is_relative_to(site) and parts[0] not in _NOT_OURS

    watched = False
    for changes in watch(
        root,
        watch_filter=is_source,
        raise_interrupt=False,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
    ):
        # Once more when we do watch: something may have changed before.
        if changes or not watched:
            _build(builder, options, begun)
        if not watched:
            watched = True
            say(f"watching {root}; Ctrl-C ends it")


def _build(builder: "SiteBuilder", options: Context, begun: float) -> None:
    # A build that goes on past midnight shows what comes out on the next day.
    now = options.now + timedelta(seconds=time.monotonic() - begun)
    try:
        report = builder.build(options.publication(), now.date())
    except NewsletterError as error:
        show_error(error)
    else:
        say_report(report, builder.out)
