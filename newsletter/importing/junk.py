"""Knows what belongs to the page and not to the text: buttons, counts, menus.

Only whole lines of a few words that no author writes are known; whatever could be a
sentence is never junk.
"""

import re
from itertools import pairwise, takewhile

from newsletter.importing.days import read_day
from newsletter.importing.lines import Line

# What stands beside a text, or between its parts.
_BUTTON = re.compile(
    r"(?:\d[\d.,]*[km]?\s)?(?:likes?|comments?|repl(?:y|ies)|shares?|views?|restacks?)"
    r"(?:\s?\(?\d[\d.,]*[km]?\)?)?"
    r"|liked|restack|(?:un)?subscribed?|save|saved|copy link|link copied!?"
    r"|share this(?: \w+)?|forward(?: this)?(?: to a friend)?"
    r"|(?:share|tweet|send|post)(?: this)? (?:on|via|by|to)"
    r" (?:x|twitter|linkedin|facebook|whatsapp|reddit|threads|bluesky|e-?mail)"
    r"|(?:leave|write|add|post) a (?:comment|reply)(?:\.\.\.|…)?|read more"
    r"|show (?:more|less)|(?:see|view) (?:more|all)|view (?:all )?comments"
    r"|view (?:full )?profile|\+? ?follow(?:ing)?|tweet|copy"
    r"|antworten|teilen|abonnieren|gefällt mir|kommentar(?:e|ieren)?|mehr (?:lesen"
    r"|anzeigen)"
    r"|répondre|partager|s'abonner|j'aime|commenter|lire la suite"
    r"|responder|compartir|suscribirse|me gusta|comentar|leer más",
    re.IGNORECASE,
)
# What stands before and after it.
_EDGE = re.compile(
    r"roundtables|(?:all )?(?:issues|interviews|episodes)|blog|home|menu|search|close"
    r"|podcasts?|newsletters?|pricing|faq|open(?: in app)?|paid"
    r"|start (?:writing|reading)|(?:subscribe|join|upgrade) (?:now|for free|to paid)"
    r"|get the newsletter|(?:type|enter) your e-?mail(?: address)?(?:\.\.\.|…)?"
    r"|collection notice|subscribe to [\w' ]{1,40}|launched [\w ]{1,20} ago"
    r"|(?:older|newer|previous|next|related|recent|more) (?:posts?|issues?|interviews?"
    r"|letters?|stories)(?: ?→)?"
    r"|(?:powered by|published (?:with|by|on)|made with) [\w.]{1,20}"
    r"|view (?:this )?(?:\w+ )?(?:in (?:your )?browser|online)"
    r"|(?:update|manage)(?: your)? preferences"
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
# The words of a menu, that no button beside a text has.
_MENU = re.compile(
    r"sign (?:in|up)|log ?in|home|archive|all issues|about(?: us)?|menu|search"
    r"|anmelden|connexion|iniciar sesión",
    re.IGNORECASE,
)
_COUNT = re.compile(r"\d[\d.,]*[km]?", re.IGNORECASE)
# `👍 14`, `▶ 12:47`: what a page counts or plays, beside its picture.
_PICTURED = re.compile(
    r"[\u2190-\u27bf\U0001f000-\U0001faff][\ufe0f🏻-🏿]?\s?\d[\d.,:]*[km]?",
    re.IGNORECASE,
)
# The bar over a page, copied with its buttons: no author ends a sentence with those.
_COOKIES = re.compile(
    r"[^.!?]{0,200}\bcookies\b.{0,200}\b(?:accept|reject|allow) all\b.{0,40}",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\s*[∙·•|]\s*")
_READING_TIME = re.compile(
    r"\d+[ -]?min(?:ute)?s?(?: read| de lecture| de lectura| lesezeit)?", re.IGNORECASE
)
_NAME, _NAMES = 5, 2
"""Words of a line, and lines, that a site's name and what it says of itself have."""
_LEAST = 2
"""Lines of a menu below the name of a site."""
_TITLE = 16
"""Words that a title has at most."""
_NO_WORD = re.compile(r"[\W_]+")


def is_button(line: Line) -> bool:
    """Whether a line can be nothing but a button or a count beside a text."""
    text = line.text.replace("’", "'")
    # `∙ Paid` goes on with a row of them.
    return any(
        known.fullmatch(text)
        for known in (_BUTTON, _READING_TIME, _NO_WORD, _PICTURED, _COOKIES)
    ) or (bool(_BESIDE.match(text)) and _goes_on(_BESIDE.sub("", text)))


def _goes_on(text: str) -> bool:
    return bool(_EDGE.fullmatch(text) or _READING_TIME.fullmatch(text))


def _is_edge(line: Line) -> bool:
    """Whether a line is what pages have around a text: a button, or a row of them."""
    return is_button(line) or all(
        _EDGE.fullmatch(part) or _COUNT.fullmatch(part) or _BUTTON.fullmatch(part)
        for part in _BESIDE.split(line.text.replace("’", "'"))
        if part
    )


def is_rule(line: Line) -> bool:
    """Whether a line only parts a text, as a row of dots does."""
    return bool(_NO_WORD.fullmatch(line.text))


def site_name(lines: list[Line], language: str = "en") -> list[Line]:
    """The lines that are the site's name: a menu stands below, and then a title.

    Or the menu stands above it, a button below, and then a title with its day.
    """
    first = next((at for at, line in enumerate(lines) if not _is_edge(line)), 0)
    names = list(takewhile(lambda line: not _is_edge(line), lines[first:]))
    below = lines[first + len(names) :]
    buttons = list(takewhile(_is_edge, below))
    text = below[len(buttons) : len(buttons) + 3]
    short = len(names) == 1 or all(line.words <= _NAME for line in names)
    if not text or text[0].words > _TITLE or len(names) > _NAMES or not short:
        return []
    dated = any(read_day(line.text, language) for line in text[1:])
    dated = dated and len(names) == 1 and _has_menu(lines[:first])
    by_menu = len(buttons) >= _LEAST and _has_menu(buttons)
    return names if by_menu or dated else []


def _has_menu(lines: list[Line]) -> bool:
    return any(_MENU.fullmatch(line.text) for line in lines)


def find_junk(lines: list[Line], language: str = "en") -> set[int]:
    """The numbers of the lines that are the page's own.

    A number alone is one beside a button; what may stand in a menu is one only before
    the first words of the text and after its last.
    """
    found = {line.number for line in lines if is_button(line)}
    name = site_name(lines, language)
    for run in ([line for line in lines if line not in name], lines[::-1]):
        for line in run:
            if not _is_edge(line):
                break
            found.add(line.number)
    # A count stands beside a button, or beside another count.
    for run in (lines, lines[::-1]):
        for before, line in pairwise(run):
            beside = is_button(before) or (
                before.number in found and _COUNT.fullmatch(before.text)
            )
            if beside and _COUNT.fullmatch(line.text):
                found.add(line.number)
    return found
