"""Segments as SQL: every condition from a fixed list, every value a bound parameter."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select

from newsletter.model.campaign import DeliveryState
from newsletter.model.event import EventKind
from newsletter.model.segment import (
    AllOf,
    AnyOf,
    AttributeIs,
    Comparison,
    Deed,
    Did,
    Field,
    FieldIs,
    HasAttribute,
    Moment,
    Not,
    Rule,
    Tagged,
    When,
)
from newsletter.store.schema import (
    campaigns,
    deliveries,
    events,
    subscriber_tags,
    subscribers,
)

_ARRIVED = (DeliveryState.ACCEPTED.value, DeliveryState.DELIVERED.value)
_MOMENTS = {
    Moment.JOINED: subscribers.c.created_at,
    Moment.CONFIRMED: subscribers.c.confirmed_at,
}
_KINDS = {Deed.OPENED: EventKind.OPENED, Deed.CLICKED: EventKind.CLICKED}


def condition(rule: Rule) -> ColumnElement[bool]:
    """Whether the rule holds for a row of `subscribers`; true or false, never NULL."""
    match rule:
        case AllOf(rules):
            return and_(*map(condition, rules))
        case AnyOf(rules):
            return or_(*map(condition, rules))
        case Not(inner):
            return not_(condition(inner))
        case When(moment, comparison, day):
            return _when(_MOMENTS[moment], comparison, datetime.combine(day, time()))
        case Did(deed, issue):
            return _did(deed, issue)
        case _:
            return _is(rule)


def _is(rule: Tagged | HasAttribute | AttributeIs | FieldIs) -> ColumnElement[bool]:
    match rule:
        case Tagged(tag):
            return exists().where(
                subscriber_tags.c.subscriber_id == subscribers.c.id,
                subscriber_tags.c.tag == tag,
            )
        case HasAttribute(key):
            return _attribute(key) != ""
        case AttributeIs(key, value):
            return _attribute(key) == value
        case FieldIs(Field.DOMAIN, value):
            return subscribers.c.address_key.endswith(f"@{value}", autoescape=True)
        case FieldIs(field, value):
            return subscribers.c[field.value] == value


def _attribute(key: str) -> ColumnElement[str]:
    return func.coalesce(subscribers.c.attributes[key].as_string(), "")


def _when(
    column: ColumnElement[datetime | None], comparison: Comparison, day: datetime
) -> ColumnElement[bool]:
    start = day.replace(tzinfo=UTC)
    end = start + timedelta(days=1)
    match comparison:
        case Comparison.BEFORE:
            found = column < start
        case Comparison.UNTIL:
            found = column < end
        case Comparison.SINCE:
            found = column >= start
        case Comparison.AFTER:
            found = column >= end
        case Comparison.ON:
            found = and_(column >= start, column < end)
    return func.coalesce(found, false())


def _did(deed: Deed, issue: str) -> ColumnElement[bool]:
    sent = select(campaigns.c.id).where(campaigns.c.issue == issue)
    if deed is Deed.RECEIVED:
        return exists().where(
            deliveries.c.campaign_id.in_(sent),
            deliveries.c.subscriber_id == subscribers.c.id,
            deliveries.c.state.in_(_ARRIVED),
        )
    return exists().where(
        events.c.subscriber_id == subscribers.c.id,
        events.c.kind == _KINDS[deed].value,
        events.c.campaign_id.in_(sent),
    )
