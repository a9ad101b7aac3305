"""Prints a difference between two emails for a person."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from newsletter.cli.output import console, safe, say
from newsletter.sending.diff.compare import Changes, Difference
from newsletter.sending.diff.seen import Reference
from newsletter.sending.diff.word_diff import Op, Piece, word_diff

CONTEXT = 6
"""Words that are shown on each side of a change."""

# As git's --word-diff writes them: colour alone would tell nothing to some readers.
_MARKS = {Op.SAME: ("", ""), Op.REMOVED: ("[-", "-]"), Op.ADDED: ("{+", "+}")}
_STYLES = {Op.SAME: "", Op.REMOVED: "red", Op.ADDED: "green"}


def show(slug: str, since: str, difference: Difference) -> None:
    """Print what changed of the issue `slug`; nothing of it can drive a terminal."""
    if difference.same:
        say(f"{slug}: readers would see no change since {since}")
        return
    say(f"{slug}: what readers would see change since {since}\n")
    for name, (before, after) in difference.lines.items():
        for change in word_diff([before], [after]):
            _print(f"{name.replace('_', '-'):<11}", _marked(change.pieces))
    before_size, after_size = difference.before.html_bytes, difference.after.html_bytes
    say(
        f"{'size':<11}{before_size / 1024:.1f} KB → {after_size / 1024:.1f} KB of HTML "
        f"({after_size - before_size:+,} bytes)"
    )
    _show_words(difference)
    _show_references("links", difference.links)
    _show_references("images", difference.images)


def _show_words(difference: Difference) -> None:
    if not difference.words:
        say(f"{'words':<11}the same{_what_else(difference)}")
        return
    added, removed = difference.count(Op.ADDED), difference.count(Op.REMOVED)
    say(f"{'words':<11}{added:,} added, {removed:,} removed")
    heading = None
    for change in difference.words:
        if change.heading != heading:
            heading = change.heading
            say(f"\n  {heading or '(at the top)'}")
        _print("    ", _marked(_shortened(change.pieces)))


def _what_else(difference: Difference) -> str:
    """What differs where no word does."""
    if difference.html_changed:
        return "; the HTML differs"
    return "; the plain text differs" if difference.text_changed else ""


def _show_references(title: str, changes: Changes) -> None:
    if not changes:
        return
    say(f"\n{title}")
    for before, after in changes.changed:
        text = _pair(before.text, after.text)
        target = _pair(before.target, after.target)
        _print("  ~ ", text + Text(" → ") + target)
    for item in changes.removed:
        _print("  - ", _mark(_described(item), Op.REMOVED))
    for item in changes.added:
        _print("  + ", _mark(_described(item), Op.ADDED))


def _described(item: Reference) -> str:
    return f"{item.text} → {item.target}" if item.text else item.target


def _pair(before: str, after: str) -> Text:
    """Two values one after the other; one that did not change is shown once."""
    if before == after:
        return _mark(after, Op.SAME)
    return _spaced([_mark(before, Op.REMOVED), _mark(after, Op.ADDED)])


def _shortened(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out what is far from any change."""
    return [
        _context(piece, first=number == 0, last=number == len(pieces) - 1)
        if piece.op is Op.SAME
        else piece
        for number, piece in enumerate(pieces)
    ]


def _context(piece: Piece, *, first: bool, last: bool) -> Piece:
    before = () if first else piece.words[:CONTEXT]
    after = () if last else piece.words[-CONTEXT:]
    if len(before) + len(after) >= len(piece.words):
        return piece
    return Piece(Op.SAME, (*before, "…", *after))


def _marked(pieces: Iterable[Piece]) -> Text:
    return _spaced(_mark(piece.text, piece.op) for piece in pieces)


def _mark(text: str, op: Op) -> Text:
    opening, closing = _MARKS[op]
    return Text(f"{opening}{safe(text)}{closing}", _STYLES[op])


def _spaced(texts: Iterable[Text]) -> Text:
    return Text(" ").join(texts)


def _print(label: str, text: Text) -> None:
    """Print a line; where it is too long for a terminal, go on below its beginning."""
    screen = console()
    if not screen.is_terminal:
        screen.print(Text(label) + text, soft_wrap=True)
        return
    row = Table.grid()
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(label, text)
    screen.print(row)
