"""What a look at the ledger asks the queue: once, however many batches wait."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from newsletter.store.batches import hinting
from newsletter.store.engine import Store
from tests.store.ledger import plan, subscribe

MANY = 1_000
_MORE = text(
    "INSERT INTO batches (campaign_id, number, key, lo, hi, size, state, attempt, "
    "in_doubt, reason) SELECT :campaign, n, 'k' || n, n, n, 1, 'pending', 0, false, '' "
    f"FROM generate_series(2, {MANY}) n"
)
_EXPLAIN = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {hinting._WAITING.text}")


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a query."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def test_the_queue_is_asked_once_for_all_batches(postgres_schema: str) -> None:
    with Store.open(postgres_schema) as store:
        made = plan(store, subscribe(store, 1))
        with store.write() as connection:
            connection.execute(_MORE, {"campaign": made.id})
            assert hinting.offer(connection, made.id) == MANY
        with store.read() as connection:
            found = connection.execute(_EXPLAIN, {"campaign": made.id}).scalar_one()

    asked = [
        step["Actual Loops"]
        for step in steps(found[0]["Plan"])
        if step.get("Relation Name") == "procrastinate_jobs"
    ]
    assert asked == [1]
