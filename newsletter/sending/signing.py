"""The secret that signs links where several machines send or serve from one database.

Of a secret that a machine has made for itself the others know nothing: links that it
signs would not work there. So the database remembers the name of the one that signs.
"""

from collections.abc import Mapping
from pathlib import Path

from newsletter.config.publication import environment
from newsletter.config.secret import FILE, load_old_secrets, load_secret
from newsletter.errors import ConfigError
from newsletter.model.erasure import Eraser
from newsletter.model.token import Signer
from newsletter.store import key_names
from newsletter.store.engine import Store


def secret_to_plan_with(store: Store, root: Path) -> bytes:
    """The secret for the links of a campaign; others may be served by it from now on.

    Raises ConfigError as `secret_here`.
    """
    secret = secret_here(store, root)
    _remember(store, Signer(secret).key_name, first=False)
    return secret


def secret_to_serve_with(store: Store, root: Path) -> bytes:
    """The secret of this machine; others are to serve with it, too.

    Raises ConfigError as `secret_here`.
    """
    secret = secret_here(store, root)
    _remember(store, Signer(secret).key_name, first=True)
    return secret


def is_known(name: str, root: Path, environ: Mapping[str, str] | None = None) -> bool:
    """Whether the secret of that name is here, be it one that was replaced."""
    secrets = load_secret(root, environ, make=False), *load_old_secrets(root, environ)
    return name in {Signer(each).key_name for each in secrets}


def eraser_here(store: Store, root: Path) -> Eraser:
    """What hashes the address of somebody who is erased, as the others would.

    Raises ConfigError as `secret_here`: under another secret nobody would know the
    hash, and those who serve would refuse to start.
    """
    return Eraser(secret_here(store, root), load_old_secrets(root))


def secret_here(store: Store, root: Path) -> bytes:
    """The secret of this machine, made where nobody has one yet.

    Raises ConfigError where others have sent with one that is not here, unless
    NEWSLETTER_SECRET is set: then a person has said which. On SQLite there are no
    others.
    """
    if not store.is_shared:
        return load_secret(root)
    with store.read() as connection:
        name = key_names.known(connection)
    secret = load_secret(root, make=not name)
    is_set = bool(environment(root).get("NEWSLETTER_SECRET"))
    if name and not is_set and not is_known(name, root):
        raise ConfigError(
            f"{FILE} is another secret than the one that signs what is sent from this "
            "database: links of the one do not work with the other",
            hint="set NEWSLETTER_SECRET to that of the machine that plans the "
            "campaigns; one that was replaced belongs in NEWSLETTER_OLD_SECRETS",
        )
    return secret


def _remember(store: Store, name: str, *, first: bool) -> None:
    if not store.is_shared:
        return
    with store.read() as connection:
        found = key_names.known(connection)
    if found == name or (first and found):
        return
    with store.write() as connection:
        key_names.remember(connection, name)
