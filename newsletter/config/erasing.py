"""The secrets under which people are erased: those that sign unsubscribe links."""

from collections.abc import Mapping
from pathlib import Path

from newsletter.config.secret import load_old_secrets, load_secret
from newsletter.model.erasure import Eraser


def load_eraser(root: Path, environ: Mapping[str, str] | None = None) -> Eraser:
    """What hashes the addresses of those who are erased; raises as `load_secret`."""
    return Eraser(load_secret(root, environ), load_old_secrets(root, environ))
