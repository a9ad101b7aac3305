"""How a simulated provider behaves: its dialect, its delay, and what goes wrong."""

import json
import random
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from newsletter.providers.simulator.dialects import DIALECTS
from newsletter.providers.simulator.faults import FAULTS, OK

_STEP = re.compile(r"([a-z0-9-]+)(?:\*([0-9]{1,6}))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of a simulator; the same plan and seed give the same faults.

    latency: seconds from the last byte of a call to its answer.
    faults: the share of calls, of 1, that each kind of fault meets.
    script: how the first calls go, before the shares apply: `ok` or a kind of fault
        each; `500*3` stands for three of them.
    per_second: calls beyond which it answers 429; None for no limit.
    key_seconds: how long a key is known; None for as long as the dialect documents.
    cut_at: after how many bytes an answer breaks off; None for anywhere.
    """

    dialect: str
    latency: float = 0.0
    faults: Mapping[str, float] = field(default_factory=dict)
    script: Sequence[str] = ()
    seed: int = 0
    per_second: float | None = None
    key_seconds: float | None = None
    cut_at: int | None = None

    def __post_init__(self) -> None:
        """Refuse dialects and kinds of faults that are none, with ValueError."""
        if self.dialect not in DIALECTS:
            message = f"there is no dialect `{self.dialect}`"
            raise ValueError(message)
        for kind in (*self.faults, *self.steps()):
            if kind not in FAULTS and kind != OK:
                message = f"there is no fault `{kind}`; known: {', '.join(FAULTS)}"
                raise ValueError(message)

    def steps(self) -> Iterator[str]:
        """The script, each step by itself."""
        for step in self.script:
            found = _STEP.match(step)
            if found is None:
                message = f"`{step}` is no step of a script"
                raise ValueError(message)
            yield from [found[1]] * int(found[2] or 1)

    def to_json(self) -> str:
        """The form in which it is handed to the simulator's process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Plan":
        """Read what `to_json` wrote; raises ValueError for anything else."""
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(str(error)) from None


class Course:
    """Tells how the next call goes."""

    def __init__(self, plan: Plan) -> None:
        """Follow the script first, then draw by the shares."""
        self._script = deque(plan.steps())
        self._shares = plan.faults
        self._random = random.Random(plan.seed)  # noqa: S311  to be repeated, no secret

    def next(self) -> str:
        """`ok` or a kind of fault."""
        if self._script:
            return self._script.popleft()
        drawn = self._random.random()
        for kind, share in self._shares.items():
            if drawn < share:
                return kind
            drawn -= share
        return OK
