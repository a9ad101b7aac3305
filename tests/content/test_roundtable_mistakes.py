"""What is said of a roundtable in which it is unclear who says what."""

import pytest

from tests.config.mistakes import mistakes, told
from tests.content.conftest import ReadRoundtable
from tests.content.texts import PANEL
from tests.content.texts import roundtable_text as text


@pytest.mark.parametrize(
    ("body", "line", "message", "hint"),
    [
        ("**Graec:** x", 5, "`Graec` is not on the panel", "did you mean `Grace`?"),
        ("\n**Hanh:** x", 6, "`Hanh` is not on the panel", "did you mean `Hạnh`?"),
        ("**Bob:** x", 5, "`Bob` is not on the panel", f"it has {PANEL}"),
        ("hi\n\n**Ada:** x", 5, "text before the first remark of a round", "**Name:**"),
        ("**Ada:** x\n## B\nhi\n\nho", 7, "text before the first remark", "open it"),
        ("", 5, "no remarks", "write `## Round one`, then `**Name:** what they say`"),
        (
            "## A\n## B\n**Ada:** x",
            5,
            "nobody says anything in this round",
            "write `**Name:**",
        ),
        (
            "**Ada:** x\n\n## \n",
            7,
            "nobody says anything in this round",
            "write `**Name:**",
        ),
        (
            "**Ada:**\n\nhi",
            5,
            "Ada says nothing",
            "start the remark on the line of the",
        ),
    ],
)
def test_what_is_unclear_in_the_body_is_told_once(
    roundtable: ReadRoundtable, body: str, line: int, message: str, hint: str
) -> None:
    (problem,) = mistakes(roundtable, text(body))

    assert problem.place == f"issues/roundtables/r.md:{line}:1"
    assert message in problem.message
    assert hint in problem.hint


def test_a_name_that_two_experts_share_must_be_given_in_full(
    roundtable: ReadRoundtable,
) -> None:
    panel = "Ada Lovelace, Ada Byron, Nguyễn Thị Hạnh, Trần Hạnh"
    body = "**Ada:** x\n\n**hạnh:** y\n\n**Ada Byron:** z\n"

    assert told(roundtable, text(body, panel)) == [
        "issues/roundtables/r.md:5:1: error: 2 experts are called Ada; "
        "use the full name [roundtable]",
        "issues/roundtables/r.md:7:1: error: 2 experts are called hạnh; "
        "use the full name [roundtable]",
    ]


def test_mistakes_of_front_matter_panel_and_body_are_told_together(
    roundtable: ReadRoundtable,
) -> None:
    source = text("**Eve:** x\n", "Ada, Bo, ada").replace(
        "title: t", "title: t\ndat: 1"
    )

    assert told(roundtable, source) == [
        "issues/roundtables/r.md:3:1: error: unknown key `dat`; did you mean `date`? "
        "[unknown-key]",
        "issues/roundtables/r.md:4:41: error: ada is on the panel twice; "
        "give each expert once [panel]",
        "issues/roundtables/r.md:6:1: error: `Eve` is not on the panel; "
        "it has Ada, Bo, ada [roundtable]",
    ]


def test_a_panel_that_cannot_be_read_is_told(roundtable: ReadRoundtable) -> None:
    source = (
        "---\ntitle: t\npanel:\n  - Ada\n  - role: CEO\n  - {name: Bo, rol: x}\n---\n"
    )

    assert [item.message for item in mistakes(roundtable, source)] == [
        "`panel.1` must be `key: value` lines, not `Ada`",
        "`panel.2.name` is missing",
        "unknown key `rol`",
    ]
    assert [
        item.message for item in mistakes(roundtable, "---\n---\n", name="日.md")
    ] == [
        "`title` is missing",
        "`slug` is missing",
        "`panel` is missing",
    ]
