"""What every problem's code means: the list that the docs are made of."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "alt-text": "An image does not say what it shows.",
    "base-url": "`base_url` is not HTTPS, so one-click unsubscribing does not work.",
    "config": "A value in newsletter.yaml is not what it should be.",
    "control-character": "A character that cannot be seen is in a file.",
    "csv": "A list of subscribers cannot be read.",
    "draft": "The issue is a draft and will not be sent.",
    "empty": "The issue has no text.",
    "encoding": "A file is not UTF-8.",
    "file": "A file is missing, too large, or outside of the publication.",
    "footnote": "Nothing refers to a footnote, so that no reader sees it.",
    "front-matter": "A value in a front matter is missing or not what it should be.",
    "front-matter-in-body": "The body begins with a second front matter.",
    "html-size": "The HTML is so large that Gmail hides the end of it.",
    "image": "An image cannot be used.",
    "leftover": "A note to oneself is still in the text.",
    "link": "A link leads nowhere, or to where it should not.",
    "link-text": "The text of a link says nothing by itself.",
    "merge-default": "A merge tag is blank for subscribers without that value.",
    "merge-tag": "A merge tag cannot be read, or names a field that is not known.",
    "nesting": "Quotes, lists or HTML elements are nested too deep.",
    "own-key": "A key of a front matter is the author's own; it is kept.",
    "panel": "An expert is on a roundtable's panel twice.",
    "postal-address": "The law asks for a postal address in every bulk mail.",
    "preheader": "The preheader is missing, or not as long as inboxes show.",
    "roundtable": "A roundtable's remarks cannot be read.",
    "short-link": "A link hides where it leads.",
    "slug": "A slug is taken.",
    "subject-length": "The subject is not as long as inboxes show.",
    "unknown-key": "A key is not known; it may be misspelt.",
    "unknown-roundtable": "The issue features a roundtable that does not exist.",
    "unsubscribe-link": "A part of the email has no unsubscribe link.",
    "yaml": "A file is not the YAML that newsletter reads.",
}
"""Each code and what it means, in the order of the alphabet."""
