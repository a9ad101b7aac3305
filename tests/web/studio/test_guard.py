"""Who may ask the studio: the author's own pages, and nobody else."""

import re
from collections.abc import Callable

import pytest
from starlette.types import Message

from newsletter.web.studio.app import ROUTES
from newsletter.web.studio.guard import POLICY
from tests.web.studio.conftest import HOST, ISSUE, Studio

VIEW = f"/issues/{ISSUE}"


@pytest.mark.parametrize(
    "host", [HOST, "localhost:8025", "[::1]:8025", "LOCALHOST:8025"]
)
def test_it_answers_to_its_own_names(at_desk: Studio, host: str) -> None:
    assert at_desk.get("/", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8025",
        "127.0.0.1.nip.example:8025",
        "127.0.0.1",
        "127.0.0.1:8026",
        "127.0.0.1:8025.evil.example",
        "user@127.0.0.1:8025",
        "0.0.0.0:8025",
        "[::ffff:127.0.0.1]:8025",
        "2130706433:8025",
        "",
    ],
)
def test_a_name_that_was_bound_to_this_machine_is_refused(
    at_desk: Studio, host: str
) -> None:
    for path in ("/", VIEW, f"{VIEW}/source", "/live", "/assets/0/style.css"):
        answer = at_desk.get(path, host=host)
        assert answer.status == 400
        assert b"second chair" not in answer.body


def test_no_host_is_refused(at_desk: Studio) -> None:
    assert at_desk.client.get("/").status == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "?"])
def test_what_another_site_asks_for_is_refused(at_desk: Studio, site: str) -> None:
    for path in (VIEW, f"{VIEW}/email.html", "/live"):
        assert at_desk.get(path, sec_fetch_site=site).status == 403
    assert at_desk.post(VIEW, sec_fetch_site=site).status == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_its_own_pages_and_the_author_ask_for_is_answered(
    at_desk: Studio, site: str
) -> None:
    assert at_desk.get(VIEW, sec_fetch_site=site).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:3000",
        "https://127.0.0.1:8025",
        "http://localhost:8025",
        "http://127.0.0.1:8025.evil.example",
        "",
    ],
)
def test_another_origin_is_refused(at_desk: Studio, origin: str) -> None:
    assert at_desk.get(VIEW, origin=origin).status == 403
    assert at_desk.post(VIEW, origin=origin).status == 403


def test_its_own_origin_is_answered_and_nothing_is_shared_with_others(
    at_desk: Studio,
) -> None:
    answer = at_desk.get(VIEW, origin=f"http://{HOST}")

    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_no_change_without_the_token(at_desk: Studio, token: str) -> None:
    for route in _changing():
        path = re.sub(r"{\w+}", ISSUE, route)
        answer = at_desk.client.post(path, {"token": token}, headers={"host": HOST})
        assert answer.status == 403, path


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data", "application/json"]
)
def test_a_form_that_any_site_could_send_changes_nothing(
    at_desk: Studio, kind: str
) -> None:
    """Such a body is not looked into; only a page of ours can set a header."""
    headers = {"host": HOST, "content-type": kind}
    body = {"token": at_desk.desk.token}
    assert at_desk.client.post("/new/issue", body, headers=headers).status == 403


def test_a_form_is_read_once_more_by_the_view(at_desk: Studio) -> None:
    """The token in a form is enough, and the form still comes to who it is for."""
    form = {"token": at_desk.desk.token, "addresses": "nobody"}
    answer = at_desk.client.post(f"{VIEW}/test", form, headers={"host": HOST})
    assert answer.status == 422
    assert "nobody" in answer.text


def test_a_form_without_end_is_refused(at_desk: Studio) -> None:
    form = {"token": "x" * 16_000_000}
    assert (
        at_desk.client.post(f"{VIEW}/test", form, headers={"host": HOST}).status == 413
    )


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PATCH", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(at_desk: Studio, method: str) -> None:
    assert at_desk.client.ask(method, "/", headers={"host": HOST}).status == 405


def test_nothing_is_changed_by_reading() -> None:
    """What changes something has a method of its own; GET shares no view with it."""
    for route in ROUTES:
        methods = route.methods or set()
        assert methods <= {"GET", "HEAD"} or not methods & {"GET", "HEAD"}, route.path


@pytest.mark.parametrize("path", ["/", VIEW, "/nothing", "/issues/nothing"])
def test_pages_may_do_little_and_are_kept_by_nobody(at_desk: Studio, path: str) -> None:
    headers = at_desk.get(path).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["email.html", "email.txt", "source", "email.eml"])
def test_rendered_mail_runs_nothing_wherever_it_is_opened(
    at_desk: Studio, path: str
) -> None:
    """Also alone in a tab, outside of the frame."""
    policy = at_desk.get(f"{VIEW}/{path}").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert re.search(r"; sandbox(?!.*allow-scripts)", policy)


@pytest.mark.parametrize(
    "path",
    [
        "/issues/../newsletter",
        "/issues/..%2fnewsletter",
        "/issues/%2e%2e%2fnewsletter",
        "/issues/..%5cnewsletter",
        "/issues/%2fetc%2fpasswd",
        "/issues/newsletter.yaml",
        "/issues/x%00",
        f"/issues/{'x' * 300}",
        f"/issues/{ISSUE}.md",
        f"/issues/{ISSUE}.",
        "/issues/.git",
        f"{VIEW}/images/..%2f..%2fnewsletter.yaml",
        f"{VIEW}/images/../../../../newsletter.yaml",
        "/assets/0/..%2flayout.html",
        "/assets/0/layout.html",
        "/assets/0/%2e%2e",
        "/../../etc/passwd",
        "//evil.example/",
        "/.env",
    ],
)
def test_nothing_but_what_there_is_can_be_asked_for(at_desk: Studio, path: str) -> None:
    answer = at_desk.get(path)

    assert answer.status == 404
    assert b"postal_address" not in answer.body
    assert b"root:" not in answer.body


def test_a_socket_of_another_page_is_not_opened(at_desk: Studio) -> None:
    """There is nothing of the kind here; whoever asks for one hears nothing."""
    sent: list[Message] = []

    async def ask() -> None:
        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "websocket", "path": "/live", "headers": []}
        await at_desk.client._app(scope, receive, send)

    at_desk.client.run(ask())
    assert sent == []


def test_a_link_that_leads_out_of_the_publication_is_not_followed(
    at_desk: Studio,
) -> None:
    secret = at_desk.root.parent / "secret.md"
    secret.write_text("---\ntitle: a diary\n---\nwhat nobody may read\n")
    (at_desk.root / "issues" / "2026-12-01-link.md").symlink_to(secret)

    for path in ("", "/email.html", "/source", "/beside"):
        answer = at_desk.get(f"/issues/2026-12-01-link{path}")
        assert b"diary" not in answer.body
        assert b"nobody may read" not in answer.body
    assert "leads out of the publication" in at_desk.get("/issues/2026-12-01-link").text


def test_with_a_key_nobody_comes_in_without(
    make_studio: Callable[..., Studio],
) -> None:
    """Also from this machine: whoever sends `Host: 127.0.0.1` may be anybody."""
    locked = make_studio(key="a-key")

    for path in ("/", VIEW, "/live", f"{VIEW}/source", "/?key=wrong", "/?key="):
        answer = locked.get(path)
        assert answer.status == 401
        assert b"second chair" not in answer.body
        assert locked.desk.token not in answer.text
    style = re.findall(r'href="(/assets/[^"]+)"', locked.get("/").text)
    assert [locked.get(path).status for path in style] == [200]
    for path in ("/assets/../", "/assets", f"/assets/..{VIEW}"):
        assert locked.get(path).status in (401, 404)
    assert locked.post("/assets/x/y").status == 401
    assert locked.post("/new/issue?key=a-key").status == 401
    assert locked.get("/", cookie="studio_8025=wrong").status == 401
    assert locked.get("/", cookie="a-key; =;;").status == 401


def test_the_key_is_given_once_and_is_then_in_a_cookie(
    make_studio: Callable[..., Studio],
) -> None:
    locked = make_studio(key="a-key")
    first = locked.get(f"{VIEW}?key=a-key&show=text")

    assert first.status == 303
    assert first.headers["location"] == f"{VIEW}?show=text"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    again = locked.get("/", cookie=cookie.partition(";")[0])
    assert again.status == 200
    elsewhere = locked.get("//evil.example/?key=a-key")
    assert elsewhere.headers["location"] == "/evil.example/"


def _changing() -> list[str]:
    return [route.path for route in ROUTES if "POST" in (route.methods or set())]
