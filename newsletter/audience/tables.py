"""The tables of subscribers in a file: a CSV file itself, or those in a zip."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.audience.csv_file import Table, open_table
from newsletter.audience.zip_file import is_zip, open_zip


@contextmanager
def open_tables(path: Path) -> Iterator[Iterator[Table]]:
    """Open a CSV file, or the lists of subscribers in a platform's zip, one by one.

    Raises SourceError, located, now or at the row that is broken.
    """
    if is_zip(path):
        with open_zip(path) as tables:
            yield tables
    else:
        with open_table(path) as table:
            yield iter([table])
