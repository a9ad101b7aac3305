"""Providers are found by name, opened with their keys, and loaded when wanted only."""

import math
import re
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.errors import ConfigError, SourceError
from newsletter.model import provider_settings
from newsletter.model.publication import Publication
from newsletter.providers import registry
from newsletter.providers.keys import optional_key, required_key
from newsletter.providers.outbox import Outbox
from newsletter.providers.protocol import LONGEST_CALL, Capabilities
from newsletter.providers.registry import (
    PROVIDERS,
    open_provider,
    provider_class,
    provider_names,
)
from newsletter.sending.run import LEASE_SECONDS
from tests.providers.cases import API_CASES
from tests.providers.contract import ApiCase, a_publication

PUBLICATION = a_publication({})
FIT = Capabilities(batch_size=1, recipient_headers=True)
YAML = """name: x
base_url: https://letter.example.com
from: {name: x, address: x@letter.example.com}
providers:
"""


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package that adds a provider."""
    found = EntryPoint(
        "pigeon", "newsletter.providers.outbox:Outbox", provider_settings.ENTRY_POINTS
    )
    for module in (provider_settings, registry):
        monkeypatch.setattr(module, "installed_providers", lambda: {"pigeon": found})


def load(folder: Path, providers: str) -> Publication:
    (folder / "newsletter.yaml").write_text(YAML + providers)
    return load_publication(folder, {})


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_declares_itself(name: str) -> None:
    found = provider_class(name)

    assert found.capabilities.batch_size >= 1
    for variable, purpose in found.variables.items():
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", variable)
        assert purpose


def test_a_misspelt_name_is_told_with_the_right_one() -> None:
    with pytest.raises(ConfigError) as caught:
        open_provider("resnd", PUBLICATION)

    assert caught.value.message == "there is no provider `resnd`"
    assert caught.value.hint == "did you mean resend?"


def test_an_unknown_name_is_told_with_all_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        open_provider("pigeon", PUBLICATION)

    assert all(name in caught.value.hint for name in PROVIDERS)


@pytest.mark.parametrize(
    ("declared", "word"),
    [
        (None, "declares no capabilities"),
        (Capabilities(batch_size=1), "to unsubscribe by"),
        (replace(FIT, call_seconds=120), "may take 120 seconds, and 100 is the most"),
        (replace(FIT, call_seconds=math.nan), "may take nan seconds"),
        (replace(FIT, batch_size=0), "at least"),
        (replace(FIT, at_once=0), "at least"),
    ],
)
@pytest.mark.usefixtures("pigeon")
def test_a_provider_that_cannot_do_what_is_needed_is_refused_when_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, declared: Capabilities | None, word: str
) -> None:
    provider_class("pigeon")
    monkeypatch.setattr(Outbox, "capabilities", declared)

    with pytest.raises(ConfigError, match=f"`pigeon` cannot be used: .*{word}"):
        provider_class("pigeon")


def test_no_call_outlives_the_lease_of_its_batch() -> None:
    assert LONGEST_CALL < LEASE_SECONDS


@pytest.mark.usefixtures("pigeon")
def test_another_package_adds_a_provider() -> None:
    assert provider_names()[-1] == "pigeon"
    assert isinstance(open_provider("pigeon", PUBLICATION, {}), Outbox)
    with pytest.raises(ConfigError, match="pigon") as caught:
        open_provider("pigon", PUBLICATION)
    assert caught.value.hint == "did you mean pigeon?"


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", {"ses": "no_such_package.x:Y"})
    with pytest.raises(ConfigError, match="needs the package `no_such_package`") as own:
        provider_class("ses")
    other = EntryPoint("owl", "no_such_package:Y", provider_settings.ENTRY_POINTS)
    monkeypatch.setattr(registry, "installed_providers", lambda: {"owl": other})
    with pytest.raises(ConfigError) as others:
        provider_class("owl")

    assert "friday-letter[ses]" in own.value.hint
    assert others.value.hint == "install it"


def test_a_module_of_ours_that_is_missing_is_a_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "PROVIDERS", {"x": "newsletter.providers.x:X"})

    with pytest.raises(ModuleNotFoundError):
        provider_class("x")


@pytest.mark.parametrize(
    "case",
    # On a machine of Amazon's the role is the key.
    [case for case in API_CASES if case.name != "ses"],
    ids=lambda case: case.name,
)
def test_without_its_key_a_provider_does_not_open(
    case: ApiCase, tmp_path: Path
) -> None:
    publication = a_publication({case.name: case.settings})
    (variable, *_) = case.environ
    rest = {k: v for k, v in case.environ.items() if k != variable}

    with pytest.raises(ConfigError, match=f"{variable} is not set") as caught:
        open_provider(
            case.name, publication.model_copy(update={"root": tmp_path}), rest
        )

    assert ".env" in caught.value.hint


def test_keys_are_read_from_the_file_beside_newsletter_yaml(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("RESEND_API_KEY=re_x\nOTHER=y\n")
    publication = PUBLICATION.model_copy(update={"root": tmp_path})

    open_provider("resend", publication, {}).close()


@pytest.mark.parametrize("bad", ["a b", "re_é", "a\nb", "a\x00b"])
def test_a_key_that_cannot_be_one_is_not_shown(bad: str) -> None:
    with pytest.raises(ConfigError, match="RESEND_API_KEY has blanks") as caught:
        required_key({"RESEND_API_KEY": bad}, "RESEND_API_KEY")

    assert bad not in caught.value.message + caught.value.hint


def test_blanks_around_a_key_are_left_out() -> None:
    assert required_key({"K": " re_x\n"}, "K") == "re_x"
    assert optional_key({}, "K") == ""


def test_settings_of_a_provider_that_is_none_are_located(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        load(tmp_path, "  resend: {per_second: 3}\n  resnd:\n    per_second: 3\n")

    assert str(caught.value) == (
        "newsletter.yaml:6:3: error: there is no provider `resnd`; "
        "did you mean `resend`? [config]"
    )


@pytest.mark.usefixtures("pigeon")
def test_settings_of_an_installed_provider_are_taken(tmp_path: Path) -> None:
    made = load(tmp_path, "  pigeon: {per_second: 3, coop: north}\n")
    providers = made.providers

    assert providers.of("pigeon").per_second == 3
    assert providers.of("pigeon").model_extra == {"coop": "north"}
    assert providers.of("resend").per_second is None
    assert providers.of("owl").per_second is None


@pytest.mark.usefixtures("pigeon")
def test_settings_that_every_provider_has_are_checked(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"newsletter.yaml:5:\d+.*per_second"):
        load(tmp_path, "  pigeon: {per_second: 0}\n")
    with pytest.raises(SourceError, match=r"known: .*pigeon"):
        load(tmp_path, "  owl: {}\n")


def test_opening_the_outbox_loads_no_other_provider() -> None:
    code = (
        "import sys\n"
        "from newsletter.providers.registry import open_provider, provider_class\n"
        "provider_class('outbox')\n"
        "print([m for m in ('requests', 'newsletter.providers.resend', 'botocore',"
        " 'cryptography') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "url", ["https://eu.example/v3", "http://127.0.0.1:8080", "http://localhost/", ""]
)
def test_an_address_to_which_a_key_may_travel_is_taken(url: str) -> None:
    made = a_publication({"resend": {"api_url": url}})

    assert made.providers.resend.api_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/",
        "http://127.0.0.1.example/",
        "http://localhost@a.example",
        "ftp://a",
        "api.example",
        "https://",
        "https://a b",
    ],
)
def test_an_address_in_the_open_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="cannot be the address of a provider"):
        a_publication({"brevo": {"api_url": url}})
