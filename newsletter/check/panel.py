"""Rules about a roundtable: who is on the panel speaks, and says what they would do."""

from collections.abc import Callable, Iterator

from newsletter.check.writing import Writing
from newsletter.model.problem import Problem
from newsletter.model.roundtable import Roundtable
from newsletter.model.text import elsewhere

RoundtableRule = Callable[[Roundtable, Writing], Iterator[Problem]]


def silent(roundtable: Roundtable, writing: Writing) -> Iterator[Problem]:
    """Everybody on the panel says something."""
    heard = {item.expert for turn in roundtable.rounds for item in turn.remarks}
    for number, expert in enumerate(roundtable.panel):
        if expert.name not in heard:
            yield writing.problem(
                "silent-expert",
                f"{expert.name} is on the panel and says nothing",
                f"open a remark with `**{expert.name}:**`, or take them off it",
                writing.at(f"panel.{number}.name"),
            )


def signals(roundtable: Roundtable, writing: Writing) -> Iterator[Problem]:
    """Everybody gives a reason to hire and a concern."""
    for number, expert in enumerate(roundtable.panel):
        missing = [key for key in ("hire", "concern") if not getattr(expert, key)]
        if missing:
            keys = "` and `".join(missing)
            yield writing.problem(
                "signal",
                f"{expert.name} gives no `{keys}`",
                "the page lists a reason to hire and a concern of each expert",
                writing.at(f"panel.{number}.name"),
            )


def consensus(roundtable: Roundtable, writing: Writing) -> Iterator[Problem]:
    """The panel comes to something."""
    if not roundtable.consensus.strip():
        yield writing.problem(
            "consensus",
            "the roundtable has no `consensus`",
            "say in two sentences what the panel agrees on; the email shows it",
            writing.at("title"),
        )


def photos(roundtable: Roundtable, writing: Writing) -> Iterator[Problem]:
    """Photos are our own, as all images are."""
    for number, expert in enumerate(roundtable.panel):
        if elsewhere(expert.photo, writing.publication.base_url):
            yield writing.problem(
                "remote-image",
                f"the photo of {expert.name} is on another site: mails show it from "
                "there, and pages initials instead",
                "put a copy beside the roundtable",
                writing.at(f"panel.{number}.photo"),
            )


RULES: tuple[RoundtableRule, ...] = (silent, signals, consensus, photos)
