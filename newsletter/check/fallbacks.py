"""What the theme uses although some mail programs do not show it, and why it may."""

from collections.abc import Mapping

FALLBACKS: Mapping[str, str] = {
    "css-at-media": "On a wide screen nothing changes; on a phone the mail is as "
    "narrow as its tables allow, which is all of the screen.",
    "css-at-media-prefers-color-scheme": "The mail stays light, or is inverted; the "
    "palette keeps its contrast either way.",
    "css-border-radius": "Corners are square, faces too.",
    "css-color-scheme": "The mail program decides by itself whether to be dark.",
    "css-display-none": "The preheader is small and pale at the top of the mail.",
    "css-height": "Images have a height attribute as well.",
    "css-max-height": "It hides the preheader, which `display: none` does, too.",
    "css-object-fit": "Faces are cut square before they are published.",
    "css-opacity": "It hides the preheader, which `display: none` does, too.",
    "css-outline": "Where there is no keyboard focus, nobody misses its ring.",
    "css-overflow": "It hides the preheader; long code is broken, not scrolled.",
    "css-text-decoration": "Links keep their line below, or show by their colour.",
    "css-white-space": "A `pre` keeps the lines of code by itself; a long one is not "
    "broken there.",
    "css-word-break": "A very long word widens the mail.",
    "css-word-spacing": "MJML sets it to what it is anyway.",
    "html-aria-hidden": "A screen reader says the initials before the name.",
    "html-aria-label": "A screen reader does not name the article as a whole.",
    "html-code": "Code is told by its background, which its style sets.",
    "html-dir": "The alignment is set by style as well.",
    "html-height": "Images have a height in their style as well.",
    "html-lang": "A screen reader takes the language of its user.",
    "html-role": "A screen reader calls the layout a table, and reads it in order.",
    "html-width": "Images have a width in their style as well.",
}
"""Features by their slug at caniemail.com, and what a reader without them sees."""
