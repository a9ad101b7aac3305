"""Exports the subscribers as CSV, in the form that an import reads back unchanged."""

import csv
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from newsletter.audience.cells import defuse, uid_text
from newsletter.audience.files import written_whole
from newsletter.audience.headers import Role, role_of
from newsletter.audience.standing import NOBODY
from newsletter.errors import UsageError
from newsletter.model.subscriber import Subscriber, Suppression
from newsletter.store import subscribers, suppressions
from newsletter.store import tags as tags_of
from newsletter.store.engine import Store

_FIRST = ("first_name", "last_name")
_LAST = (
    "tags",
    "status",
    "suppressed",
    "suppressed_since",
    "suppressed_note",
    "source",
    "created_at",
    "confirmed_at",
    "unsubscribed_at",
    "newsletter_uid",
)
# For the source, the times and the uid.
_NONE = ("",) * 5
_ROWS_AT_ONCE = 1000


def export_csv(store: Store, out: Path | IO[str], *, raw: bool = False) -> int:
    """Write all subscribers, and how many; addresses that are only suppressed follow.

    A file appears whole or not at all. Cells that a spreadsheet would take for formulas
    begin with an apostrophe, which an import removes; not so in a `raw` export. Raises
    UsageError when the file cannot be written.
    """
    if isinstance(out, Path):
        _refuse_other_files(out)
    number = 0
    written: set[str] = set()
    opened = written_whole(out) if isinstance(out, Path) else nullcontext(out)
    with opened as stream, store.read() as connection:
        sheet = _Sheet(stream, _attributes(subscribers.iterate(connection)), raw=raw)
        everybody = subscribers.iterate(connection)
        while some := list(islice(everybody, _ROWS_AT_ONCE)):
            keys = [person.address_key for person in some]
            never = suppressions.keys(connection, keys)
            tags = tags_of.of_subscribers(connection, [person.id for person in some])
            sheet.people(some, tags, never)
            number += len(some)
            written |= never.keys()
        sheet.nobody(suppressions.iterate(connection), written)
    return number


def _refuse_other_files(out: Path) -> None:
    """Never replace what is no list of subscribers: the ledger, an issue."""
    if out.is_file() and out.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise UsageError(
            f"{out} is there already and no .csv file", hint="choose another name"
        )


class _Sheet:
    """The CSV file being written; its header is written first."""

    def __init__(
        self, stream: IO[str], attributes: Sequence[str], *, raw: bool
    ) -> None:
        # Quotes everywhere: where `;` delimits, they keep `a;=1` in one cell.
        self._writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._attributes = attributes
        self._raw = raw
        titles = map(_title, attributes)
        self._write(["email", "name", *titles, *_LAST])

    def people(
        self,
        people: Iterable[Subscriber],
        tags: dict[int, tuple[str, ...]],
        never: dict[str, Suppression],
    ) -> None:
        for person in people:
            self._write(
                [
                    person.address,
                    person.name,
                    *(person.attributes.get(key, "") for key in self._attributes),
                    ",".join(tags.get(person.id, ())),
                    person.status,
                    *_why(never.get(person.address_key)),
                    person.source,
                    _moment(person.created_at),
                    _moment(person.confirmed_at),
                    _moment(person.unsubscribed_at),
                    uid_text(person.uid),
                ]
            )

    def nobody(self, never: Iterable[Suppression], written: Collection[str]) -> None:
        """Add the addresses that nobody may import elsewhere, and mail, by mistake."""
        blank = [""] * (len(self._attributes) + 2)
        for suppression in never:
            if (key := suppression.address_key) not in written:
                self._write([key, *blank, NOBODY, *_why(suppression), *_NONE])

    def _write(self, cells: Iterable[str]) -> None:
        self._writer.writerow(cells if self._raw else map(defuse, cells))


def _why(suppression: Suppression | None) -> tuple[str, str, str]:
    if suppression is None:
        return "", "", ""
    return suppression.reason, _moment(suppression.since), suppression.note


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _attributes(everybody: Iterable[Subscriber]) -> list[str]:
    """All attributes that anybody has, the parts of the name first."""
    keys = {key for person in everybody for key in person.attributes}
    first = [key for key in _FIRST if key in keys]
    return first + sorted(keys.difference(first))


def _title(key: str) -> str:
    """The title of an attribute's column, which must not be read as something else."""
    return key if role_of(key) is Role.ATTRIBUTE else f"attribute_{key}"
