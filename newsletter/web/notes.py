"""What is promised to who signs up: noted before the answer, worked off after it.

The one process of a SQLite publication keeps the note in memory. Where several serve
from PostgreSQL it is in the database before the answer is given, the same for every
address; the process that gave the answer works it off, or any other when that has died.
"""

from functools import partial

from newsletter.audience.address import Address, mailbox, normalise
from newsletter.audience.joining import ask
from newsletter.model.consent import Consent
from newsletter.store import sign_ups
from newsletter.store.sign_ups import SignUp
from newsletter.web.service import Service

LEFT_SECONDS = 10.0
"""A note that waits for so long is anybody's: whoever has it is slow, or dead."""


async def leave_note(service: Service, address: Address, said: Consent) -> bool:
    """Have somebody asked to confirm soon; False when too much is to be done already.

    Raises StoreError when the note cannot be kept: then nothing was promised.
    """
    if not service.store.is_shared:
        return service.door.leave_note(partial(work_off, service, address, said))
    if service.door.is_full:
        return False
    number = await service.before_the_answer(partial(_keep, service, address, said))
    _rest(service, number, address, said)
    return True


def left_behind(service: Service) -> list[SignUp]:
    """What others have left to do, and what was brought here with the database."""
    with service.store.read() as connection:
        return sign_ups.left_behind(connection, LEFT_SECONDS, service.kept)


def take_over(service: Service, left: SignUp) -> None:
    """Have a note of another process worked off here."""
    _rest(service, left.number, normalise(left.address), left.said)


def work_off(service: Service, address: Address, said: Consent, kept: int = 0) -> str:
    """In a thread: mail, if anybody is to be mailed; what came of it in one word.

    Each try counts for the mailbox: one that fails again and again is given up. Only
    who has taken up the note counts: the others find it gone.
    """
    waits: list[float] = []

    def let_in() -> bool:
        waits.append(service.limits.address.take(mailbox(address.key)))
        return not waits[0]

    invitation = ask(
        service.store,
        service.eraser,
        address,
        said,
        service.provider.name,
        kept=kept,
        let_in=let_in,
    )
    if any(waits):
        return "limited"
    if invitation is None:
        return "not mailed"
    service.notices.ask_to_confirm(
        invitation.uid,
        invitation.number,
        invitation.person,
        invitation.address,
    )
    return "mailed"


def _keep(service: Service, address: Address, said: Consent) -> int:
    with service.store.write() as connection:
        return sign_ups.keep(connection, address.address, address.key, said)


def _rest(service: Service, number: int, address: Address, said: Consent) -> None:
    """Let it rest here; where there is no room it stays in the database."""
    if service.door.leave_note(partial(_work_off, service, address, said, number)):
        service.kept.add(number)


def _work_off(service: Service, address: Address, said: Consent, number: int) -> str:
    try:
        return work_off(service, address, said, number)
    finally:
        service.kept.discard(number)
