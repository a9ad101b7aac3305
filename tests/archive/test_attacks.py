"""Hostile words in every place an author can write: none of them ever runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
import yaml

from newsletter.archive.build import build_site
from newsletter.config.publication import load_publication
from newsletter.model.page import Page as SitePage
from tests.archive.conftest import TODAY, site_on

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

    from tests.rig.chromium import Pages

PWN = "window.__pwned=1;alert(1)"
WORDS = (
    f"<script>{PWN}</script>",
    f"</title></h1></p><script>{PWN}</script>",
    f'"><img src=x onerror="{PWN}">',
    f"'><svg/onload='{PWN}'>",
    f"</style><svg><style><img src=x onerror={PWN}></style></svg>",
    f'" onfocus="{PWN}" autofocus="" x="',
    f"<details open ontoggle={PWN}><summary>x</summary></details>",
    f"<math><annotation-xml encoding='text/html'><img src=x onerror={PWN}>",
    f"<iframe srcdoc='<script>parent.{PWN}</script>'></iframe>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=x'>",
    f"--><!--<img src=x onerror={PWN}>--!><form action=x><input autofocus>",
    f"{{% for x in ().__class__.__bases__ %}}{PWN}{{% endfor %}} ${{7*7}} <%= 7*7 %>",
)
NO_TAG = f"{{{{ constructor.constructor('{PWN}')() }}}} {{{{ 7*7 }}}}"
LINKS = "\n\n".join(
    (
        f"[a](javascript:{PWN}) [b](JaVaScRiPt:{PWN}) [c](<java\tscript:{PWN}>)",
        f"[d](j&Tab;avascript:{PWN}) [e](&#106;avascript:{PWN}) [f](vbscript:x)",
        f"[g](data:text/html,<script>{PWN}</script>) <javascript:{PWN}>",
        f'[h](https://example.com "x\\" onmouseover=\\"{PWN}")',
        f"![i](javascript:{PWN}) ![j](data:image/svg+xml,<svg/onload={PWN}>)",
        f'![k](https://example.com/x.png "\\"><script>{PWN}</script>")',
        f'## l {{#x"onclick={PWN}}}\n\n[m][r]\n\n[r]: javascript:{PWN}',
        f"[^n]\n\n[^n]: <img src=x onerror={PWN}>",
        f'[{{{{ name | default("javascript:{PWN}") }}}}](https://example.com)',
        f'[o](<{{{{ name | default("javascript:{PWN}") }}}}>)',
    )
)

_LOOK = """() => {
    const active = "script, iframe, object, embed, form, input, base, svg, math, style";
    // Data for search engines, the picture of who answers whom, its table's switch.
    const ours = 'head > script[type="application/ld+json"], ' +
        ".answers > figure > svg.graph, .switch > input[type=radio], " +
        // The search, and the player of a pick; neither has a word of an author's.
        'head > script:empty[src^="../search/"][defer], ' +
        'head > script:empty[src$="../site.js"][defer], ' +
        "form#search, form#search input#words, form.joining, form.joining input";
    const found = [...document.querySelectorAll(active)]
        .filter(e => !e.matches(ours)).map(e => e.outerHTML);
    for (const element of document.querySelectorAll("*"))
        for (const {name, value} of element.attributes) {
            const address = ["href", "src", "action", "data", "srcdoc"].includes(name);
            const runs = address && /^[\\s\\0-\\x1f]*(javascript|data|vbscript):/i;
            if (name.startsWith("on") || name === "style" || (runs && runs.test(value)))
                found.push(`${element.localName} ${name}=${value}`);
        }
    if (window.__pwned) found.push("pwned");
    return found;
}"""


def hostile(home: Path, word: int, body: str, *, trusted: bool) -> None:
    """Write a publication with `WORDS` in all its texts, beginning with `word`."""
    (home / "issues" / "roundtables").mkdir(parents=True)
    words = (WORDS[(word + step) % len(WORDS)] for step in range(10**6))
    publication = {
        "name": next(words),
        "description": next(words),
        "author": next(words),
        "base_url": "https://example.com",
        "from": {"name": "x", "address": "x@example.com"},
        "trusted_html": trusted,
        "labels": {
            name: next(words) for name in ("my_2_cents", "tldr", "music", "hire")
        },
    }
    issue = {
        **{
            name: next(words) for name in ("title", "description", "my_2_cents", "tldr")
        },
        "slug": "x",
        "author": next(words),
        "tags": [next(words), next(words)],
        "image_alt": next(words),
        "canonical_url": f"https://example.com/{next(words).replace(' ', '')}",
        "music": {
            "url": f'https://example.com/"onclick="{PWN}',
            **{name: next(words) for name in ("title", "artist", "note")},
        },
        "roundtable": {"slug": "x", "teaser": next(words)},
    }
    roundtable = {
        **{name: next(words) for name in ("title", "competency", "discussing")},
        "interview_url": f"https://example.com/'onclick='{PWN}",
        "consensus": next(words),
        "panel": [
            {name: next(words) for name in ("role", "hire", "concern")}
            | {
                "name": f"Ann {next(words)}",
                "url": f'https://x.example/"onclick="{PWN}',
            },
            {
                "name": f"Bo {next(words)}",
                "photo": f'https://x.example/"onerror="{PWN}',
            },
        ],
    }
    (home / "newsletter.yaml").write_text(yaml.safe_dump(publication), "utf-8")
    texts = f"---\n{yaml.safe_dump(issue)}---\n\n{body}\n"
    (home / "issues" / "2026-01-02-x.md").write_text(texts, "utf-8")
    # In a roundtable, a heading of the second level begins a round.
    said = body.replace("## ", "### ")
    remarks = f"## {next(words)}\n\n**Ann:** {said}\n\n**Bo:** So, Ann: {said}\n"
    path = home / "issues" / "roundtables" / "x.md"
    path.write_text(f"---\n{yaml.safe_dump(roundtable)}---\n\n{remarks}", "utf-8")


def rendered(home: Path) -> Iterator[tuple[str, str]]:
    """The pages, whatever is wrong with them."""
    publication = load_publication(home, {})
    site, jobs, _ = site_on(publication, TODAY)
    for job in jobs:
        made = job.make(site)
        if isinstance(made, SitePage):
            yield job.path, made.html


def watched(open_page: "Pages") -> tuple["Page", list[str]]:
    """An empty page, and what is said in every dialog that it opens."""
    page = open_page()
    dialogs: list[str] = []

    def dismiss(dialog: "Dialog") -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return page, dialogs


def inspect(page: "Page", html: str) -> list[str]:
    """Open HTML without its policy; what in it could run, and what did."""
    page.set_content(html.replace("http-equiv", "data-off", 1), wait_until="load")
    page.evaluate("document.body.dispatchEvent(new MouseEvent('mouseover'))")
    found: list[str] = page.evaluate(_LOOK)
    return found


@pytest.mark.parametrize("trusted", [False, True])
def test_nothing_runs_wherever_it_is_written(
    open_page: "Pages", tmp_path: Path, *, trusted: bool
) -> None:
    page, dialogs = watched(open_page)
    body = "\n\n".join([*WORDS, *(f"x {word} y" for word in WORDS), LINKS, NO_TAG])

    for word in range(0, len(WORDS), 3):
        home = tmp_path / str(word)
        hostile(home, word, body, trusted=trusted)
        for name, html in rendered(home):
            assert (name, inspect(page, html)) == (name, [])
    assert dialogs == []


def test_nothing_runs_in_the_feed(open_page: "Pages", tmp_path: Path) -> None:
    page, dialogs = watched(open_page)
    hostile(tmp_path, 0, "\n\n".join(WORDS), trusted=False)
    build_site(load_publication(tmp_path, {}), tmp_path / "site", today=TODAY)

    root = ElementTree.fromstring((tmp_path / "site" / "feed.atom").read_bytes())
    contents = [item.text or "" for item in root.iter() if item.tag.endswith("content")]

    assert len(contents) == 1
    assert (inspect(page, contents[0]), dialogs) == ([], [])


def test_the_policy_of_a_page_stops_what_should_ever_slip_through(
    open_page: "Pages", publication: Path
) -> None:
    build_site(load_publication(publication, {}), publication / "site", today=TODAY)
    path = publication / "site" / "say-the-number" / "index.html"
    html = path.read_text("utf-8")
    assert "default-src &#39;none&#39;" in html
    path.write_text(
        html.replace("<h1>", f"<script>{PWN}</script><img src=x onerror={PWN}><h1>"),
        encoding="utf-8",
    )

    page = open_page(path.as_uri())

    assert page.evaluate("window.__pwned") is None
