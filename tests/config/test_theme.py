"""Themes: found by name, the publication's own first, each readable in any light."""

from pathlib import Path

import pytest

from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.config.publication import load_publication
from newsletter.config.theme import load_theme, theme_names
from newsletter.errors import SourceError
from newsletter.model.colour import READABLE, contrast, inverted
from newsletter.model.theme import TEXT_ON, Theme
from tests.config.mistakes import mistakes

OURS = ["formal", "friday", "plain"]


@pytest.fixture
def own(publication: Path) -> Path:
    """The file of a theme of the publication's own, named `mine`."""
    path = publication / "templates/themes/mine/theme.yaml"
    path.parent.mkdir(parents=True)
    path.write_text('colours: {ink: "#111111"}\nlook: {text: 20}\n')
    return path


def test_the_default_theme_has_what_every_part_reads() -> None:
    folders = {path.name for path in DEFAULT_TEMPLATES.iterdir() if path.is_dir()}

    assert {"email", "web", "start", "themes"} <= folders


def test_there_are_three_themes_to_start_with(publication: Path) -> None:
    assert theme_names(publication) == OURS
    for name in OURS:
        theme = load_theme(name, publication)
        assert theme
        assert theme.description


def test_friday_is_what_is_not_said_otherwise(publication: Path) -> None:
    friday = load_theme("friday", publication)

    assert friday
    assert friday.model_copy(update={"description": ""}) == Theme()


@pytest.mark.parametrize("name", OURS)
def test_a_theme_is_small(name: str) -> None:
    folder = DEFAULT_TEMPLATES / "themes" / name
    lines = sum(len(path.read_text().splitlines()) for path in folder.iterdir())

    assert lines <= 60


@pytest.mark.parametrize("name", OURS)
def test_every_text_of_a_theme_can_be_read_by_day_by_night_and_inverted(
    publication: Path, name: str
) -> None:
    theme = load_theme(name, publication)
    assert theme
    faint = [
        (light, text, background)
        for light, palette, shown in (
            ("day", theme.colours, str),
            ("night", theme.colours.dark, str),
            ("inverted", theme.colours, inverted),
        )
        for text, background in TEXT_ON
        if contrast(shown(getattr(palette, text)), shown(getattr(palette, background)))
        < READABLE
    ]
    assert faint == []


def publication_with(publication: Path, text: str) -> Path:
    with (publication / "newsletter.yaml").open("a", encoding="utf-8") as file:
        file.write(text)
    return publication


def test_a_publication_says_its_theme_and_what_it_wants_otherwise(
    publication: Path, own: Path
) -> None:
    settings = (
        "\ntheme: mine\n"
        'colours: {accent: "#222222", dark: {ink: "#eeeeee"}}\n'
        "fonts: {text: Verdana}\nlook: {title: 40}\n"
    )
    made = load_publication(publication_with(publication, settings), {})

    assert made.colours.ink == "#111111"
    assert made.colours.accent == "#222222"
    assert made.colours.dark.ink == "#eeeeee"
    assert made.colours.dark.paper == Theme().colours.dark.paper
    assert made.fonts.text == "Verdana"
    assert made.fonts.heading == Theme().fonts.heading
    assert (made.look.text, made.look.title) == (20, 40)


def test_a_theme_of_the_publication_s_own_wins_over_one_of_ours(
    publication: Path, own: Path
) -> None:
    own.parent.rename(own.parent.with_name("plain"))

    made = load_publication(publication_with(publication, "\ntheme: plain\n"), {})
    assert made.look.text == 20


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fryday", "there is no theme `fryday`; did you mean `friday`?"),
        ("xyz", "there is no theme `xyz`; there are formal, friday, mine, plain"),
        ("../plain", "`../plain` cannot be a slug"),
    ],
)
def test_a_theme_that_is_not_there_is_named_where_it_is_asked_for(
    publication: Path, own: Path, name: str, message: str
) -> None:
    settings = f"\ntheme: {name}\n"
    line = len((publication / "newsletter.yaml").read_text().splitlines()) + 2

    home = publication_with(publication, settings)
    [problem] = mistakes(load_publication, home, {})
    assert problem.place == f"newsletter.yaml:{line}:8"
    assert message in str(problem)


def test_a_mistake_in_a_theme_is_named_where_it_is(
    publication: Path, own: Path
) -> None:
    own.write_text('colours:\n  ink: "red"\n  inc: "#111111"\nlook: {text: big}\n')

    home = publication_with(publication, "\ntheme: mine\n")
    found = [
        (item.place, item.message) for item in mistakes(load_publication, home, {})
    ]
    file = "templates/themes/mine/theme.yaml"
    assert found == [
        (f"{file}:2:8", "`red` is not a colour"),
        (f"{file}:3:3", "unknown key `inc`"),
        (f"{file}:4:14", "`look.text` must be a whole number, not `big`"),
    ]


def test_a_theme_cannot_lead_out_of_the_publication(
    publication: Path, own: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "theme.yaml"
    outside.write_text("description: x\n")
    own.unlink()
    own.symlink_to(outside)

    with pytest.raises(SourceError, match="leads out of the publication"):
        load_publication(publication_with(publication, "\ntheme: mine\n"), {})
