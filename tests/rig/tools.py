"""Finds programs; one that is missing is a failure with the line that installs it."""

import shutil
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"


def program(package: str, *names: str) -> str:
    """Return the path of the first of `names` that is installed."""
    for name in names:
        # Debian keeps the server's programs out of PATH, one folder per version.
        versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        if found := shutil.which(name) or (versions and str(versions[-1])):
            return found
    pytest.fail(f"{names[0]} is missing: apt-get install {package}", pytrace=False)


def npm_file(path: str) -> Path:
    """Return a file of an npm package that tests/tools/package.json names."""
    file = TOOLS / "node_modules" / path
    if not file.exists():
        pytest.fail(f"{path} is missing: cd tests/tools && npm ci", pytrace=False)
    return file
