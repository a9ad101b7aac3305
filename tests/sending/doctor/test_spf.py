"""SPF records: how many there are, what they cost, and whom they let in."""

import pytest

from newsletter.sending.doctor.finding import Verdict
from newsletter.sending.doctor.spf import spf
from tests.rig.dns import Names
from tests.sending.doctor.conftest import Knows, told

GOOD: Names = {
    "TXT example.com": ["v=spf1 include:relay.example mx a:mail.example.com/28 ~all"],
    "TXT relay.example": ["v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"],
    "MX example.com": ["10 mail.example.com."],
    "A mail.example.com": ["192.0.2.1"],
}


def test_a_good_record_is_told_with_what_it_costs(knows: Knows) -> None:
    found = spf(knows(GOOD), "example.com", decides=True)

    assert told(found) == ["spf ok"]
    assert found[0].message == "example.com has one record, of 3 look-ups"


@pytest.mark.parametrize(
    ("decides", "verdict"), [(True, Verdict.PROBLEM), (False, Verdict.OK)]
)
def test_none_matters_where_mail_leaves_in_its_name(
    knows: Knows, decides: bool, verdict: Verdict
) -> None:
    dns = knows({"TXT example.com": ["v=spf10 -all", "something else"]})

    found = spf(dns, "example.com", decides=decides)

    assert [each.verdict for each in found] == [verdict]
    assert "no SPF record" in found[0].message


def test_two_records_are_an_error(knows: Knows) -> None:
    dns = knows({"TXT example.com": ["v=spf1 -all", "v=spf1"]})

    found = spf(dns, "example.com", decides=True)

    assert told(found) == ["spf problem"]
    assert "has 2 SPF records" in found[0].message


def chain(length: int) -> Names:
    """Records that include each other, so many."""
    return {
        f"TXT n{number}.example": [f"v=spf1 include:n{number + 1}.example -all"]
        for number in range(length)
    } | {f"TXT n{length}.example": ["v=spf1 -all"]}


@pytest.mark.parametrize(("length", "verdict"), [(10, "spf ok"), (11, "spf problem")])
def test_ten_look_ups_and_no_more(knows: Knows, length: int, verdict: str) -> None:
    found = spf(knows(chain(length)), "n0.example", decides=True)

    assert told(found) == [verdict]


def test_a_loop_ends(knows: Knows) -> None:
    dns = knows({"TXT example.com": ["v=spf1 include:example.com -all"]})

    found = spf(dns, "example.com", decides=True)

    assert "more than 10 look-ups" in found[0].message


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ("v=spf1 include:missing.example -all", "missing.example has 0 records"),
        ("v=spf1 redirect=missing.example", "missing.example has 0 records"),
        ("v=spf1 ipv4:192.0.2.1 -all", "nobody knows `ipv4:192.0.2.1`"),
        ("v=spf1 a:x.example a:y.example mx:z.example -all", "3 of its look-ups find"),
        ("v=spf1 exists:x.example a:y.example a/24 mx/24 -all", "4 of its look-ups"),
    ],
)
def test_what_counts_as_an_error(knows: Knows, record: str, what: str) -> None:
    dns = knows({"TXT example.com": [record]})

    found = spf(dns, "example.com", decides=True)

    assert told(found) == ["spf problem"]
    assert what in found[0].message


@pytest.mark.parametrize("end", ["+all", "all", "ALL"])
def test_everybody_is_too_many(knows: Knows, end: str) -> None:
    dns = knows({"TXT example.com": [f"v=spf1 {end}"]})

    found = spf(dns, "example.com", decides=True)

    assert "lets everybody send" in found[0].message


@pytest.mark.parametrize(
    ("record", "expected", "what"),
    [
        ("v=spf1 ip4:192.0.2.1", ["spf ok", "spf warning"], "all others"),
        ("v=spf1 ptr -all", ["spf ok", "spf warning"], "uses ptr"),
        ("v=spf1 ip4:192.0.2.1 exp=x.example -all", ["spf ok"], "0 look-ups"),
        ("v=spf1 unknown=x exists:%{i}.x.example ?all", ["spf ok"], "1 look-ups"),
        ("v=spf1 redirect=relay.example", ["spf ok"], "1 look-ups"),
    ],
)
def test_what_is_odd_is_warned_of(
    knows: Knows, record: str, expected: list[str], what: str
) -> None:
    dns = knows(GOOD | {"TXT example.com": [record]})

    found = spf(dns, "example.com", decides=True)

    assert told(found) == expected
    assert what in found[-1].message
