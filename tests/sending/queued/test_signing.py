"""Machines that share a PostgreSQL sign with one secret, or say that they do not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.config.publication import load_publication
from newsletter.config.secret import FILE
from newsletter.errors import ConfigError
from newsletter.sending.approval import approve, refuse_unapproved
from newsletter.sending.deliver import Sender
from newsletter.sending.order import Order
from newsletter.sending.signing import (
    eraser_here,
    secret_to_plan_with,
    secret_to_serve_with,
)
from newsletter.sending.steer import reconcile
from newsletter.store import key_names
from newsletter.store.engine import Store
from newsletter.web.serving import open_service
from tests.conftest import copy_publication
from tests.sending.conftest import SIGNER
from tests.sending.queued.conftest import Crew

OWN = "a secret of this machine"
OTHER = "NEWSLETTER_SECRET to that of the machine"

both = pytest.mark.parametrize("load", [secret_to_plan_with, secret_to_serve_with])
Load = Callable[[Store, Path], bytes]


@pytest.fixture
def database(database: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which nobody has a secret for."""
    monkeypatch.delenv("NEWSLETTER_SECRET", raising=False)
    return database


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The folder of a publication on another machine."""
    return tmp_path / "there"


def put(root: Path, secret: str) -> None:
    (root / FILE).parent.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(secret)


def remembered(store: Store) -> str:
    with store.read() as connection:
        return key_names.known(connection)


@both
def test_the_first_machine_makes_it_and_goes_on_with_it(
    database: Store, tmp_path: Path, load: Load
) -> None:
    first = load(database, tmp_path)

    assert (tmp_path / FILE).read_bytes().strip() == first
    assert remembered(database)
    assert secret_to_serve_with(database, tmp_path) == first
    assert secret_to_plan_with(database, tmp_path) == first


@both
def test_no_other_machine_makes_one(
    database: Store, tmp_path: Path, machine: Path, load: Load
) -> None:
    secret_to_serve_with(database, tmp_path)

    with pytest.raises(ConfigError, match="there is no secret here"):
        load(database, machine)

    assert not (machine / FILE).exists()


@both
def test_one_that_it_has_made_before_is_refused(
    database: Store, tmp_path: Path, machine: Path, load: Load
) -> None:
    before = secret_to_plan_with(database, tmp_path)
    put(machine, OWN)

    with pytest.raises(ConfigError, match="another secret") as caught:
        load(database, machine)
    assert OTHER in caught.value.hint

    put(machine, before.decode())
    assert load(database, machine) == before


def test_a_person_says_which_by_setting_it(
    database: Store, tmp_path: Path, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Serving with it changes nothing for the others; planning does."""
    secret_to_plan_with(database, tmp_path)
    before = remembered(database)
    monkeypatch.setenv("NEWSLETTER_SECRET", OWN)

    assert secret_to_serve_with(database, machine) == OWN.encode()
    assert remembered(database) == before
    assert secret_to_plan_with(database, machine) == OWN.encode()
    assert remembered(database) != before


@both
def test_one_that_was_replaced_is_no_stranger(
    database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Load
) -> None:
    before = secret_to_plan_with(database, tmp_path)
    put(tmp_path, OWN)
    with pytest.raises(ConfigError, match="another secret"):
        load(database, tmp_path)

    monkeypatch.setenv("NEWSLETTER_OLD_SECRETS", before.decode())
    assert load(database, tmp_path) == OWN.encode()


def test_what_was_planned_before_this_version_is_known(
    keyed_crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")
    assert remembered(keyed_crew.store) == SIGNER.key_name

    with pytest.raises(ConfigError, match="there is no secret here"):
        secret_to_serve_with(keyed_crew.store, tmp_path)


@both
def test_what_was_planned_since_is_known_better_than_what_was_remembered(
    keyed_crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Load
) -> None:
    """As after a move to a file, with which one is alone, and back."""
    monkeypatch.delenv("NEWSLETTER_SECRET")
    with keyed_crew.store.write() as connection:
        key_names.remember(connection, "0123abcd")
    put(tmp_path, SIGNER.secret.decode())

    assert load(keyed_crew.store, tmp_path) == SIGNER.secret


def test_neither_sends_by_hand_nor_serves_with_another(
    keyed_crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSLETTER_SECRET")
    root = tmp_path / "publication"
    copy_publication(root)
    url = {"store": keyed_crew.store.url}
    publication = load_publication(root, {}).model_copy(update=url)
    sender: Sender = keyed_crew.sender
    sender = Sender(
        store=sender.store, publication=publication, controls=sender.controls
    )

    with pytest.raises(ConfigError, match="there is no secret here"):
        open_service(publication)
    with pytest.raises(ConfigError, match="there is no secret here"):
        sender.signer()
    put(root, OWN)
    with pytest.raises(ConfigError, match="is another secret"):
        open_service(publication)
    with pytest.raises(ConfigError, match="is another secret"):
        sender._planner()


def test_nor_does_it_make_one_to_look_ahead_approve_reconcile_or_erase(
    keyed_crew: Crew, ours: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it erased would be known to nobody, and who serves would not start."""
    monkeypatch.delenv("NEWSLETTER_SECRET")
    root = tmp_path / "there"
    store = keyed_crew.store
    publication = ours.publication.model_copy(update={"root": root, "store": store.url})
    order = replace(ours, publication=publication)
    campaign = replace(keyed_crew.campaign, provider="outbox")
    for work in (
        lambda: refuse_unapproved(store, order, "outbox"),
        lambda: approve(store, order, "outbox", "ana"),
        lambda: reconcile(store, publication, campaign),
        lambda: eraser_here(store, root),
    ):
        with pytest.raises(ConfigError, match="there is no secret here"):
            work()
    assert not (root / FILE).exists()

    put(root, OWN)
    with pytest.raises(ConfigError, match="is another secret"):
        eraser_here(store, root)
    put(root, SIGNER.secret.decode())
    assert eraser_here(store, root).keys("ann@example.com")
