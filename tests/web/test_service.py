"""Health, metrics, the description, the site's path, and headers on everything."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from newsletter.errors import ConfigError, StoreError
from newsletter.model.subscriber import SuppressionReason
from newsletter.store import suppressions
from newsletter.store.upgrade import MOVED, mark
from newsletter.web.app import ROUTES
from newsletter.web.serving import Serving, open_service, worker_app
from tests.web.asgi import Client
from tests.web.conftest import SECRET, World


def test_health_is_a_look_into_the_database(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.client.get("/healthz").json() == {"status": "ok"}

    def broken(*_: Any) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(world.service.store, "read", broken)
    assert world.client.get("/healthz").status == 503


def test_a_database_that_was_moved_is_not_healthy(world: World) -> None:
    with world.service.store.write() as connection:
        mark(connection, MOVED)

    assert world.client.get("/healthz").status == 503


def test_metrics_are_for_who_has_the_token(world: World) -> None:
    assert world.client.get("/metrics").status == 404
    bearer = {"authorization": "Bearer "}
    assert world.client.get("/metrics", headers=bearer).status == 404

    world.service.metrics_token = "let me in"
    world.join("nia@example.com")
    world.service.metrics.events["postmark", "new"] += 2
    for wrong in ("", "Bearer let me", "let me in"):
        given = {"authorization": wrong}
        assert world.client.get("/metrics", headers=given).status == 404

    bearer = {"authorization": "Bearer let me in"}
    answer = world.client.get("/metrics", headers=bearer)

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'newsletter_subscribers{status="active"} 9' in lines
    assert 'newsletter_subscribers{status="pending"} 1' in lines
    assert 'newsletter_joins_total{outcome="mailed"} 1' in lines
    assert 'newsletter_events_total{provider="postmark",outcome="new"} 2' in lines
    assert 'newsletter_answers_total{route="subscribe",status="200"} 2' in lines
    assert "# TYPE newsletter_subscribers gauge" in lines


def test_the_description_names_every_door(world: World) -> None:
    paths = world.client.get("/openapi.json").json()["paths"]

    public = {route.path for route in ROUTES}
    assert public - set(paths) == {"/metrics", "/openapi.json", "/public.css"}
    for path, methods in paths.items():
        found = [route.methods or () for route in ROUTES if route.path == path]
        known = {each.lower() for some in found for each in some} - {"head"}
        assert set(methods) - {"parameters"} == known


def test_the_style_sheet_is_kept_for_good_and_its_address_changes(
    world: World,
) -> None:
    answer = world.client.get("/public.css?v=1")

    assert "immutable" in answer.headers["cache-control"]
    assert ".door" in answer.text
    assert "--paper" in answer.text


def test_a_site_below_a_path_has_its_doors_there(
    make_world: Callable[..., World],
) -> None:
    here = "https://example.com/the/letter"
    world = make_world(
        ("https://letter.example.com", here),
        ("url: https://letter.example.com", f"url: {here}"),
    )

    page = world.client.get("/the/letter/subscribe")

    assert page.status == 200
    assert 'action="/the/letter/subscribe"' in page.text
    assert 'href="/the/letter/public.css' in page.text
    # A proxy may have taken the path off already.
    assert world.client.get("/subscribe").status == 200
    assert world.client.get("/the/letter").status == 404
    assert world.client.get(f"/the/letter/u/{world.token()}").status == 200


def test_a_service_beside_the_archive_keeps_its_doors_and_leads_back(
    make_world: Callable[..., World],
) -> None:
    world = make_world(
        ("base_url: https://letter.example.com", "base_url: https://example.com/mo"),
        ("url: https://letter.example.com", "url: https://elsewhere.example.org/in"),
    )

    page = world.client.get("/in/subscribe")

    assert page.status == 200
    assert 'action="/in/subscribe"' in page.text
    assert 'href="/in/public.css' in page.text
    assert 'href="https://example.com/mo/issues/' in page.text
    world.join("nia@example.com")
    (mail,) = world.mails()
    assert "<https://elsewhere.example.org/in/u/" in mail["List-Unsubscribe"]
    text = mail.get_body(("plain",))
    assert text is not None
    (link,) = re.findall(r"https://\S+/confirm/\S+", text.get_content())
    assert link.startswith("https://elsewhere.example.org/in/confirm/")
    path = link.removeprefix("https://elsewhere.example.org")
    assert world.client.get(path).status == 200
    # Links of letters that were sent before may have the archive's address.
    assert world.client.get(f"/mo/u/{world.token()}").status == 200


@pytest.mark.parametrize(
    "path",
    ["/subscribe", "/u/x", "/healthz", "/openapi.json", "/webhooks/x", "/nothing"],
)
def test_every_answer_is_guarded(world: World, path: str) -> None:
    headers = world.client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


def test_words_are_the_publication_s(make_world: Callable[..., World]) -> None:
    world = make_world(
        (
            "provider: outbox",
            "provider: outbox\nlanguage: de\n",
        ),
        ("language: en\n", ""),
    )
    settings = world.service.publication.service
    words = settings.words.model_copy(update={"join": "{publication} per Mail <b>"})
    from newsletter.web.pages import Pages

    updated = settings.model_copy(update={"words": words})
    publication = world.service.publication.model_copy(update={"service": updated})
    world.service.pages = Pages(publication, with_roundtables=False)

    page = world.client.get("/subscribe").text

    assert '<html lang="de"' in page
    assert "<h1>the second chair per Mail &lt;b&gt;</h1>" in page
    assert "roundtables" not in page


def test_a_secret_that_is_missing_is_told_at_the_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it somebody who was erased could be asked to join again."""
    erased = world.service.eraser.key("nia@example.com")
    with world.service.store.write() as connection:
        suppressions.add(connection, erased, SuppressionReason.ERASURE)
    monkeypatch.setenv("NEWSLETTER_SECRET", "quite another secret")

    with pytest.raises(ConfigError, match="another secret"):
        open_service(world.service.publication)

    monkeypatch.setenv("NEWSLETTER_OLD_SECRETS", f"{SECRET.replace(' ', '-')} short")
    with pytest.raises(ConfigError, match="NEWSLETTER_OLD_SECRETS is too short"):
        open_service(world.service.publication)


def test_several_processes_are_told_what_their_parent_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Serving(root=str(world.root), site="x", host="h", port=1, processes=2)
    monkeypatch.setenv("NEWSLETTER_SERVING", json.dumps(asdict(told)))

    client = Client(worker_app())

    assert client.get("/healthz").status == 200
    client.close()
