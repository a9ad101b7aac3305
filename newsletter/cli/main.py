"""The command `newsletter`, from first to last; the one error handler."""

import atexit
import gc
import io
import os
import sys
from pathlib import Path

from newsletter.cli.build_plain import build_plainly
from newsletter.cli.output import show_error, warn
from newsletter.errors import NewsletterError, UsageError

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


BROKEN_PIPE = 141
"""The exit code when the reader of our output has gone, as shells have it."""


def main() -> None:
    """Run the command line; the only place where errors become text."""
    # To look for cycles among the many small values of a send, and of what is imported,
    # takes a sixth to a quarter of the time; there are hardly any.
    gc.set_threshold(100_000)
    # Nor is there any use in a last look: the memory is given back as a whole.
    atexit.register(gc.freeze)
    # Nobody's plugins are ours; to look for them in all packages takes a while.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _prepare_streams()
    try:
        _refuse_odd_arguments()
        if not build_plainly(sys.argv[1:]):
            _any_command()
    except NewsletterError as error:
        sys.exit(show_error(error))
    except KeyboardInterrupt:
        warn("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; not our fault.
        sys.stderr.close()
        sys.exit(BROKEN_PIPE)


def _any_command() -> None:
    # All verbs and what reads their options take as long to load as a small build.
    from newsletter.cli.app import app

    app()


def _prepare_streams() -> None:
    """Make printing safe: without a terminal's encoding, or without any output."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started us, as by some daemons.
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nothing)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refuse_odd_arguments() -> None:
    """Refuse bytes that are no text in this locale, before a name is garbled."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode(errors="backslashreplace").decode()
            raise UsageError(
                f"the argument {shown} is not text in this locale",
                hint="set LC_ALL=C.UTF-8, or PYTHONUTF8=1",
            ) from None
