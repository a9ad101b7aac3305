"""What an author chooses to ignore, and what the ledger and other issues know."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsletter.check.codes import CODES, NEVER_IGNORED
from newsletter.check.facts import Sent
from newsletter.content.issue import read_issue
from newsletter.model.problem import Severity
from tests.check import small


def test_a_code_that_is_ignored_is_not_told(tmp_path: Path) -> None:
    keys = {"check": {"ignore": ["leftover", "link-text"]}}
    body = f"{small.BODY}\nTK, [here](https://a.example), and [](https://a.example)\n"

    assert list(small.codes(small.make(tmp_path / "p", body, issue=keys))) == [
        "empty-link"
    ]


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("leftovr", "there is no code `leftovr`", "did you mean `leftover`?"),
        ("zzz", "there is no code `zzz`", "see docs/problems/"),
        (
            "unsubscribe-link",
            "`unsubscribe-link` cannot be ignored",
            "the law asks for it; take it out of `check: ignore:`",
        ),
        (
            "merge-tag",
            "`merge-tag` cannot be ignored",
            "readers would meet it; take it out of `check: ignore:`",
        ),
    ],
)
def test_a_code_that_cannot_be_ignored_is_told(
    code: str, message: str, hint: str, tmp_path: Path
) -> None:
    keys = {"check": {"ignore": ["leftover", code]}}
    home = small.make(tmp_path / "p", f"{small.BODY}\n{{{{ nobody }}}}\n", issue=keys)

    found = {item.code: item for item in small.problems(home)}

    assert found.keys() == {"merge-tag", "ignore"}
    assert (found["ignore"].message, found["ignore"].hint) == (message, hint)
    assert found["ignore"].place == f"{small.ISSUE}:8:5"
    assert found["ignore"].severity is Severity.WARNING


def test_what_cannot_be_ignored_is_known_and_stops_a_send() -> None:
    assert NEVER_IGNORED.keys() <= CODES.keys()
    assert {"unsubscribe-link", "postal-address", "base-url"} <= NEVER_IGNORED.keys()


def test_what_is_wrong_with_newsletter_yaml_is_not_an_issue_s_to_ignore(
    tmp_path: Path,
) -> None:
    home = small.make(
        tmp_path / "p",
        settings={"colours": {"quiet": "#b9b5ac"}},
        issue={"check": {"ignore": ["contrast"]}},
    )

    assert small.codes(home)["contrast"] > 0


@pytest.mark.parametrize("value", ["leftover", [1, 2], {"skip": []}])
def test_a_choice_that_cannot_be_read_is_told(value: Any, tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", issue={"check": {"ignore": value}})

    assert small.problems(home)[0].line in (5, 6, 7, 8)


def text_hash(home: Path) -> str:
    return read_issue(home / small.ISSUE, home).text_hash


@pytest.mark.parametrize(
    ("sent_on", "severity"),
    [("2026-11-19", Severity.WARNING), ("2026-11-20", Severity.INFO)],
)
def test_a_slug_that_was_sent_with_another_text_is_told(
    sent_on: str, severity: Severity, tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", issue={"slug": "letter"})
    sent = [Sent(slug="letter", day=date.fromisoformat(sent_on), text_hash="other")]

    [problem] = small.problems(home, sent=sent)

    assert (problem.code, problem.severity) == ("already-sent", severity)
    assert problem.place == f"{small.ISSUE}:5:7"
    assert sent_on in problem.message


def test_an_issue_that_was_sent_as_it_is_has_no_problem(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p")
    day = date(2026, 11, 1)
    sent = [
        Sent(slug="letter", day=day, text_hash=text_hash(home)),
        Sent(slug="another", day=day, text_hash="other"),
    ]

    assert small.problems(home, sent=sent) == []


def test_a_number_that_two_issues_have_is_told_at_both(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", issue={"number": 7})
    other = small.keys(number=7, title="an issue of another week")
    small.write(home / "issues" / "2026-11-13-other.md", other, small.BODY)
    third = small.keys(number=8, title="an issue of a third week")
    small.write(home / "issues" / "2026-11-06-third.md", third, small.BODY)
    sent = [Sent(slug="other", day=date(2026, 11, 13), text_hash="x")]

    found = [item for item in small.problems(home, sent=sent) if item.code == "number"]

    assert [item.message for item in found] == [
        "`letter` has the number 7, too",
        "`other` has the number 7, too and was sent",
    ]


@pytest.mark.parametrize(
    ("alt", "count"),
    [
        ("two chairs by a window", 0),
        ("an image of two chairs", 0),
        ("", 1),
        ("image", 1),
        ("Photo 3", 1),
        ("screenshot", 1),
        ("chairs", 1),
        ("DSC_0042", 1),
        ("3fa85f6457174562b3fc", 1),
        ("x" * 250, 0),
        ("x" * 251, 1),
    ],
)
def test_an_alt_text_is_written_for_a_reader(
    alt: str, count: int, tmp_path: Path
) -> None:
    body = f"{small.BODY}\n![{alt}](images/chairs.jpg)\n"

    assert small.codes(small.make(tmp_path / "p", body))["alt-text"] == count


def test_the_picture_of_an_issue_needs_an_alt_text_too(tmp_path: Path) -> None:
    picture = {"image": "images/chairs.jpg"}
    home = small.make(tmp_path / "p", issue=picture)

    [problem] = small.problems(home)
    assert (problem.code, problem.place) == ("alt-text", f"{small.ISSUE}:5:8")

    small.make(home, issue={**picture, "image_alt": "two chairs by a window"})
    assert small.problems(home) == []


@pytest.mark.parametrize(("size", "count"), [(409_600, 0), (409_601, 1)])
def test_one_image_may_weigh_so_much(
    size: int, count: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    weigh(monkeypatch, size)
    body = f"{small.BODY}\n![two chairs](images/chairs.jpg)\n"

    assert small.codes(small.make(tmp_path / "p", body))["image-weight"] == count


def test_all_images_together_may_weigh_so_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    weigh(monkeypatch, 400_000)
    chairs = [f"![two chairs](images/chairs.jpg?{n})" for n in range(6)]
    home = small.make(tmp_path / "p", "\n".join([small.BODY, *chairs, chairs[0]]))
    image = home / "issues" / "images" / "chairs.jpg"
    for n in range(6):
        image.with_name(f"chairs.jpg?{n}").write_bytes(image.read_bytes())

    [problem] = [item for item in small.problems(home) if item.code == "image-weight"]

    assert "`images/chairs.jpg?5` the images weigh 2,344 KB together" in problem.message


def weigh(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let every image weigh as much as this."""
    from newsletter.model import email

    made = email.ImageFile.__init__

    def heavier(self: email.ImageFile, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        object.__setattr__(self, "size", size)

    monkeypatch.setattr(email.ImageFile, "__init__", heavier)


def test_images_that_a_message_carries_itself_are_counted(tmp_path: Path) -> None:
    body = f"{small.BODY}\n![two chairs](images/chairs.jpg)\n"
    home = small.make(tmp_path / "p", body, settings={"images": "cid"})

    assert small.codes(home) == {}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("postmrk", "did you mean `postmark`?"),
        ("pigeon", "known: outbox, resend, postmark, "),
    ],
)
def test_a_provider_that_nobody_knows_is_found_wherever_it_is_named(
    name: str, hint: str, tmp_path: Path
) -> None:
    settings = {"provider": name}
    home = small.make(tmp_path / "p", settings=settings, issue=settings)

    found = small.problems(home)

    assert [(item.code, item.place) for item in found] == [
        ("front-matter", f"{small.ISSUE}:5:11"),
        ("config", "newsletter.yaml:7:11"),
    ]
    for item in found:
        assert item.severity is Severity.ERROR
        assert item.message == f"there is no provider `{name}`"
        assert item.hint.startswith(hint)
    good = {"provider": "postmark"}
    home = small.make(tmp_path / "good", settings=good, issue=good)
    assert small.problems(home) == []
