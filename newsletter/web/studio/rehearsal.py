"""The send rehearsed: who would get it, when, through what, at what price; or why not.

The numbers are those of `newsletter send --dry-run`. Nothing is written down, and no
database is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from starlette.requests import Request
from starlette.responses import Response

from newsletter.config.files import display_name
from newsletter.errors import NewsletterError
from newsletter.model.publication import Images, Publication
from newsletter.model.segment import EVERYBODY
from newsletter.providers.registry import provider_names
from newsletter.sending.approval import refuse_unapproved
from newsletter.sending.compose import Composed, issue_at
from newsletter.sending.order import Order, refuse_unready
from newsletter.sending.outlook import Outlook, look_ahead
from newsletter.sending.plan import refuse_needless
from newsletter.sending.wishes import ordered, paced, timed
from newsletter.store.engine import Store
from newsletter.store.peek import peek
from newsletter.web.studio.desk import Desk, desk_of
from newsletter.web.studio.drafts import Mistake, mistakes_of
from newsletter.web.studio.looks import issue_url
from newsletter.web.studio.templates import page

_FIELDS = ("segment", "provider", "at", "per_hour", "spread", "new_only")


@dataclass(slots=True)
class Rehearsal:
    """What was found out: an outlook, if there is one, and what stands in the way."""

    outlook: Outlook | None = None
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
        found=_rehearsed(desk, publication, composed, asked),
    )


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
    store = peek(publication.store_path or publication.store)
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
    found.outlook = outlook
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
    order = replace(order, new_only=bool(asked["new_only"]), today=now.date())
    pace = asked["per_hour"]
    per_hour = int(pace) if pace.isascii() and pace.isdigit() and len(pace) < 10 else 0
    return paced(
        timed(order, asked["at"], now), per_hour or None, asked["spread"]
    ), through
