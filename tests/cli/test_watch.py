"""What `status --watch` shows of campaigns and workers, from one look to the next."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter.cli.watch import _Meter
from newsletter.sending.status import Standing
from newsletter.store.workers import Worker

NOBODY = Worker(
    name="here:1:abc",
    version="1",
    slots=4,
    started_at=datetime(2026, 11, 20, tzinfo=UTC),
    quiet_seconds=1.0,
    trouble="",
    in_hand=(),
    sent=0,
)


def test_a_worker_is_shown_with_its_batches_and_how_fast_it_is() -> None:
    meter = _Meter(ZoneInfo("UTC"))
    busy = replace(NOBODY, in_hand=((1, 7), (1, 9)), sent=5_000)

    first = meter.lines(Standing([], [NOBODY]), 10.0)
    second = meter.lines(Standing([], [busy]), 12.0)

    assert first == "  here:1:abc: 0 a second; batches none, of 4 calls"
    assert second == "  here:1:abc: 2,500 a second; batches 7, 9, of 4 calls"


def test_what_keeps_a_worker_from_sending_is_shown() -> None:
    stuck = replace(NOBODY, trouble="RESEND_API_KEY is not set")

    shown = _Meter(ZoneInfo("UTC")).lines(Standing([], [stuck]), 10.0)

    assert shown.endswith("batches none, of 4 calls; RESEND_API_KEY is not set")


def test_a_worker_that_is_gone_is_shown_as_such() -> None:
    gone = replace(NOBODY, quiet_seconds=25.2, in_hand=((1, 7),))

    shown = _Meter(ZoneInfo("UTC")).lines(Standing([], [gone]), 10.0)

    assert shown == "  here:1:abc: not seen for 25 seconds"
