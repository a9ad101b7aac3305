"""Rules that mailbox providers and the law make for every bulk mail."""

import re
from collections.abc import Iterator
from html import escape, unescape

from newsletter.check.case import Case, IssueRule
from newsletter.model.frozen import UNSUBSCRIBE
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication

_TEMPLATES = {
    "HTML": "templates/email/footer.html",
    "text": "templates/email/plain.txt",
}
_TAG = re.compile(r"<[^>]*>")


def unsubscribe(case: Case) -> Iterator[Problem]:
    """Both parts hold the unsubscribe link (Gmail's sender guidelines, CAN-SPAM)."""
    email = case.email
    for name, part in (("HTML", email.html), ("text", email.text)):
        if UNSUBSCRIBE not in {email.fields[slot].name for slot in part.slots}:
            yield Problem(
                code="unsubscribe-link",
                message=f"the {name} part has no unsubscribe link",
                hint="put {{ unsubscribe_url }} back into the template",
                file=_TEMPLATES[name],
                line=1,
                column=1,
            )


def postal_address(case: Case) -> Iterator[Problem]:
    """Both parts hold a postal address (CAN-SPAM 15 U.S.C. 7704(a)(5), CASL)."""
    publication = case.publication
    address = _words(publication.postal_address)
    if not address:
        yield _configured(
            publication,
            "postal-address",
            "`postal_address` is missing",
            "the law asks for one in every bulk mail; a PO box will do",
        )
    elif "Your Town" in publication.postal_address:
        yield _configured(
            publication,
            "postal-address",
            "`postal_address` is still the one of the example",
            "put yours in: the law asks for it",
            # A draft is not sent; until it is ready there is time.
            Severity.WARNING if case.writing.draft else Severity.ERROR,
        )
    text = case.for_everybody(case.email.text)
    for name, part in (("HTML", case.html), ("text", escape(text))):
        if not _holds(part, publication.postal_address):
            yield Problem(
                code="postal-address",
                message=f"the {name} part has no postal address",
                hint="put {{ publication.postal_address }} back into the template",
                file=_TEMPLATES[name],
                line=1,
                column=1,
            )


def _holds(html: str, address: str) -> bool:
    """Whether a part has the address, however it is broken into lines."""
    # Asked first, since it nearly always settles it and takes no time.
    if address.strip() and escape(address) in html:
        return True
    plain = unescape(_TAG.sub(" ", html))
    return _words(address) in _words(plain)


def _words(text: str) -> str:
    """The words of a text alone: a footer may break its lines where it likes."""
    return " ".join(re.findall(r"\w+", text))


def one_click(case: Case) -> Iterator[Problem]:
    """The unsubscribe address is HTTPS, as RFC 8058 §3.1 demands."""
    publication = case.publication
    if not publication.service_url.startswith("https://"):
        key = "service.url" if publication.service.url else "base_url"
        yield _configured(
            publication,
            "base-url",
            f"`{key}` is not https://",
            "one-click unsubscribing works over HTTPS only",
        )


def _configured(
    publication: Publication,
    code: str,
    message: str,
    hint: str,
    severity: Severity = Severity.ERROR,
) -> Problem:
    """A problem of newsletter.yaml, at the key that the message begins with."""
    line, column = publication.place(message.split("`")[1])
    return Problem(
        code=code,
        message=message,
        hint=hint,
        severity=severity,
        file="newsletter.yaml",
        line=line,
        column=column,
    )


RULES: tuple[IssueRule, ...] = (unsubscribe, postal_address, one_click)
