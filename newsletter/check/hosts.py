"""Looks at the host of an address: whether readers reach it, and what it pretends."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterator

# Names that are no host of the open internet (RFC 6761, RFC 6762, RFC 8375, and what
# routers and offices use).
_NEAR = ("home.arpa", "internal", "intranet", "invalid", "lan", "local", "localhost")

# As browsers read numbers in hosts: 10, 0x0a and 012 (url.spec.whatwg.org, IPv4).
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")

# Chinese, Japanese and Korean are written in several scripts at once.
_EAST_ASIA = frozenset({"BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "KATAKANA", "LATIN"})

# Cyrillic and Greek small letters that look like Latin ones (Unicode TR 39).
_LOOK_LATIN = frozenset("аеорсухіјѕһӏԁԛԝьгпкво\u03bf\u03b1\u03bd\u03c1\u03c5\u03b9")


def is_number(host: str) -> bool:
    """Whether a host is no name but an address, however it is written."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]))
    return True


def is_near(host: str) -> bool:
    """Whether a host's name is known on the author's own machine or network only."""
    name = host.rstrip(".")
    known = any(name == end or name.endswith(f".{end}") for end in _NEAR)
    return known or not (is_number(host) or "." in name)


def is_disguised(host: str) -> bool:
    """Whether letters of one script stand in for those of another (homographs).

    Below a top-level domain of their own script they do not; no such domain is given
    away that looks like a Latin one (ICANN, string similarity review).
    """
    *labels, end = [*_labels(host)] or [""]
    home = _scripts(end)
    # `ai-компания` is two words: each is of one script.
    for word in (word for label in labels for word in label.split("-")):
        if _mixed(word) or (_scripts(word) != home and _latin_by_looks(word)):
            return True
    return _mixed(end)


def _labels(host: str) -> Iterator[str]:
    for label in host.split("."):
        if not label.startswith("xn--"):
            yield label
            continue
        try:
            yield label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            continue


def _mixed(label: str) -> bool:
    scripts = _scripts(label)
    return len(scripts) > 1 and not scripts <= _EAST_ASIA


def _scripts(label: str) -> set[str]:
    return {_script(letter) for letter in label if letter.isalpha()}


def _script(letter: str) -> str:
    """The script that a letter belongs to: the first word of its Unicode name."""
    return unicodedata.name(letter, "UNKNOWN").split()[0].partition("-")[0]


def _latin_by_looks(label: str) -> bool:
    letters = {letter for letter in label if letter.isalpha()}
    return bool(letters) and letters <= _LOOK_LATIN
