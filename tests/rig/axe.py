"""Measures accessibility: runs axe-core in an open page."""

from functools import cache

from playwright.sync_api import Page

from tests.rig.tools import npm_file

_RUN = """ignored => axe.run(document, {
  resultTypes: ["violations"],
  rules: Object.fromEntries(ignored.map(rule => [rule, {enabled: false}])),
})"""


@cache
def _source() -> str:
    return npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")


def faults(page: Page, *, ignore: tuple[str, ...] = ()) -> list[str]:
    """Return one line per fault: rule, impact, where, what is wrong."""
    page.evaluate(_source())
    found = page.evaluate(_RUN, list(ignore))
    return [
        f"{fault['id']} ({fault['impact']}) {node['target']}: {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
