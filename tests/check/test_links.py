"""Rules about links: what they say, what they look like, whether they lead anywhere."""

from pathlib import Path
from typing import Any

import pytest

from newsletter.check.check import check
from newsletter.check.facts import Facts
from tests.check import small
from tests.render.making import an_issue, rendered, sample


def found(home: Path, text: str, **keys: Any) -> list[str]:
    """The codes that are found in an issue with this text."""
    small.make(home / "p", f"{small.BODY}\n{text}\n", issue=keys)
    return sorted(item.code for item in small.problems(home / "p", "letter"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[](https://a.example)", ["empty-link"]),
        ("[![](images/chairs.jpg)](https://a.example)", ["alt-text", "empty-link"]),
        ("[![two chairs](images/chairs.jpg)](https://a.example)", []),
        ("[Read more…](https://a.example)", ["link-text"]),
        ("[read more of it](https://a.example)", []),
        ("[it](https://a.example/1) [It](https://a.example/2)", ["same-words"]),
        ("[it](https://a.example/1) [it](https://a.example/1)", []),
        ("[a list](https://www.bit.ly/x)", ["short-link"]),
        ("[a list](HTTPS://T.CO/x)", ["short-link"]),
        ("[a list](https://at.co/x)", []),
        ("[a list](http://a.example)", ["insecure-link"]),
        ("[a list](https://10.0.0.1/x)", ["misleading-link"]),
        ("[a list](https://mo:secret@a.example/)", ["misleading-link"]),
        ("[b.example](https://a.example/)", ["misleading-link"]),
        ("[https://b.example/x](https://a.example/)", ["misleading-link"]),
        ("[https://b.md](https://a.example/)", ["misleading-link"]),
        ("[www.b.md](https://a.example/)", ["misleading-link"]),
        ("[b.md/x](https://a.example/)", ["misleading-link"]),
        ("[Node.js](https://nodejs.example/en)", []),
        ("[README.md](https://a.example/readme)", []),
        ("[a list](https://\u043e\u0441\u0430.\u0440\u0444/)", []),
        ("[a list](https://xn--80a1aj.xn--p1ai/)", []),
        ("[a list](https://ai-компания.рф/)", []),
        ("[a list](https://раураl.рф/)", ["misleading-link"]),
        ("[a list](https://a-\u0441\u043e\u0440\u0435.example/)", ["misleading-link"]),
        ("[a.example](https://www.a.example/x)", []),
        ("[a.example](https://shop.a.example/x)", []),
        ("[shop.a.example](https://a.example/x)", []),
        ("[node.js is fun](https://a.example/x)", []),
        ("<mailto:mo@a.example>", []),
        ("[a list](https://[bad/x)", ["link"]),
        ("[a list](https://127.1/x)", ["misleading-link"]),
        ("[a list](https://2130706433/x)", ["misleading-link"]),
        ("[a list](https://0x7f.0.0.1/x)", ["misleading-link"]),
        ("[a list](https://[::1]/x)", ["misleading-link"]),
        ("[a list](https://p\u0430ypal.example/)", ["misleading-link"]),
        ("[a list](https://xn--pypal-4ve.example/)", ["misleading-link"]),
        ("[a list](https://\u0441\u043e\u0440\u0435.example/)", ["misleading-link"]),
        ("[a list](https://xn--\u00e9/)", ["link"]),
        ("[a list](https://xn--99999999.example/)", []),
        ("[a list](https://m\u00fcnchen.example/)", []),
        ("[a list](https://\u043c\u043e\u0441\u043a\u0432\u0430.example/)", []),
        ("[a list](https://\u6771\u4eac\u306e\u672c.example/)", []),
        ("[a list](https://https://a.example/)", ["link"]),
        ("[a list](https://http//a.example/)", ["link"]),
        ("[a list](https://localhost:8000/x)", ["link"]),
        ("[a list](https://printer.local/x)", ["link"]),
        ("[a list](https://TBD)", ["link"]),
        ("[a list](TBD)", ["link"]),
        ("[a list](/todo/)", ["link"]),
        ("[a list](else)", ["broken-link", "link"]),
        ("[a list](#)", ["link"]),
        ("[a list](mailto:)", ["link"]),
        ("[a list](mailto:mo)", ["link"]),
        ("[a list](mailto:mo@a)", ["link"]),
        ("[a list](mailto:mo@a.example?subject=yes)", []),
        ("[a list](mailto:mo@a.example,jo%40a.example)", []),
        ("[a list](mailto:?subject=yes)", []),
        ('[a list](mailto:{{ name | default("x") }})', []),
        ("![two chairs](http://a.example/b.jpg)", ["insecure-link", "remote-image"]),
    ],
)
def test_a_link_says_what_it_is(text: str, codes: list[str], tmp_path: Path) -> None:
    assert found(tmp_path, text) == codes


def test_an_address_of_the_front_matter_is_looked_at_too(tmp_path: Path) -> None:
    song = {"url": "http://a.example/song"}
    home = small.make(tmp_path / "p", issue={"music": song})

    [problem] = small.problems(home, "letter")

    assert (problem.code, problem.place) == ("insecure-link", f"{small.ISSUE}:6:8")


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("/letter/", ""),
        ("/letter", ""),
        ("/letter/index.html", ""),
        ("/", ""),
        ("/#", ""),
        ("/roundtables/", ""),
        ("/roundtables/table/#consensus", ""),
        ("/files/report.pdf", ""),
        ("https://letter.example.com/letter/?a=b", ""),
        ("https://letter.example.com", ""),
        ("https://letter.example.community/x", ""),
        ("#a-sub-head", ""),
        ("/earlier/#content", ""),
        ("/tags/chairs/", ""),
        ("/experts/ana-lima/", ""),
        ("/music/", ""),
        ("/issues/page/2/", ""),
        ("/issues/earlier/", "there is no page `/issues/earlier/`"),
        ("/few/", "there is no page `/few/`"),
        ("/leter/", "there is no page `/leter/`"),
        ("https://letter.example.com/gone/", "there is no page `/gone/`"),
        ("/roundtables/chair/", "there is no page `/roundtables/chair/`"),
        ("/unfinished/", "there is no page `/unfinished/`"),
        ("/later/", "`/later/` is not out before 2026-12-04"),
        ("#a-sub-hed", "`/letter/` has no heading `#a-sub-hed`"),
        ("/earlier/#nowhere", "`/earlier/` has no heading `#nowhere`"),
        ("/roundtables/table/#two", "has no heading `#two`"),
    ],
)
def test_a_link_inside_the_publication_leads_somewhere(
    link: str, message: str, tmp_path: Path
) -> None:
    text = f"## a sub-head\n\n[somewhere else]({link})\n"
    home = small.make(tmp_path / "p", f"{small.BODY}\n{text}")
    others = {"earlier": "2026-11-13", "later": "2026-12-04"}
    for slug, day in others.items():
        front = small.keys(title=f"{slug} than this", date=day)
        small.write(home / "issues" / f"{day}-{slug}.md", front, small.BODY)
    draft = small.keys(date="2026-11-01", status="draft")
    small.write(home / "issues" / "2026-11-01-unfinished.md", draft, small.BODY)
    private = small.keys(date="2026-11-02", private=True)
    small.write(home / "issues" / "2026-11-02-few.md", private, small.BODY)

    found = small.problems(home, "letter")

    assert [item.code for item in found] == (["broken-link"] if message else [])
    assert all(message in item.message for item in found)


@pytest.mark.parametrize(
    ("private", "day", "message"),
    [
        (True, None, "`/roundtables/table/` is not out with a private issue"),
        (True, "2026-11-21", "`/roundtables/table/` is not out before 2026-11-21"),
        (True, "2026-11-20", ""),
        (False, None, ""),
        (False, "2026-11-21", ""),
    ],
)
def test_the_roundtable_of_a_private_issue_comes_out_by_itself(
    private: bool, day: str | None, message: str, tmp_path: Path
) -> None:
    keys = {"roundtable": "table", "private": private}
    home = small.make(tmp_path / "p", issue=keys, table={"date": day})

    found = small.problems(home, "letter")

    assert [item.code for item in found] == (["broken-link"] if message else [])
    assert all(message in item.message for item in found)


def test_a_link_that_is_nearly_right_gets_a_suggestion(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n[an old one](/lettre/)")

    [problem] = small.problems(home, "letter")

    assert problem.hint == "did you mean `/letter/`?"
    assert problem.place == f"{small.ISSUE}:13:1"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("## one\n\n### two\n\n## three", []),
        ("### one", ["13:1"]),
        ("## one\n\n#### two\n\n##### three", ["15:1"]),
        ("# one\n\n## two", ["13:1"]),
        ("one\n===\n", ["13:1"]),
        ("- a\n\n  ### two", ["15:3"]),
    ],
)
def test_headings_go_down_one_level_at_a_time(
    text: str, places: list[str], tmp_path: Path
) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n{text}\n")

    found = small.problems(home, "letter")

    assert {item.code for item in found} <= {"heading-order"}
    assert [item.place.removeprefix(f"{small.ISSUE}:") for item in found] == places


def test_the_headings_of_the_tldr_are_a_text_of_their_own(tmp_path: Path) -> None:
    home = small.make(
        tmp_path / "p",
        f"{small.BODY}\n## one\n\n### two\n",
        issue={"tldr": "## in short\n\n### shorter"},
    )

    assert small.codes(home) == {}


def test_an_address_that_cannot_be_read_is_left_to_others(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", issue={"music": {"url": "https://[::1/x"}})

    assert small.codes(home) == {}


def test_where_no_anchors_are_known_none_is_missed() -> None:
    facts = Facts(pages={"b/": None})
    email = rendered("[b](/b/#nowhere) [c](/c/)")

    found = check(an_issue(), email, sample(), facts=facts)

    assert [item.message for item in found if item.code == "broken-link"] == [
        "there is no page `/c/` in this archive"
    ]


def test_a_page_may_be_called_as_a_placeholder_is(tmp_path: Path) -> None:
    home = small.make(tmp_path / "p", f"{small.BODY}\n[an old one](/example/)\n")
    front = small.keys(title="an example of it", date="2026-11-13")
    small.write(home / "issues" / "2026-11-13-example.md", front, small.BODY)

    assert small.problems(home, "letter") == []


def test_a_page_is_looked_at_once_however_many_links_lead_to_it() -> None:
    asked = []

    def anchors(path: str) -> frozenset[str]:
        asked.append(path)
        return frozenset({"there"})

    facts = Facts(pages={"a/": None}, anchors=anchors)
    body = "".join(f"[{number}](/a/#x{number})\n" for number in range(300))
    found = check(an_issue(body), rendered(body), sample(), facts=facts)

    assert asked == ["a/"]
    assert [item.code for item in found].count("broken-link") == 100
