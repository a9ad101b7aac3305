"""The menu of the site: the pages that every page links to."""

from collections.abc import Collection

from newsletter.model.labels import Labels
from newsletter.render.address import ABOUT, ISSUES, MUSIC, ROUNDTABLES, SEARCH, TAGS


def site_menu(labels: Labels, pages: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Place and words of each main page that is among `pages`, in their order."""
    entries = (
        (ISSUES, labels.all_issues),
        (ROUNDTABLES, labels.roundtables),
        (TAGS, labels.tags),
        (MUSIC, labels.music_menu),
        (ABOUT, labels.about),
        (SEARCH, labels.search),
    )
    return tuple(entry for entry in entries if entry[0] in pages)
