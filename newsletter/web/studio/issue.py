"""The issue view: the email as its readers see it, and what stands beside it."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from newsletter.check.size import CLIPPED
from newsletter.config.files import display_name
from newsletter.errors import StoreError
from newsletter.model.publication import Publication
from newsletter.sending.compose import Composed
from newsletter.sending.sample import Sample
from newsletter.sending.table import Table
from newsletter.web.studio import inbox
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Draft, Mistake, mistakes_of
from newsletter.web.studio.ledger import Told, told
from newsletter.web.studio.looks import ISSUE, Looking, choices, issue_url
from newsletter.web.studio.raw import made_for
from newsletter.web.studio.readers import INVENTED, Reader, found, reader_of
from newsletter.web.studio.templates import page

_LINE = 200
"""Characters of a line that are shown with its problem."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of what Gmail shows the HTML takes."""

    bytes: int

    @property
    def kilobytes(self) -> str:
        """As it is said, also by `newsletter render`."""
        return f"{self.bytes / 1024:.1f}"

    @property
    def share(self) -> int:
        """Percent of what is not clipped."""
        return round(100 * self.bytes / CLIPPED)


def show(request: Request) -> Response:
    """The whole view."""
    return page(request, "issue.html", **picture_of(request))


def picture_of(request: Request) -> dict[str, Any]:
    """What the view shows: the panes, and what stands beside them."""
    name = request.path_params["name"]
    looking = Looking.of(request.query_params, ISSUE)
    known = _known(request, at_once=True)
    return {
        "name": name,
        "alone": False,
        "readers": INVENTED,
        **choices(looking, issue_url(name), ISSUE),
        **known,
        **_sought(request, known["publication"]),
    }


def find_readers(request: Request) -> Response:
    """The subscribers that `?find=` finds, alone."""
    publication = desk_of(request).publication()
    return page(request, "readers.html", **_sought(request, publication))


def _sought(request: Request, publication: Publication | None) -> dict[str, Any]:
    find = request.query_params.get("find", "").strip()[:200]
    seen = list(found(publication, find)) if publication and find else []
    return {"find": find, "found": seen}


def beside(request: Request) -> Response:
    """What stands beside the pictures, alone: for the live view."""
    name = request.path_params["name"]
    return page(
        request,
        "beside.html",
        alone=True,
        name=name,
        url=issue_url(name),
        **_known(request),
    )


def _known(request: Request, *, at_once: bool = False) -> dict[str, Any]:
    """What is known of the issue; its problems are those of the text as it is.

    `at_once` leaves out what would take long, because other texts were not read yet.
    """
    desk = desk_of(request)
    path = desk.issue_file(request.path_params["name"])
    draft = desk.issue(request)
    made, reader = _message(request, draft)
    return {
        "file": display_name(path, desk.root),
        "draft": draft,
        "publication": draft.publication,
        "message": made,
        "reader": reader,
        "opening": (made.preheader or inbox.first_words(made.text)) if made else "",
        "inbox": inbox.LINES,
        "size": Size(len(made.html.encode())) if made else None,
        **problems_of(desk, draft, at_once=at_once),
        **_sent(draft),
    }


def problems_of(
    desk: Desk, draft: Draft[Composed] | Draft[Table], *, at_once: bool = False
) -> dict[str, Any]:
    """What `newsletter check` finds in a text, and the line that each is in.

    None where it is wanted `at_once`, and would take long.
    """
    item, publication = draft.composed, draft.publication
    if at_once and not desk.has_read_all:
        return {"problems": None, "lines": {}}
    if item is None or publication is None:
        return {"problems": (), "lines": {}}
    problems = desk.checking.around(publication).problems(item)
    text = item.issue if isinstance(item, Composed) else item.roundtable
    source = text.source.split("\n")
    lines = {
        each.place: _excerpt(source[each.line - 1], each.column)
        for each in problems
        if each.file == text.file and 0 < each.line <= len(source)
    }
    return {"problems": problems, "lines": lines}


def _excerpt(line: str, column: int) -> str:
    """A line, or what of a long one is around a column."""
    if len(line) <= _LINE:
        return line.strip()
    start = max(0, column - _LINE // 2)
    before = "… " if start else ""
    after = " …" if start + _LINE < len(line) else ""
    return before + line[start : start + _LINE].strip() + after


def _sent(draft: Draft[Composed]) -> dict[str, list[Told] | list[Mistake]]:
    """What the ledger tells of it, or why it tells nothing."""
    if draft.composed is None or draft.publication is None:
        return {"sent": [], "unread": []}
    try:
        sent = list(told(draft.publication, draft.composed.issue.slug))
    except StoreError as error:
        return {"sent": [], "unread": list(mistakes_of(error))}
    return {"sent": sent, "unread": []}


def _message(request: Request, draft: Draft[Composed]) -> tuple[Sample | None, Reader]:
    """The message to the chosen reader; none before the issue was ever whole."""
    if draft.composed is None or draft.publication is None:
        return None, INVENTED[0]
    reader = reader_of(draft.publication, request.query_params.get("as", ""))
    return made_for(request, draft.composed, draft.publication), reader
