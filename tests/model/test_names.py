"""What people are called: names without titles and degrees."""

import pytest

from newsletter.model.names import called, may_end
from newsletter.model.roundtable import Expert, Roundtable


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Dr. Ana O’Lima-Diaz, PhD", ("Ana", "O’Lima-Diaz")),
        ("Prof. Dr. Bo Chen", ("Bo", "Chen")),
        ("J. R. Chen Jr.", ("J.", "R.", "Chen")),
        ("Cleo Diaz, M.D., MBA", ("Cleo", "Diaz")),
        ("Ana Ma", ("Ana", "Ma")),
        ("Ana MA", ("Ana",)),
        ("Don", ("Don",)),
        ("Dr. PhD", ("PhD",)),
        ("李 伟", ("李", "伟")),
        ("", ()),
    ],
)
def test_titles_and_degrees_are_no_names(name: str, parts: tuple[str, ...]) -> None:
    assert called(name) == parts


@pytest.mark.parametrize(
    ("name", "ends"),
    [("Bo Chen Jr.", True), ("Ana L.", True), ("She left.", False), ("", False)],
)
def test_a_full_stop_may_be_a_names_own(name: str, ends: bool) -> None:
    assert may_end(name) is ends


def test_an_expert_is_found_and_spoken_to_without_them() -> None:
    panel = (Expert(name="Dr. Ana Diaz, PhD"), Expert(name="Dr. Bo Chen"))
    table = Roundtable(title="x", slug="x", panel=panel)

    assert table.expert("diaz") is panel[0]
    assert table.expert("Dr.") is None
    assert [expert.initials for expert in panel] == ["AD", "BC"]
