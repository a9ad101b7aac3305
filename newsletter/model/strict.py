"""How models read what people write: no key goes unnoticed, no value changes later."""

from pydantic import ConfigDict

# Most of a start goes by while validators are built: those that nobody uses are not.
STRICT = ConfigDict(frozen=True, extra="forbid", defer_build=True)
"""For a model of its own, or a part of one."""
