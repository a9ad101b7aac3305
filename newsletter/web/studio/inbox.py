"""How an inbox's list shows a letter before it is opened: sender, subject, preheader.

Programs cut by the width of their columns, not by characters. So a line is drawn in the
program's own widths, and the browser cuts it; the widths are those of a phone of 375
pixels and of a window of 1,280, with the programs' settings as they come.
"""

from dataclasses import dataclass

from newsletter.model.client import client_title


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxLine:
    """One program's list; `layout` names how it is drawn in inbox.css."""

    client: str
    layout: str

    @property
    def title(self) -> str:
        """The program, as a person calls it."""
        return client_title(self.client)


LINES: tuple[InboxLine, ...] = (
    InboxLine(client="gmail-ios", layout="gmail-phone"),
    InboxLine(client="apple-mail-ios", layout="apple-phone"),
    InboxLine(client="outlook-ios", layout="outlook-phone"),
    InboxLine(client="gmail-web", layout="gmail-desktop"),
    InboxLine(client="apple-mail-macos", layout="apple-desktop"),
    InboxLine(client="outlook-windows", layout="outlook-desktop"),
)


def first_words(text: str) -> str:
    """What is shown where there is no preheader: how the letter itself begins."""
    return " ".join(text[:1000].split())[:200]
