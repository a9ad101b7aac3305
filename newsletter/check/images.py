"""Rules about images: half of all inboxes show none at first; phones pay for each."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from newsletter.check.case import Case, IssueRule, WritingRule
from newsletter.check.prose import Phrases
from newsletter.check.writing import Writing
from newsletter.model.problem import Problem
from newsletter.model.text import elsewhere

HEAVY = 400 * 1024
"""Bytes of one image as it is published: a photo of 1200 pixels has half of that."""

TOGETHER = 2 * 1024 * 1024
"""Bytes of all images of a mail: ten seconds on a slow phone."""

LONG_ALT = 250
"""Characters of an alt text: a screen reader reads them without a pause."""

_AUTOMATIC = re.compile(
    r"[\w-]+\.(?:jpe?g|png|gif|webp|avif|heic)\Z|(?:IMG|DSC|PXL|DCIM)[_-]?\d+"
    r"|(?:an? )?(?:image|picture|photo|graphic|screenshot|logo|untitled)"
    r"(?: of(?: an?)?)?(?: ?\d+)?\Z|screen ?shot \d|[0-9a-f]{12,}\Z|alt(?: text)?\Z",
    re.IGNORECASE,
)
_DATA = Phrases(
    re.compile(
        r"(?:\bsrc\s*=\s*[\"']?|\bhref\s*=\s*[\"']?|url\([\"']?)\s*data:",
        re.IGNORECASE,
    ),
    ("data:",),
)


def alt_text(writing: Writing) -> Iterator[Problem]:
    """Every image says what it shows."""
    hint = "say what it shows: ![two chairs by a window](…)"
    for image in writing.images:
        place, alt = (image.line, image.column), image.alt.strip()
        if not alt:
            message = f"`{image.source}` has no alt text"
        elif _AUTOMATIC.match(alt) or alt == PurePosixPath(image.source).stem:
            message = f"the alt text `{alt}` was not written for a reader"
        elif len(alt) > LONG_ALT:
            message = f"the alt text has {len(alt)} characters"
            hint = f"at most {LONG_ALT}; put the rest into the text"
        else:
            continue
        yield writing.problem("alt-text", message, hint, place)


def picture_alt(case: Case) -> Iterator[Problem]:
    """The picture that stands for an issue where it is shared says what it shows."""
    if case.issue.image and not case.issue.image_alt:
        yield case.writing.problem(
            "alt-text",
            f"`image: {case.issue.image}` has no alt text",
            "say what it shows in `image_alt:`",
            case.writing.at("image"),
        )


def weight(writing: Writing) -> Iterator[Problem]:
    """Images are as light as a phone likes them."""
    total = 0
    for image in {item.source: item for item in writing.images}.values():
        total += image.size
        place = image.line, image.column
        if image.size > HEAVY:
            yield writing.problem(
                "image-weight",
                f"`{image.source}` weighs {_kilobytes(image.size)}",
                f"at most {_kilobytes(HEAVY)}; a JPEG is lighter than a PNG of a photo",
                place,
            )
        if total - image.size <= TOGETHER < total:
            yield writing.problem(
                "image-weight",
                f"with `{image.source}` the images weigh {_kilobytes(total)} together",
                f"at most {_kilobytes(TOGETHER)}; leave some to the page",
                place,
            )


def _kilobytes(size: int) -> str:
    return f"{size / 1024:,.0f} KB"


def data_uri(writing: Writing) -> Iterator[Problem]:
    """No image is written into the mail itself: Gmail and Outlook show none of them."""
    for prose in writing.prose:
        for _, place in prose.find(_DATA):
            yield writing.problem(
                "data-uri",
                "a `data:` address: most mail programs drop it",
                "put the file beside the issue and link to that",
                place,
            )


def remote(writing: Writing) -> Iterator[Problem]:
    """Images are our own: another site would be told who opens the letter, and when."""
    for image in writing.images:
        if elsewhere(image.source, writing.publication.base_url):
            yield writing.problem(
                "remote-image",
                f"`{image.source}` is on another site: mails show it from there, and "
                "pages only a link to it",
                "put a copy beside the issue",
                (image.line, image.column),
            )


def remote_cover(case: Case) -> Iterator[Problem]:
    """The cover of the music is our own, as all images are."""
    music = case.issue.music
    if music and elsewhere(music.cover, case.writing.publication.base_url):
        yield case.writing.problem(
            "remote-image",
            f"the music's cover `{music.cover}` is on another site: mails show it from "
            "there, and pages show none",
            "put a copy beside the issue",
            case.writing.at("music.cover"),
        )


RULES: tuple[WritingRule, ...] = (alt_text, weight, data_uri, remote)
ISSUE_RULES: tuple[IssueRule, ...] = (picture_alt, remote_cover)
