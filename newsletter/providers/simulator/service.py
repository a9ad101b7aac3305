"""The simulated service: takes calls, knows keys, counts mailboxes, fails at will."""

import asyncio
import hashlib
import random
import time
from dataclasses import dataclass

from newsletter.providers.simulator.counts import Tally
from newsletter.providers.simulator.dialects import DIALECTS, Call, Entry
from newsletter.providers.simulator.faults import FAULTS, OK, End, Fault
from newsletter.providers.simulator.plan import Course, Plan
from newsletter.providers.simulator.wire import Refusal, Reply, Request

REFUSED = "refused"
"""An address that begins so is refused by every dialect, whenever it is sent to."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is written to the connection, and what then becomes of it."""

    wire: bytes
    end: End = End.KEEP


@dataclass(frozen=True, slots=True)
class _Known:
    """A call that was accepted under a key."""

    digest: bytes
    answer: Reply
    at: float


class Service:
    """One account at the simulated service, from its plan on."""

    def __init__(self, plan: Plan) -> None:
        """Begin with empty mailboxes."""
        self.tally = Tally()
        self._known: dict[str, _Known] = {}
        self._busy: set[str] = set()
        self.follow(plan)

    def follow(self, plan: Plan) -> None:
        """Behave by another plan from now on, and forget nothing."""
        self.plan = plan
        self.dialect = DIALECTS[plan.dialect]
        self._course = Course(plan)
        self._random = random.Random(plan.seed)  # noqa: S311  to be repeated, no secret
        self._tokens = plan.per_second or 0.0
        self._filled_at = 0.0

    async def answer(self, request: Request) -> Outcome:
        """Take one request to send; `tally` has what was accepted, whatever it says."""
        self.tally.begin(request.size, time.monotonic())
        try:
            return await self._take(request)
        except Refusal as refusal:
            return self._said(refusal.reply)
        finally:
            self.tally.at_once -= 1

    async def _take(self, request: Request) -> Outcome:
        call = self._read(request)
        self._limit()
        if call.key in self._busy:
            raise Refusal(self.dialect.error("at once", call.key))
        digest = hashlib.sha256(request.body).digest() if call.key else b""
        if call.key:
            self._busy.add(call.key)
        try:
            await asyncio.sleep(self.plan.latency)
            return self._decide(call, digest)
        finally:
            self._busy.discard(call.key)

    def _read(self, request: Request) -> Call:
        if not request.path.partition("?")[0].endswith(self.dialect.path):
            raise Refusal(Reply.of({"message": "no such path"}, 404))
        if request.method != "POST":
            raise Refusal(Reply.of({"message": "no such method"}, 405))
        call = self.dialect.read(request)
        if len(call.addresses) > self.dialect.limit:
            raise Refusal(self.dialect.error("too many", f"> {self.dialect.limit}"))
        return call

    def _limit(self) -> None:
        """Raise Refusal beyond the calls that a second may have."""
        if self.plan.per_second is None:
            return
        now = time.monotonic()
        added = (now - self._filled_at) * self.plan.per_second
        most = max(1.0, self.plan.per_second)
        self._tokens = min(most, self._tokens + added)
        self._filled_at = now
        if self._tokens < 1:
            self.tally.faults["429-seconds"] += 1
            raise Refusal(_plain(FAULTS["429-seconds"], Reply()))
        self._tokens -= 1

    def _decide(self, call: Call, digest: bytes) -> Outcome:
        kind = self._course.next()
        if kind != OK:
            self.tally.faults[kind] += 1
        fault = FAULTS.get(kind)
        if fault and not fault.accepts:
            return self._failed(fault, Reply())
        right = self._repeated(call, digest) or self._accept(call, kind, digest)
        return self._failed(fault, right) if fault else self._said(right)

    def _repeated(self, call: Call, digest: bytes) -> Reply | None:
        """The answer to a call whose key is known; None when it is a new one."""
        known = self._known.get(call.key) if call.key else None
        lifetime = self.plan.key_seconds or self.dialect.key_seconds or 0.0
        if known is None or time.monotonic() - known.at > lifetime:
            return None
        if known.digest != digest:
            raise Refusal(self.dialect.error("other bytes", call.key))
        self.tally.repeats += 1
        return known.answer if self.dialect.replays else self.dialect.error("repeat")

    def _accept(self, call: Call, kind: str, digest: bytes) -> Reply:
        """Put the messages into their mailboxes, and say so."""
        third = 3 if kind == "partial" else 0
        ids = f"{self.tally.calls:08x}-5107-4000-8000-"
        entries = [
            Entry(
                address, "" if _refused(address, place, third) else f"{ids}{place:012x}"
            )
            for place, address in enumerate(call.addresses)
        ]
        if call.whole:
            for each in entries:
                if not each.id:
                    raise Refusal(self.dialect.error("address", each.address))
        self.tally.mailboxes.update(each.address for each in entries if each.id)
        self.tally.last_at = time.monotonic()
        if kind == "short":
            del entries[-1]
        if kind == "reordered":
            entries.reverse()
        answer = self.dialect.answer(entries)
        if call.key:
            self._known[call.key] = _Known(digest, answer, self.tally.last_at)
        return answer

    def _failed(self, fault: Fault, right: Reply) -> Outcome:
        """Answer as the fault does, instead of `right`."""
        if fault.of_provider in ("revoked", "quota"):
            return self._said(self.dialect.error(fault.of_provider))
        if fault.of_provider:
            return self._said(right)
        reply = _plain(fault, right)
        wire = reply.encode() if fault.answer else b""
        if fault.end is End.CLOSE:
            cut = self.plan.cut_at
            wire = wire[: self._random.randrange(len(wire)) if cut is None else cut]
        self.tally.statuses[str(reply.status) if fault.answer else "none"] += 1
        return Outcome(wire, fault.end)

    def _said(self, reply: Reply) -> Outcome:
        self.tally.statuses[str(reply.status)] += 1
        return Outcome(reply.encode())


def _plain(fault: Fault, right: Reply) -> Reply:
    return fault.answer(right) if fault.answer else right


def _refused(address: str, place: int, third: int) -> bool:
    return address.startswith(REFUSED) or bool(third and place % third == 2)
