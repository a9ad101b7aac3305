"""The secret that signs unsubscribe links: from the environment, or made and kept."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

from newsletter.config.publication import environment
from newsletter.errors import ConfigError

FILE = Path(".newsletter/secret")
MIN_LENGTH = 16


def load_secret(
    root: Path, environ: Mapping[str, str] | None = None, *, make: bool = True
) -> bytes:
    """The signing secret of the publication in `root`.

    NEWSLETTER_SECRET wins; else `.newsletter/secret`, which is made at first use and
    readable by its owner only. Raises ConfigError for one too short to be one, and when
    there is none and, by `make`, none may be made: links were signed elsewhere.
    """
    given = os.fsencode(environment(root, environ).get("NEWSLETTER_SECRET", ""))
    if not given and not make and not (root / FILE).exists():
        raise ConfigError(
            "there is no secret here to sign unsubscribe links with",
            hint="set NEWSLETTER_SECRET to that of the machine that plans the "
            f"campaigns, or copy its {FILE}",
        )
    if not given:
        given = _from_file(root / FILE)
    if len(given) < MIN_LENGTH:
        raise ConfigError(
            "the secret that signs unsubscribe links is too short",
            hint=f"set NEWSLETTER_SECRET to at least {MIN_LENGTH} random characters",
        )
    return given


def load_old_secrets(
    root: Path, environ: Mapping[str, str] | None = None
) -> tuple[bytes, ...]:
    """The secrets that signed before the present one, from NEWSLETTER_OLD_SECRETS.

    Raises ConfigError for one too short to have been one.
    """
    given = environment(root, environ).get("NEWSLETTER_OLD_SECRETS", "")
    found = tuple(os.fsencode(word) for word in given.split())
    if any(len(secret) < MIN_LENGTH for secret in found):
        raise ConfigError(
            "a secret in NEWSLETTER_OLD_SECRETS is too short",
            hint=f"each had at least {MIN_LENGTH} characters",
        )
    return found


def _from_file(path: Path) -> bytes:
    try:
        if path.exists():
            return path.read_bytes().strip()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = secrets.token_urlsafe(32).encode()
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix="secret.") as file:
            file.write(made + b"\n")
            file.flush()
            os.fsync(file.fileno())
            try:
                # A link, not a rename: of two processes the first one's secret stays.
                path.hardlink_to(file.name)
            except FileExistsError:
                made = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"cannot read or make {path}: {error.strerror}",
            hint="make the folder writable, or set NEWSLETTER_SECRET",
        ) from None
    return made
