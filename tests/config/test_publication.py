"""newsletter.yaml: found, read, overridden by the environment."""

from pathlib import Path

import pytest

from newsletter.config.home import find_root
from newsletter.config.publication import environment, load_publication
from newsletter.errors import ConfigError
from newsletter.model.publication import Publication
from tests.config.locked import locked
from tests.config.mistakes import mistakes, told

GOOD = """\
name: the second chair
base_url: https://letter.test/
from: {name: mo, address: mo@letter.test}
"""


def load(root: Path, text: str, **environ: str) -> Publication:
    (root / "newsletter.yaml").write_text(text, encoding="utf-8")
    return load_publication(root, environ)


def test_the_sample_publication_loads(publication: Path) -> None:
    found = load_publication(publication, {})

    assert found.name == "the second chair"
    assert found.root == publication


def test_the_root_is_the_nearest_folder_with_newsletter_yaml(tmp_path: Path) -> None:
    inner = tmp_path / "a/b/issues"
    inner.mkdir(parents=True)
    (tmp_path / "newsletter.yaml").touch()
    (tmp_path / "a/b/newsletter.yaml").touch()
    (inner / "newsletter.yaml").mkdir()

    assert find_root(inner) == tmp_path / "a/b"
    assert find_root(tmp_path / "a") == tmp_path
    assert find_root(tmp_path / "a/../a/not there") == tmp_path


def test_without_newsletter_yaml_the_error_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no newsletter\.yaml in") as caught:
        find_root(tmp_path)

    assert "newsletter init" in caught.value.hint


def test_a_publication_without_newsletter_yaml_is_no_traceback(tmp_path: Path) -> None:
    assert told(load_publication, tmp_path, {}) == [
        "newsletter.yaml: error: there is no such file; check the name [file]"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            GOOD.replace("https://", ""),
            "newsletter.yaml:2:11: error: `letter.test/` is not a web address; "
            "it must start with https:// or http:// [config]",
        ),
        (
            GOOD + "langauge: en\n",
            "newsletter.yaml:4:1: error: unknown key `langauge`; "
            "did you mean `language`? [unknown-key]",
        ),
        (
            GOOD + "language: English\n",
            "newsletter.yaml:4:11: error: `English` is not a language tag; "
            "write it as `en` or `pt-BR` [config]",
        ),
        (
            GOOD + 'colours: {ink: "#fff"}\n',
            "newsletter.yaml:4:16: error: `#fff` is not a colour; "
            "write it as #a8432c, in quotes [config]",
        ),
        (
            GOOD + "colours:\n  ink: #ffffff\n",
            "newsletter.yaml:5:7: error: `colours.ink` must be text, not nothing; "
            "write something (in quotes if it starts with `#`), "
            "or delete the line [config]",
        ),
        (
            GOOD.replace("mo@letter.test", '"mo@letter.test\\nBcc: all@x.test"'),
            "newsletter.yaml:3:27: error: `mo@letter.test Bcc: all@x.test` is not an "
            "email address we can send from; write it as name@example.com [config]",
        ),
        (
            GOOD.replace("{name: mo, address: mo@letter.test}", "mo@letter.test"),
            "newsletter.yaml:3:7: error: `from` must be `key: value` lines, not "
            "`mo@letter.test`; known here: address, name [config]",
        ),
        (
            GOOD + "merge_fields: [First Name]\n",
            "newsletter.yaml:4:16: error: `First Name` cannot be a merge field; "
            "use a–z, 0–9 and _, such as `company` [config]",
        ),
        (
            GOOD + 'labels: {tldr: "a\\u2028b"}\n',
            "newsletter.yaml:4:16: error: the control character U+2028 in a text of "
            "one line; remove it [config]",
        ),
    ],
)
def test_a_mistake_in_newsletter_yaml_is_told(
    tmp_path: Path, text: str, line: str
) -> None:
    assert told(load, tmp_path, text) == [line]


def test_an_empty_newsletter_yaml_says_what_it_lacks(tmp_path: Path) -> None:
    found = mistakes(load, tmp_path, "# nothing yet\n")

    assert [problem.message for problem in found] == [
        "`name` is missing",
        "`base_url` is missing",
        "`from` is missing",
    ]


def test_the_environment_overrides_store_and_outbox(tmp_path: Path) -> None:
    made = load(
        tmp_path,
        GOOD,
        NEWSLETTER_STORE="postgresql://db.test/letter",
        NEWSLETTER_OUTBOX="/tmp/out",
    )

    assert made.store == "postgresql://db.test/letter"
    assert made.store_path is None
    assert made.providers.outbox.path == Path("/tmp/out")


def test_dotenv_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(
        b"\xef\xbb\xbfNEWSLETTER_STORE='sqlite:///a.db'\n"
        b"export NEWSLETTER_OUTBOX=$HOME/out\nPATH=/evil\nNEWSLETTER_SECRET\n"
    )

    assert environment(tmp_path, {"PATH": "x"}) == {
        "NEWSLETTER_STORE": "sqlite:///a.db",
        "NEWSLETTER_OUTBOX": "$HOME/out",
        "NEWSLETTER_SECRET": "",
    }
    assert environment(tmp_path, {"NEWSLETTER_STORE": "b"})["NEWSLETTER_STORE"] == "b"
    assert load(tmp_path, GOOD).store_path == tmp_path / "a.db"


def test_a_providers_keys_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RESEND_API_KEY=a\nBREVO_API_KEY=b\nOTHER=c\n")
    process = {"BREVO_API_KEY": "d", "OTHER": "e"}

    assert environment(tmp_path, process) == {}
    assert environment(
        tmp_path, process, names=["RESEND_API_KEY", "BREVO_API_KEY"]
    ) == {"RESEND_API_KEY": "a", "BREVO_API_KEY": "d"}


def test_an_empty_variable_does_not_override(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("NEWSLETTER_STORE=sqlite:///a.db", encoding="utf-8")
    monkeypatch.setenv("NEWSLETTER_STORE", "")

    assert environment(tmp_path)["NEWSLETTER_STORE"] == "sqlite:///a.db"


def test_a_dotenv_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"NEWSLETTER_STORE=caf\xe9")

    with pytest.raises(ConfigError, match=r"\.env cannot be read: it is not UTF-8"):
        load(tmp_path, GOOD)


def test_a_dotenv_that_may_not_be_read_is_named() -> None:
    with locked(".env") as root, pytest.raises(ConfigError, match="Permission denied"):
        environment(root, {})
