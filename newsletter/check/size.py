"""Rules about size: what mail programs cut, drop or refuse."""

import binascii
import re
from collections.abc import Iterator

from newsletter.check.case import Case, IssueRule
from newsletter.model.problem import Problem, Severity

CLIPPED = 102_400
"""Bytes of HTML after which Gmail hides the rest, the unsubscribe link with it."""

NEARLY = 92_160
"""Bytes of HTML from which it gets close."""

LONG_VALUE = 300
"""Characters that are expected of every merge tag's value: each is taken for a byte.

Nobody has a longer name, and four bytes of each would be an alarm about nobody.
"""

STYLE = 16_384
"""Bytes of style sheets after which Gmail drops them (caniemail.com, html-style)."""

MESSAGE = 10 * 1024 * 1024
"""Bytes of a whole message that the strictest of the big providers still take."""

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def html_size(case: Case) -> Iterator[Problem]:
    """The HTML is not clipped, whatever is merged in."""
    longest = case.email.html.substitute(lambda _: "x" * LONG_VALUE)
    length = len(longest.encode())
    if length < NEARLY:
        return
    yield case.writing.problem(
        "html-size",
        f"the HTML has {length / 1024:.0f} KB with the longest merge values",
        "Gmail clips at 102 KB; split the issue or link to its page",
        (case.issue.body_line, 1),
        Severity.ERROR if length >= CLIPPED else Severity.WARNING,
    )


def style_size(case: Case) -> Iterator[Problem]:
    """The style sheets that stay in the mail are read by Gmail."""
    length = sum(len(text.encode()) for text in _STYLE.findall(case.html))
    if length > STYLE:
        file, place = case.written("<style") or ("templates/email/head.html", (1, 1))
        yield Problem(
            code="style-size",
            message=f"the style sheets of the email have {length / 1024:.0f} KB",
            hint="Gmail drops more than 16 KB; shorten them",
            severity=Severity.WARNING,
            file=file,
            line=place[0],
            column=place[1],
        )


def message_size(case: Case) -> Iterator[Problem]:
    """A message is taken by whoever gets it, with the images it carries."""
    images = case.email.inline_size
    texts = (case.html, case.for_everybody(case.email.text))
    # Quoted-printable makes three bytes of one at most.
    if 3 * sum(len(text.encode()) for text in texts) + images < MESSAGE:
        return
    total = images + sum(len(binascii.b2a_qp(text.encode())) for text in texts)
    if total >= MESSAGE:
        yield case.writing.problem(
            "message-size",
            f"a message has {total / 2**20:.1f} MB",
            "more than 10 MB are rejected; use smaller images, or `images: link`",
            (case.issue.body_line, 1),
            Severity.ERROR,
        )


RULES: tuple[IssueRule, ...] = (html_size, style_size, message_size)
