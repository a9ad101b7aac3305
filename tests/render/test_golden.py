"""Every sample email as it was reviewed: its HTML, its text, and the whole message."""

from collections.abc import Callable

import pytest

from newsletter.content.issue import undated
from newsletter.content.library import issue_files
from tests.conftest import ROOT
from tests.render.making import sample
from tests.render.samples import Sample
from tests.rig.golden import GOLDEN

SLUGS = [undated(path.stem) for path in issue_files(ROOT)]
KINDS = ("html", "txt", "eml")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_email_is_as_it_was_reviewed(
    samples: list[Sample], golden: Callable[[str, str], None], slug: str, kind: str
) -> None:
    [item] = [
        each for each in samples if each.slug == slug and each.theme == sample().theme
    ]

    golden(f"email/{slug}.{kind}", item.text(f"email.{kind}"))


def test_no_email_is_kept_whose_issue_is_gone() -> None:
    kept = {path.name for path in (GOLDEN / "email").iterdir()}

    assert kept == {f"{slug}.{kind}" for slug in SLUGS for kind in KINDS}
