"""Makes pages that add up, and what must be read of them: who says what, exactly."""

from dataclasses import dataclass

from hypothesis import strategies as st

PEOPLE = (
    *("Dr. Siobhán O’Brien-Smith, PhD", "J. R. Ortega Jr.", "Mei Tanaka", "Ines"),
    *("Nguyễn Thị Hạnh", "Łukasz Wójcik", "Bram de Wit", "Ada L."),
)
ROLES = ("Director of Product", "VP of Engineering", "Talent Partner", "Chief of Staff")
TITLES = (
    *("Two voices on one answer and why it split the loop", "Five people on taste"),
    *("Notes from an expert panel", "Three experts discuss a firing", "The verdict"),
    *("“I’d do it again”: what a nurse told us", "Summary: a no", "WHAT “NO” IS"),
    *("How she said no.", "Who decides?", "Concern", "Round one", "5 ways to wait!"),
    *("Watch the tone: a lesson", "Expert Roundtable on trust", "Discussing failure"),
)
OPENERS = (
    *("Concern: ", "Strengths: ", "Pros: ", "Summary: ", "Verdict: ", "Signals: "),
    *("Reason to hire: ", "Round two: ", "Question: ", "Two experts discuss it: "),
    *("In short: ", "Panel consensus: ", "“Yes”: ", "1. ", "TL;DR: ", "Note: "),
)
VERDICTS = ("Strong hire", "Lean no", "Hire", "No hire", "Maybe")


@dataclass(frozen=True)
class Table:
    """A page, and what is on it: its title, panel, remarks, consensus and signals.

    Each remark is the lines of one expert's; a signal is an expert's two texts.
    """

    text: str
    title: str
    panel: tuple[tuple[str, str], ...]
    rounds: tuple[tuple[tuple[str, ...], ...], ...]
    consensus: tuple[str, ...]
    signals: tuple[tuple[str, str], ...]


@st.composite
def said(draw: st.DrawFn, number: str, others: tuple[str, ...]) -> str:
    """A sentence or two that nobody else says; it may open with the word of a head."""
    opener = draw(st.sampled_from(("", "", *OPENERS)))
    to = f"{draw(st.sampled_from(others))}, yes. " if others else ""
    to = to if draw(st.booleans()) else ""
    return f"{opener}{to}The answer {number} was what they say it is."


@st.composite
def remark(
    draw: st.DrawFn, number: str, others: tuple[str, ...], *, long: bool
) -> tuple[str, ...]:
    """The lines of a remark: further paragraphs where it is `long`, perhaps a list."""
    lines = [draw(said(number, others))]
    if long:
        lines += [f"It went on as {number}{letter} did." for letter in "bc"]
    if draw(st.integers(0, 4)) == 0:
        lines += [f"- the first of {number}", f"- {number} again."]
    return tuple(lines)


@st.composite
def rounds(
    draw: st.DrawFn, names: tuple[str, ...]
) -> tuple[tuple[tuple[tuple[str, ...], ...], ...], bool]:
    """Rounds in which everybody speaks; whether blank lines tell their paragraphs."""
    number = draw(st.integers(1, 4))
    blanks = draw(st.booleans())
    # A block as large as the panel may be a round.
    blanks = blanks and len(names) not in (3, 5)
    found = []
    for turn in range(number):
        remarks = []
        for at, _ in enumerate(names):
            others = tuple(name for other, name in enumerate(names) if other != at)
            long = blanks and (at == 0 or draw(st.booleans()))
            remarks.append(draw(remark(f"{turn}x{at}", others, long=long)))
        found.append(tuple(remarks))
    return tuple(found), blanks


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A page in the form of the sample, in which nothing is missing."""
    size = draw(st.integers(2, 6))
    panel = tuple(
        (name, draw(st.sampled_from(ROLES)))
        for name in draw(st.permutations(PEOPLE))[:size]
    )
    title = draw(st.sampled_from(TITLES))
    lines = ["Watch the Full Interview"] if draw(st.booleans()) else []
    lines += [title, "Have BackboneExpert Roundtable"]
    lines += [f"{size} experts discuss this interview"] if draw(st.booleans()) else []
    lines += [text for pair in panel for text in pair]
    lines += ["Discussing:", "Panel review of an answer"]
    found, blanks = draw(rounds(tuple(CALLED[name] for name, _ in panel)))
    gap = [""] if blanks else []
    lines += gap
    for turn in found:
        for said_by in turn:
            lines += [*said_by, *gap]
    agreed = tuple(
        draw(said(f"agreed{at}", ())) for at in range(draw(st.integers(1, 2)))
    )
    lines += ["Panel Consensus", *agreed, "Hiring Signals from the Loop"]
    signals = []
    for at, (name, role) in enumerate(panel):
        hire, concern = draw(said(f"hire{at}", ())), draw(said(f"concern{at}", ()))
        verdict = draw(st.sampled_from(("", *VERDICTS)))
        lines += [name, role, *([verdict] if verdict else [])]
        lines += ["Reason to Hire", hire, "Concern", concern]
        against = verdict in ("Lean no", "No hire")
        first = f"{verdict}. " if verdict else ""
        signals.append(
            (hire if against else first + hire, first + concern if against else concern)
        )
    return Table(
        draw(st.sampled_from(("\n", "\r\n"))).join(lines),
        title,
        panel,
        found,
        agreed,
        tuple(signals),
    )


CALLED = {
    name: name.split()[1] if name.startswith("Dr.") else name.split()[0]
    for name in PEOPLE
} | {"J. R. Ortega Jr.": "Ortega"}
"""A name by which the others speak to each."""
