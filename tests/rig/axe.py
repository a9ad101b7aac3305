"""Measures accessibility: runs axe-core (WCAG 2.2 AA, best practice) in a page."""

from functools import cache

from playwright.sync_api import Page

from tests.rig.tools import npm_file

# All that axe runs by itself, and the one rule of WCAG 2.2 that it leaves off. Frames
# are waited for half a second each; the letters in ours run no script, thus no axe.
_RUN = """([ignored, colours]) => axe.run(document, {
  iframes: false,
  resultTypes: ["violations"],
  ...(colours ? {runOnly: ["color-contrast", "link-in-text-block"]} : {}),
  rules: {
    "target-size": {enabled: true},
    ...Object.fromEntries(ignored.map(rule => [rule, {enabled: false}])),
  },
})"""


@cache
def _source() -> str:
    return npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")


def faults(
    page: Page, *, ignore: tuple[str, ...] = (), colours: bool = False
) -> list[str]:
    """Return one line per fault: rule, impact, where, what is wrong.

    With `colours` only those of colours: for a page that was looked at by day, and is
    the same by night but for them.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found = page.evaluate(_RUN, [list(ignore), colours])
    return [
        f"{fault['id']} ({fault['impact']}) {node['target']}: {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
