"""Who had their data erased: found again by a keyed hash, and by nothing else."""

from typing import Any

from newsletter.errors import ConfigError
from newsletter.model.erasure import Eraser
from newsletter.model.subscriber import Suppression
from newsletter.store import suppressions


def suppression_of(connection: Any, eraser: Eraser, key: str) -> Suppression | None:
    """Why a normalised address is never mailed; an erasure goes before all else."""
    names = [*eraser.keys(key), key]
    found = suppressions.keys(connection, names)
    return next((found[name] for name in names if name in found), None)


def refuse_unknown_secret(connection: Any, eraser: Eraser) -> None:
    """Raise ConfigError where somebody was erased under a secret that is not here.

    Without it an import could bring them back, and nobody would notice.
    """
    made = suppressions.erased(connection)
    strangers = sum(not eraser.knows(key) for key in made)
    if strangers:
        raise ConfigError(
            f"{strangers} people had their data erased under another secret, and could "
            "not be told from others",
            hint="put the secret of that time into NEWSLETTER_OLD_SECRETS",
        )
