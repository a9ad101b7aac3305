"""Shows a letter as Outlook's dark mode does: colours are turned but for its own rules.

The model is that of `check`: what stands under `[data-ogsc]` (colours) and
`[data-ogsb]` (backgrounds) holds as it is, and every other colour has its lightness
turned over.
"""

import re

from newsletter.model.colour import inverted

_OWN = "[data-ogs"
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)(\{[^{}]*\})")
_INLINE = re.compile(r'(<[^>]*?\sstyle=")([^"]*)', re.IGNORECASE)
_BGCOLOR = re.compile(r'(\sbgcolor=")(#[0-9a-f]{6})', re.IGNORECASE)
_DECLARED = re.compile(
    r"(?<![\w-])((?:background|border|outline)(?:-[a-z]+)*|color)(\s*:[^;}]*)",
    re.IGNORECASE,
)
_COLOUR = re.compile(
    r"#([0-9a-f]{6}|[0-9a-f]{3})\b|rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)"
    r"|(?<![\w-])(black|white)(?![\w-])",
    re.IGNORECASE,
)
_NAMED = {"black": "#000000", "white": "#ffffff"}

# It marks what it has turned; without a colour of its own a letter is white on black.
_GROUND = "<style>\n:where(html) { background: #000; color: #fff; }\n</style>"


def in_outlook(html: str) -> str:
    """A letter in a light scheme as Outlook shows it in the dark."""
    html = _STYLE.sub(lambda found: found[1] + _sheet(found[2]) + found[3], html)
    html = _INLINE.sub(lambda found: found[1] + _turned(found[2]), html)
    html = _BGCOLOR.sub(lambda found: found[1] + inverted(found[2]), html)
    html = html.replace("<html", "<html data-ogsc data-ogsb", 1)
    return html.replace("</head>", f"{_GROUND}</head>", 1)


def _sheet(css: str) -> str:
    """A style sheet, turned but for the rules that are meant for Outlook."""

    def rule(found: re.Match[str]) -> str:
        selector, block = found.groups()
        return found[0] if _OWN in selector else f"{selector}{_turned(block)}"

    return _RULE.sub(rule, css)


def _turned(declarations: str) -> str:
    def declared(found: re.Match[str]) -> str:
        return found[1] + _COLOUR.sub(_of, found[2])

    return _DECLARED.sub(declared, declarations)


def _of(found: re.Match[str]) -> str:
    digits, red, green, blue, name = found.groups()
    if name:
        return inverted(_NAMED[name.lower()])
    if digits:
        return inverted(f"#{digits if len(digits) == 6 else _doubled(digits)}")
    parts = (min(255, int(part)) for part in (red, green, blue))
    return inverted("#" + "".join(f"{part:02x}" for part in parts))


def _doubled(digits: str) -> str:
    return "".join(each + each for each in digits)
