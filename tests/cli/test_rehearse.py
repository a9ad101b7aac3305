"""`newsletter rehearse` tells what a send would be like, and touches nothing."""

import json
from pathlib import Path

import pytest

from newsletter.sending.rehearsal.comparing import Compared
from tests.cli.conftest import Newsletter

ISSUE = "pull-up-the-second-chair"


def test_it_tells_how_long_and_that_nobody_was_lost(
    newsletter: Newsletter, publication: Path
) -> None:
    ended = newsletter("rehearse", ISSUE, "--subscribers", "1200", "--latency", "1ms")

    assert ended.code == 0, ended.err
    assert "1,200 invented subscribers, through a simulated mailgun" in ended.out
    assert "(1 ms a call, seed 0)" in ended.out
    for word in ("duration", "throughput", "first call after", "CPU s per 1,000"):
        assert word in ended.out
    assert ended.out.startswith("`outbox` cannot be rehearsed: this is mailgun; ")
    assert "1,200 accepted, 0 rejected, 0 uncertain" in ended.out
    assert "planned" not in ended.out
    assert ended.out.splitlines()[-1] == "  lost 0 · twice 0"
    for name in ("newsletter.db", "outbox"):
        assert not (publication / ".newsletter" / name).exists()


def test_a_program_gets_the_same_numbers(newsletter: Newsletter) -> None:
    ended = newsletter(
        "rehearse", ISSUE, "--subscribers", "30", "--provider", "postmark", "--json"
    )

    data = json.loads(ended.out)
    assert (data["provider"], data["accepted"], data["calls"]) == ("postmark", 30, 1)
    assert (data["lost"], data["twice"], data["denied"]) == (0, 0, 0)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_faults_are_met_in_a_short_send_too(newsletter: Newsletter, seed: str) -> None:
    few = ("--subscribers", "20", "--latency", "1ms", "--seed", seed)

    ended = newsletter("rehearse", ISSUE, *few, "--provider", "mailgun", "--faults")

    assert ended.code == 0, ended.err
    assert "  fault       " in ended.out
    assert "cannot be rehearsed" not in ended.out
    if " 0 rejected" not in ended.out:
        assert "the rejected ones were refused as the rehearsal planned" in ended.out


def test_faults_are_named(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "newsletter.sending.rehearsal.rehearse.FAULTS",
        {"revoked": None, "500-after": None},
    )
    monkeypatch.setattr("newsletter.sending.rehearsal.rehearse.FAULTY", 0.9)
    monkeypatch.setattr("newsletter.sending.judging.LONGEST_PAUSE", 0.1)

    ended = newsletter("rehearse", ISSUE, "--subscribers", "5000", "--faults")

    assert ended.code == 0, ended.err
    assert "× the key was revoked" in ended.out
    assert "× 500 after it accepted" in ended.out
    assert "and went on" in ended.out
    assert "lost 0 · twice 0" in ended.out


def test_a_broken_promise_is_an_error(
    newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "newsletter.sending.rehearsal.rehearse.compare",
        lambda *_: Compared(lost=1, twice=0, denied=0),
    )

    ended = newsletter("rehearse", ISSUE, "--subscribers", "10")

    assert ended.code == 8
    assert "lost 1 · twice 0" in ended.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--latency", "soon"], "--latency soon is no time"),
        (["--provider", "outbox"], "`outbox` cannot be rehearsed"),
        (["--subscribers", "0"], "nobody to rehearse with"),
    ],
)
def test_what_makes_no_sense_is_told(
    newsletter: Newsletter, arguments: list[str], said: str
) -> None:
    ended = newsletter("rehearse", ISSUE, *arguments)

    assert ended.code == 2
    assert said in ended.err
    assert "hint:" in ended.err
