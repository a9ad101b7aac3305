"""Many campaigns at a glance: counted as one by one, and in as few questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, event, text

from newsletter.sending.old_ledgers import archive
from newsletter.sending.status import overview, status_of
from newsletter.store import campaigns
from newsletter.store.engine import Store
from tests.store.ledger import claim, done, new_campaign, plan, subscribe


@contextmanager
def asked(connection: Connection) -> Iterator[list[str]]:
    """All statements that the database is given meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def test_each_is_counted_as_it_is_by_itself(store: Store, tmp_path: Path) -> None:
    away = done(store)
    archive(store, away, tmp_path)
    ids = subscribe(store, 8)
    flying, waiting, nobody, skipped = (
        plan(store, among, new=new_campaign(issue))
        for issue, among in zip("abcd", (ids, ids, [], ids), strict=True)
    )
    claim(store, flying)
    with store.write() as connection:
        left_out = "UPDATE deliveries SET state = 'skipped', reason = 'unsubscribed'"
        which = f"WHERE campaign_id = {skipped.id} AND subscriber_id > {ids[2]}"
        connection.execute(text(f"{left_out} {which}"))

    found = overview(store)

    assert [each.campaign.id for each in found] == [
        each.id for each in (skipped, nobody, waiting, flying, away)
    ]
    assert found == [status_of(store, each.campaign.id) for each in found]
    assert [each.totals.recipients for each in found] == [8, 0, 8, 8, 4]


def test_more_campaigns_are_no_more_questions(store: Store) -> None:
    ids = subscribe(store, 4)
    made = [plan(store, ids, new=new_campaign(str(issue))).id for issue in range(9)]

    with store.read() as connection:
        with asked(connection) as few:
            campaigns.totals_of_each(connection, made[:2])
        with asked(connection) as many:
            campaigns.totals_of_each(connection, made)
        assert campaigns.totals_of_each(connection, []) == {}

    assert len(few) == len(many) == 2
