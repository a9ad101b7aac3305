"""What is said of links that lead elsewhere, and what is remembered of them."""

import json
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsletter.check.outside.answer import Answer, Outcome
from newsletter.check.outside.asking import ask
from newsletter.check.outside.links import try_links
from newsletter.check.outside.memory import KEPT, Memory
from newsletter.config.publication import load_publication
from newsletter.model.problem import Problem, Severity
from newsletter.sending.preflight import preflight
from tests.check import small

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
URL = "https://a.example/page"


class Web:
    """A web that answers as a test wants it to."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, urls: Iterable[str]) -> dict[str, Answer]:
        wanted = list(urls)
        self.asked += wanted
        return {
            url: self.answers[number % len(self.answers)]
            for number, url in enumerate(wanted)
        }


def tried(home: Path, web: Web, now: datetime = NOW) -> list[Problem]:
    publication = load_publication(home, {})
    checked = preflight(publication, [], keep=True)
    return try_links(checked.writings, publication, now, web)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    body = (
        f"{small.BODY}\n[a page]({URL}) and [home](/) and [mail](mailto:a@b.example)\n"
    )
    return small.make(tmp_path / "p", body)


@pytest.mark.parametrize(
    ("answer", "code", "severity"),
    [
        (Answer(Outcome.GONE, "it answers 404"), "dead-link", Severity.ERROR),
        (Answer(Outcome.FAILING, "it answers 500"), "dead-link", Severity.WARNING),
        (Answer(Outcome.PRIVATE, "it is 10.0.0.1"), "dead-link", Severity.WARNING),
        (Answer(Outcome.REFUSED, "it answers 403"), "unchecked-link", Severity.INFO),
        (Answer(Outcome.UNTRIED, "no time"), "unchecked-link", Severity.INFO),
        (Answer(Outcome.FINE, moved=f"{URL}/new"), "moved-link", Severity.INFO),
    ],
)
def test_an_answer_is_told_at_the_link(
    home: Path, answer: Answer, code: str, severity: Severity
) -> None:
    web = Web(answer)

    [problem] = tried(home, web)

    assert web.asked == [URL]
    assert (problem.code, problem.severity) == (code, severity)
    assert problem.place == f"{small.ISSUE}:13:1"
    assert (answer.detail or answer.moved) in problem.message


def test_a_fine_link_is_not_spoken_of(home: Path) -> None:
    assert tried(home, Web(Answer(Outcome.FINE))) == []


def test_every_address_is_asked_for_once_from_all_texts(home: Path) -> None:
    song = {"url": "https://music.example/song"}
    people = [{"name": "Ana Lima", "url": URL}, {"name": "Bo Chen"}]
    small.make(
        home,
        f"{small.BODY}\n[a page]({URL}) [again]({URL})",
        issue={"music": song},
        table={"panel": people, "interview_url": "https://video.example/1"},
    )
    web = Web(Answer(Outcome.GONE))

    found = tried(home, web)

    assert sorted(web.asked) == [
        URL,
        "https://music.example/song",
        "https://video.example/1",
    ]
    assert len(found) == 5


def test_a_machine_that_is_offline_blames_no_link(home: Path) -> None:
    web = Web(Answer(Outcome.NO_HOST, "there is no such host"))

    [problem] = tried(home, web)

    assert (problem.code, problem.severity) == ("unchecked-link", Severity.INFO)
    assert "none of 1 links to other sites was checked" in problem.message
    assert not (home / ".newsletter" / "links.json").exists()


def test_a_host_that_is_not_there_is_blamed_when_others_are(home: Path) -> None:
    small.make(home, f"{small.BODY}\n[a page]({URL}) [b](https://b.example/)")
    web = Web(Answer(Outcome.NO_HOST, "there is no such host"), Answer(Outcome.FINE))

    [problem] = tried(home, web)

    assert (problem.code, problem.severity) == ("dead-link", Severity.ERROR)


def test_what_an_author_ignores_is_not_told(home: Path) -> None:
    keys = {"check": {"ignore": ["dead-link"]}}
    small.make(home, f"{small.BODY}\n[a page]({URL})", issue=keys)

    assert tried(home, Web(Answer(Outcome.GONE))) == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_answer_is_remembered_as_long_as_it_holds(
    home: Path, outcome: Outcome
) -> None:
    first = Web(Answer(outcome), Answer(Outcome.FINE))
    small.make(home, f"{small.BODY}\n[a page]({URL}) [b](https://b.example/)")
    kept = KEPT.get(outcome, timedelta())

    before = tried(home, first)
    soon, later = Web(Answer(outcome)), Web(Answer(Outcome.FINE))
    if kept:
        assert tried(home, soon, NOW + kept) == before
        assert URL not in soon.asked
    tried(home, later, NOW + kept + timedelta(seconds=1))

    assert URL in later.asked


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"a": 1}', '{"a": {"outcome": "odd"}}', "\ud800"],
)
def test_a_memory_that_makes_no_sense_is_an_empty_one(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "links.json"
    path.write_text(text, "utf-8", errors="surrogatepass")

    memory = Memory.load(path, NOW)

    assert memory.get("a") is None
    memory.keep({"a": Answer(Outcome.FINE, moved="b")})
    assert Memory.load(path, NOW).get("a") == Answer(Outcome.FINE, moved="b")


def test_a_memory_of_tomorrow_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "links.json"
    Memory(path, NOW).keep({"a": Answer(Outcome.FINE)})

    assert Memory.load(path, NOW - timedelta(days=1)).get("a") is None


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    Memory(tmp_path / "file" / "links.json", NOW).keep({"a": Answer(Outcome.FINE)})

    assert json.loads((tmp_path / "file").read_text() or "{}") == {}


def test_a_host_is_asked_for_one_page_at_a_time() -> None:
    busy: dict[str, int] = {}
    most: dict[str, int] = {}
    together = threading.Barrier(2, timeout=20)

    def fetch(url: str) -> Answer:
        host = url.split("/")[2].casefold()
        busy[host] = busy.get(host, 0) + 1
        most[host] = max(most.get(host, 0), busy[host])
        together.wait()
        busy[host] -= 1
        return Answer(Outcome.FINE, url)

    urls = [f"https://{host}/{n}" for host in ("a.example", "B.example") for n in "12"]
    answers = ask(urls, fetch)

    assert most == {"a.example": 1, "b.example": 1}
    assert answers == {url: Answer(Outcome.FINE, url) for url in urls}


def test_nothing_to_ask_is_no_trouble() -> None:
    assert ask([]) == {}


def test_what_hangs_is_left_and_the_rest_is_untried() -> None:
    hanging, over = threading.Event(), threading.Event()

    def fetch(url: str) -> Answer:
        hanging.set()
        over.wait(20)
        return Answer(Outcome.FINE, url)

    answers = ask(["https://a.example/1", "https://a.example/2"], fetch, seconds=0.2)
    over.set()

    assert hanging.is_set()
    assert {item.outcome for item in answers.values()} == {Outcome.UNTRIED}
    assert "within 0.2 seconds" in answers["https://a.example/1"].detail
