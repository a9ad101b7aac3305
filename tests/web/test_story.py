"""One story through the real commands: a letter, a bounce, and the next letter."""

import base64
import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newsletter.model.message import delivery_id
from newsletter.model.token import Signer
from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.process import Simulator
from tests.e2e.sites import SECRET, Site
from tests.web.running import free_port, running

FIRST, NEXT = "say-the-number", "pull-up-the-second-chair"
PEOPLE = """email,first_name
ana@example.com,Ana
ben@example.com,Ben
cho@example.com,Cho
dee@example.com,Dee
"""


@pytest.fixture
def story(publication: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A publication that sends through Postmark, or what behaves like it."""
    with Simulator(Plan(dialect="postmark")) as simulator:
        settings = publication / "newsletter.yaml"
        text = settings.read_text("utf-8")
        text = text.replace("provider: outbox", "provider: postmark")
        text += f"\nproviders:\n  postmark:\n    api_url: {simulator.url}\n"
        settings.write_text(text, "utf-8")
        (publication / "people.csv").write_text(PEOPLE, "utf-8")
        found = Site(publication, "postmark", 4, simulator.url)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("POSTMARK_WEBHOOK_PASSWORD", "postmark:secret")
        yield found


def tell(url: str, data: dict[str, Any]) -> dict[str, int]:
    """What Postmark's server does with a webhook."""
    who = base64.b64encode(b"postmark:secret").decode()
    request = urllib.request.Request(
        f"{url}/webhooks/postmark",
        json.dumps(data).encode(),
        {"Content-Type": "application/json", "Authorization": f"Basic {who}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, int] = json.load(answer)
    return found


def about(campaign: str, number: int, **values: str) -> dict[str, Any]:
    """An event of Postmark's about the message to one subscriber."""
    return {
        "MessageID": f"m{number}",
        "ID": number,
        "Metadata": {"delivery": delivery_id(campaign, number)},
        "BouncedAt": datetime.now(UTC).isoformat(),
        **values,
    }


def test_who_bounced_or_left_is_not_mailed_again_and_why_tells(story: Site) -> None:
    assert story.newsletter("subscribers", "import", "people.csv").returncode == 0
    sent = story.newsletter("send", FIRST, "--yes")
    assert sent.returncode == 0, sent.stderr
    assert story.states() == {"accepted": 4}
    ((campaign,),) = story.ask("SELECT uid FROM campaigns")
    ids = dict(story.ask("SELECT address, id FROM subscribers"))
    ana, ben = (ids[f"{name}@example.com"] for name in ("ana", "ben"))
    ((cho,),) = story.ask("SELECT uid FROM subscribers WHERE address LIKE 'cho@%'")

    with running(story.home, free_port()) as url:
        hard = {"Type": "HardBounce", "Details": "550 5.1.1 no such user"}
        told = about(
            campaign, ana, RecordType="Bounce", Email="ana@example.com", **hard
        )
        assert tell(url, told) == {"new": 1}
        assert tell(url, told) == {"repeated": 1}
        spam = about(campaign, ben, RecordType="SpamComplaint", Email="ben@example.com")
        assert tell(url, spam) == {"new": 1}
        token = Signer(SECRET.encode()).sign("unsubscribe", cho, 1)
        leave = urllib.request.Request(
            f"{url}/u/{token}", b"List-Unsubscribe=One-Click", method="POST"
        )
        with urllib.request.urlopen(leave, timeout=30) as answer:
            assert (answer.status, answer.url) == (200, f"{url}/u/{token}")

    again = story.newsletter("send", NEXT, "--yes")
    assert again.returncode == 0, again.stderr
    second = "SELECT state, count(*) FROM deliveries WHERE campaign_id = 2 GROUP BY 1"
    assert dict(story.ask(second)) == {"accepted": 1, "skipped": 3}

    _why_tells(story)


def _why_tells(story: Site) -> None:
    told = {
        name: story.newsletter("why", f"{name}@example.com").stdout
        for name in ("ana", "ben", "cho", "dee")
    }
    assert "suppressed since" in told["ana"]
    assert "bounce (550 5.1.1 no such user)" in told["ana"]
    assert "bounced, hard: 550 5.1.1 no such user" in told["ana"]
    assert "complaint" in told["ben"]
    assert "complained" in told["ben"]
    assert f"unsubscribe (from {FIRST})" in told["cho"]
    for name in ("ana", "ben", "cho"):
        assert f"{NEXT}: skipped" in told[name]
    assert f"{NEXT}: accepted" in told["dee"]
    report = story.newsletter("report", FIRST).stdout
    assert "complained: 1 (25.0%)" in report
    assert "bounced hard: 1 (25.0%)" in report
    (data,) = json.loads(story.newsletter("report", FIRST, "--json").stdout)
    assert (data["complaints"], data["bounces"]) == (1, {"hard": 1})
