"""DMARC by RFC 9989: the walk up the tree, and whose policy counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.providers.dns import Dns
from newsletter.sending.doctor.dmarc import dmarc, is_one_organisation, read, walk
from newsletter.sending.doctor.finding import Verdict
from tests.rig.dns import Names, dns_server
from tests.sending.doctor.conftest import Knows, told


def records(**policies: str) -> Names:
    """DMARC records by domain, `.` written as `__`."""
    return {
        f"TXT _dmarc.{name.replace('__', '.')}": [f"v=DMARC1; {tags}"]
        for name, tags in policies.items()
    }


@pytest.mark.parametrize(
    ("domain", "asked"),
    [
        ("example.com", ["example.com", "com"]),
        ("a.b.example.com", ["a.b.example.com", "b.example.com", "example.com", "com"]),
        (
            "a.b.c.d.e.f.g.h.i.j",
            [
                "a.b.c.d.e.f.g.h.i.j",
                "d.e.f.g.h.i.j",
                "e.f.g.h.i.j",
                "f.g.h.i.j",
                "g.h.i.j",
                "h.i.j",
                "i.j",
                "j",
            ],
        ),
        (
            "a.b.c.d.e.f.g.h",
            [
                "a.b.c.d.e.f.g.h",
                "b.c.d.e.f.g.h",
                "c.d.e.f.g.h",
                "d.e.f.g.h",
                "e.f.g.h",
                "f.g.h",
                "g.h",
                "h",
            ],
        ),
    ],
)
def test_the_walk_goes_up_in_eight_steps_at_most(domain: str, asked: list[str]) -> None:
    with dns_server({}) as server:
        found = walk(Dns("127.0.0.1", server.port), domain)

        assert server == [f"TXT _dmarc.{name}" for name in asked]
    assert found.organisation == domain
    assert found.record is None


@pytest.mark.parametrize(
    ("names", "domain", "organisation"),
    [
        (records(example__com="p=none"), "news.example.com", "example.com"),
        (
            records(example__com="p=none", news__example__com="p=reject"),
            "news.example.com",
            "example.com",
        ),
        (
            records(example__com="p=none", news__example__com="p=none; psd=n"),
            "a.news.example.com",
            "news.example.com",
        ),
        (records(co__uk="p=none; psd=y"), "a.example.co.uk", "example.co.uk"),
        (records(example__com="p=none; psd=y"), "example.com", "example.com"),
        ({}, "news.example.com", "news.example.com"),
    ],
)
def test_the_organisation(
    knows: Knows, names: Names, domain: str, organisation: str
) -> None:
    assert walk(knows(names), domain).organisation == organisation


@pytest.mark.parametrize("psd", ["y", "n"])
def test_the_walk_ends_where_a_record_says_so(psd: str) -> None:
    names = records(example__com=f"p=none; psd={psd}", com="p=reject")
    with dns_server(names) as server:
        found = walk(Dns("127.0.0.1", server.port), "news.example.com")

        assert server == ["TXT _dmarc.news.example.com", "TXT _dmarc.example.com"]
    assert found.record is not None
    assert found.record.domain == "example.com"


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (records(news__example__com="p=reject"), "news.example.com asks for reject"),
        (
            records(news__example__com="p=none", example__com="p=reject"),
            "news.example.com asks for nothing to be done",
        ),
        (
            records(example__com="p=reject; sp=quarantine"),
            "news.example.com asks for quarantine, by the record of example.com",
        ),
        (
            records(example__com="p=reject"),
            "news.example.com asks for reject, by the record of example.com",
        ),
        (
            records(com="p=quarantine; psd=y"),
            "news.example.com asks for quarantine, by the record of com",
        ),
        (
            records(news__example__com="P=Reject; T=y; x=unknown; ; np=reject"),
            "news.example.com asks for reject (only a test: t=y)",
        ),
    ],
)
def test_whose_policy_counts(knows: Knows, names: Names, sentence: str) -> None:
    found = dmarc(knows(names), "news.example.com")

    assert [(each.verdict, each.message) for each in found] == [(Verdict.OK, sentence)]


def test_no_record_is_told_with_the_one_to_add(knows: Knows) -> None:
    found = dmarc(knows({}), "example.com")

    assert told(found) == ["dmarc problem"]
    assert found[0].hint == (
        'add TXT _dmarc.example.com "v=DMARC1; p=none; rua=mailto:dmarc@example.com"'
    )


def test_two_records_count_as_none(knows: Knows) -> None:
    names = {"TXT _dmarc.example.com": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}

    found = dmarc(knows(names), "example.com")

    assert told(found) == ["dmarc problem"]
    assert "more than one record" in found[0].message


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ("p=reject; pct=50", "has pct, which RFC 9989 took out"),
        ("p=none; rf=afrf; ri=86400", "has rf, ri, which"),
        ("rua=mailto:x@example.com", "has no policy, which counts as p=none"),
        ("p=everything", "has no policy, which counts as p=none"),
    ],
)
def test_what_is_odd_is_warned_of(knows: Knows, tags: str, what: str) -> None:
    found = dmarc(knows(records(example__com=tags)), "example.com")

    assert told(found) == ["dmarc ok", "dmarc warning"]
    assert what in found[1].message


@pytest.mark.parametrize(
    "text",
    ["", "v=DMARC2; p=none", "p=none; v=DMARC1", "v=spf1 -all", "DMARC1", "v=dmarc1"],
)
def test_other_records_are_not_of_dmarc(text: str) -> None:
    assert read("example.com", text) is None


def test_names_that_are_none_have_a_policy_of_their_own() -> None:
    record = read("example.com", "v=DMARC1; p=none; sp=quarantine; np=reject")
    plain = read("example.com", "v=DMARC1; p=none")

    assert record is not None
    assert plain is not None
    assert record.policy_below(exists=False) == "reject"
    assert record.policy_below() == "quarantine"
    assert plain.policy_below(exists=False) == "none"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("example.com", "EXAMPLE.com", True),
        ("mail.example.com", "news.example.com", True),
        ("mail.example.com", "example.com", True),
        ("mail.other.test", "example.com", False),
        ("a.co.uk", "b.co.uk", False),
        ("x.a.co.uk", "a.co.uk", False),
    ],
)
def test_which_domains_are_one_organisations(
    knows: Knows, one: str, other: str, same: bool
) -> None:
    dns = knows(records(example__com="p=none"))

    assert is_one_organisation(dns, one, other) is same


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for found in (read("example.com", text), read("example.com", f"v=DMARC1;{text}")):
        if found is not None:
            assert found.policy in ("none", "quarantine", "reject")
            assert found.policy_below(exists=False) in ("none", "quarantine", "reject")
