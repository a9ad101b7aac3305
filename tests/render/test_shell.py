"""The MJML shell: compiled with tokens, texts spliced in, mistakes located."""

import re
import socket

import pytest

from newsletter.errors import RenderError
from newsletter.render.shell import Shell, slot

MJML = """<mjml>
  <mj-head>
    <mj-style>{style}</mj-style>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>%%A%%</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def compiled(mjml: str = MJML, style: str = "", **texts: str) -> str:
    mjml = mjml.replace("{style}", style)
    return Shell(mjml, "email/x.mjml", lambda: mjml).compile({"A": "text", **texts})


def refusal(old: str, new: str, **texts: str) -> RenderError:
    with pytest.raises(RenderError) as refused:
        compiled(MJML.replace(old, new, 1), **texts)
    return refused.value


def test_a_slot_is_a_token_that_mjml_leaves_alone() -> None:
    assert slot("body") == "%%BODY%%"
    assert ">text<" in compiled()


@pytest.mark.parametrize(
    "html",
    [
        "<em>a</em>\n<em>b</em>",
        "<pre><span>a</span>\n  <span>b</span>\n</pre>",
        "a &lt; b &amp; c &nbsp;",
        "<p>%%A%% {{ b }} %recipient.m0%</p>",
        "<p>&lt;mj-text&gt;</p>",
        '<a href="https://a.example/?b=c&amp;d=e">f</a>',
    ],
)
def test_a_text_is_spliced_in_letter_by_letter(html: str) -> None:
    assert html in re.sub(r' style="[^"]*"', "", compiled(A=html))


def test_no_component_and_no_token_is_left() -> None:
    shown = compiled(A="a")

    assert "<mj-" not in shown
    assert "%%" not in shown


def test_rules_are_inlined_and_what_only_a_style_sheet_can_say_is_kept() -> None:
    style = (
        "@media all { :root { color-scheme: light dark } } p { color: #123456 }"
        "@media (prefers-color-scheme: dark) { p { color: #fff !important } }"
        "[data-ogsc] p { color: #eee !important } a:hover { color: red }"
    )
    shown = compiled(style=style, A="<p>text</p>")

    assert re.search(r'<p style="[^"]*color: #123456', shown)
    kept = " ".join(re.findall(r"<style[^>]*>(.*?)</style>", shown, re.DOTALL))
    for rule in (
        "@media (prefers-color-scheme: dark)",
        "[data-ogsc] p",
        ":root",
        ":hover",
    ):
        assert rule in kept
    assert "p { color: #123456" not in kept


def test_nothing_is_fetched_from_anywhere() -> None:
    shown = compiled(style="p { color: red }", A="<p>a</p>")

    assert "fonts.googleapis" not in shown
    assert "@import" not in shown
    assert "<link" not in shown


def test_a_style_sheet_that_a_text_asks_for_is_not_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.css"
        compiled(style="p { color: red }", A=f'<link rel="stylesheet" href="{url}">')
        with pytest.raises(TimeoutError):
            server.accept()


def test_equal_shells_give_equal_bytes() -> None:
    assert len({compiled() for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("</mj-column>", "", 7, "MJML cannot be compiled"),
        ("</mj-text>", "</b></mj-text>", 8, "MJML cannot be compiled"),
        ("%%A%%", "a < b", 8, "MJML cannot be compiled"),
        ("<mj-text>", '<mj-text color="red>', 8, "MJML cannot be compiled"),
        ("<mj-text>", "<mj-text color=red>", 8, "MJML cannot be compiled"),
        ("<mj-section>", "<mj-secton>", 6, "<mj-secton> is not an MJML component"),
        ("%%A%%", "<mj-image />", 8, "<mj-image> is not an MJML component"),
        ("%%A%%", "%%GONE%%", 8, 'there is no slot "gone"'),
        (
            "<mj-section>",
            '<mj-include path="/etc/passwd" /><mj-section>',
            6,
            "unable to load included template",
        ),
    ],
)
def test_a_mistake_is_named_with_its_template_and_line(
    old: str, new: str, line: int, message: str
) -> None:
    error = refusal(old, new)

    assert message in error.message
    assert error.hint
    assert error.message.startswith(f"templates/email/x.mjml:{line}: ")


def test_an_include_of_mjml_is_answered_with_what_to_write() -> None:
    error = refusal("<mj-section>", '<mj-include path="a" /><mj-section>')

    assert "{% include" in error.hint


@pytest.mark.parametrize("mjml", ["<mjml></mjml>", "<mjml><mj-head></mj-head></mjml>"])
def test_a_shell_without_a_body_is_refused(mjml: str) -> None:
    with pytest.raises(RenderError, match="there is no <mj-body>"):
        compiled(mjml)


@pytest.mark.parametrize("mjml", ["", "words", "<html></html>", "</mj-body>"])
def test_what_is_no_mjml_is_refused(mjml: str) -> None:
    with pytest.raises(RenderError, match=r"templates/email/x.mjml:1: MJML cannot be"):
        compiled(mjml)


def test_a_style_that_cannot_be_inlined_is_refused() -> None:
    with pytest.raises(RenderError, match="the CSS cannot be inlined"):
        compiled(style="p { color: red }", A='<p style="x">a</p>')


def test_a_line_is_that_of_the_template_and_not_of_what_it_made() -> None:
    source = "{# one\n   two #}\n" + MJML.replace(
        "    <mj-section>", "    {% if a %}\n    <mj-secton>\n    {% endif %}"
    )
    made = MJML.replace("{style}", "a { b: c }\n" * 30).replace(
        "<mj-section>", "<mj-secton>"
    )
    shell = Shell(made, "email/x.mjml", lambda: source)

    with pytest.raises(RenderError, match=r"^templates/email/x.mjml:9: <mj-secton> is"):
        shell.compile({"A": "text"})
