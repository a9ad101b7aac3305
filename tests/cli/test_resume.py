"""Going on with a send that was cut short, and naming whom nobody is sure of."""

import json
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.config.secret import load_secret
from newsletter.model.token import Signer
from newsletter.providers.outbox import Outbox
from newsletter.sending.compose import compose
from newsletter.sending.order import Order
from newsletter.sending.plan import plan
from newsletter.store.engine import Store
from tests.cli.conftest import Newsletter

ISSUE = "pull-up-the-second-chair"
FILE = f"issues/2026-11-20-{ISSUE}.md"


@pytest.fixture
def planned(newsletter: Newsletter, publication: Path) -> Path:
    """A publication whose newest issue is planned for three, and not sent."""
    for name in ("a", "b", "c"):
        newsletter("subscribers", "add", f"{name}@example.com")
    settings = load_publication(publication, {})
    order = Order(composed=compose(settings, ISSUE), publication=settings)
    signer = Signer(load_secret(publication, {}))
    assert settings.store_path is not None
    with Store.open(settings.store_path) as store:
        plan(store, order, Outbox.from_settings(settings, {}), signer)
    return publication


def sent(publication: Path) -> int:
    return len(list((publication / ".newsletter").glob("outbox/new/*")))


def test_a_dry_run_of_a_resume_sends_nothing(
    newsletter: Newsletter, planned: Path
) -> None:
    ended = newsletter("resume", "--dry-run", "--yes")

    assert (ended.code, sent(planned)) == (0, 0)
    assert "3 subscribers left" in ended.out


def test_a_resume_asks_too(newsletter: Newsletter, planned: Path) -> None:
    ended = newsletter("resume")

    assert (ended.code, sent(planned)) == (2, 0)
    assert "--yes" in ended.err


@pytest.mark.parametrize("name", [ISSUE, FILE])
def test_one_issue_can_be_resumed_by_its_path_or_slug(
    newsletter: Newsletter, planned: Path, name: str
) -> None:
    ended = newsletter("resume", name, "--yes")

    assert (ended.code, sent(planned)) == (0, 3)
    assert "accepted" in newsletter("status", name).out


def test_an_unknown_path_is_not_taken_for_nothing_left(
    newsletter: Newsletter, planned: Path
) -> None:
    ended = newsletter("resume", "issues/nope.md", "--yes")

    assert (ended.code, sent(planned)) == (2, 0)


@pytest.mark.parametrize(
    "option", [["--new-only"], ["--segment", "all"], ["--provider", "outbox"]]
)
def test_what_was_planned_cannot_be_changed_by_a_resume(
    newsletter: Newsletter, planned: Path, option: list[str]
) -> None:
    ended = newsletter("resume", "--yes", *option)

    assert (ended.code, sent(planned)) == (2, 0)


def test_an_error_says_how_many_are_left(newsletter: Newsletter, planned: Path) -> None:
    (planned / ".newsletter" / "outbox").write_text("in the way")

    ended = newsletter("resume", "--yes")

    assert ended.code == 5
    assert "3 of 3 subscribers are left: newsletter resume" in ended.err


def test_everybody_in_a_state_can_be_named(
    newsletter: Newsletter, planned: Path
) -> None:
    listed = newsletter("status", ISSUE, "--list", "pending")
    data = newsletter("status", FILE, "--list", "pending", "--json")

    assert listed.out.split() == ["a@example.com", "b@example.com", "c@example.com"]
    assert [row["address"] for row in json.loads(data.out)] == listed.out.split()
    assert newsletter("status", ISSUE, "--list", "uncertain").out == ""


def test_a_replaced_secret_stops_a_resume(
    newsletter: Newsletter, planned: Path
) -> None:
    (planned / ".newsletter" / "secret").write_text("another secret, long enough\n")

    ended = newsletter("resume", "--yes")

    assert (ended.code, sent(planned)) == (7, 0)
    assert "NEWSLETTER_SECRET" in ended.err


@pytest.mark.parametrize("status", ["draft", "scheduled", "sent", "archived"])
def test_only_a_ready_issue_is_sent(
    newsletter: Newsletter, publication: Path, status: str
) -> None:
    newsletter("subscribers", "add", "a@example.com")
    path = publication / FILE
    text = path.read_text().replace("\ndate:", f"\nstatus: {status}\ndate:", 1)
    path.write_text(text)

    ended = newsletter("send", ISSUE, "--yes")

    assert (ended.code, sent(publication)) == (7, 0)
    assert f"`{status}`" in ended.err


def test_a_mistake_in_the_title_is_told_with_its_line(
    newsletter: Newsletter, publication: Path
) -> None:
    path = publication / "issues" / "2026-12-04-x.md"
    path.write_text('---\ndate: 2026-12-04\ntitle: "hi {{ nme }}, again"\n---\n\nhi\n')

    ended = newsletter("check", "x")

    assert ended.code == 4
    assert "issues/2026-12-04-x.md:3:15: error: unknown merge field `nme`" in ended.err


def test_check_finds_what_build_would_stop_for(
    newsletter: Newsletter, publication: Path
) -> None:
    path = next((publication / "issues" / "roundtables").glob("the-launch*.md"))
    path.write_text(path.read_text() + "\n[x](javascript:alert(1))\n")

    ended = newsletter("check", ISSUE)

    assert ended.code == 4
    assert "roundtables/the-launch-she-stopped.md" in ended.err
