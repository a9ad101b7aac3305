"""Mail programs: what they do not show is told, by the facts of caniemail."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.check.check import check
from newsletter.check.clients import _TABLE
from newsletter.check.fallbacks import FALLBACKS
from newsletter.config.publication import load_publication
from newsletter.errors import SourceError
from newsletter.model.client import (
    CLIENTS,
    DEFAULT_CLIENTS,
    client_families,
    client_title,
    expanded,
    is_client,
)
from newsletter.model.email import MergeText
from newsletter.model.problem import Problem
from newsletter.sending.preflight import preflight
from tests.check import small
from tests.conftest import ROOT
from tests.render.making import a_publication, an_issue, rendered
from tests.rig.tools import npm_file

EVERYBODY = client_families()


def problems(html: str, *clients: str) -> list[Problem]:
    """What an email of this HTML lacks in these mail programs."""
    email = replace(rendered(), html=MergeText((html,)))
    found = check(an_issue(), email, a_publication(clients=clients or EVERYBODY))
    return [item for item in found if item.code == "client-support"]


def test_the_table_is_that_of_the_installed_package() -> None:
    npm_file("caniemail/data/caniemail.json")
    script = ROOT / "scripts" / "caniemail.py"

    ended = subprocess.run(
        [sys.executable, script, "--check"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_table_is_small_and_beside_it_are_its_notices() -> None:
    notice = _TABLE.with_suffix(".NOTICE").read_text("utf-8")

    assert _TABLE.stat().st_size < 60_000
    assert "Rémi Parmentier" in notice
    assert "Andrew Powell" in notice
    assert "The above copyright notice and this permission notice" in notice


def test_the_clients_of_a_publication_are_those_of_the_table() -> None:
    table = json.loads(_TABLE.read_text("utf-8"))

    assert tuple(table["clients"]) == CLIENTS
    for _, patterns, verdicts in table["features"].values():
        assert patterns
        assert len(verdicts) == len(CLIENTS)
        assert set(verdicts) <= set("ynau")


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ('<p style="mix-blend-mode: multiply">a</p>', "mix-blend-mode"),
        ('<p style="display: grid">a</p>', "display:grid"),
        ('<p style="gap: 1px">a</p>', "gap, column-gap, row-gap"),
        ('<p style="width: calc(1px + 2px)">a</p>', "CSS calc() function"),
        ('<p style="width: 10vmax">a</p>', "vmax unit"),
        ('<p style="color: var(--a)">a</p>', "CSS Variables (Custom Properties)"),
        ("<video></video>", "<video> element"),
        ("<ul><li><progress></progress></li></ul>", "<progress> element"),
        ('<img srcset="a 2x" alt="">', "srcset and sizes attributes"),
        ('<img src="https://a.example/b.WebP?c=d" alt="">', "webP image format"),
        ('<img src="data:image/png;base64,AA" alt="">', "Base 64 image format"),
        ("<style>a:hover{color:red}</style>", ":hover"),
        ("<style>p::before{content:'x'}</style>", "::before"),
        ("<style>@font-face{font-family:x}</style>", "@font-face"),
        (
            "<style>@media (orientation:portrait){p{color:red}}</style>",
            "@media (orientation)",
        ),
        ("<style>@supports (a:b){p{color:red}}</style>", "@supports"),
    ],
)
def test_a_feature_is_recognised_however_it_is_used(html: str, title: str) -> None:
    assert title in {item.message.split("`")[1] for item in problems(html)}


def test_only_the_named_programs_count_and_are_named() -> None:
    html = '<p style="mix-blend-mode: multiply">a</p>'

    assert problems(html, "apple-mail") == []
    [problem] = problems(html, "outlook-windows", "apple-mail", "gmail-mobile-web")
    assert problem.message == (
        "`mix-blend-mode` does not work in Outlook on Windows and Gmail in a phone's "
        "browser"
    )
    assert problem.hint.endswith("/features/css-mix-blend-mode/")


def test_what_outlook_alone_reads_is_left_alone() -> None:
    assert problems("<!--[if mso]><video></video><![endif]-->") == []


def test_the_sample_issues_lack_nothing_in_any_program() -> None:
    publication = load_publication(ROOT, {})
    everywhere = publication.model_copy(update={"clients": EVERYBODY})

    assert [str(item) for item in preflight(everywhere, []).problems] == []


def test_every_fallback_is_one_that_the_theme_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.check.clients.FALLBACKS", {})
    publication = load_publication(ROOT, {})
    # The lists of before were made with the fallbacks.
    clients = (*EVERYBODY, "gmail-web")
    found = preflight(publication.model_copy(update={"clients": clients}), []).problems
    code = rendered("```\nno sample has code\n```").html.substitute(lambda _: "x")
    found += tuple(problems(code, *clients))

    slugs = {item.hint.rstrip("/").rpartition("/")[2] for item in found}
    assert slugs == FALLBACKS.keys()
    assert all(reason.endswith(".") for reason in FALLBACKS.values())


def test_a_feature_is_found_where_it_is_written(tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p",
        f"{small.BODY}\nsee <details><summary>more</summary>this</details>\n",
        settings={"trusted_html": True, "clients": ["outlook-windows"]},
    )
    footer = home / "templates" / "email" / "reply.html"
    footer.parent.mkdir(parents=True)
    footer.write_text('\n<p style="mix-blend-mode: multiply">hello</p>')

    found = {item.place for item in small.problems(home, "letter")}

    assert found == {f"{small.ISSUE}:13:5", "templates/email/reply.html:2:11"}


def test_a_program_that_is_not_known_is_told(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", settings={"clients": ["gmail", "pegasus"]})

    with pytest.raises(SourceError) as caught:
        load_publication(home, {})
    assert "newsletter.yaml:" in str(caught.value)
    assert "`pegasus` is not a mail program that newsletter knows" in str(caught.value)
    assert "outlook" in str(caught.value)


def test_a_family_stands_for_all_its_programs() -> None:
    assert expanded(["outlook-windows", "apple-mail", "apple-mail-ios"]) == (
        "outlook-windows",
        "apple-mail-ios",
        "apple-mail-macos",
    )
    assert all(is_client(name) for name in (*DEFAULT_CLIENTS, *CLIENTS, *EVERYBODY))
    assert expanded(EVERYBODY) == CLIENTS
    assert client_title("outlook-windows-mail") == "Outlook Mail of Windows"
