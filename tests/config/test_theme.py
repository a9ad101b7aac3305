"""The default theme is where the program looks for it."""

from newsletter.config.theme import DEFAULT_TEMPLATES


def test_the_default_theme_has_what_every_part_reads() -> None:
    folders = {path.name for path in DEFAULT_TEMPLATES.iterdir() if path.is_dir()}

    assert {"email", "web", "start"} <= folders
