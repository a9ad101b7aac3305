"""Everything that is known of one person, for them to have (GDPR Art. 15 and 20)."""

import json
from typing import Any

from newsletter.audience.address import normalise
from newsletter.audience.erased import refuse_unknown_secret, suppression_of
from newsletter.model.erasure import Eraser
from newsletter.store import dossier, ledger_csv, ledger_files, subscribers
from newsletter.store.dossier import Rows
from newsletter.store.engine import Store
from newsletter.store.ledger_files import LedgerFile


def collect(store: Store, eraser: Eraser, address: str) -> dict[str, Any] | None:
    """All rows about an address, as JSON can hold them; None when there are none.

    Somebody who was erased is only known to be never mailed. Raises AddressRefused, and
    ConfigError where they were erased under a secret that is not here.
    """
    key = normalise(address).key
    with store.read() as connection:
        person = subscribers.by_address_key(connection, key)
        suppression = suppression_of(connection, eraser, key)
        if person is None and suppression is None:
            # One of them may be who is asked about, and cannot be told from others.
            refuse_unknown_secret(connection, eraser)
            return None
        name = suppression.address_key if suppression else key
        id = person.id if person else None
        found = dossier.everything(connection, id, key, suppressed_as=name)
        files = ledger_files.every(connection) if person else []
    archived = [_archived(file, person.id) for file in files if person]
    return _for_a_person(key, found) | {"archived": list(filter(None, archived))}


def _archived(file: LedgerFile, subscriber_id: int) -> dict[str, Any] | None:
    """What a file of an old campaign says of somebody; that it is not here, or None."""
    where = {"issue": file.issue, "file": str(file.path)}
    if not file.path.is_file():
        return {**where, "delivery": None}
    row = ledger_csv.find(file.path, subscriber_id)
    return row and {**where, "delivery": row | {"merge": json.loads(row["merge"])}}


def _for_a_person(key: str, found: dict[str, Rows]) -> dict[str, Any]:
    """Without the numbers and names that are only the database's."""
    person = next(iter(found["subscribers"]), None)
    suppression = next(iter(found["suppressions"]), None)
    for delivery in found["deliveries"]:
        delivery["merge"] = json.loads(delivery["merge"])
    return {
        "address": key,
        "subscriber": person,
        "tags": [row["tag"] for row in found["subscriber_tags"]],
        "suppression": suppression,
        "consents": found["consents"],
        "deliveries": found["deliveries"],
        "events": found["events"],
        "notices": found["notices"],
    }
