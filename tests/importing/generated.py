"""Makes pages as they are copied: any panel, any rounds, odd words, buttons, gaps."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.importing.well_formed import OPENERS, TITLES

NAMES = (
    *("Marcus Oyelaran", "Sarah Quist", "Jordan Abara", "Mei Tanaka", "Zoë Brandt"),
    *("Nguyễn Thị Hạnh", "Łukasz Wójcik", "Ada Ferreira", "Bram de Wit", "Ines"),
    *("Dr. Siobhán O’Brien-Smith, PhD", "J. R. Ortega Jr."),
)
ROLES = (
    *("Director of Product", "VP of Engineering", "Talent Partner", "Staff Engineer"),
    *("Head of Support", "Leiterin Personal", "Chief of Staff", "Recruiter"),
)
JUNK = (
    *("Reply", "Share", "Subscribe", "Like", "3 comments", "12", "Copy link"),
    *("Like (4)", "Teilen", "Me gusta", "•", "Show more"),
)
OUTRO = (
    "We use cookies to make this page work.",
    "This page was written by a machine.",
    "All of our letters are free!",
)
LABELS = {
    "en": ("Discussing:", "Panel Consensus", "Hiring Signals from the Loop"),
    "verdict": ("Topic", "Panel verdict", "Reasons to hire / Red flags"),
    "agree": ("Under discussion:", "What the panel agrees on", "Signals"),
    "de": ("Thema", "Fazit", "Einstellungssignale"),
    "es": ("Tema", "Consenso del panel", "Señales de contratación"),
}
SIGNALS = {
    "en": ("Reason to Hire", "Concern"),
    "verdict": ("Reasons to hire", "Red flags"),
    "agree": ("✅ Strengths", "🚩 Worries:"),
    "de": ("Grund für die Einstellung", "Bedenken"),
    "es": ("Razones para contratar", "Preocupaciones"),
}
# What means something in Markdown, YAML, HTML or our merge tags.
_WORDS = (
    *("the", "candidate", "gathered", "data", "and", "asked", "again", "über", "don’t"),
    *(
        "*stars*",
        "_lines_",
        "`code`",
        "<b>bold</b>",
        "&amp;",
        "[a](b)",
        "![i](j)",
        "~~x~~",
    ),
    *("{{ name }}", "#1", "key: value", "- no", "a|b", "C:\\x", "\\*", "“so”", '"so"'),
    *(
        "it's",
        "!",
        "[^1]",
        "***",
        "1.",
        "snake_case",
        "https://a.example/b_c?d=1&e=2",
        ">",
    ),
    *(
        "{width=9px}",
        "@you",
        "%{x}",
        "---",
        "…",
        "😅",
        "日本",
        "<!--",
        "]]>",
        "'quoted'",
    ),
)
_STARTS = ("", "- ", "# ", "> ", "1. ", "+ ", "* ", "= ", "--- ", "| ", "``` ", "&lt; ")


@dataclass(frozen=True)
class Page:
    """A page, and every sentence that is in it."""

    text: str
    sentences: tuple[str, ...]


@st.composite
def sentence(draw: st.DrawFn) -> str:
    """Words that end as a sentence does; long enough to be no head."""
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=4, max_size=12))
    start = draw(st.sampled_from(_STARTS)) if draw(st.integers(0, 3)) == 0 else ""
    start = start or (draw(st.sampled_from(OPENERS)) if draw(st.booleans()) else "")
    return f"{start}They {' '.join(words)} then{draw(st.sampled_from('.!?'))}"


@st.composite
def paragraph(draw: st.DrawFn) -> str:
    """One sentence or a few."""
    return " ".join(draw(st.lists(sentence(), min_size=1, max_size=3)))


@st.composite
def remark(draw: st.DrawFn, panel: tuple[str, ...], speaker: int) -> str:
    """A paragraph that may speak to others on the panel, by their first names."""
    others = [name.split()[0] for at, name in enumerate(panel) if at != speaker]
    text = draw(paragraph())
    if draw(st.booleans()) and others:
        to = draw(
            st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True)
        )
        text = f"{' and '.join(to)}, {text}"
    return text


def saved(text: str, draw: st.DrawFn) -> str:
    """The text with line ends, blanks and marks as some program saves them."""
    text = text.replace(
        "\n", draw(st.sampled_from(["\n", "\r\n", "\n\n", " \t\n\xa0", "\r"]))
    )
    return draw(st.sampled_from(["", "\ufeff", "\n\n"])) + text


@st.composite
def remarks(draw: st.DrawFn, panel: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Up to 6 rounds, and their lines: some missing, some with a button below."""
    said, lines = [], []
    named = draw(st.booleans())
    for _ in range(draw(st.integers(0, 6))):
        for speaker, name in enumerate(panel):
            if draw(st.integers(0, 9)):
                said.append(draw(remark(panel, speaker)))
                lines.append(f"{name}: {said[-1]}" if named else said[-1])
            if not draw(st.integers(0, 9)):
                lines.append(draw(st.sampled_from(JUNK)))
    return said, lines


@st.composite
def roundtables(draw: st.DrawFn) -> Page:
    """A roundtable's page: 1 to 7 experts, up to 6 rounds, remarks missing."""
    size = draw(st.integers(1, 7))
    panel = tuple(draw(st.permutations(NAMES))[:size])
    kind = draw(st.sampled_from(sorted(LABELS)))
    topic, consensus, signals = LABELS[kind]
    title = f"How {draw(paragraph())}"[:150].rstrip(" \\") + "?"
    title = draw(st.sampled_from((title, *TITLES)))
    lines = [title, "OwnershipExpert Roundtable"]
    lines += [f"{size} experts discuss this interview"] if draw(st.booleans()) else []
    roles = {name: draw(st.sampled_from(ROLES)) for name in panel}
    for name in panel:
        lines += [name, roles[name]]
    lines += [topic, "Panel review of a candidate"]
    said, lines_of_it = draw(remarks(panel))
    sentences = [title, *said]
    lines += lines_of_it
    if draw(st.booleans()):
        sentences += (agreed := draw(st.lists(paragraph(), min_size=1, max_size=2)))
        lines += [consensus, *agreed]
    if draw(st.booleans()):
        lines.append(signals)
        stranger = draw(st.sampled_from(NAMES))
        roles.setdefault(stranger, "Guest")
        for name, role in roles.items():
            hire, concern = draw(paragraph()), draw(paragraph())
            sentences += [hire, concern]
            lines += [name, role, SIGNALS[kind][0], hire, SIGNALS[kind][1], concern]
    lines += draw(st.lists(st.sampled_from(JUNK), max_size=3))
    outro = draw(st.lists(st.sampled_from(OUTRO), max_size=2, unique=True))
    return Page(saved("\n".join([*lines, *outro]), draw), (*sentences, *outro))


@st.composite
def issues(draw: st.DrawFn) -> Page:
    """An issue's page, its parts there or not."""
    sentences: list[str] = []

    def some(least: int, most: int) -> list[str]:
        found = draw(st.lists(paragraph(), min_size=least, max_size=most))
        sentences.extend(found)
        return found

    lines = some(1, 2)
    parts = {
        "my 2 cents": some(0, 4),
        "hiring managers:": [f"“{text}”" for text in some(0, 3)],
        "candidates": [f"{text} why?" for text in some(0, 4)],
        "TLDR: synopsis": some(0, 2),
        "music for your friday": some(0, 2),
    }
    for head, texts in parts.items():
        if draw(st.booleans()):
            lines += [head, *texts]
        else:
            lines += texts
        if not draw(st.integers(0, 4)):
            lines.append(draw(st.sampled_from(JUNK)))
    if draw(st.booleans()):
        lines.append("https://music.example/track/1")
        sentences.append(lines[-1])
    outro = draw(st.lists(st.sampled_from(OUTRO), max_size=2, unique=True))
    return Page(saved("\n".join([*lines, *outro]), draw), (*sentences, *outro))
