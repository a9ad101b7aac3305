"""Opens a store to look into it only: none is created, none is upgraded."""

from pathlib import Path

from newsletter.store import upgrade as upgrading
from newsletter.store.connect import connect, parse, place
from newsletter.store.engine import Store
from newsletter.store.trouble import explained


def peek(
    url: str | Path, *, busy_seconds: float = 2, strict: bool = False
) -> Store | None:
    """The store at `url` to read from; None where there is none of this version.

    Raises StoreError when there is one that cannot be read, and, when `strict`,
    SchemaOutOfDate when there is one of another version: there is something in it.
    """
    parsed = parse(url)
    if (
        parsed.get_backend_name() == "sqlite"
        and not Path(str(parsed.database)).exists()
    ):
        return None
    engine = connect(parsed, busy_seconds)
    try:
        with explained(place(parsed), parsed.password), engine.begin() as connection:
            found = upgrading.revision(connection)
            if strict:
                upgrading.refuse_other(connection, found, place(parsed))
    except BaseException:
        engine.dispose()
        raise
    if found != upgrading.OURS.head:
        engine.dispose()
        return None
    return Store(parsed, engine)
