"""Every error a user can meet, as one tree; anything else that is raised is a bug."""

from collections.abc import Sequence
from typing import ClassVar, Protocol


class Diagnostic(Protocol):
    """What an error needs of a problem: its text, with file and line in front.

    The concrete class is `newsletter.model.problem.Problem`, which this lowest
    layer may not import.
    """

    @property
    def file(self) -> str: ...

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...

    def __str__(self) -> str: ...


class NewsletterError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        """Say what happened and, as `hint`, what the reader can do about it.

        Without a message the class docstring is the message, so that no error is
        ever empty.
        """
        self.message = message or (type(self).__doc__ or "").strip()
        self.hint = hint
        super().__init__(self.message)


class UsageError(NewsletterError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class ConfigError(NewsletterError):
    """The environment or newsletter.yaml does not fit together."""

    exit_code = 2


class SourceError(NewsletterError):
    """A file of the publication has mistakes; nothing was written or sent."""

    exit_code = 3

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        """Carry every mistake that was found, in the order of the file."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class RenderError(NewsletterError):
    """A template could not be rendered."""

    exit_code = 3


class CheckFailed(NewsletterError):
    """The issue has problems that must be mended before it is sent."""

    exit_code = 4

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        """Carry the problems; warnings among them are shown but do not stop."""
        self.problems = tuple(problems)
        super().__init__()


class ProviderError(NewsletterError):
    """The email provider did not do what it was asked; see its answer."""

    exit_code = 5


class ProviderUnavailable(ProviderError):
    """The provider is busy: the batch was not sent, and can be tried again."""

    def __init__(
        self, message: str = "", *, hint: str = "", retry_after: float | None = None
    ) -> None:
        """Carry how many seconds the provider asked to be left alone, if it did."""
        self.retry_after = retry_after
        super().__init__(message, hint=hint)


class ProviderBusy(ProviderUnavailable):
    """The provider says that it is too much at once: all who send there wait."""


class ProviderStopped(ProviderError):
    """The provider refuses to send: the batch was not sent, nor would another be."""


class ProviderRefused(ProviderError):
    """The provider refused the batch for good: nothing of it was sent."""


class OutcomeUnknown(ProviderError):
    """The provider may or may not have accepted the batch."""


class StoreError(NewsletterError):
    """The database cannot be used."""

    exit_code = 6


class StoreBusy(StoreError):
    """Another process holds the database; waiting helps."""


class SchemaOutOfDate(StoreError):
    """The database was made by another version of newsletter."""


class CampaignError(NewsletterError):
    """The campaign cannot be planned or continued."""

    exit_code = 7


class SenderBusy(CampaignError):
    """Another newsletter is sending from this database."""


class AlreadySent(CampaignError):
    """This issue was already sent to this segment."""


class NothingToSend(CampaignError):
    """Nobody is left to send this issue to."""


class CampaignPaused(CampaignError):
    """The campaign was paused; nobody is lost, and it can be resumed."""


class Incomplete(CampaignError):
    """The campaign ended with deliveries that were not accepted."""

    exit_code = 8


class Unwell(NewsletterError):
    """The doctor found what keeps mail from leaving or from arriving."""

    exit_code = 9
