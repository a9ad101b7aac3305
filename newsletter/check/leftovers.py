"""Rules about words that an author meant to change, and words that filters dislike."""

import re
from collections.abc import Iterator

from newsletter.check.case import WritingRule
from newsletter.check.prose import Phrases, Prose, said
from newsletter.check.writing import Writing
from newsletter.model.imported import MARKS, NOBODY
from newsletter.model.problem import Problem, Severity
from newsletter.model.publication import Publication


def _phrase(words: str) -> str:
    """A pattern of words that may stand on two lines."""
    return re.escape(words).replace("\\ ", r"\s")


# Sentences of the files that `newsletter new` writes.
_STARTER = (
    "one line that inboxes show after the subject",
    "the whole letter in two sentences",
    "write as you would to one person",
    "the headline of your opinion",
    "what the panel is looking at, in one line",
    "one reason to hire, in a line",
    "one concern, in a line",
    "what the panel agrees on, and where it differs",
    "what Ada says in the first round",
)
_LEFTOVER = Phrases(
    re.compile(
        rf"(?P<unfinished>{'|'.join(map(_phrase, (*_STARTER, *MARKS)))})|"
        # Not where the word itself is spoken of: in quotation marks, or as what it is.
        r"(?!(?<=[\"'“‘„«])\w+[\"'”’“»])\b(?:TK|TKTK|TODO|FIXME|XXX|TBD)\b"
        r"(?!\s(?:is|was)\s(?:an?|short|the|what)\b|\s(?:means?|stands?)\b"
        r"|\s(?:lists?|comments?|apps?|Maxx)\b|-\d)"
        r"|(?i:\btodo:|lorem ipsum|dolor sit amet|\[insert [^\]\n]*\])"
    ),
    (
        *("tk", "todo", "fixme", "xxx", "tbd", "lorem", "dolor", "[insert"),
        *map(str.casefold, _STARTER),
    ),
)
_COPYRIGHT = Phrases(
    re.compile(r"(?:©|\(c\)|copyright)\s*(?:\d{4}\s*[–-]\s*)?(\d{4})\b", re.IGNORECASE),
    ("©", "(c)", "copyright"),
)
# Said of a file that comes with the mail; what is attached to a job is something else.
_ELSEWHERE = (
    r"(?:\s[\w'’]+){0,3}\s(?:blame|conditions?|hopes?|importance|labels?|meanings?"
    r"|price|significance|strings|value|weight)\b"
    r"|[^.!?]{0,80}\sto\s(?!the\s(?:e-?mail|letter|message))"
    r"(?:an?|her|him|his|it|its|my|our|that|the|their|them|those|your)\b"
)
_ATTACHED = Phrases(
    re.compile(
        rf"\b(?:(?:i['’]?ve|i\shave|we['’]?ve|we\shave|i|we)(?:\salso)?\sattach(?:ed)?\b"
        rf"(?!{_ELSEWHERE})"
        r"|(?:see|find|open)(?:\sthe|\smy|\sour)?\sattach(?:ed|ments?)\b"
        r"|attached\s(?:is|are|you)\b|(?:is|are)\sattached\s(?:to\sthis|here|below)\b"
        r"|(?:the|in)\sattached\s(?:file|pdf|document|spreadsheet|image|photo)s?\b)",
        re.IGNORECASE,
    ),
    ("attach",),
)
# A short list of our own: what few people write to somebody they know.
_SPAM = (
    "100% free",
    "act now",
    "buy now",
    "cash bonus",
    "click here now",
    "dear friend",
    "double your income",
    "double your money",
    "earn $",
    "extra income",
    "free money",
    "get rich",
    "guaranteed income",
    "guaranteed results",
    "limited time offer",
    "limited-time offer",
    "make money fast",
    "no obligation",
    "once in a lifetime",
    "order now",
    "risk-free",
    "this is not spam",
    "urgent response",
    "while supplies last",
    "you have been selected",
)
_SPAMMY = Phrases(
    re.compile(
        rf"(?<!\w)(?:{'|'.join(map(_phrase, _SPAM))})(?!\w)|!{{3,}}|\${{3,}}",
        re.IGNORECASE,
    ),
    (*_SPAM, "!!!", "$$$"),
)


def leftovers(writing: Writing) -> Iterator[Problem]:
    """No note to oneself is left in the text.

    What `newsletter new` wrote is nobody's letter, and what an import could not place
    is nobody's words: both stop a send. In a draft they are what one expects to find,
    and a draft is not sent anyway.
    """
    yield from _nobody(writing)
    for prose in (*writing.prose, *writing.names):
        for found, place in prose.find(_LEFTOVER):
            untouched = bool(found.group("unfinished")) and not writing.draft
            yield writing.problem(
                "leftover",
                f"`{said(found)}` is still in the text",
                "write it or take it out",
                place,
                Severity.ERROR if untouched else Severity.WARNING,
            )


def _nobody(writing: Writing) -> Iterator[Problem]:
    """Who stands for the experts that an import did not find."""
    for name in writing.names:
        if name.key.startswith("panel.") and name.text == NOBODY:
            yield writing.problem(
                "leftover",
                f"`{NOBODY}` is still on the panel",
                "give each of these words to who said it, and take them off",
                name.place(0, NOBODY),
                Severity.ERROR,
            )


def leftovers_around(writing: Writing) -> Iterator[Problem]:
    """No note to oneself is left in what the publication puts around every text."""
    for key, text in _frame(writing.publication).items():
        prose = Prose(key, text, 1)
        for found, _ in prose.find(_LEFTOVER):
            line, column = writing.publication.place(key)
            yield Problem(
                code="leftover",
                message=f"`{said(found)}` is still in `{key}`",
                hint="write it or take it out",
                severity=Severity.WARNING,
                file="newsletter.yaml",
                line=line,
                column=column,
            )


def _frame(publication: Publication) -> dict[str, str]:
    """The texts of newsletter.yaml that readers see, by their keys."""
    labels = publication.labels
    frame = {f"labels.{key}": getattr(labels, key) for key in type(labels).model_fields}
    keys = ("author", "description", "postal_address")
    return frame | {key: getattr(publication, key) for key in keys}


def stale_year(writing: Writing) -> Iterator[Problem]:
    """A copyright line has the year of the issue."""
    if writing.date is None:
        return
    for prose in writing.prose:
        for found, place in prose.find(_COPYRIGHT):
            if found.group(1) < str(writing.date.year):
                yield _stale(writing, said(found), place, writing.file)
    for key, text in _frame(writing.publication).items():
        found_here = _COPYRIGHT.pattern.search(text)
        if found_here and found_here.group(1) < str(writing.date.year):
            place = writing.publication.place(key)
            yield _stale(writing, found_here.group(), place, "newsletter.yaml")
    yield from _stale_templates(writing, str(writing.date.year))


def _stale_templates(writing: Writing, year: str) -> Iterator[Problem]:
    for file, text in writing.facts.templates.items():
        for found in _COPYRIGHT.pattern.finditer(text):
            if found.group(1) < year:
                line = text.count("\n", 0, found.start()) + 1
                column = found.start() - text.rfind("\n", 0, found.start())
                yield _stale(writing, said(found), (line, column), file)


def _stale(writing: Writing, words: str, place: tuple[int, int], file: str) -> Problem:
    assert writing.date is not None  # noqa: S101  asked for above
    return Problem(
        code="stale-year",
        message=f"`{words}` is of another year",
        hint=f"it is {writing.date.year}: change it, or leave the year out",
        severity=Severity.WARNING,
        file=file,
        line=place[0],
        column=place[1],
    )


def attachment(writing: Writing) -> Iterator[Problem]:
    """What is said to be attached is: a newsletter never is."""
    for prose in writing.prose if writing.english else ():
        for found, place in prose.find(_ATTACHED):
            yield writing.problem(
                "attachment",
                f"`{said(found)}`, but nothing is attached to a newsletter",
                "put the file on the web and link to it",
                place,
            )


def spam_words(writing: Writing) -> Iterator[Problem]:
    """No phrase of which filters think the worst; mild, for filters look at more."""
    for prose in writing.prose if writing.english else ():
        for found, place in prose.find(_SPAMMY):
            yield writing.problem(
                "spam-words",
                f"`{said(found)}` is what spam says",
                "say it as you would to a friend",
                place,
                Severity.INFO,
            )


RULES: tuple[WritingRule, ...] = (
    leftovers,
    leftovers_around,
    stale_year,
    attachment,
    spam_words,
)
