"""What Prometheus is told of workers, by any process that serves."""

from newsletter.store import batches, measures, workers
from newsletter.store.engine import Store
from newsletter.web.metrics import Metrics
from tests.store.databases import fresh_schema
from tests.store.ledger import accepted, claim, plan, subscribe


def test_workers_batches_and_recipients_are_counted(postgres_url: str) -> None:
    with fresh_schema(postgres_url) as url, Store.open(url) as store:
        made = plan(store, subscribe(store, 8), size=3)
        with store.write() as connection:
            workers.seen(connection, "here:1", "1.0", 4)
        claim(store, made, "here:1/x")

        lines = Metrics().text(store).splitlines()

    assert 'newsletter_workers{state="alive"} 1' in lines
    assert 'newsletter_workers{state="gone"} 0' in lines
    assert "newsletter_worker_slots 4" in lines
    assert "newsletter_batches_in_hand 1" in lines
    assert 'newsletter_recipients{state="in_flight"} 3' in lines
    assert 'newsletter_recipients{state="pending"} 5' in lines


def test_a_file_has_neither_workers_nor_a_queue(tmp_path: object) -> None:
    with Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        made = plan(store, subscribe(store, 8), size=4)
        claimed = claim(store, made, "here:1/x")
        with store.write() as connection:
            batches.record(connection, claimed, accepted(claimed))
            found = measures.outcomes(connection)
        text = Metrics().text(store)

    assert found == {"accepted": 4, "rejected": 0}
    assert 'newsletter_workers{state="alive"} 0' in text
    assert 'newsletter_recipients_total{outcome="accepted"} 4' in text
    assert "newsletter_queue_jobs" not in text
