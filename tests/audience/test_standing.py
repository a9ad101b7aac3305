"""Whether a file says that a person may be mailed."""

import pytest

from newsletter.audience.headers import REASONS_TO_LEAVE, Column, key_of, role_of
from newsletter.audience.standing import (
    MAY_BE_MAILED,
    Standing,
    UnknownStatus,
    standing,
)
from newsletter.model.subscriber import SubscriberStatus, SuppressionReason

ACTIVE, PENDING, UNSUBSCRIBED = (
    SubscriberStatus.ACTIVE,
    SubscriberStatus.PENDING,
    SubscriberStatus.UNSUBSCRIBED,
)


def of(**cells: str) -> Standing:
    """What a row says whose columns and cells are these."""
    columns = [
        Column(place, key, key_of(key), role_of(key), REASONS_TO_LEAVE.get(key))
        for place, key in enumerate(cells)
    ]
    return standing(columns, list(cells.values()))


@pytest.mark.parametrize("word", ["active", "Subscribed", "CONFIRMED", "true", "1"])
def test_these_may_be_mailed(word: str) -> None:
    assert of(status=word) == MAY_BE_MAILED


@pytest.mark.parametrize("word", ["", "null", "NaN", "N/A"])
def test_blank_is_never_false(word: str) -> None:
    assert of(status=word, suppressed=word, unsub_time=word) == MAY_BE_MAILED


@pytest.mark.parametrize("word", ["pending", "Unconfirmed", "unactivated"])
def test_who_has_not_confirmed_is_pending(word: str) -> None:
    assert of(status=word) == Standing(PENDING)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("unsubscribed", SuppressionReason.UNSUBSCRIBE),
        ("FALSE", SuppressionReason.UNSUBSCRIBE),
        ("0", SuppressionReason.UNSUBSCRIBE),
        ("Non-Subscribed", SuppressionReason.UNSUBSCRIBE),
        ("Opted out", SuppressionReason.UNSUBSCRIBE),
        ("cleaned", SuppressionReason.BOUNCE),
        ("bounced", SuppressionReason.BOUNCE),
        ("complained", SuppressionReason.COMPLAINT),
        ("inactive", SuppressionReason.MANUAL),
    ],
)
def test_these_are_never_mailed(word: str, reason: SuppressionReason) -> None:
    found = of(subscribed_to_emails=word)

    assert found.reason is reason
    assert not found.nobody
    left = reason is SuppressionReason.UNSUBSCRIBE
    assert found.status is (UNSUBSCRIBED if left else ACTIVE)


@pytest.mark.parametrize("word", ["customer", "VIP", "отписан", "?"])
def test_a_word_that_is_not_known_is_not_guessed(word: str) -> None:
    with pytest.raises(UnknownStatus):
        of(status=word)


def test_who_has_left_has_left_whatever_else_is_said() -> None:
    assert of(status="VIP", unsub_time="2026-01-02").status is UNSUBSCRIBED
    assert of(status="VIP", suppressed="bounce").reason is SuppressionReason.BOUNCE


def test_of_two_status_columns_the_stricter_one_is_right() -> None:
    assert of(status="active", subscribed="no").reason is SuppressionReason.UNSUBSCRIBE
    assert of(status="no", subscribed="yes").reason is SuppressionReason.UNSUBSCRIBE


def test_a_column_about_leaving_says_that_somebody_left() -> None:
    left = of(unsub_time="2026-01-02 03:04:05")

    assert left == Standing(UNSUBSCRIBED, SuppressionReason.UNSUBSCRIBE)
    assert of(clean_time="2026-01-02").reason is SuppressionReason.BOUNCE
    assert of(email_disabled="TRUE").reason is SuppressionReason.MANUAL
    assert of(email_disabled="FALSE") == MAY_BE_MAILED


def test_an_export_says_the_reason_more_exactly() -> None:
    bounced = of(status="unsubscribed", suppressed="bounce")

    assert bounced == Standing(UNSUBSCRIBED, SuppressionReason.BOUNCE)
    assert of(status="active", suppressed="no") == MAY_BE_MAILED
    assert of(status="active", suppressed="hard").reason is SuppressionReason.MANUAL


def test_an_erased_person_is_not_put_together_again() -> None:
    assert of(status="active", suppressed="erasure").nobody
    assert of(status="suppressed", suppressed="bounce").nobody
