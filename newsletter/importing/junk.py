"""Knows what belongs to the page and not to the text: buttons, counts, menus.

Only whole lines of a few words that no author writes are known; whatever could be a
sentence is never junk.
"""

import re

from newsletter.importing.lines import Line

# What stands beside a text, or between its parts.
_BUTTON = re.compile(
    r"(?:\d[\d.,]*[km]?\s)?(?:likes?|comments?|repl(?:y|ies)|shares?|views?|restacks?)"
    r"(?:\s?\(?\d[\d.,]*[km]?\)?)?"
    r"|liked|restack|(?:un)?subscribed?|save|saved|copy link|link copied!?"
    r"|share this(?: \w+)?"
    r"|(?:leave|write|add|post) a comment(?:\.\.\.|…)?|read more|show (?:more|less)"
    r"|see more|view (?:all )?comments|follow(?:ing)?|tweet|copy"
    r"|antworten|teilen|abonnieren|gefällt mir|kommentar(?:e|ieren)?|mehr (?:lesen"
    r"|anzeigen)"
    r"|répondre|partager|s'abonner|j'aime|commenter|lire la suite"
    r"|responder|compartir|suscribirse|me gusta|comentar|leer más",
    re.IGNORECASE,
)
# What stands before and after it.
_EDGE = re.compile(
    r"roundtables|all issues|blog|home|menu|search|close|open(?: in app)?"
    r"|skip to (?:the )?(?:main )?content"
    r"|archive"
    r"|back(?: to top)?|(?:← ?)?prev(?:ious)?|next(?: ?→)?|sign (?:in|up|out)"
    r"|log ?(?:in|out)"
    r"|get the app|facebook|linkedin|twitter|x|instagram|threads|bluesky|e?mail"
    r"|print|rss"
    r"|download|listen|accept(?: all)?(?: cookies)?|decline|reject(?: all)?|got it"
    r"|ok(?:ay)?"
    r"|(?:manage|cookie) (?:cookies|settings|preferences|policy)|privacy(?: policy)?"
    r"|terms(?: of (?:service|use))?|about(?: us)?"
    r"|(?:privacy|terms) ?[∙·•|] ?(?:privacy|terms).{0,40}"
    r"|contact(?: us)?"
    r"|advertisement|sponsored|no (?:comments|posts)(?: yet)?|top|latest|discussions?"
    r"|(?:©|\(c\)|copyright)\s.{0,60}|anmelden|impressum|datenschutz|connexion"
    r"|iniciar sesión|\d+:\d\d(?: ?/ ?\d+:\d\d)?",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d[\d.,]*[km]?", re.IGNORECASE)
_READING_TIME = re.compile(
    r"\d+[ -]?min(?:ute)?s?(?: read| de lecture| de lectura| lesezeit)?", re.IGNORECASE
)
_NO_WORD = re.compile(r"[\W_]+")


def is_button(line: Line) -> bool:
    """Whether a line can be nothing but a button or a count beside a text."""
    text = line.text.replace("’", "'")
    return any(known.fullmatch(text) for known in (_BUTTON, _READING_TIME, _NO_WORD))


def _is_edge(line: Line) -> bool:
    text = line.text.replace("’", "'")
    return is_button(line) or any(known.fullmatch(text) for known in (_EDGE, _COUNT))


def find_junk(lines: list[Line]) -> set[int]:
    """The numbers of the lines that are the page's own.

    A number alone is one beside a button; what may stand in a menu is one only before
    the first words of the text and after its last.
    """
    found = {line.number for line in lines if is_button(line)}
    for run in (lines, lines[::-1]):
        for line in run:
            if not _is_edge(line):
                break
            found.add(line.number)
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        beside = is_button(before) or is_button(after)
        if beside and _COUNT.fullmatch(line.text):
            found.add(line.number)
    return found
