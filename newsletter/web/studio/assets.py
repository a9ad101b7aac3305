"""Serves the studio's style sheets and scripts, at addresses that name their bytes."""

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from newsletter.config.home import DEFAULT_TEMPLATES

_PACKAGE = Path(__file__).parents[2]
# The second one has what `make assets` bundles; it may not be there.
_FOLDERS = (DEFAULT_TEMPLATES / "studio", _PACKAGE / "built")
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


def asset(name: str) -> str:
    """The address of an asset: `/assets/<hash>/<name>`.

    The hash is of all in its folder: a script may import another one beside it.
    """
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(_path(name).parent.glob("*")):
        if path.suffix in _KINDS:
            digest.update(path.read_bytes())
    return f"/assets/{digest.hexdigest()}/{name}"


def found_asset(name: str) -> str | None:
    """The address of an asset that may be missing: `make assets` was not run."""
    try:
        return asset(name)
    except HTTPException:
        return None


def serve_asset(request: Request) -> Response:
    """An asset, by its name; the hash is there so that browsers keep it."""
    path = _path(request.path_params["name"])
    kind = f"{_KINDS[path.suffix]}; charset=utf-8"
    headers = {"Cache-Control": _FOR_EVER}
    return Response(path.read_bytes(), media_type=kind, headers=headers)


def _path(name: str) -> Path:
    """The file of that name: names are only compared, so that none leads elsewhere."""
    for folder in _FOLDERS:
        for path in folder.glob("*"):
            if path.name == name and path.suffix in _KINDS:
                return path
    raise HTTPException(404, f"there is no {name}")
