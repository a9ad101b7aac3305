"""The log of a service or a worker for programs: a line of JSON for all that happens.

No reader is named in it, because logs are kept for long and by many: a line has no path
and no client, and what looks like an address, a token or an IP in a text is left out.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

# Mail addresses; tokens, keys and ids; IPv4, IPv6. What comes before an @ is bounded,
# or a long text without one would be read over and over.
_NAMED = re.compile(
    r"\S{1,320}@\S+"
    r"|[A-Za-z0-9_\-.~]{24,}"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)

# Long words that are our own, and name nobody: names of machines and of issues.
_OUR_WORDS = frozenset({"worker", "from_worker", "issue", "segment", "route"})


class JsonLines(logging.Formatter):
    """Formats a record as one line; `fields` that were given with it become its own.

    What is said in `always` is in every line.
    """

    def __init__(self, **always: object) -> None:
        """Say that of the process in each of its lines."""
        super().__init__()
        self._always = always

    def format(self, record: logging.LogRecord) -> str:
        """The line: when, how grave, which process, what."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat("T", "seconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            **self._always,
            "message": _NAMED.sub("…", record.getMessage()),
        }
        for name, value in getattr(record, "fields", {}).items():
            theirs = isinstance(value, str) and name not in _OUR_WORDS
            line[name] = _NAMED.sub("…", value) if theirs else value
        kind, error, frames = record.exc_info or (None, None, None)
        if kind:
            line["error"] = f"{kind.__name__}: {_NAMED.sub('…', str(error))}"
            # Where in the code, which names nobody.
            line["trace"] = [
                f"{frame.filename}:{frame.lineno}"
                for frame in traceback.extract_tb(frames)
            ]
        return json.dumps(line, ensure_ascii=False)


def log_as_json(**always: object) -> None:
    """Have everything this process logs printed as such lines.

    Each has what is `always` to be said, such as the name of a worker.
    """
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(**always))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("newsletter").setLevel(logging.INFO)
