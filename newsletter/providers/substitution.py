"""One text for a whole batch, with a service's own variables where recipients differ.

The HTML has other variables than the plain text, because values in it are escaped. What
an author wrote that the service would take for a variable becomes a variable itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from newsletter.model.email import MergeText
from newsletter.model.frozen import FrozenEmail
from newsletter.model.message import Recipient
from newsletter.model.text import clean_line

TOKEN = "u"  # noqa: S105 - the name of the variable
"""The variable of the unsubscribe token: the address around it is the same for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """An email's texts with variables, and what stands in those for a recipient.

    `token` is the variable of the unsubscribe token; `constants` are those that are the
    same for every recipient.
    """

    subject: str
    html: str
    text: str
    token: str
    constants: Mapping[str, str]
    html_fields: tuple[tuple[str, int], ...]
    text_fields: tuple[tuple[str, int], ...]

    def values(self, recipient: Recipient) -> dict[str, str]:
        """The recipient's variables: every name that the texts use, constants apart."""
        given = recipient.values
        values = {self.token: recipient.token}
        for name, slot in self.html_fields:
            values[name] = escape(given[slot])
        for name, slot in self.text_fields:
            values[name] = given[slot]
        return values

    def columns(self, recipients: Sequence[Recipient]) -> dict[str, list[str]]:
        """The same of many, by variable: a text for each recipient, in their order."""
        columns = {self.token: [each.token for each in recipients]}
        for name, slot in self.html_fields:
            columns[name] = _escaped([each.values[slot] for each in recipients])
        for name, slot in self.text_fields:
            columns[name] = [each.values[slot] for each in recipients]
        return columns


def _escaped(values: Sequence[str]) -> list[str]:
    """Values as they stand in HTML; none has a line break, so that it parts them."""
    return escape("\n".join(values)).split("\n")


def substitute(
    email: FrozenEmail,
    variable: Callable[[str], str],
    reserved: re.Pattern[str],
    *,
    key: Callable[[str], str] = str,
) -> Substitution:
    """Write an email with variables, each as `variable(name)` puts it.

    `reserved` finds in an author's text what must not stand there as it is. `key` is
    how the service wants a variable called beside its value. Names are short, since
    they are sent for every recipient.
    """
    # Links of our own differ in the token only, so that only it is sent for each.
    links = email.own_links(variable(TOKEN))
    fields = [n for n in range(len(email.fields)) if n not in links]
    in_html = [variable(f"h{n}") for n in range(len(email.fields))]
    in_text = [variable(f"t{n}") for n in range(len(email.fields))]
    for n, link in links.items():
        in_html[n], in_text[n] = escape(link), link
    constants: dict[str, str] = {}
    guard = partial(_guard, variable, reserved, constants)
    plain = {*email.subject.slots, *email.text.slots}
    return Substitution(
        subject=clean_line(guard(email.subject).join(in_text)),
        html=guard(email.html).join(in_html),
        text=guard(email.text).join(in_text),
        token=key(TOKEN),
        # Complete now: the texts above have filled it.
        constants={key(name): text for text, name in constants.items()},
        html_fields=tuple((key(f"h{n}"), n) for n in fields if n in email.html.slots),
        text_fields=tuple((key(f"t{n}"), n) for n in fields if n in plain),
    )


def _guard(
    variable: Callable[[str], str],
    reserved: re.Pattern[str],
    constants: dict[str, str],
    text: MergeText,
) -> MergeText:
    """The text with a variable for each thing reserved, put into `constants`."""

    def named(found: re.Match[str]) -> str:
        return variable(constants.setdefault(found.group(), f"c{len(constants)}"))

    literals = (reserved.sub(named, literal) for literal in text.literals)
    return MergeText(tuple(literals), text.slots)
