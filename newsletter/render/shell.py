"""Compiles the MJML shell and splices the rendered texts into it.

Markdown never passes through MJML: MRML drops newline-only text between inline tags and
refuses ordinary HTML. The shell holds opaque tokens, which are replaced afterwards.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NoReturn

import css_inline
from mjml import mjml2html

from newsletter.errors import RenderError

_TOKEN = re.compile(r"%%([A-Z_]+)%%")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
# A comment, or a tag as MRML wants it: every attribute in quotes.
_MARKUP = re.compile(
    r"<!--.*?-->|<(/?)([A-Za-z][\w:.-]*)"
    r"(?:\s+[^\s=>\"'/<]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*\s*(/?)>",
    re.DOTALL,
)


def slot(name: str) -> str:
    """The token that stands for the text `name` while MJML works."""
    return f"%%{name.upper()}%%"


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of an email: the MJML that `template` was rendered to.

    `source` gives the template as it was written: an error names its line there.
    `css` are the rules that are written into the elements and nowhere else.
    """

    mjml: str
    template: str
    source: Callable[[], str]
    css: str = ""

    def compile(self, texts: Mapping[str, str]) -> str:
        """Compile, splice `texts` (HTML, by upper-case token) in, inline the CSS.

        Raises RenderError with the template and its line where that cannot be done.
        """
        try:
            html = _html(self.mjml)
        except ValueError as error:
            self._refuse(str(error))
        self._guard(html)
        spliced = _TOKEN.sub(lambda match: self._text(match, texts), html)
        try:
            return _inliner(self.css).inline(spliced)
        except css_inline.InlineError as error:
            raise RenderError(
                f"templates/{self.template}: the CSS cannot be inlined: {error}",
                hint="mend the style attribute or rule",
            ) from None

    def _text(self, match: re.Match[str], texts: Mapping[str, str]) -> str:
        name = match.group(1)
        if name not in texts:
            raise RenderError(
                f'{self._place(match.group())}: there is no slot "{name.lower()}"',
                hint=f"there are {', '.join(sorted(texts)).lower()}",
            )
        return texts[name]

    def _guard(self, html: str) -> None:
        """Refuse what MRML lets through: unknown components and empty bodies."""
        left = re.search(r"</?(mj-[a-z-]+|mjml)", html)
        if left:
            tag = left.group(1)
            raise RenderError(
                f"{self._place(f'<{tag}')}: <{tag}> is not an MJML component",
                hint="check its spelling and that it stands where MJML allows it",
            )
        if "<mj-body" not in self.mjml:
            raise RenderError(f"templates/{self.template}: there is no <mj-body>")

    def _refuse(self, reason: str) -> NoReturn:
        """Say where MJML failed; MRML gives a byte offset at best, and a late one."""
        found = re.search(r"at position (\d+):", reason)
        offset = int(found.group(1)) if found else 0
        line = _broken_line(self.mjml)
        line = line or self.mjml.encode()[:offset].count(b"\n") + 1
        hint = "close every tag, quote every attribute, write < as &lt;"
        if "included" in reason:
            hint = 'use {% include "…" %} instead of <mj-include>'
        place = f"templates/{self.template}:{self._written_on(line)}"
        raise RenderError(f"{place}: MJML cannot be compiled: {reason}", hint=hint)

    def _place(self, text: str) -> str:
        """File and line of a text in the MJML."""
        line = self.mjml[: max(0, self.mjml.find(text))].count("\n") + 1
        return f"templates/{self.template}:{self._written_on(line)}"

    def _written_on(self, line: int) -> int:
        """The template's line that a line of the MJML was made of.

        Rendering takes lines away and adds others; what is alike is aligned.
        """
        made, written = (
            [line.strip() for line in text.split("\n")]
            for text in (self.mjml, self.source())
        )
        at = line - 1
        matcher = SequenceMatcher(None, made, written, autojunk=False)
        start, first, last = next(
            (start, first, last)
            for _, start, end, first, last in matcher.get_opcodes()
            if start <= at < end
        )
        return min(first + at - start, max(first, last - 1)) + 1


@lru_cache(maxsize=16)
def _html(mjml: str) -> str:
    """The frame's HTML: issues that have the same parts have the same frame."""
    return mjml2html(mjml, fonts={}, disable_comments=True)


@lru_cache(maxsize=8)
def _inliner(css: str) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        extra_css=css,
        keep_style_tags=True,
        remove_inlined_selectors=True,
        load_remote_stylesheets=False,
    )


def _broken_line(mjml: str) -> int:
    """The line of the first tag that is written or closed wrongly; 0 for none."""
    opened: list[tuple[str, int]] = []
    end = 0
    while (start := mjml.find("<", end)) >= 0:
        line = mjml.count("\n", 0, start) + 1
        markup = _MARKUP.match(mjml, start)
        if not markup:
            return line
        end = markup.end()
        closing, name, alone = markup.groups()
        if closing and name not in (tag for tag, _ in opened):
            return line
        if closing:
            last, opened_on = opened.pop()
            if last != name:
                return opened_on
        elif name and not alone and name not in _VOID:
            opened.append((name, line))
    return opened[-1][1] if opened else 0
