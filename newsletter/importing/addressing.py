"""Finds whom a remark speaks to by name, and so who cannot be speaking."""

import re
from dataclasses import dataclass

from newsletter.importing.panel import Names
from newsletter.model.addressing import spoken_to

# Not where a sentence begins: `Will` and `Grace` are words too.
_NAMED = re.compile(r"(?<![.!?…]\s)(?<!\A)[^\W\d_][\w-]*")


@dataclass(frozen=True, slots=True)
class Addressed:
    """The experts that a remark speaks to, and all that it names anywhere."""

    spoken_to: frozenset[str]
    named: frozenset[str]


def addressed(text: str, names: Names) -> Addressed:
    """Find the experts in a remark, as readers of the file will."""
    forms = names.forms
    spoken = spoken_to(text, forms)
    named = {forms[word] for word in _NAMED.findall(text) if word in forms}
    return Addressed(frozenset(spoken), frozenset(named | spoken))
