"""Texts of issues and roundtables that several tests read."""

PANEL = "Ada Lovelace, Grace Hopper, Nguyễn Thị Hạnh, Cher"

ODD_TITLES = [
    "plain",
    'she said: "no"',
    "$title ${date} $$ $",
    "{{ first_name }}, {% raw %}",
    "--- # not a comment",
    "back\\slash \\n",
    "grüße 🦄 日本",
    "x" * 200,
    "a title of more than eighty characters, as they are " + "so very " * 8 + "common",
]


def roundtable_text(body: str, panel: str = PANEL) -> str:
    """A roundtable of these people; its body starts on line 5."""
    people = ", ".join(f"{{name: {name}}}" for name in panel.split(", "))
    return f"---\ntitle: t\npanel: [{people}]\n---\n{body}"


def small_issue(more: str = "") -> str:
    """An issue with `more` on line 4."""
    return f"---\ntitle: t\ndate: 2026-11-20\n{more}\n---\nbody\n"


def small_roundtable(more: str = "") -> str:
    """A roundtable with `more` on line 4."""
    return f"---\ntitle: r\npanel: [{{name: Ada}}]\n{more}\n---\n**Ada:** hi\n"
