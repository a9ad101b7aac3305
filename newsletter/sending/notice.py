"""Mail to one person: the one that asks to confirm, and the one that welcomes.

They are rendered as issues are and go through the same provider. Each is in the ledger
before the call, and is never repeated once its outcome is unknown.
"""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from newsletter.content.images import ImageFolder
from newsletter.content.issue import read_issue
from newsletter.errors import OutcomeUnknown, ProviderError, ProviderUnavailable
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.email import Email
from newsletter.model.frozen import FrozenEmail
from newsletter.model.issue import Issue, IssueStatus
from newsletter.model.message import Batch, Recipient, delivery_id
from newsletter.model.publication import Publication
from newsletter.model.subscriber import Subscriber
from newsletter.model.token import Signer
from newsletter.providers.protocol import Provider
from newsletter.render.email import Look, render_notice
from newsletter.render.findings import ImagesBeside
from newsletter.render.message import MessageBuilder
from newsletter.sending.personalise import UNSUBSCRIBE
from newsletter.store import notices
from newsletter.store.engine import Store

CONFIRM = "confirm"
"""The purpose of the tokens in links that confirm."""

WELCOME = Path("welcome.md")
TRIES = 3
_PAUSE = 2.0

_TOKEN = "confirm_token"  # noqa: S105  a merge field
_CONFIRM_LOOK = Look("email/notice.mjml", "confirm_footer.html", "email/confirm.txt")
_WELCOME_LOOK = Look("email/notice.mjml", "welcome_footer.html", "email/welcome.txt")


class Notices:
    """Sends mail to one person at a time; what it says is read once, at the start."""

    def __init__(
        self,
        store: Store,
        publication: Publication,
        provider: Provider,
        signer: Signer,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Render both mails; `pause` waits between two tries, in seconds.

        Raises SourceError for mistakes in welcome.md, RenderError for those in a
        template.
        """
        self._store = store
        self._publication = publication
        self._provider = provider
        self._signer = signer
        self._pause = pause
        images = ImageFolder(publication.root).beside
        fields = (*publication.merge_fields, _TOKEN)
        public = publication.model_copy(update={"merge_fields": fields})
        self._confirmation = self._frozen(
            render_notice(_confirmation(publication), public, images, _CONFIRM_LOOK)
        )
        welcome = read_welcome(publication)
        if welcome and welcome.status is IssueStatus.DRAFT:
            welcome = None  # it waits until it is ready
        self._welcome = welcome and self._frozen(
            render_welcome(welcome, publication, images)
        )

    @property
    def welcomes(self) -> bool:
        """Whether there is a welcome mail."""
        return self._welcome is not None

    def ask_to_confirm(
        self, uid: str, number: int, person: Subscriber, address: str
    ) -> None:
        """Send the mail that asks to confirm; nothing a stranger typed is in it.

        `number` is that of the notice, which its link names; `address` is as they
        typed it now.
        """
        known = {_TOKEN: self._signer.sign(CONFIRM, person.uid, number)}
        self._send(self._confirmation, uid, person, address, known)

    def welcome(self, uid: str, person: Subscriber) -> None:
        """Send the mail that welcomes who has just confirmed, if there is one."""
        if self._welcome:
            known = person.merge_values()
            self._send(self._welcome, uid, person, person.address, known)

    def _frozen(self, email: Email) -> FrozenEmail:
        return FrozenEmail.freeze(
            email,
            self._publication,
            token_key=self._signer.key_name,
            target=self._provider.target,
            automatic=True,
        )

    def _send(
        self,
        email: FrozenEmail,
        uid: str,
        person: Subscriber,
        address: str,
        known: dict[str, str],
    ) -> None:
        token = self._signer.sign(UNSUBSCRIBE, person.uid)
        values = email.values(known, token)
        delivery = delivery_id(uid, person.id)
        recipient = Recipient(person.id, address, delivery, token, values)
        moment = datetime.now(UTC)
        builder = MessageBuilder(email, uid)
        batch = Batch(
            key=str(uuid.UUID(uid)),
            campaign=uid,
            number=1,
            moment=moment,
            email=email,
            recipients=[recipient],
            mime=lambda each: builder.build(each, moment),
        )
        result = self._hand_over(batch)
        with self._store.write() as connection:
            notices.mark(
                connection,
                uid,
                result.state,
                provider_message_id=result.provider_message_id,
                reason=result.reason,
            )

    def _hand_over(self, batch: Batch) -> DeliveryResult:
        """What became of it; tried again only where nothing was sent for sure."""
        number = batch.recipients[0].subscriber_id
        for attempt in range(1, TRIES + 1):
            try:
                results = self._provider.send(batch)
            except ProviderUnavailable as error:
                if attempt == TRIES:
                    return _result(number, DeliveryState.REJECTED, error)
                self._pause(min(error.retry_after or _PAUSE**attempt, 60.0))
            except OutcomeUnknown as error:
                return _result(number, DeliveryState.UNCERTAIN, error)
            except ProviderError as error:
                return _result(number, DeliveryState.REJECTED, error)
            else:
                told = next(iter(results), None)
                if told and told.state is not DeliveryState.PENDING:
                    return told
                return DeliveryResult(number, DeliveryState.UNCERTAIN)
        raise AssertionError  # the last attempt has returned


def read_welcome(publication: Publication) -> Issue | None:
    """The publication's `welcome.md`; None where there is none.

    Raises SourceError with every mistake in it, located.
    """
    path = publication.root / WELCOME
    if not path.is_file():
        return None
    return read_issue(path, publication.root, datetime.now(UTC).date())


def render_welcome(
    welcome: Issue, publication: Publication, images: ImagesBeside
) -> Email:
    """What `welcome.md` is as a mail; raises as `render_notice` does."""
    return render_notice(welcome, publication, images, _WELCOME_LOOK)


def _result(number: int, state: DeliveryState, error: ProviderError) -> DeliveryResult:
    return DeliveryResult(number, state, reason=error.message)


def _confirmation(publication: Publication) -> Issue:
    words = publication.service.words
    subject, text, ignore = (
        each.replace("{publication}", publication.name)
        for each in (words.confirm_subject, words.confirm_mail, words.confirm_ignore)
    )
    link = f"{publication.service_url}/confirm/{{{{ {_TOKEN} }}}}"
    return Issue(
        title=words.confirm,
        subject=subject,
        preheader=text[:200],
        date=datetime.now(UTC).date(),
        slug="confirm",
        body=f"{text}\n\n**[{words.confirm_button}]({link})**\n\n{ignore}\n",
        file="newsletter.yaml",
        path=publication.root / "newsletter.yaml",
    )
