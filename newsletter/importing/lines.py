"""Takes a pasted text apart into clean, numbered lines; a page has one a paragraph."""

import re
import unicodedata
from dataclasses import dataclass

from newsletter.errors import UsageError
from newsletter.importing.marked import is_marked, unmarked
from newsletter.importing.told import Note

MAX_BYTES = 256 * 1024
"""The longest pages have a tenth of it."""

# Everything that ends a line somewhere: Windows, old Macs, word processors, Unicode.
_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Seen by nobody, and left in texts by pages and editors.
_UNSEEN = re.compile("[\xad\u200b\u2060\ufeff\u200e\u200f]")
# What our readers refuse, or take for something of their own (see model/text.py).
_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
    "\U000f0000-\U0010ffff]"
)
_URL = re.compile(r"<?(https?://[^\s<>\"]+)>?\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its number in the pasted text, and its words.

    `cells` are its parts between tabs, as of a table; `apart` says that a blank line
    stands above it.
    """

    number: int
    text: str
    cells: tuple[str, ...] = ()
    apart: bool = False

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    @property
    def url(self) -> str:
        """The web address that the line is; empty where it is something else."""
        found = _URL.match(self.text)
        return found.group(1) if found else ""


def decoded(data: bytes, name: str) -> str:
    """The text of a file as editors save it: UTF-8, or UTF-16 with its mark.

    Raises UsageError for bytes that are neither, for too many and for no words at all.
    """
    if len(data) > MAX_BYTES:
        limit = f"at most {MAX_BYTES // 1024} KiB are read"
        raise UsageError(f"{name} has {len(data):,} bytes", hint=limit)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name}:{line}: byte 0x{data[error.start]:02x} is not UTF-8"
        raise UsageError(message, hint="save the file as UTF-8") from None
    if not re.search(r"\w", text):
        hint = "copy the whole page into it, and save it"
        raise UsageError(f"{name} has no words in it", hint=hint)
    return text


def read_lines(text: str) -> tuple[list[Line], list[Note]]:
    """The lines that are not blank, in NFC, each run of blanks as one.

    Characters that no text may hold become blanks, and the marks of Markdown are taken
    off where the page is written in it: both are told.
    """
    lines, notes = [], []
    apart = False
    raws = _BREAK.split(_UNSEEN.sub("", text))
    if is_marked(raws):
        notes.append(Note(0, "the page is written in Markdown", "its marks taken off"))
        raws = [unmarked(raw) for raw in raws]
    for number, raw in enumerate(raws, 1):
        seen = _REFUSED.sub(" ", raw)
        if seen != raw:
            count = len(_REFUSED.findall(raw))
            what = f"{count} character{'s' if count > 1 else ''} that cannot be shown"
            notes.append(Note(number, what, "made blank"))
        seen = unicodedata.normalize("NFC", seen)
        cells = tuple(part for cell in seen.split("\t") if (part := _joined(cell)))
        if cells:
            lines.append(Line(number, " ".join(cells), cells, apart))
        apart = not cells
    return lines, notes


def _joined(text: str) -> str:
    return " ".join(text.split())
