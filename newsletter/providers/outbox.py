"""The embedded default provider: writes each message as one .eml file of a Maildir.

Maildir (https://cr.yp.to/proto/maildir.html): a file is written in tmp/ and then moved
to new/, so that a reader never sees half a message.
"""

import errno
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from newsletter.errors import OutcomeUnknown, ProviderRefused, ProviderStopped
from newsletter.model.campaign import DeliveryResult, DeliveryState
from newsletter.model.event import Event, Webhook
from newsletter.model.message import Batch, Recipient
from newsletter.model.publication import Publication
from newsletter.providers.protocol import Capabilities


class Outbox:
    """Delivers to a folder.

    A message's file is named after its delivery, so writing it again changes nothing:
    each message is its own key, for ever.
    """

    name: ClassVar[str] = "outbox"
    variables: ClassVar[Mapping[str, str]] = {}
    capabilities: ClassVar[Capabilities] = Capabilities(
        batch_size=250,
        recipient_headers=True,
        key_lifetime=timedelta.max,
        repeats="message",
        search="records",
        inline_images=True,
        at_once=1,
    )

    def __init__(self, path: Path, target: str = "") -> None:
        """Write to the Maildir at `path`, which is made when it does not exist."""
        self.path = path
        self.target = target or str(path)

    @classmethod
    def from_settings(
        cls, publication: Publication, environment: Mapping[str, str]
    ) -> "Outbox":
        """The outbox that newsletter.yaml (or NEWSLETTER_OUTBOX) names."""
        del environment
        path = publication.providers.outbox.path
        return cls(publication.root / path, target=str(path))

    def send(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Write one batch; raises ProviderStopped when the folder cannot be written."""
        try:
            self._make_folders()
            return self._write(batch)
        except OSError as error:
            raise _stopped(self.path, error) from error

    def find(self, batch: Batch) -> Sequence[DeliveryResult]:
        """Those of a batch whose messages are in the folder, read or not."""
        try:
            known = self._read() | {path.name for path in (self.path / "new").iterdir()}
        except FileNotFoundError:
            known = set()
        except OSError as error:
            raise _stopped(self.path, error) from error
        return [
            _accepted(recipient)
            for recipient in batch.recipients
            if _file_name(recipient) in known
        ]

    def events(self, webhook: Webhook) -> Sequence[Event]:
        """Always raises ProviderRefused: nobody tells what became of a file."""
        del webhook
        raise ProviderRefused("the outbox has no events")

    def check(self) -> str:
        """Make the folder; raises ProviderStopped when it cannot be written."""
        try:
            self._make_folders()
            if not os.access(self.path / "new", os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise _stopped(self.path, error) from error
        return f"{self.path} can be written to"

    def close(self) -> None:
        """Nothing is kept open."""

    def _make_folders(self) -> None:
        for name in ("tmp", "new", "cur"):
            (self.path / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _read(self) -> set[str]:
        """The names of the files that a mail program has shown.

        It moves them to cur/, with flags behind a colon, or behind another sign where
        the file system has no colons.
        """
        moved = (path.name for path in (self.path / "cur").iterdir())
        return {name.partition(".eml")[0] + ".eml" for name in moved}

    def _write(self, batch: Batch) -> list[DeliveryResult]:
        seen = self._read()
        written: list[tuple[Path, Path]] = []
        try:
            for recipient in batch.recipients:
                name = _file_name(recipient)
                target = self.path / "new" / name
                if name not in seen and not target.exists():
                    temporary = self.path / "tmp" / name
                    written.append((temporary, target))
                    _write_file(temporary, batch.mime(recipient))
        except OSError:
            for temporary, _ in written:
                with suppress(OSError):
                    temporary.unlink()
            raise
        self._deliver(written)
        return [_accepted(recipient) for recipient in batch.recipients]

    def _deliver(self, written: list[tuple[Path, Path]]) -> None:
        """Move the whole files to where they are seen, and make that last."""
        try:
            for temporary, target in written:
                temporary.replace(target)
            for folder in (self.path / "new", self.path, self.path.parent):
                _sync_folder(folder)
        except OSError as error:
            # Some may be there by now; repeating finds them by their names.
            message = f"the outbox {self.path} broke off: {error.strerror}"
            raise OutcomeUnknown(message) from error


def _file_name(recipient: Recipient) -> str:
    return f"{recipient.delivery_id}.eml"


def _accepted(recipient: Recipient) -> DeliveryResult:
    return DeliveryResult(
        recipient.subscriber_id, DeliveryState.ACCEPTED, _file_name(recipient)
    )


def _write_file(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(path: Path) -> None:
    """Make the new names last: a rename is kept by the folder, not by the file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _stopped(path: Path, error: OSError) -> ProviderStopped:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    what = "the disk is full" if full else (error.strerror or str(error))
    hint = "free some space" if full else "see that it is a folder you can write to"
    return ProviderStopped(
        f"the outbox {path} cannot be written: {what}",
        hint=f"{hint}, then run `newsletter resume`",
    )
