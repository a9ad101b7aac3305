"""Fills in what labels leave open: the weekday, the publication's name."""

from newsletter.model.issue import Issue
from newsletter.model.publication import Publication
from newsletter.render.dates import weekday


def label(text: str, issue: Issue, publication: Publication) -> str:
    """A label with the issue's weekday and the publication's name filled in.

    `{weekday}` is in small letters, as most languages have it and a friday letter does;
    `{Weekday}` begins with a capital.
    """
    if "{" not in text:
        return text
    name = weekday(issue.date, publication.language)
    return (
        text.replace("{weekday}", name.lower())
        .replace("{Weekday}", name[:1].upper() + name[1:])
        .replace("{publication}", publication.name)
    )
