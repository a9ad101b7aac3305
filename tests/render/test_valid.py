"""The HTML of every sample email, held against the standard."""

from typing import TYPE_CHECKING

import pytest

from tests.render.samples import Sample

if TYPE_CHECKING:
    from tests.rig.vnu import Vnu

EMAIL_NEEDS = {
    "Attribute “xmlns:v” not allowed": "Outlook draws VML only with its namespace",
    "Attribute “xmlns:o” not allowed": "and takes our resolution only with this one",
    "“mso-padding-alt”": "Outlook pads the cell of a button by it alone",
    "“mso-table-lspace”": "else Outlook puts space beside tables",
    "“mso-table-rspace”": "else Outlook puts space beside tables",
    "“supported-color-schemes”": "`color-scheme`, as older Apple Mail calls it",
    "attribute on the “table” element is obsolete": "Outlook reads no CSS for it",
    "attribute on the “td” element is obsolete": "Outlook reads no CSS for it",
    "“type” attribute for the “style”": "MJML writes it, and it harms nobody",
}
"""All that the standard does not know or no longer wants, and why a mail has it."""


@pytest.fixture(scope="module")
def messages(samples: list[Sample], vnu: "Vnu") -> dict[str, list[str]]:
    """What the checker says of each email."""
    return {str(item): vnu.messages(item.text("email.html")) for item in samples}


def test_every_email_is_valid_but_for_what_mail_programs_need(
    messages: dict[str, list[str]],
) -> None:
    wrong = [
        f"{name}: {line}"
        for name, lines in messages.items()
        for line in lines
        if not any(need in line for need in EMAIL_NEEDS)
    ]

    assert wrong == []


def test_nothing_is_forgiven_that_no_email_has(messages: dict[str, list[str]]) -> None:
    said = "\n".join(line for lines in messages.values() for line in lines)

    assert [need for need in EMAIL_NEEDS if need not in said] == []
