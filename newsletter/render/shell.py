"""Compiles the MJML shell and splices the rendered texts into it.

Markdown never passes through MJML: MRML drops newline-only text between inline tags and
refuses ordinary HTML. The shell holds opaque tokens, which are replaced afterwards.
"""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NoReturn

import css_inline
from mjml import mjml2html

from newsletter.errors import RenderError

_TOKEN = re.compile(r"%%([A-Z_]+)%%")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
_INLINER = css_inline.CSSInliner(
    keep_style_tags=True,
    remove_inlined_selectors=True,
    load_remote_stylesheets=False,
)


def slot(name: str) -> str:
    """The token that stands for the text `name` while MJML works."""
    return f"%%{name.upper()}%%"


def compile_shell(mjml: str, texts: Mapping[str, str], *, template: str) -> str:
    """Compile MJML, splice `texts` (HTML, by upper-case token) in, inline the CSS.

    Raises RenderError with the template and its line where MJML cannot be compiled.
    """
    try:
        html = mjml2html(mjml, fonts={}, disable_comments=True)
    except ValueError as error:
        _refuse(mjml, template, str(error))
    _guard(html, mjml, template)
    spliced = _TOKEN.sub(lambda match: _text(match, texts, template), html)
    try:
        return _INLINER.inline(spliced)
    except css_inline.InlineError as error:
        message = f"templates/{template}: the CSS cannot be inlined: {error}"
        raise RenderError(message, hint="mend the style attribute or rule") from None


def _text(match: re.Match[str], texts: Mapping[str, str], template: str) -> str:
    name = match.group(1)
    if name not in texts:
        raise RenderError(
            f'templates/{template}: there is no slot "{name.lower()}"',
            hint=f"there are {', '.join(sorted(texts)).lower()}",
        )
    return texts[name]


def _guard(html: str, mjml: str, template: str) -> None:
    """Refuse what MRML lets through: unknown components and empty bodies."""
    left = re.search(r"</?(mj-[a-z-]+|mjml)", html)
    if left:
        line = mjml[: max(0, mjml.find(f"<{left.group(1)}"))].count("\n") + 1
        raise RenderError(
            f"templates/{template}:{line}: <{left.group(1)}> is not an MJML component",
            hint="check its spelling and that it stands where MJML allows it",
        )
    if "<mj-body" not in mjml:
        raise RenderError(f"templates/{template}: there is no <mj-body>")


def _refuse(mjml: str, template: str, reason: str) -> NoReturn:
    """Say where MJML failed; MRML itself gives a byte offset at best."""
    found = re.search(r"at position (\d+):", reason)
    if found:
        line = mjml.encode()[: int(found.group(1))].count(b"\n") + 1
    else:
        line = _unbalanced_line(mjml)
    raise RenderError(
        f"templates/{template}:{line}: MJML cannot be compiled: {reason}",
        hint="close every tag, quote every attribute, write < as &lt;",
    )


def _unbalanced_line(mjml: str) -> int:
    """The line of the first tag that is closed wrongly or not at all."""
    finder = _Balance()
    finder.feed(mjml)
    if finder.found:
        return finder.found
    return finder.open[-1][1] if finder.open else 1


class _Balance(HTMLParser):
    """Follows tags as they open and close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []
        self.found = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        elif not self.found and tag not in _VOID:
            self.found = self.open[-1][1] if self.open else self.getpos()[0]
