"""Knows the competencies that interviews are about and that pages give no label.

They are the leadership principles that Amazon publishes and others have taken over
(https://www.aboutamazon.com/about-us/leadership-principles), in full and as said.
"""

from newsletter.importing.shape import bare

_PRINCIPLES = frozenset(
    {
        "customer obsession",
        "ownership",
        "invent and simplify",
        "are right, a lot",
        "are right a lot",
        "right a lot",
        "learn and be curious",
        "hire and develop the best",
        "insist on the highest standards",
        "insist on high standards",
        "highest standards",
        "think big",
        "bias for action",
        "frugality",
        "earn trust",
        "dive deep",
        "have backbone",
        "disagree and commit",
        "have backbone; disagree and commit",
        "have backbone, disagree and commit",
        "deliver results",
        "strive to be earth's best employer",
        "success and scale bring broad responsibility",
    }
)


def is_principle(text: str) -> bool:
    """Whether a line is one of them and nothing else."""
    return bare(text).replace("&", "and") in _PRINCIPLES
