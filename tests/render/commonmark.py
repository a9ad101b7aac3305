"""The examples of the CommonMark specification, and how HTML is compared with them."""

import re
from dataclasses import dataclass

from tests.rig.tools import npm_file

_EXAMPLE = re.compile(
    r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL
)

ALIKE = """pairs => {
  const BLOCK = new Set(("blockquote br code dd del div dl dt form h1 h2 h3 h4 h5 h6 " +
    "hr li ol p pre script style table tbody td th thead tr ul").split(" "));
  const house = node => {
    for (const a of node.querySelectorAll("a[href='']")) a.replaceWith(...a.childNodes);
    for (const h1 of node.querySelectorAll("h1")) {
      const h2 = h1.ownerDocument.createElement("h2");
      h2.append(...h1.childNodes);
      h1.replaceWith(h2);
    }
    for (const head of node.querySelectorAll("h2, h3, h4, h5, h6"))
      head.removeAttribute("id");
    for (const code of node.querySelectorAll("pre > code"))
      code.removeAttribute("class");
    for (const part of node.querySelectorAll("code, a")) part.removeAttribute("dir");
    for (const figure of node.querySelectorAll("span.figure")) {
      const [image, caption] = figure.children;
      image.title = caption.textContent;
      figure.replaceWith(image);
    }
    for (const image of node.querySelectorAll("img")) image.removeAttribute("loading");
  };
  const address = text => {
    try { return new URL(text, "https://base.example/").href } catch { return text }
  };
  const show = html => {
    const body = document.implementation.createHTMLDocument("").createElement("div");
    body.innerHTML = html;
    house(body);
    let shown = "";
    const visit = (node, verbatim) => {
      if (node.nodeType === Node.TEXT_NODE)
        shown += verbatim ? JSON.stringify(node.data) : node.data.replace(/\\s+/g, " ");
      else if (node.nodeType !== Node.ELEMENT_NODE)
        shown += `<!${node.data}>`;
      else {
        const edge = BLOCK.has(node.localName) && !verbatim ? "\\n" : "";
        const attributes = [...node.attributes].map(({name, value}) =>
          ` ${name}=${["href", "src"].includes(name) ? address(value) : value}`);
        shown += `${edge}<${node.localName}${attributes.sort().join("")}>${edge}`;
        for (const child of node.childNodes)
          visit(child, verbatim || node.localName === "pre");
        shown += `${edge}</${node.localName}>${edge}`;
      }
    };
    for (const child of body.childNodes) visit(child, false);
    return shown.replace(/\\s*\\n\\s*/g, "\\n").trim();
  };
  return pairs.map(pair => pair.map(show));
}"""
"""Parses pairs of HTML as a browser does and prints both in one form.

Whitespace beside block elements is left out, attributes are sorted, addresses are
written as the browser would ask for them. What we do otherwise, because it suits a
newsletter, is undone on both sides (`house`):

- `[text]()` is text: a link that leads nowhere helps nobody;
- `#` is an h2, since the title is the page's only h1, and heads have ids to link to;
- code has no class that names its language, for nothing colours it;
- code and addresses read from left to right, whatever surrounds them;
- an image's title is its caption, visible to everybody, and images load when needed.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """One example: its number, a text, and the HTML that it means."""

    number: int
    markdown: str
    html: str


def examples() -> list[Example]:
    """Every example of the specification, in order."""
    text = npm_file("commonmark-spec/spec.txt").read_text(encoding="utf-8")
    found = _EXAMPLE.findall(text.replace("→", "\t"))
    return [Example(number, *pair) for number, pair in enumerate(found, 1)]
