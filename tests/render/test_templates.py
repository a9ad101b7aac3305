"""Templates: the publication's own first, strict, escaped, shut in their folder."""

from functools import partial
from pathlib import Path

import pytest

from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.errors import RenderError
from newsletter.model.publication import Sender
from newsletter.render.templates import (
    has_template,
    render_once,
    render_template,
    template_source,
)


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """An empty folder for templates of the publication's own."""
    folder = tmp_path / "templates"
    (folder / "email").mkdir(parents=True)
    return folder


def refusal(theme: Path, source: str, name: str = "email/x.html") -> RenderError:
    (theme / name).write_text(source, encoding="utf-8")
    with pytest.raises(RenderError) as refused:
        render_template(theme.parent, name, value="v")
    return refused.value


def test_the_template_of_the_publication_wins_and_ours_stands_in(theme: Path) -> None:
    values = {"label": "in short", "text": "words"}
    assert "<h2 class" in render_template(theme.parent, "email/tldr.html", **values)

    (theme / "email/tldr.html").write_text("mine {{ label }}")
    assert render_template(theme.parent, "email/tldr.html", **values) == (
        "mine in short"
    )


def test_a_changed_template_is_read_again(theme: Path) -> None:
    path = theme / "email/x.html"
    path.write_text("one")
    assert render_template(theme.parent, "email/x.html") == "one"

    path.write_text("two and more")
    assert render_template(theme.parent, "email/x.html") == "two and more"
    assert template_source(theme.parent, "email/x.html") == "two and more"


@pytest.mark.parametrize("name", ["x.html", "x.mjml", "x.xml"])
def test_values_are_escaped(theme: Path, name: str) -> None:
    (theme / name).write_text("{{ value }}")

    assert render_template(theme.parent, name, value="<b>&'\"") == (
        "&lt;b&gt;&amp;&#39;&#34;"
    )


@pytest.mark.parametrize("name", ["x.txt", "x.css"])
def test_values_are_not_escaped_in_plain_text(theme: Path, name: str) -> None:
    (theme / name).write_text("{{ value }}")

    assert render_template(theme.parent, name, value="<b>&") == "<b>&"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("a\n{{ }", 2, "unexpected '}'"),
        ("a\n\n{% if %}", 3, "Expected an expression"),
        ("{% if a %}\nb", 2, "Unexpected end of template"),
        ("{% nonsense %}", 1, "unknown tag 'nonsense'"),
        ("a\n{{ value | nonsense }}", 2, "No filter named 'nonsense'"),
        ("a\n{{ missing }}", 2, "'missing' is undefined"),
        ("a\n\n{{ value.missing }}", 3, "has no attribute 'missing'"),
        ("{% if missing %}{% endif %}", 1, "'missing' is undefined"),
        ("a\n{{ 1 / 0 }}", 2, "division by zero"),
        ("a\n{{ value + 1 }}", 2, "can only concatenate str"),
        ("a\n{{ [][5].x }}", 2, "has no element 5"),
        ("a\n{% include 'email/gone.html' %}", 2, "there is no template email/gone"),
        ("a\n{% extends 'gone.html' %}", 2, "there is no template gone.html"),
        ("a\n\n{% include 'email/x.html' %}", 3, "it includes itself"),
    ],
)
def test_a_mistake_is_named_with_its_template_and_line(
    theme: Path, source: str, line: int, message: str
) -> None:
    error = refusal(theme, source)

    assert error.message.startswith(f"templates/email/x.html:{line}: ")
    assert message in error.message
    assert error.hint


def test_a_mistake_in_an_included_template_is_named_there(theme: Path) -> None:
    (theme / "email/inner.html").write_text("a\n\n{{ missing }}")
    (theme / "email/broken.html").write_text("a\n{% if %}")

    inner = refusal(theme, "{% include 'email/inner.html' %}")
    broken = refusal(theme, "{% include 'email/broken.html' %}")

    assert inner.message.startswith("templates/email/inner.html:3: ")
    assert broken.message.startswith("templates/email/broken.html:2: ")


def test_a_template_that_is_not_there_is_named(theme: Path) -> None:
    with pytest.raises(RenderError, match=r"templates/gone.html: there is no template"):
        render_template(theme.parent, "gone.html")


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "email/../../secret.txt"]
)
@pytest.mark.parametrize("tag", ["include", "import", "extends"])
def test_no_file_outside_of_the_folder_can_be_included(
    theme: Path, path: str, tag: str
) -> None:
    (theme.parent / "secret.txt").write_text("secret")

    rest = " as x" if tag == "import" else ""
    error = refusal(theme, f"{{% {tag} '{path}'{rest} %}}")

    assert f"there is no template {path}" in error.message


def test_a_link_that_leads_out_of_the_folder_is_not_followed(theme: Path) -> None:
    (theme.parent / "secret.txt").write_text("secret")
    (theme / "email/link.txt").symlink_to(theme.parent / "secret.txt")

    assert (
        "there is no template"
        in refusal(theme, "{% include 'email/link.txt' %}").message
    )


def test_a_folder_of_templates_may_itself_be_a_link(
    theme: Path, tmp_path: Path
) -> None:
    (theme / "x.txt").write_text("shared")
    home = tmp_path / "publication"
    home.mkdir()
    (home / "templates").symlink_to(theme)

    assert render_template(home, "x.txt") == "shared"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ wrap.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ [].append(1) }}",
        "{% for x in range(999999999) %}{% endfor %}",
    ],
)
def test_a_theme_cannot_leave_its_sandbox(theme: Path, source: str) -> None:
    assert refusal(theme, source).message.startswith("templates/email/x.html:1: ")


def test_a_template_that_is_not_utf_8_is_named(theme: Path) -> None:
    (theme / "x.txt").write_bytes(b"caf\xe9")

    with pytest.raises(RenderError, match=r"templates/x.txt: .*utf-8"):
        render_template(theme.parent, "x.txt")


def test_every_default_template_is_free_of_mistakes() -> None:
    for path in DEFAULT_TEMPLATES.rglob("*.*"):
        if path.parent.name in ("email", "web", "plain", "formal"):
            assert template_source(Path(), str(path.relative_to(DEFAULT_TEMPLATES)))


def test_what_all_mails_share_is_rendered_again_only_when_it_is_another(
    theme: Path,
) -> None:
    path = theme / "email/x.css"
    path.write_text("{{ value }}")
    once = partial(render_once, theme.parent, "email/x.css")

    assert once(value="a") == "a"
    assert once(value="a") is once(value="a")
    assert once(value="b") == "b"
    path.write_text("new {{ value }}")
    assert once(value="a") == "new a"
    with pytest.raises(RenderError, match=r"templates/email/x.css:1: 'value' is"):
        once(other="a")


def test_a_template_is_there_or_not(theme: Path) -> None:
    (theme / "x.css").write_text("{{ broken")

    assert has_template(theme.parent, "email/style.css")
    assert has_template(theme.parent, "x.css")
    assert not has_template(theme.parent, "themes/friday/theme.css")


@pytest.mark.parametrize(
    "source",
    [
        "{{ sender.parse_raw('x', proto='pickle', allow_pickle=True) }}",
        "{{ sender['model_validate'] }}",
        "{{ sender | attr('model_copy') }}",
        "{{ folder.read_text() }}",
        "{{ (folder / '/etc/hostname').read_text() }}",
    ],
)
def test_a_theme_gets_values_and_nothing_that_can_do_something(
    theme: Path, source: str
) -> None:
    (theme / "email").mkdir(exist_ok=True)
    (theme / "email/x.html").write_text(source)
    sender = Sender(name="mo", address="mo@example.com")
    home = theme.parent

    with pytest.raises(RenderError):
        render_template(home, "email/x.html", sender=sender, folder=theme)
