"""Segments on both databases: whom SQL chooses is whom a plain reading chooses."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

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
from newsletter.model.segment_parser import parse
from newsletter.model.subscriber import NewSubscriber
from newsletter.store import campaigns, planning, schema, subscribers
from newsletter.store.engine import Store
from newsletter.store.segments import condition
from tests.store.ledger import add_deliveries, delivery, new_campaign, subscribe

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TAGS = ["a", "candidates", "hiring managers", "%", "_", "à"]
TEXTS = ["", "Berlin", "berlin", "Köln", "a'b", '"', "\\", "%", "_", "x; DROP TABLE"]
KEYS = ["city", "company", "nobody_has_it"]
DOMAINS = ["a.test", "b.test", "_.test", "%"]
ISSUES = ["first", "second", "never-sent"]


@dataclass
class Known:
    """What a test knows of one subscriber."""

    tags: set[str]
    attributes: dict[str, str]
    name: str
    source: str
    domain: str
    joined: datetime
    confirmed: datetime | None
    did: dict[Deed, set[str]] = field(default_factory=lambda: {d: set() for d in Deed})


def chosen(known: Known, rule: Rule) -> bool:
    """Whether a rule holds, read as a person reads it."""
    match rule:
        case Not(inner):
            return not chosen(known, inner)
        case AllOf(rules):
            return all(chosen(known, each) for each in rules)
        case AnyOf(rules):
            return any(chosen(known, each) for each in rules)
        case _:
            return holds(known, rule)


def holds(
    known: Known, rule: Tagged | HasAttribute | AttributeIs | FieldIs | When | Did
) -> bool:
    """Whether one condition holds."""
    match rule:
        case Tagged(tag):
            return tag in known.tags
        case HasAttribute(key):
            return bool(known.attributes.get(key))
        case AttributeIs(key, value):
            return known.attributes.get(key, "") == value
        case FieldIs(field_, value):
            return bool(getattr(known, field_.value) == value)
        case When(moment, comparison, day):
            at = known.joined if moment is Moment.JOINED else known.confirmed
            return at is not None and compared(at.date(), comparison, day)
        case Did(deed, issue):
            return issue in known.did[deed]


def compared(one: date, comparison: Comparison, other: date) -> bool:
    return {
        Comparison.BEFORE: one < other,
        Comparison.UNTIL: one <= other,
        Comparison.ON: one == other,
        Comparison.SINCE: one >= other,
        Comparison.AFTER: one > other,
    }[comparison]


def written(rule: Rule) -> str:
    """The expression of a rule."""
    match rule:
        case Not(inner):
            return f"not ({written(inner)})"
        case AllOf(rules):
            return " and ".join(f"({written(each)})" for each in rules)
        case AnyOf(rules):
            return " or ".join(f"({written(each)})" for each in rules)
        case _:
            return condition_text(rule)


def condition_text(
    rule: Tagged | HasAttribute | AttributeIs | FieldIs | When | Did,
) -> str:
    match rule:
        case Tagged(tag):
            return f'tag:"{tag}"'
        case HasAttribute(key):
            return f"attr:{key}"
        case AttributeIs(key, value):
            return f"attr:{key} = {quoted(value)}"
        case FieldIs(field_, value):
            return f"{field_} = {quoted(value)}"
        case When(moment, comparison, day):
            return f"{moment} {comparison} {day}"
        case Did(deed, issue):
            return f"{deed}:{issue}"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def many_kinds_of_people() -> list[Known]:
    people = []
    for number in range(60):
        joined = NEW_YEAR + timedelta(hours=12 * (number % 9 - 4))
        if number % 7 == 0:
            joined -= timedelta(microseconds=1)
        people.append(
            Known(
                tags={tag for place, tag in enumerate(TAGS) if number >> place & 1},
                attributes={
                    key: text
                    for key, text in zip(
                        KEYS[: number % 3],
                        (TEXTS[number % 10], TEXTS[number // 10]),
                        strict=False,
                    )
                    if text
                },
                name=TEXTS[number % 10],
                source=TEXTS[number // 6],
                domain=DOMAINS[number % 3],
                joined=joined,
                confirmed=joined + timedelta(days=1) if number % 4 else None,
            )
        )
    return people


def keep(store: Store, people: list[Known]) -> dict[int, Known]:
    """Write them down, and what they did with two issues."""
    new = [
        NewSubscriber(
            address=f"p{number}@{known.domain}",
            address_key=f"p{number}@{known.domain}",
            name=known.name,
            attributes=known.attributes,
            source=known.source,
            tags=tuple(sorted(known.tags)),
            created_at=known.joined,
            confirmed_at=known.confirmed,
        )
        for number, known in enumerate(people)
    ]
    with store.write() as connection:
        subscribers.upsert(connection, new)
        ids = {each.address: each.id for each in subscribers.iterate(connection)}
        kept = {
            ids[each.address]: known for each, known in zip(new, people, strict=True)
        }
        for issue in ISSUES[:2]:
            made = campaigns.create(connection, new_campaign(issue))
            for id, known in kept.items():
                state = list(DeliveryState)[(id + made.id) % 8]
                if state is DeliveryState.IN_FLIGHT:
                    continue
                add_deliveries(connection, made.id, [(delivery(id, state), 1)])
                if state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED):
                    known.did[Deed.RECEIVED].add(issue)
                for deed in (Deed.OPENED, Deed.CLICKED):
                    if (id + made.id + len(deed)) % 3 == 0:
                        known.did[deed].add(issue)
                        connection.execute(
                            insert(schema.events).values(
                                provider="outbox",
                                event=f"{made.id}-{id}-{deed}",
                                kind=EventKind(deed.value).value,
                                at=NEW_YEAR,
                                received_at=NEW_YEAR,
                                campaign_id=made.id,
                                subscriber_id=id,
                                reason="",
                            )
                        )
    return kept


CONDITIONS: st.SearchStrategy[Rule] = st.one_of(
    st.sampled_from(TAGS).map(Tagged),
    st.sampled_from(KEYS).map(HasAttribute),
    st.builds(AttributeIs, st.sampled_from(KEYS), st.sampled_from(TEXTS)),
    st.builds(
        FieldIs, st.sampled_from([Field.NAME, Field.SOURCE]), st.sampled_from(TEXTS)
    ),
    st.builds(FieldIs, st.just(Field.DOMAIN), st.sampled_from(DOMAINS)),
    st.builds(
        When,
        st.sampled_from(Moment),
        st.sampled_from(Comparison),
        st.dates(date(2025, 12, 28), date(2026, 1, 5)),
    ),
    st.builds(Did, st.sampled_from(Deed), st.sampled_from(ISSUES)),
)
RULES = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).map(lambda rs: AllOf(tuple(rs))),
        st.lists(inner, min_size=2, max_size=4).map(lambda rs: AnyOf(tuple(rs))),
    ),
    max_leaves=8,
)


def test_the_database_chooses_as_a_person_would(store: Store) -> None:
    kept = keep(store, many_kinds_of_people())

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(RULES)
    def compare(rule: Rule) -> None:
        assert parse(written(rule)).rule == rule
        query = select(schema.subscribers.c.id).where(condition(rule))
        with store.read() as connection:
            found = set(connection.scalars(query))
        assert found == {id for id, known in kept.items() if chosen(known, rule)}

    compare()


def test_values_are_bound_and_never_part_of_the_sql() -> None:
    hostile = "x'); DROP TABLE subscribers; --"

    sql = condition(
        AllOf(
            (Tagged(hostile), AttributeIs("city", hostile), Did(Deed.OPENED, hostile))
        )
    ).compile()

    assert "DROP" not in str(sql)
    assert hostile in sql.params.values()


def test_a_campaign_goes_to_its_segment_and_says_who_is_left_out(store: Store) -> None:
    subscribe(store, 3)
    rule = parse('domain = "example.com" and not name = ""').rule
    with store.write() as connection:
        named = NewSubscriber(address="n@x.test", address_key="n@x.test", name="Nia")
        in_it = NewSubscriber(
            address="m@example.com", address_key="m@example.com", name="Mo"
        )
        subscribers.upsert(connection, [named, in_it])
        made = campaigns.create(connection, new_campaign(segment="named"))

        expected = planning.forecast(connection, "hello", rule)
        cut = planning.add_deliveries(connection, made.id, "hello", 10, rule)

        assert expected == {"": 1, planning.NOT_IN_SEGMENT: 4}
        assert [batch.size for batch in cut] == [1]
        assert campaigns.totals(connection, made.id).skipped == {
            planning.NOT_IN_SEGMENT: 4
        }


@pytest.mark.parametrize("terms", [2, 220])
def test_a_long_segment_is_no_trouble_for_the_database(
    store: Store, terms: int
) -> None:
    subscribe(store, 2)
    rule = parse(" or ".join(["tag:a"] * terms)).rule

    with store.read() as connection:
        query = select(schema.subscribers.c.id).where(condition(rule))
        assert connection.scalars(query).all() == []
