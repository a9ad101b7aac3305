"""What an author would regret in the texts of an email, found while rendering them."""

import re
from collections.abc import Iterator

from newsletter.model.problem import Problem, Severity
from newsletter.render.email_texts import EmailTexts
from newsletter.render.tree import Node


def text_problems(texts: EmailTexts) -> Iterator[Problem]:
    """Notes that nobody reads, and what readers will see as it was written."""
    file = texts.issue.file
    for note in (*texts.body.unused, *texts.tldr.unused):
        lost = f"nothing refers to the footnote [^{note.attributes['value']}]"
        hint = "readers do not see it; refer to it, or take it out"
        yield _warning("footnote", lost, hint, note, file)
    trusted = texts.publication.trusted_html
    for node in (*texts.body.nodes, *texts.tldr.nodes):
        if node.kind in ("Html", "InlineHtml") and not trusted:
            hint = "use Markdown, or set `trusted_html: true`"
            shown = f"readers see `{node.text.strip()}`"
            yield _warning("html", shown, hint, node, file)
        elif node.kind == "Text" and "[^" in node.text:
            for name in re.findall(r"\[\^[\w-]+\]", node.text):
                hint = f"define it: {name}: the note"
                yield _warning("footnote", f"there is no note {name}", hint, node, file)


def _warning(code: str, message: str, hint: str, node: Node, file: str) -> Problem:
    return Problem(
        code=code,
        message=message,
        hint=hint,
        severity=Severity.WARNING,
        file=file,
        line=node.line,
        column=node.column,
    )
