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
        (unicodedata.normalize("NFD", "Hạnh, yes."), ["Nguyễn Thị Hạnh"]),
        ("Lovelace and Byron, well said.", ["Ada Lovelace", "Ada Byron"]),
        ("Ada Byron, well said.", ["Ada Byron"]),
        ("O'Hopper, no. **Hạnh**, yes.", ["Grace O'Hopper", "Nguyễn Thị Hạnh"]),
        ("I like Lovelace's point, and Byron’s.", []),
        ("Ada, you are right", []),
        ("with good grace, as a byron would", []),
        ("Cher, I speak to myself", []),
        ("", []),
    ],
)
def test_a_remark_answers_those_it_speaks_to(text: str, experts: list[str]) -> None:
    assert addressed(text) == experts


def test_a_name_in_small_letters_is_called_with_a_capital() -> None:
    table = roundtable("bell hooks", "Cher")
    remark = Remark(expert="Cher", text="Hooks, you are right.", line=1)

    assert [expert.name for expert in table.addressed(remark)] == ["bell hooks"]


def test_blanks_in_a_name_do_not_tell_people_apart() -> None:
    expert = roundtable("Ada  Byron", "Cher").expert("ada byron")

    assert expert
    assert expert.name == "Ada  Byron"


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ada Lovelace", "AL"),
        ("Nguyễn Thị Hạnh", "NH"),
        ("cher", "C"),
        ("émile zola", "ÉZ"),
        ("Ana Lima (she/her)", "AL"),
        ("«Ana» Lima", "L"),
        ("@", "@"),
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
