"""A pasted roundtable that does not add up: what is told, and what becomes of it."""

from pathlib import Path

import pytest

from newsletter.content.roundtable import read_roundtable
from newsletter.importing.roundtable import import_roundtable
from newsletter.importing.told import Imported
from newsletter.model.labels import Labels
from newsletter.model.roundtable import Roundtable

TOP = "The Title\nOwnership Expert Roundtable\n"
PANEL = "Ann Lee\nDirector\nBo Dahl\nEngineer\nDiscussing:\nA review\n"


def imported(text: str, **labels: str) -> Imported:
    return import_roundtable(text, Labels(**labels))


def notes(found: Imported) -> list[str]:
    return [str(note) for note in found.notes]


def file_of(found: Imported, folder: Path) -> Roundtable:
    path = folder / "r.md"
    path.write_text(found.text, encoding="utf-8")
    return read_roundtable(path, folder)


def who(table: Roundtable) -> list[list[tuple[str, str]]]:
    return [
        [(remark.expert, remark.text) for remark in turns.remarks]
        for turns in table.rounds
    ]


@pytest.mark.parametrize(
    ("panel", "experts"),
    [
        (
            "Ann Lee\nDirector\nBo Dahl\nEngineer",
            [("Ann Lee", "Director"), ("Bo Dahl", "Engineer")],
        ),
        (
            "2 experts discuss this\nAnn Lee\nBo Dahl",
            [("Ann Lee", ""), ("Bo Dahl", "")],
        ),
        (
            "2 experts discuss this\nAnn Lee\nJoy\nBo Dahl\nWit",
            [("Ann Lee", "Joy"), ("Bo Dahl", "Wit")],
        ),
        (
            "Ann Lee, Director\nBo Dahl, Engineer",
            [("Ann Lee", "Director"), ("Bo Dahl", "Engineer")],
        ),
        (
            "Ann Lee (Director)\nBo Dahl (Head (acting))",
            [("Ann Lee", "Director"), ("Bo Dahl", "Head (acting)")],
        ),
        (
            "Ann Lee\tDirector\nBo Dahl\tEngineer",
            [("Ann Lee", "Director"), ("Bo Dahl", "Engineer")],
        ),
        (
            "Ann Lee\nDirector\nof Product\nBo Dahl",
            [("Ann Lee", "Director, of Product"), ("Bo Dahl", "")],
        ),
        (
            "AL\nAnn Lee\nDirector\nBo Dahl\nBo Dahl\nEngineer",
            [("Ann Lee", "Director"), ("Bo Dahl", "Engineer")],
        ),
        (
            "Panel\nAnn Lee\nDirector\nANN LEE\nManager",
            [("Ann Lee", "Director, Manager")],
        ),
    ],
)
def test_a_panel_is_listed_in_many_ways(
    tmp_path: Path, panel: str, experts: list[tuple[str, str]]
) -> None:
    text = f"{TOP}{panel}\nDiscussing: a review\nShe said it, and then she did it.\n"
    table = file_of(imported(text), tmp_path)

    assert [(expert.name, expert.role) for expert in table.panel] == experts


def test_a_page_that_counts_other_experts_than_it_lists() -> None:
    found = imported(
        f"{TOP}4 experts discuss this interview\n{PANEL}Hello to you all.\n"
    )

    told = "the page speaks of 4 experts and lists 2: the panel is as it is listed"
    assert told in notes(found)


def test_without_a_panel_remarks_are_nobodys(tmp_path: Path) -> None:
    found = imported(
        "The Title\nDiscussing:\nA review\nShe did it, and she told nobody about it.\n"
        "Panel consensus\nAll agreed on everything.\n"
    )
    table = file_of(found, tmp_path)

    assert [expert.name for expert in table.panel] == ["Unplaced"]
    assert table.panel[0].role.startswith("TODO")
    assert who(table) == [[("Unplaced", "She did it, and she told nobody about it.")]]
    assert table.consensus == "All agreed on everything.\n"
    assert notes(found) == [
        "remarks, and nobody on the panel: kept as those of `Unplaced`",
        "a consensus, and no panel: kept as it is",
    ]


def test_without_remarks_there_is_one_that_says_so(tmp_path: Path) -> None:
    table = file_of(imported(TOP + PANEL), tmp_path)

    assert who(table) == [[("Unplaced", "no remarks were found on the page.")]]


def test_names_on_lines_of_their_own_and_roles_below(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}It was recorded in May, by the way, and cut twice.\n"
        f"Bo Dahl\nEngineer\n"
        "First thing I say.\nSecond thing I say.\nAnn\nBo, no.\nBo Dahl\n"
        "Ann, yes.\nAnn Lee\n"
    )
    table = file_of(found, tmp_path)

    assert who(table) == [
        [
            ("Bo Dahl", "First thing I say.\n\nSecond thing I say."),
            ("Ann Lee", "Bo, no."),
        ],
        [("Bo Dahl", "Ann, yes.")],
        [("Unplaced", "It was recorded in May, by the way, and cut twice.")],
    ]
    assert any("stands before the first name" in note for note in notes(found))
    assert any("Ann Lee says nothing" in note for note in notes(found))


def test_who_speaks_and_is_not_listed_joins_the_panel(tmp_path: Path) -> None:
    text = f"{TOP}{PANEL}Ann: One.\nZed: Two.\nNote: three.\nBo: Four.\nZed: Five.\n"
    found = imported(text)
    table = file_of(found, tmp_path)

    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl", "Zed"]
    assert who(table) == [
        [("Ann Lee", "One."), ("Zed", "Two.\n\nNote: three."), ("Bo Dahl", "Four.")],
        [("Zed", "Five.")],
    ]
    assert (
        "line 10: Zed speaks and is not on the panel: added to it, without a role"
        in notes(found)
    )


def test_a_panel_may_be_known_by_its_remarks_alone(tmp_path: Path) -> None:
    text = "The Title\nDiscussing: a review\nAnn Lee: I say one.\nBo Dahl: I say two.\n"
    table = file_of(imported(text), tmp_path)

    assert [expert.name for expert in table.panel] == ["Ann Lee", "Bo Dahl"]


def test_heads_between_remarks_are_rounds(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}Discussion\nRound 1\nFirst impressions\nOne here.\nTwo here.\n"
        "Debate\nThree here.\nFour here.\nWhat came of it\n"
        "Five, and done.\n"
        "A last head\n"
    )
    table = file_of(found, tmp_path)

    assert [turns.title for turns in table.rounds] == [
        "Round 1 · First impressions",
        "Debate",
        "What came of it",
        "TODO: not placed",
    ]
    assert who(table)[-1] == [("Unplaced", "A last head")]


def test_a_head_that_we_do_not_know_over_one_paragraph_is_the_consensus(
    tmp_path: Path,
) -> None:
    found = imported(
        f"{TOP}{PANEL}One here.\nTwo here.\nSo what now\nHire her, they say.\n"
    )

    assert file_of(found, tmp_path).consensus == "Hire her, they say.\n"
    assert any("read as the consensus" in note for note in notes(found))


def test_signals_below_heads_that_are_everybodys(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}One here.\nTwo here.\nReasons to hire\nAnn: She is kind.\n"
        "Bo Dahl\nShe is quick.\nRed flags\nBo: Too quick.\nAnn Lee: None.\n"
        "So they said.\n"
    )
    table = file_of(found, tmp_path)

    assert [(e.hire.strip(), e.concern.strip()) for e in table.panel[:2]] == [
        ("She is kind.", "None."),
        ("She is quick.", "Too quick."),
    ]
    assert who(table)[-1] == [("Unplaced", "So they said.")]


def test_signals_of_somebody_else_and_another_role(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}One here.\nTwo here.\nHiring signals\n"
        f"Words of nobody in particular.\n"
        "Ann Lee\nChief Director\nReason to hire: She is kind.\nAnd she is patient.\n"
        "Concern\nNone.\nShare\nMore of the page.\n"
        "Cyd Moss\nReason to hire\nShe is quick.\n"
    )
    table = file_of(found, tmp_path)

    assert table.panel[0].hire == "She is kind. And she is patient.\n"
    assert table.panel[2].name == "Cyd Moss"
    assert [remark for _, remark in who(table)[-1]] == [
        "Words of nobody in particular.\n\nMore of the page."
    ]
    told = notes(found)
    assert any(
        "Ann Lee is `Chief Director` here and `Director` above" in note for note in told
    )
    assert any("Cyd Moss has signals and is not on the panel" in note for note in told)


def test_signals_may_stand_before_the_consensus_and_without_a_head(
    tmp_path: Path,
) -> None:
    found = imported(
        f"{TOP}{PANEL}One here.\nTwo here.\nBo Dahl\nEngineer\nReason to hire\n"
        f"She is quick.\n"
        "Panel consensus: Hire her.\nAnd soon.\nShare\n"
        "Other pages you might like to read.\n"
    )
    table = file_of(found, tmp_path)

    assert table.panel[1].hire == "She is quick.\n"
    assert table.consensus == "Hire her.\n\nAnd soon.\n"
    assert any("stands below a button" in note for note in notes(found))


def test_labels_of_the_publication_are_known(tmp_path: Path) -> None:
    found = imported(
        f"{TOP}{PANEL}One here.\nTwo here.\nWas bleibt\nHire her.\n",
        consensus="was bleibt",
    )

    assert file_of(found, tmp_path).consensus == "Hire her.\n"
    assert notes(found) == []


def test_a_merge_tag_in_a_title_is_taken_apart_and_told(tmp_path: Path) -> None:
    found = imported(
        f"Hello {{{{ name }}}}\n{PANEL}One {{{{ name }}}} here.\nTwo here.\n"
    )

    assert file_of(found, tmp_path).title == "Hello { { name }}"
    assert notes(found) == [
        "line 1: `{{` in `Hello {{ name }}`: a blank was put between"
    ]


def test_a_remark_that_speaks_to_its_own_expert_is_told() -> None:
    found = imported(f"{TOP}{PANEL}Bo and Ann, one here.\nTwo here.\n")

    assert any("would be speaking to Ann Lee" in note for note in notes(found))


def test_a_paragraph_too_many_goes_on_with_a_remark(tmp_path: Path) -> None:
    panel = "Panel\nAnn\nBo\nCy\nDi\nEd\nDiscussing: x\n"
    found = imported(
        f"The Title\n{panel}One.\nTwo.\nBo, hm.\nAnn and Bo and Di, so.\n"
        "Cy and Ed, no.\nDi, yes.\n"
    )

    assert who(file_of(found, tmp_path)) == [
        [
            *(("Ann", "One."), ("Bo", "Two.")),
            ("Cy", "Bo, hm.\n\nAnn and Bo and Di, so."),
            *(("Di", "Cy and Ed, no."), ("Ed", "Di, yes.")),
        ]
    ]
    assert any("this one goes on with Cy's" in note for note in notes(found))


INTRO = "We asked three people to listen."
SUMMARY = "So Ann and Bo agree, and Cy does not."


@pytest.mark.parametrize(
    ("page", "set_aside"),
    [
        (
            f"{INTRO}\nOne.\nTwo.\nThree.\nBo, four.\nCy and Ann, five.\nBo, six.\n",
            INTRO,
        ),
        (f"One.\nTwo.\nThree.\nFour.\nAnn, five.\nBo, six.\n{SUMMARY}\n", SUMMARY),
        ("One.\nTwo.\nThree.\nFour.\n", ""),
        ("Ann, one.\nAnn, two.\nAnn, three.\nAnn, four.\n", ""),
    ],
)
def test_words_around_the_remarks_are_none(
    tmp_path: Path, page: str, set_aside: str
) -> None:
    panel = "Panel\nAnn\nBo\nCy\nDiscussing: x\n"
    table = file_of(imported(f"The Title\n{panel}{page}"), tmp_path)
    unplaced = [text for name, text in who(table)[-1] if name == "Unplaced"]

    assert unplaced == [set_aside] * bool(set_aside)


def test_a_head_over_no_remark_is_kept(tmp_path: Path) -> None:
    page = "First look\nAnn\nSecond look\nBo\nBo says this.\nThe end\nOf it all\n"
    found = imported(f"The Title\nPanel\nAnn\nBo\nDiscussing: x\n{page}")

    assert who(file_of(found, tmp_path))[-1] == [
        ("Unplaced", "First look\n\nThe end · Of it all")
    ]
    assert "line 6: `First look` stands over no remark: kept as not placed" in notes(
        found
    )


def test_whom_a_remark_speaks_to_before_a_colon_does_not_say_it(tmp_path: Path) -> None:
    said = "Bo Dahl, think of the C: it is full."
    found = imported(f"{TOP}{PANEL}{said}\nAnn Lee, so is mine.\n")

    assert who(file_of(found, tmp_path)) == [
        [("Ann Lee", said), ("Bo Dahl", "Ann Lee, so is mine.")]
    ]


def test_a_role_beside_the_name_before_a_colon_is_no_word_of_theirs(
    tmp_path: Path,
) -> None:
    remarks = "Ann Lee, Head of Product: It is full.\nBo Dahl (Engineer): So is mine.\n"
    found = imported(f"{TOP}{PANEL}{remarks}")

    assert who(file_of(found, tmp_path)) == [
        [("Ann Lee", "It is full."), ("Bo Dahl", "So is mine.")]
    ]
