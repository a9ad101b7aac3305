"""Turns an email into what is shown of it: in the dark, inverted, images from here.

What is shown differs from what is sent in this only; the source and the message that
the studio shows beside it are sent byte for byte.
"""

import re
from enum import StrEnum

from newsletter.model.publication import Publication
from newsletter.sending.compose import Composed
from newsletter.sending.rendering import with_local_images
from newsletter.sending.table import Table
from newsletter.web.studio.turned import in_outlook

# Mail styles its elements one by one. No script runs: neither the policy nor the
# sandbox allows any. With its own origin it would be safe, too, but the studio could
# not keep its scroll position; without scripts an origin is of no use to anybody.
POLICY = (
    "default-src 'none'; img-src {images}; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' https: data:; form-action 'none'; frame-ancestors 'self'; "
    "base-uri 'none'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_IMAGES = "'self' https: http: data:"

_FEATURE = re.compile(
    r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE
)
_META = re.compile(
    r'(<meta\b[^>]*\bname="(?:supported-)?color-schemes?"[^>]*\bcontent=")[^"]*',
    re.IGNORECASE,
)
_PROPERTY = re.compile(r"(?<![\w-])(color-scheme\s*:)[^;}\"]*", re.IGNORECASE)
_HOLDS, _NEVER = "(min-width: 0)", "(max-width: 0)"
_TARGET = re.compile(r"<a\b(?![^>]*\starget=)", re.IGNORECASE)

# As Gmail for iOS does, which asks nobody: every colour of the letter, but not its
# pictures. A sketch of it: its method is not told anywhere.
_INVERSION = """<style>
html { background: #fff; filter: invert(1) hue-rotate(180deg); min-height: 100%; }
img, video, [background], [style*="url("] { filter: invert(1) hue-rotate(180deg); }
</style>"""


class Look(StrEnum):
    """In which light an email is seen."""

    LIGHT = "light"
    DARK = "dark"
    INVERTED = "inverted"
    OUTLOOK = "outlook"


def shown(
    html: str, publication: Publication, item: Composed | Table, look: Look
) -> str:
    """The email's HTML in a look, its own images asked for in `images/`."""
    html = with_local_images(html, publication, item.images, item.email)
    html = in_scheme(html, dark=look is Look.DARK)
    if look is Look.INVERTED:
        html = html.replace("</head>", f"{_INVERSION}</head>", 1)
    if look is Look.OUTLOOK:
        html = in_outlook(html)
    # A link opens beside the studio, not inside of the frame.
    return _TARGET.sub('<a target="_blank" rel="noreferrer"', html)


def in_scheme(text: str, *, dark: bool) -> str:
    """HTML or CSS in which media queries of one colour scheme hold, always."""
    scheme = "dark" if dark else "light"

    def asked(found: re.Match[str]) -> str:
        return _HOLDS if found[1].lower() == scheme else _NEVER

    text = _FEATURE.sub(asked, text)
    text = _META.sub(rf"\g<1>{scheme}", text)
    return _PROPERTY.sub(rf"\g<1> {scheme}", text)


def policy(*, images: bool = True) -> str:
    """The policy of a response that shows rendered mail or a page of the archive."""
    return POLICY.format(images=_IMAGES if images else "'none'")
