"""Every sample issue in every theme, as the files that `newsletter render` writes."""

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsletter.config.publication import load_publication
from newsletter.config.theme import theme_names
from newsletter.content.issue import undated
from newsletter.content.library import issue_files
from newsletter.sending.rendering import write_rendering
from tests.conftest import ROOT

MOMENT = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
"""When the sample messages are dated."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample issue in a theme, and the folder of its files."""

    slug: str
    theme: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.slug} in {self.theme}"

    def text(self, name: str) -> str:
        """One of its files, line ends as they are."""
        return (self.folder / name).read_bytes().decode()

    @property
    def message(self) -> bytes:
        """The message on the wire."""
        return (self.folder / "email.eml").read_bytes()

    @property
    def preview(self) -> str:
        """Where a browser finds it."""
        return (self.folder / "preview.html").as_uri()


def write_samples(home: Path, theme: str) -> list[Sample]:
    """Render every sample issue in a theme, below `home`."""
    publication = load_publication(_in_theme(home / "publication", theme), {})
    samples = []
    for path in issue_files(publication.root):
        slug = undated(path.stem)
        folder = home / theme / slug
        write_rendering(publication, slug, folder, {}, MOMENT)
        samples.append(Sample(slug, theme, folder))
    return samples


def all_samples(home: Path) -> list[Sample]:
    """Render every sample issue in each of our themes, below `home`."""
    return [item for theme in theme_names(ROOT) for item in write_samples(home, theme)]


def _in_theme(root: Path, theme: str) -> Path:
    """The sample publication at `root`, made when needed, with another theme."""
    if not root.exists():
        shutil.copytree(ROOT / "issues", root / "issues")
    settings = (ROOT / "newsletter.yaml").read_text(encoding="utf-8")
    others = re.sub(r"^theme:.*\n", "", settings, flags=re.MULTILINE)
    (root / "newsletter.yaml").write_text(f"{others}theme: {theme}\n", encoding="utf-8")
    return root
