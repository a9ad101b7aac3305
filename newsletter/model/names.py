"""Tells what people are called: their names without titles and degrees."""

import re

_TITLES = frozenset(
    {
        *("Dr", "Prof", "Professor", "Mr", "Mrs", "Ms", "Mx", "Sir", "Dame", "Rev"),
        *("Herr", "Frau", "Mme", "Mlle", "Sra", "Don", "Doña", "Ing", "Dott"),
    }
)
# As they are written: `MA` is a degree, and Ma a name.
_DEGREES = frozenset(
    {
        *("PhD", "MD", "MBA", "MA", "BA", "MSc", "BSc", "JD", "LLM", "DPhil", "EdD"),
        *("CPA", "RN", "Esq", "Jr", "Sr", "II", "III", "IV"),
    }
)
_INITIAL = re.compile(r"[^\W\d_]\.")


def is_degree(word: str) -> bool:
    """Whether a word is what stands behind a name: `PhD`, `Ph.D.`, `Jr.`."""
    return word.strip(",").replace(".", "") in _DEGREES


def called(name: str) -> tuple[str, ...]:
    """The words of a name without titles before it and degrees behind it.

    All of them, where nothing else would be left.
    """
    words = [word.rstrip(",") or word for word in name.split()]
    begin, end = 0, len(words)
    while begin < end and words[begin].removesuffix(".") in _TITLES:
        begin += 1
    while end > begin + 1 and is_degree(words[end - 1]):
        end -= 1
    return tuple(words[begin:end] or words)


def may_end(name: str) -> bool:
    """Whether a full stop behind a name is its own: that of `Jr.` or of a letter."""
    last = name.split()[-1] if name.split() else ""
    return is_degree(last) or bool(_INITIAL.fullmatch(last))
