"""What `{{ name }}` may stand for, for a subscriber who gave much or nothing."""

from datetime import UTC, datetime

import pytest

from newsletter.model.subscriber import Subscriber, SubscriberStatus


def values(name: str = "", **attributes: str) -> dict[str, str]:
    return Subscriber(
        id=1,
        address="Ada@x.test",
        address_key="ada@x.test",
        name=name,
        attributes=attributes,
        status=SubscriberStatus.ACTIVE,
        source="",
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
    ).merge_values()


EMAIL = {"email": "Ada@x.test"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (values(), EMAIL),
        (values("  "), EMAIL),
        (values("Ada"), EMAIL | {"name": "Ada", "first_name": "Ada"}),
        (
            values("Ada Lovelace", first_name="Countess"),
            EMAIL | {"name": "Ada Lovelace", "first_name": "Countess"},
        ),
        (
            values(first_name="Ada", last_name="Lovelace", company=""),
            EMAIL
            | {"name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace"},
        ),
        (
            values(last_name="Lovelace"),
            EMAIL
            | {"name": "Lovelace", "first_name": "Lovelace", "last_name": "Lovelace"},
        ),
        (
            values(email="else@x.test", name="attribute", company="Engines"),
            EMAIL
            | {"name": "attribute", "first_name": "attribute", "company": "Engines"},
        ),
    ],
)
def test_what_is_known_of_a_subscriber_can_be_merged(
    found: dict[str, str], expected: dict[str, str]
) -> None:
    assert found == expected
