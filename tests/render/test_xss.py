"""Hostile text in every place a text can stand, opened in a browser: nothing runs."""

from html import escape
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.model.publication import Publication
from newsletter.model.roundtable import Expert, Roundtable
from tests.render.making import rendered, sample

if TYPE_CHECKING:
    from playwright.sync_api import Dialog

    from tests.rig.chromium import Pages

TAG = "{{ first_name }}"
RUN = "top.pwned=[].concat(top.pwned||[],'RUN')"
HTML = (
    "<script>RUN</script>",
    "<ScRiPt>RUN</sCrIpT>",
    "<scr<script>ipt>RUN</scr</script>ipt>",
    "<script src='data:text/javascript,RUN'></script>",
    "<img src=x onerror=RUN>",
    "<img src=x onerror=&#82;&#85;&#78;>",
    "<img/src='x'/onerror=RUN>",
    '"><img src=x onerror=RUN>',
    "'><img src=x onerror=RUN>",
    "' onerror='RUN",
    '" onmouseover="RUN" style="position:fixed;inset:0" x="',
    "<svg onload=RUN>",
    "<svg><script>RUN</script></svg>",
    "<svg><animate onbegin=RUN attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:RUN'><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=RUN></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=RUN></style></mglyph>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=RUN>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>"
    "<img src=x onerror=RUN>'>",
    "<noscript><p title='</noscript><img src=x onerror=RUN>'>",
    "<template><img src=x onerror=RUN></template>",
    "<textarea></textarea><img src=x onerror=RUN>",
    "<title></title><img src=x onerror=RUN>",
    "</title><img src=x onerror=RUN>",
    "</style><img src=x onerror=RUN>",
    "<style>@import 'data:text/css,*{}';</style>",
    "<!--><img src=x onerror=RUN>-->",
    "<!--[if mso]><img src=x onerror=RUN><![endif]-->",
    "--><img src=x onerror=RUN>",
    "<![CDATA[><img src=x onerror=RUN>]]>",
    "<details open ontoggle=RUN><summary>x</summary></details>",
    "<body onload=RUN>",
    "<body onpageshow=RUN>",
    "<input autofocus onfocus=RUN>",
    "<select autofocus onfocus=RUN></select>",
    "<video src=x onerror=RUN></video>",
    "<audio src=x onerror=RUN></audio>",
    "<marquee onstart=RUN>x</marquee>",
    "<iframe srcdoc='<script>RUN</script>'></iframe>",
    "<iframe src='javascript:RUN'></iframe>",
    "<object data='javascript:RUN'></object>",
    "<embed src='javascript:RUN'>",
    "<base href='javascript:RUN//'>",
    "<meta http-equiv=refresh content='0;url=javascript:RUN'>",
    "<link rel=stylesheet href='javascript:RUN'>",
    "<form action='javascript:RUN'><button>x</button></form>",
    "<button formaction='javascript:RUN'>x</button>",
    "<a href='javascript:RUN'>x</a>",
    "<a href='java&Tab;script:RUN'>x</a>",
    "<a href='java&#10;script:RUN'>x</a>",
    "<a href='&#1;javascript:RUN'>x</a>",
    "<a href='data:text/html,<script>RUN</script>'>x</a>",
    "<div style='background:url(javascript:RUN)'>x</div>",
    "<td style='width:expression(RUN)'>x</td>",
    "<mj-raw><script>RUN</script></mj-raw>",
    "%%BODY%%<img src=x onerror=RUN>",
)
LINKS = (
    "[x](javascript:RUN)",
    "[x](JaVaScRiPt:RUN)",
    "[x](<java\tscript:RUN>)",
    "[x](java&Tab;script:RUN)",
    "[x](java&NewLine;script:RUN)",
    "[x](&#1;javascript:RUN)",
    "[x](&#x6A;avascript:RUN)",
    "[x](javascript&colon;RUN)",
    "[x](vbscript:RUN)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://a.example/"onmouseover="RUN)',
    "[x](<https://a.example/'onmouseover='RUN>)",
    "[x](https://a.example '\"onmouseover=RUN x=\"')",
    "[x][y]\n\n[y]: javascript:RUN",
    "<javascript:RUN>",
    "![x](javascript:RUN)",
    '![x](data:image/svg+xml,<svg/onload=RUN> "t")',
    '![" onerror="RUN](https://a.example/x.png)',
    "![x](https://a.example/x.png '\" onerror=\"RUN')",
    '![x](https://a.example/x"onerror="RUN)',
    "**[x](javascript:RUN)**",
    'https://a.example/"onmouseover="RUN',
    "`<img src=x onerror=RUN>`",
    "    <img src=x onerror=RUN>",
    "```<img src=x onerror=RUN>\n<img src=x onerror=RUN>\n```",
    "| <img src=x onerror=RUN> |\n|-|\n| <svg onload=RUN> |",
    "a[^<img src=x onerror=RUN>]\n\n[^1]: <img src=x onerror=RUN>",
    "## <img src=x onerror=RUN> {#x onclick=RUN}",
)
PAYLOADS = HTML + LINKS
LIVE = (
    "script, iframe, object, embed, base, form, button, input, select, textarea, svg, "
    "math, link, video, audio, template, marquee, frame, meta[http-equiv=refresh]"
)
FAULTS = """live => [...document.querySelectorAll("iframe")].map(frame =>
  [...frame.contentDocument.querySelectorAll("*")].flatMap(node => [
    ...(node.matches(live) ? [node.outerHTML] : []),
    ...[...node.attributes].filter(item => item.name.startsWith("on")
      || /^\\s*(javascript|vbscript|data):/i.test(item.value)).map(item => item.name)
  ]))"""


def email(payload: str, *, trusted: bool) -> str:
    """An issue with the payload in every text of it, of its frame and its reader."""
    line = " ".join(payload.split())[:200]
    labels = dict.fromkeys(type(sample().labels).model_fields, line)
    publication = Publication.model_validate(
        dict(sample())
        | {"name": line, "author": line, "description": line, "postal_address": line}
        | {"labels": labels, "trusted_html": trusted}
    )
    expert = Expert(name=line, role=line, hire=line, concern=line, photo=line)
    table = Roundtable(
        title=line,
        slug="r",
        panel=(expert,),
        consensus=payload,
        discussing=line,
        competency=line,
    )
    texts: dict[str, Any] = dict.fromkeys(
        ("title", "subject", "preheader", "description", "my_2_cents", "author"), line
    )
    music = {
        "url": "https://a.example/" + line,
        "title": line,
        "artist": line,
        "note": line,
    }
    made = rendered(
        f"{payload}\n\n{TAG} [x](https://a.example/{TAG})\n\n{payload}",
        publication=publication,
        featured=table,
        tldr=payload,
        music=music,
        **texts,
    )
    values = {"first_name": payload, "unsubscribe_url": "https://a.example/u"}
    return made.html.join([escape(item.value(values)) for item in made.fields])


def opened(
    open_page: "Pages", documents: list[str]
) -> tuple[list[str], list[list[str]]]:
    """Open each document in a frame of its own; what ran, and what might have."""
    page = open_page()
    ran: list[str] = []

    def shown(dialog: "Dialog") -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", shown)
    page.set_content(
        "".join(f'<iframe srcdoc="{escape(item)}"></iframe>' for item in documents)
    )
    faults: list[list[str]] = page.evaluate(FAULTS, LIVE)
    page.wait_for_timeout(200)
    ran += page.evaluate("window.pwned || []")
    return ran, faults


def test_the_browser_would_tell_if_something_ran(open_page: "Pages") -> None:
    hostile = [
        f"<p>{payload.replace('RUN', RUN.replace('RUN', str(number)))}</p>"
        for number, payload in enumerate(HTML)
    ]

    ran, faults = opened(open_page, hostile)
    assert len(set(map(str, ran))) > 15
    assert sum(map(bool, faults)) > 40


@pytest.mark.parametrize("trusted", [False, True])
def test_nothing_runs_wherever_it_is_written(open_page: "Pages", trusted: bool) -> None:
    documents = [
        email(payload.replace("RUN", RUN.replace("RUN", str(number))), trusted=trusted)
        for number, payload in enumerate(PAYLOADS)
    ]

    ran, faults = opened(open_page, documents)
    assert [PAYLOADS[int(number)] for number in ran] == []
    named = dict(zip(PAYLOADS, faults, strict=True))
    assert {payload: found for payload, found in named.items() if found} == {}
