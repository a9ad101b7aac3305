"""llms.txt: what there is to read, for programs that read (https://llmstxt.org)."""

from collections.abc import Iterable, Sequence

from newsletter.render.address import public_url
from newsletter.render.page import Entry, Site
from newsletter.render.roundtable_entry import RoundtableEntry

LLMS = "llms.txt"


def render_llms(
    site: Site, issues: Sequence[Entry], roundtables: Sequence[RoundtableEntry]
) -> str:
    """List every issue and roundtable with its address and the line below its title."""
    publication = site.publication
    parts = [f"# {_plain(publication.name)}\n"]
    if publication.description:
        parts.append(f"> {_plain(publication.description)}\n")
    labels = publication.labels
    for heading, entries in (
        (labels.all_issues, issues),
        (labels.roundtables, roundtables),
    ):
        if entries:
            parts += [
                f"## {_plain(heading)}\n",
                "\n".join(_lines(site, entries)) + "\n",
            ]
    return "\n".join(parts)


def _lines(site: Site, entries: Iterable[Entry | RoundtableEntry]) -> Iterable[str]:
    for entry in entries:
        url = public_url(site.publication.base_url, entry.path)
        deck = f": {_plain(entry.deck)}" if entry.deck else ""
        yield f"- [{_plain(entry.title)}]({url}){deck}"


def _plain(words: str) -> str:
    """Words that make no link, picture or HTML of themselves in Markdown."""
    for mark in "\\[]<`":
        words = words.replace(mark, f"\\{mark}")
    return words
