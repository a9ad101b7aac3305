"""A roundtable as a value: who is meant by a name, and who is spoken to."""

import unicodedata

import pytest
from pydantic import ValidationError

from newsletter.model.roundtable import Expert, Remark, Roundtable

NAMES = ("Ada Lovelace", "Grace O'Hopper", "Nguyễn Thị Hạnh", "Ada Byron", "Cher")


def roundtable(*names: str) -> Roundtable:
    panel = tuple(Expert(name=name) for name in names or NAMES)
    return Roundtable(title="t", slug="t", panel=panel)


def addressed(text: str, speaker: str = "Cher") -> list[str]:
    remark = Remark(expert=speaker, text=text, line=1)
    return [expert.name for expert in roundtable().addressed(remark)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  ada   lovelace ", "Ada Lovelace"),
        ("Lovelace", "Ada Lovelace"),
        ("hạnh", "Nguyễn Thị Hạnh"),
        (unicodedata.normalize("NFD", "Hạnh"), "Nguyễn Thị Hạnh"),
        ("Thị", "Nguyễn Thị Hạnh"),
        ("CHER", "Cher"),
        ("Ada", None),
        ("Che", None),
        ("Thị Hạnh", None),
        ("", None),
    ],
)
def test_a_name_or_a_part_that_only_one_has_finds_an_expert(
    name: str, found: str | None
) -> None:
    expert = roundtable().expert(name)

    assert (expert and expert.name) == found


def test_all_who_go_by_a_name_are_told() -> None:
    found = [expert.name for expert in roundtable().experts("ada")]

    assert found == ["Ada Lovelace", "Ada Byron"]


@pytest.mark.parametrize(
    ("text", "experts"),
    [
        ("Hạnh, I see it differently.", ["Nguyễn Thị Hạnh"]),
        (unicodedata.normalize("NFD", "as Hạnh said"), ["Nguyễn Thị Hạnh"]),
        ("I like Lovelace's point, and Byron’s.", ["Ada Lovelace", "Ada Byron"]),
        ("O'Hopper is right; so is **Hạnh**", ["Grace O'Hopper", "Nguyễn Thị Hạnh"]),
        ("Ada is right", []),
        ("with good grace, as a byron would", []),
        ("Cher speaks of herself", []),
        ("", []),
    ],
)
def test_a_remark_speaks_to_those_it_names(text: str, experts: list[str]) -> None:
    assert addressed(text) == experts


def test_a_possessive_of_a_name_that_ends_in_s_is_understood() -> None:
    table = roundtable("James Cook", "Cher")
    remark = Remark(expert="Cher", text="James' point, and Cook's", line=1)

    assert [expert.name for expert in table.addressed(remark)] == ["James Cook"]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("Nguyễn Thị Hạnh", "NH"),
        ("cher", "C"),
        ("émile zola", "ÉZ"),
    ],
)
def test_initials_stand_for_a_missing_photo(name: str, initials: str) -> None:
    assert Expert(name=name).initials == initials


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "a", "url": "javascript:x"},
        {"name": "a", "hire": "x\0"},
        {"name": "a", "age": 3},
    ],
)
def test_what_could_not_be_shown_is_no_expert(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Expert.model_validate(values)


def test_a_roundtable_has_a_panel() -> None:
    with pytest.raises(ValidationError):
        Roundtable(title="t", slug="t", panel=())
