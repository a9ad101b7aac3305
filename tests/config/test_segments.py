"""Segments in newsletter.yaml: read, or told with line and column."""

from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.model.segment import Deed, Did, Tagged
from tests.config.mistakes import told
from tests.config.test_publication import GOOD, load

KNOWN = "known are tag:, attr:, name, source, domain, joined, confirmed, received:, "
KNOWN += "opened: and clicked:"


def test_segments_are_read(tmp_path: Path) -> None:
    text = "keep_opens: true\nsegments:\n  close: tag:vip\n  x-2: >\n    opened:hello\n"

    found = load(tmp_path, GOOD + text).segments

    assert {name: segment.rule for name, segment in found.items()} == {
        "close": Tagged("vip"),
        "x-2": Did(Deed.OPENED, "hello"),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            'berlin: attr:city = "Berlin" and joind > 2026-01-01',
            f"5:36: error: `segments.berlin`: `joind` is no condition; {KNOWN}",
        ),
        (
            "b: 'tag:x and attr:City'",
            "5:22: error: `segments.b`: `City` cannot be an attribute; "
            "use a–z, 0–9 and _, such as `attr:company`",
        ),
        (
            "b: >\n    tag:x and\n    joined > 2026-02-30",
            "5:6: error: `segments.b`: `2026-02-30` is no day; "
            "write it as `joined > 2026-01-01`",
        ),
        (
            "b: not opened:hello",
            "5:6: error: `segments.b`: who opened an issue is not kept; "
            "`keep_opens: true` keeps it from now on",
        ),
        (
            "all: tag:x",
            "5:3: error: `all` means something already: call the segment otherwise; "
            "use 1 to 40 of a–z, 0–9 and -, such as `candidates`",
        ),
        (
            "B C: tag:x",
            "5:3: error: `B C` cannot be a name: call the segment otherwise; "
            "use 1 to 40 of a–z, 0–9 and -, such as `candidates`",
        ),
        ("b: 12", f"5:6: error: `segments.b`: `12` is no condition; {KNOWN}"),
        (
            "b: [tag:x]",
            "5:6: error: `segments.b` must be text, not a list; put the text in quotes",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "newsletter.yaml").write_text(f"{GOOD}segments:\n  {line}\n")

    assert told(load_publication, tmp_path, {}) == [
        f"newsletter.yaml:{message} [config]"
    ]
