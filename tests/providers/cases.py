"""All providers in the contract: one `case_<name>.py` each."""

import importlib
from pathlib import Path
from typing import Any

from tests.providers.contract import ApiCase, Case


def _load() -> list[Any]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("case_*.py"))
    return [importlib.import_module(f"tests.providers.{name}").CASE for name in names]


_FOUND = _load()

CASES: list[Case] = _FOUND
"""Every provider."""

API_CASES: list[ApiCase] = [case for case in _FOUND if isinstance(case, ApiCase)]
"""Those behind an HTTPS interface."""
