"""Runs a simulator as a process; it prints its address, and ends with its input.

    python -m newsletter.providers.simulator '{"dialect": "mailgun", "latency": 0.05}'

The argument is a plan (see `plan.py`); a second one names a certificate to speak TLS
with.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from newsletter.providers.simulator.plan import Plan
from newsletter.providers.simulator.server import serve

if __name__ == "__main__":
    plan = Plan.from_json(sys.argv[1])
    certificate = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(plan, certificate))
