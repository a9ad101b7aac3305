"""Mistakes in data: every one of a file, at its place, in an author's words."""

from enum import StrEnum

import pytest
from pydantic import BaseModel, Field

from newsletter.config.located_yaml import Document, read_yaml
from newsletter.config.validate import did_you_mean, validate
from newsletter.errors import SourceError
from newsletter.model.publication import Publication
from tests.config.mistakes import mistakes, told


class Mood(StrEnum):
    CALM = "calm"
    WILD = "wild"


class Person(BaseModel, extra="forbid"):
    name: str = Field(min_length=2, max_length=12)
    age: int = Field(0, ge=0)


class Shelf(BaseModel, extra="forbid"):
    title: str
    open: bool = True
    mood: Mood = Mood.CALM
    people: tuple[Person, ...] = Field((), min_length=1)
    owner: Person | None = None
    words: tuple[str, ...] = ()
    ratio: float = 0.5


def shelf(text: str) -> Document:
    return read_yaml(text, file="x.yaml")


def test_good_data_becomes_a_model() -> None:
    found = validate(Shelf, shelf("title: t\npeople: [{name: Ada, age: 36}]\n"))

    assert found == Shelf(title="t", people=(Person(name="Ada", age=36),))


def test_text_that_looks_like_a_number_stays_as_it_was_written() -> None:
    text = "title: 1.10\nwords: [012, true, 1e3, 5, 12:30:45]\nowner: {name: 2026}\n"

    found = validate(Shelf, shelf(text))

    assert found.title == "1.10"
    assert found.words == ("012", "true", "1e3", "5", "12:30:45")
    assert found.owner == Person(name="2026")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mood: calm", "1:1 `title` is missing; add a line `title: …`"),
        ("title:", "1:7 `title` must be text, not nothing; write something"),
        ("title: [a]", "1:8 `title` must be text, not a list; put the text in quotes"),
        ("title: {a: b}", "1:8 `title` must be text, not `key: value` lines; put the"),
        ("title: t\nopen: maybe", "2:7 `open` must be true or false, not `maybe`; wr"),
        ("title: t\nopen: [1]", "2:7 `open` must be true or false, not a list; write"),
        ("title: t\nmood: red", "2:7 `mood` must be one of calm or wild, not `red`; c"),
        ("title: t\nwords: a", "2:8 `words` must be a list, not `a`; start each item"),
        ("title: t\nwords: true", "2:8 `words` must be a list, not true; start each"),
        ("title: t\npeople: []", "2:9 `people` is empty; write something"),
        (
            "title: t\npeople:\n  - name: Ada\n    age: -1\n",
            "4:10 `people.1.age` must be 0 or more, not `-1`; write digits",
        ),
        (
            "title: t\npeople:\n  - {name: Ada}\n  - {name: B}\n",
            "4:12 `people.2.name` is empty; write something",
        ),
        (
            "title: t\npeople: [Ada]\n",
            "2:10 `people.1` must be `key: value` lines, not `Ada`; known here: age, n",
        ),
        ("title: t\nowner: {name: Ada, age: 1.5}", "2:25 `owner.age` must be a whole"),
        ("title: t\nowner: {name: Ada, age: ten}", "2:25 `owner.age` must be a whole"),
        ("title: t\nowner: {name: Ada, age: []}", "2:25 `owner.age` must be a whole"),
        ("title: t\nowner: {}", "2:8 `owner.name` is missing; add a line `name: …`"),
        ("title: t\nowner: " + "x" * 50, f"not `{'x' * 40}…`; known here: age, name"),
        ("title: t\nowner: {name: aaaabbbbccccd}", "longer than 12 characters; short"),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, said: str) -> None:
    (problem,) = mistakes(validate, Shelf, shelf(text))

    line = f"{problem.line}:{problem.column} {problem.message}; {problem.hint}"
    assert said in line


def test_a_mistake_we_have_no_words_for_is_still_told_at_its_place() -> None:
    with pytest.raises(SourceError, match=r"x\.yaml:2:8: error: `ratio`: Input"):
        validate(Shelf, shelf("title: t\nratio: x"))


def test_all_mistakes_of_a_file_are_told_in_the_order_of_its_lines() -> None:
    text = "words: [a, [b]]\ntitel: t\nmood: red\nmood: wild\nowner: {nmae: Ada}\n"

    lines = told(validate, Shelf, shelf(text))

    assert [line.partition(" error: ")[0] for line in lines] == [
        f"x.yaml:{place}:"
        for place in ("1:1", "1:12", "2:1", "3:7", "4:1", "5:8", "5:9")
    ]


def test_a_key_given_twice_is_a_mistake_also_where_all_else_is_right() -> None:
    document = read_yaml("title: t\ntitle: u\n", file="x.yaml")

    assert told(validate, Shelf, document) == [
        "x.yaml:2:1: error: `title` is given twice; "
        "the first is on line 1; keep one [yaml]"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel: x", "unknown key `titel`; did you mean `title`?"),
        ("TITLE: x", "unknown key `TITLE`; did you mean `title`?"),
        ("owner: {nme: x}", "unknown key `nme`; did you mean `name`?"),
        ("people: [{nme: x}]", "unknown key `nme`; did you mean `name`?"),
        ("owner: {colour: x}", "unknown key `colour`; known here: age, name"),
        ("function-x: 1", "unknown key `function-x`; known here: mood, open, owner"),
    ],
)
def test_an_unknown_key_gets_the_nearest_known_one(text: str, said: str) -> None:
    lines = told(validate, Shelf, shelf(text))

    assert any(said in line and "[unknown-key]" in line for line in lines)


def test_what_the_program_sets_no_author_can() -> None:
    text = "name: n\nbase_url: https://x.test\nfrom: {name: n, address: a@x.test}\n"
    document = read_yaml(text + "root: /etc\n", file="newsletter.yaml")

    (problem,) = mistakes(validate, Publication, document, extra={"root": "."})

    assert problem.place == "newsletter.yaml:4:1"
    assert problem.message == "unknown key `root`"
    assert "root" not in problem.hint


def test_a_value_with_control_characters_cannot_break_the_message() -> None:
    (problem,) = mistakes(validate, Shelf, shelf('title: t\nmood: "a\\nb\\e[2J"'))

    assert problem.message.endswith("not `a b [2J`")


def test_the_code_tells_settings_from_front_matter() -> None:
    codes = {
        file: mistakes(validate, Shelf, read_yaml("", file=file))[0].code
        for file in ("newsletter.yaml", "issues/x.md", "issues/x.markdown")
    }

    assert [*codes.values()] == ["config", "front-matter", "front-matter"]


def test_a_suggestion_is_made_only_for_what_is_close() -> None:
    known = ("preheader", "Subject")

    assert did_you_mean("prehaeder", known) == "did you mean `preheader`?"
    assert did_you_mean("SUBJECT", known) == "did you mean `Subject`?"
    assert did_you_mean("colour", known) == ""
    assert did_you_mean("x" * 100_000, known) == ""
