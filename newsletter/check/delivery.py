"""Rules about what mailbox providers and the law ask of every bulk mail."""

import re
from collections.abc import Iterator
from html import unescape

from newsletter.check.content import Rule, for_everybody, problem
from newsletter.model.email import Email
from newsletter.model.frozen import UNSUBSCRIBE
from newsletter.model.issue import Issue
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication

CLIPPED = 102_400
"""Bytes of HTML after which Gmail hides the rest, the unsubscribe link with it."""

NEARLY = 92_160
"""Bytes of HTML from which it gets close."""

LONG_VALUE = 200
"""Bytes we expect of a long name or of the unsubscribe address."""

_CONFIG = "newsletter.yaml"
_TAG = re.compile(r"<[^>]*>")


def size(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """The HTML is not clipped, whatever is merged in."""
    longest = email.html.substitute(lambda _: "x" * LONG_VALUE)
    length = len(longest.encode())
    if length < NEARLY:
        return
    yield problem(
        issue,
        "html-size",
        f"the HTML has {length / 1024:.0f} KB with the longest merge values",
        "Gmail clips at 102 KB; split the issue or link to its page",
        severity=Severity.ERROR if length >= CLIPPED else Severity.WARNING,
    )


def unsubscribe(issue: Issue, email: Email, _: Publication) -> Iterator[Problem]:
    """Both parts hold the unsubscribe link (Gmail's sender guidelines, CAN-SPAM)."""
    for name, part in (("HTML", email.html), ("text", email.text)):
        if UNSUBSCRIBE not in {email.fields[slot].name for slot in part.slots}:
            yield problem(
                issue,
                "unsubscribe-link",
                f"the {name} part has no unsubscribe link",
                "put {{ unsubscribe_url }} back into the footer template",
                severity=Severity.ERROR,
            )


def postal_address(
    issue: Issue, email: Email, publication: Publication
) -> Iterator[Problem]:
    """Both parts hold a postal address (CAN-SPAM 15 U.S.C. 7704(a)(5), CASL)."""
    address = _words(publication.postal_address)
    if not address:
        yield Problem(
            code="postal-address",
            message="`postal_address` is missing",
            hint="the law asks for one in every bulk mail; a PO box will do",
            file=_CONFIG,
            line=1,
            column=1,
        )
    html = unescape(_TAG.sub(" ", for_everybody(email.html, email)))
    for name, text in (("HTML", html), ("text", for_everybody(email.text, email))):
        if address not in _words(text):
            yield problem(
                issue,
                "postal-address",
                f"the {name} part has no postal address",
                "put {{ publication.postal_address }} back into the footer template",
                severity=Severity.ERROR,
            )


def _words(text: str) -> str:
    """The words of a text alone: a footer may break its lines where it likes."""
    return " ".join(re.findall(r"\w+", text))


def placeholders(issue: Issue, _: Email, publication: Publication) -> Iterator[Problem]:
    """Nothing of the newsletter.yaml that `newsletter init` wrote is left as it was."""
    del issue
    if "Your Town" in publication.postal_address:
        yield Problem(
            code="postal-address",
            message="`postal_address` is still the one of the example",
            hint="put yours in: the law asks for it",
            severity=Severity.WARNING,
            file=_CONFIG,
            line=1,
            column=1,
        )


def one_click(issue: Issue, _: Email, publication: Publication) -> Iterator[Problem]:
    """The unsubscribe address is HTTPS, as RFC 8058 §3.1 demands."""
    del issue
    if not publication.base_url.startswith("https://"):
        yield Problem(
            code="base-url",
            message="`base_url` is not https://",
            hint="one-click unsubscribing works over HTTPS only",
            file=_CONFIG,
            line=1,
            column=1,
        )


RULES: tuple[Rule, ...] = (size, unsubscribe, postal_address, placeholders, one_click)
