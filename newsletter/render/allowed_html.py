"""What an author's own HTML may use where the publication trusts it, and no more."""

import re
from collections.abc import Callable

import nh3

ELEMENTS = (nh3.ALLOWED_TAGS | {"section", "figure", "figcaption"}) - {"map", "area"}

# Our own classes and attributes must pass too, since a text is cleaned as a whole.
_ATTRIBUTES = {
    "*": {"class", "id", "lang", "dir", "title"},
    "a": {"href", "aria-label"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "td": {"align", "valign", "width", "style", "colspan", "rowspan"},
    "th": {"align", "valign", "width", "style", "colspan", "rowspan", "scope"},
    "table": {"role", "cellpadding", "cellspacing", "border", "align", "width"},
    "ol": {"start"},
    "section": {"aria-label"},
}
# A wide table can be scrolled by keys where it can be reached by them.
_VALUES = {"div": {"tabindex": {"0"}}}
_DECLARATION = re.compile(r"\s*-?[a-z][a-z-]*\s*:\s*[^\s]", re.IGNORECASE)
# What fetches, runs or hides: escapes and comments can spell any of the others.
_UNSAFE = re.compile(
    r"[\\@<]|/\*|(?:url|src|image|image-set|cross-fade|expression)\s*\("
    r"|^\s*(?:behavior|-moz-binding)\s*:|^\s*position\s*:\s*fixed",
    re.IGNORECASE,
)
_PROBE = "<i>\ue0ff</i>"


def clean(html: str, kept: Callable[[str, str, str], str | None] | None = None) -> str:
    """HTML with what is allowed and all of it closed.

    `kept` says of an element's attribute and its value what becomes of the value.
    """
    return nh3.clean(
        html,
        tags=ELEMENTS,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_VALUES,
        attribute_filter=kept,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )


def is_closed(html: str) -> bool:
    """Whether what follows this HTML would be read as elements, as if it stood alone.

    Behind a `<style>` or `<!--` that never ends it would not. The parser is asked
    itself: every list of what swallows the rest would be short of something.
    """
    return _PROBE in nh3.clean(html + _PROBE, tags={"i"})


def split_style(element: str, style: str) -> tuple[str, list[str]]:
    """The declarations of a style that may stay, and those that may not."""
    if "style" not in _ATTRIBUTES.get(element, ()):
        return "", [style]
    kept: list[str] = []
    dropped: list[str] = []
    for declaration in filter(str.strip, style.split(";")):
        safe = _DECLARATION.match(declaration) and not _UNSAFE.search(declaration)
        (kept if safe else dropped).append(declaration.strip())
    return "; ".join(kept), dropped
