"""`newsletter build` without its slow steps, and with them again."""

from pathlib import Path

from tests.cli.conftest import Newsletter

NOW = ("--now", "2026-12-01", "build")


def test_a_step_that_is_left_out_leaves_nothing_behind(
    newsletter: Newsletter, publication: Path
) -> None:
    settings = publication / "newsletter.yaml"
    text = settings.read_text("utf-8").replace("pictures: false\n", "")
    settings.write_text(text, "utf-8")
    # One remark: more would show no more, and take longer.
    for path in publication.glob("issues/**/*.md"):
        path.unlink()
    table = publication / "issues/roundtables/x.md"
    said = "---\ntitle: x\npanel: [{name: Ann}]\n---\n\n## One\n\n**Ann:** hi\n"
    table.write_text(said, "utf-8")
    site = publication / "site"

    assert newsletter(*NOW).code == 0
    assert (site / "share/roundtables/x/round-1-ann.png").is_file()
    assert (site / "search").is_dir()

    assert newsletter(*NOW, "--no-pictures", "--no-search").code == 0
    assert not (site / "share").exists()
    assert not (site / "search").exists()
    page = site / "roundtables/x/index.html"
    assert "og:image" not in page.read_text("utf-8")

    assert newsletter(*NOW).code == 0
    assert (site / "share/roundtables/x.png").is_file()
    assert "og:image" in page.read_text("utf-8")
