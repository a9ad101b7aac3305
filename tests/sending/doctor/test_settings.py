"""What is set, and who may read the secrets."""

from pathlib import Path

import pytest

from newsletter.model.publication import Publication
from newsletter.model.service import ServiceSettings, ServiceWords
from newsletter.sending.doctor.finding import Finding
from newsletter.sending.doctor.settings import settings_findings
from tests.providers.contract import a_publication
from tests.sending.doctor.conftest import the, told

SECRET = "x" * 32


def look(
    root: Path, environ: dict[str, str] | None = None, **changes: object
) -> list[Finding]:
    publication = a_publication({}).model_copy(
        update={"root": root, "postal_address": "1 Street", **changes}
    )
    return list(settings_findings(publication, environ or {}))


def test_all_is_well(tmp_path: Path) -> None:
    assert told(look(tmp_path)) == [
        "configuration ok",
        "postal address ok",
        "base_url ok",
        "secret ok",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_mail_without_an_address_is_a_problem(tmp_path: Path) -> None:
    found = look(tmp_path, postal_address=" ")

    assert the(found, "postal address").verdict == "problem"


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://x.example", "ok"),
        ("http://x.example", "problem"),
        ("http://localhost:8000", "warning"),
        ("http://127.0.0.1:8000", "warning"),
    ],
)
def test_one_click_needs_https(tmp_path: Path, url: str, verdict: str) -> None:
    assert the(look(tmp_path, base_url=url), "base_url").verdict == verdict


def test_one_click_needs_https_where_the_service_is(tmp_path: Path) -> None:
    service = ServiceSettings(url="http://elsewhere.example.org")

    found = the(look(tmp_path, service=service), "service.url")

    assert found.verdict == "problem"
    assert "elsewhere.example.org" in found.message


WORDS = {key: f"{key} auf deutsch" for key in ServiceWords.model_fields}


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("de", {}, ["words warning"]),
        ("pt-BR", {}, ["words warning"]),
        ("de", WORDS | {"join": ServiceWords().join}, ["words warning"]),
        ("de", WORDS, ["words ok"]),
        ("en-GB", {}, []),
    ],
)
def test_pages_speak_the_language_that_they_say(
    tmp_path: Path, language: str, words: dict[str, str], expected: list[str]
) -> None:
    service = ServiceSettings(words=ServiceWords(**words))

    found = look(tmp_path, language=language, service=service)

    assert [each for each in told(found) if each.startswith("words")] == expected


def test_english_words_are_named_and_counted(tmp_path: Path) -> None:
    words = ServiceWords(**WORDS | {"join": ServiceWords().join})
    service = ServiceSettings(words=words)

    message = the(look(tmp_path, language="de", service=service), "words").message

    assert message.endswith(
        "1 of the words of the service's pages and mail are the English ones: join"
    )


def a_secret(root: Path, text: str, mode: int = 0o600) -> Path:
    path = root / ".newsletter/secret"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_kept_secret(tmp_path: Path) -> None:
    a_secret(tmp_path, f"{SECRET}\n")

    found = [each for each in look(tmp_path) if each.check == "secret"]

    assert told(found) == ["secret ok"]
    assert ".newsletter/secret signs" in found[0].message
    assert SECRET not in str(found)


def test_a_secret_that_others_can_read(tmp_path: Path) -> None:
    path = a_secret(tmp_path, SECRET, 0o640)

    found = [each for each in look(tmp_path) if each.check == "secret"]

    assert told(found) == ["secret ok", "secret warning"]
    assert found[1].hint == f"chmod 600 {path}"


def test_a_short_secret(tmp_path: Path) -> None:
    a_secret(tmp_path, "short")

    assert the(look(tmp_path), "secret").verdict == "problem"


def test_a_secret_of_the_environment_wins(tmp_path: Path) -> None:
    a_secret(tmp_path, "short", 0o644)

    found = look(tmp_path, {"NEWSLETTER_SECRET": SECRET})

    assert [each.message for each in found if each.check == "secret"] == [
        "NEWSLETTER_SECRET signs the unsubscribe links; keep a copy of it"
    ]


@pytest.mark.parametrize("name", [".newsletter/secret", ".env"])
def test_what_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\xff\xfe=\xff")

    assert the(look(tmp_path), "secret").verdict == "problem"


def test_keys_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_PASSWORD=x\n")
    (tmp_path / ".env").chmod(0o644)
    (tmp_path / "dkim.pem").write_text("x")
    (tmp_path / "dkim.pem").chmod(0o604)
    settings = a_publication({"smtp": {"dkim": {"key_file": "dkim.pem"}}})

    found = look(tmp_path, providers=settings.providers)

    assert told(found)[-2:] == ["secrets warning", "dkim warning"]


def test_a_missing_key_is_told_elsewhere(tmp_path: Path) -> None:
    settings = a_publication({"smtp": {"dkim": {"key_file": "dkim.pem"}}})
    assert isinstance(settings, Publication)

    assert "dkim" not in " ".join(told(look(tmp_path, providers=settings.providers)))
