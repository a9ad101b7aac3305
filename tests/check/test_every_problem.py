"""One publication with everything wrong: each code is found, each at its very place."""

import random
import shutil
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PIL import Image

from newsletter.check.check import in_order
from newsletter.check.codes import CODES
from newsletter.check.facts import Sent
from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.links import try_links
from newsletter.config.publication import load_publication
from newsletter.model.problem import Problem
from newsletter.sending.preflight import preflight

HERE = Path(__file__).parent / "every_problem"
EXPECTED = HERE / "expected.txt"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

# Not of an issue: lists of subscribers, newsletter.yaml itself. A link out of the
# publication cannot be committed, and ten megabytes need not be.
ELSEWHERE = {"config", "csv", "file", "message-size", "template"}
ANSWERS = {
    "https://talent.example.com/b": Answer(Outcome.GONE, "it answers 404"),
    "https://talent.example.com/c": Answer(Outcome.REFUSED, "it answers 403"),
    "https://talent.example.com/d": Answer(
        Outcome.FINE, moved="https://talent.example.com/e"
    ),
}


def noise(path: Path) -> None:
    """A picture that no format makes small: 1200 pixels of noise, always the same."""
    colours = random.Random(1).randbytes(1200 * 400 * 3)
    Image.frombytes("RGB", (1200, 400), colours).save(path)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Problem]:
    """All that is found, with a ledger and a web that the test makes up."""
    home = tmp_path_factory.mktemp("every") / "problem"
    shutil.copytree(HERE, home)
    (home / "issues" / "images").mkdir()
    noise(home / "issues" / "images" / "noise.png")
    # Not committed, because it is no text that a formatter could read.
    latin = "---\ntitle: a café in Latin-1\n---\n\nwords\n".encode("latin-1")
    (home / "issues" / "2026-10-01-latin.md").write_bytes(latin)
    publication = load_publication(home, {})
    sent = [Sent(slug="everything", day=date(2026, 1, 2), text_hash="another")]
    checked = preflight(publication, [], sent, keep=True)

    def ask(urls: Iterable[str]) -> dict[str, Answer]:
        return {url: ANSWERS.get(url, Answer(Outcome.FINE)) for url in urls}

    outside = try_links(checked.writings, publication, NOW, ask)
    assert checked.unread
    return in_order([*checked.problems, *outside])


def test_each_code_that_a_text_can_have_is_found(found: list[Problem]) -> None:
    assert {problem.code for problem in found} == CODES.keys() - ELSEWHERE


def test_each_problem_is_found_at_its_place(found: list[Problem]) -> None:
    lines = [f"{problem.place} {problem.severity} {problem.code}" for problem in found]

    assert lines == EXPECTED.read_text("utf-8").splitlines()


def test_each_problem_has_a_line_a_column_and_advice(found: list[Problem]) -> None:
    for problem in found:
        assert problem.line > 0
        assert problem.column > 0
        assert problem.hint
        assert len(str(problem).splitlines()) == 1
