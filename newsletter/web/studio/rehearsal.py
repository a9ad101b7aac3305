"""The send rehearsed: who would get it, when, through what, at what price; or why not.

The numbers are those of `newsletter send --dry-run`. Nothing is written down, and no
database is made.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from newsletter.config.files import display_name
from newsletter.errors import NewsletterError, UsageError
from newsletter.model.publication import Images, Publication
from newsletter.model.segment import EVERYBODY
from newsletter.providers.registry import provider_names
from newsletter.sending.approval import refuse_unapproved
from newsletter.sending.compose import Composed, issue_at
from newsletter.sending.order import Order, refuse_unknown_segment, refuse_unready
from newsletter.sending.outlook import Outlook, look_ahead
from newsletter.sending.plan import refuse_needless
from newsletter.sending.wishes import ordered, paced, timed
from newsletter.store.engine import Store
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.ledger import look_into
from newsletter.web.studio.looks import issue_url
from newsletter.web.studio.readers import MOST, Reader, left_out
from newsletter.web.studio.templates import page

_FIELDS = ("segment", "provider", "at", "per_hour", "spread", "new_only")
_MOST_PER_HOUR = 1_000_000_000


@dataclass(slots=True)
class Rehearsal:
    """What was found out: an outlook, if there is one, and what stands in the way.

    `left_out` are some of those who are suppressed.
    """

    outlook: Outlook | None = None
    left_out: list[Reader] = field(default_factory=list)
    refusals: list[Mistake] = field(default_factory=list)

    def attempt(self, step: Callable[[], object]) -> None:
        """Do one step; what it refuses is told beside what the others say."""
        try:
            step()
        except NewsletterError as error:
            self.refusals += mistakes_of(error)


def show(request: Request) -> Response:
    """The whole view; the choices are in the address: `?segment=…&at=…`."""
    desk, name = desk_of(request), request.path_params["name"]
    path = desk.issue_file(name)
    publication = desk.publication()
    composed = issue_at(publication, path)
    asked = {key: request.query_params.get(key, "").strip() for key in _FIELDS}
    return page(
        request,
        "rehearsal.html",
        publication=publication,
        name=name,
        url=issue_url(name),
        title=composed.issue.subject_line,
        file=display_name(path, desk.root),
        asked=asked,
        segments=[EVERYBODY, *publication.segments],
        providers=provider_names(),
        chosen=composed.issue.provider or publication.provider,
        most=MOST,
        command=_command(composed.issue.slug, asked),
        found=_rehearsed(desk, publication, composed, asked),
    )


def _command(slug: str, asked: Mapping[str, str]) -> str:
    """The dry run of what is rehearsed, to be typed into a terminal."""
    words = ["newsletter", "send", slug, "--dry-run"]
    for name, value in asked.items():
        option = "--" + name.replace("_", "-")
        if value:
            words += [option] if name == "new_only" else [option, value]
    return shlex.join(words)


def _rehearsed(
    desk: Desk, publication: Publication, composed: Composed, asked: Mapping[str, str]
) -> Rehearsal:
    found = Rehearsal()
    try:
        order, through = _order(desk, publication, composed, asked)
    except NewsletterError as error:
        found.refusals += mistakes_of(error)
        return found
    found.attempt(lambda: refuse_unready(order))
    try:
        store = look_into(publication)
    except NewsletterError as error:
        found.refusals += mistakes_of(error)
        return found
    if store is None:
        hint = "import some: `newsletter subscribers import subscribers.csv`"
        found.refusals.append(Mistake("there are no subscribers yet", hint))
        return found
    with store:
        _ask(found, store, order, through, desk)
    return found


def _ask(
    found: Rehearsal, store: Store, order: Order, through: str, desk: Desk
) -> None:
    try:
        outlook = look_ahead(store, order, through, desk.options.now())
    except NewsletterError as error:
        found.refusals += mistakes_of(error)
        return
    found.outlook, found.left_out = outlook, left_out(store)
    found.attempt(lambda: refuse_needless(outlook.expected, order))
    publication = order.publication
    # Only then is there something to refuse, and a secret needed to find it out.
    if publication.require_approval or publication.images is Images.CID:
        found.attempt(lambda: refuse_unapproved(store, order, through))


def _order(
    desk: Desk, publication: Publication, composed: Composed, asked: Mapping[str, str]
) -> tuple[Order, str]:
    now = desk.options.now()
    order, through = ordered(composed, publication, asked["segment"], asked["provider"])
    refuse_unknown_segment(order)
    order = replace(order, new_only=bool(asked["new_only"]), today=now.date())
    order = timed(order, asked["at"], now)
    return paced(order, _per_hour(asked["per_hour"]), asked["spread"]), through


def _per_hour(typed: str) -> int | None:
    """What `--per-hour` takes; None where nothing was asked."""
    if not typed:
        return None
    # Python itself refuses numbers of thousands of digits.
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 20
    number = int(typed) if is_number else 0
    if not 1 <= number <= _MOST_PER_HOUR:
        raise UsageError(
            f"most in an hour: `{typed[:20]}` is no number of recipients",
            hint=f"write a whole number from 1 to {_MOST_PER_HOUR:,}",
        )
    return number
