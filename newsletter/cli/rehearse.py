"""`newsletter rehearse`: a send to invented people, through a simulated provider."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson, IssueName
from newsletter.cli.outcome import watched
from newsletter.cli.output import plural, say, say_json
from newsletter.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from newsletter.sending.rehearsal.rehearse import Rehearsal

_DEFAULT = "mailgun"
_TIME = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*(ms|s)\Z")


People = Annotated[
    int, typer.Option("--subscribers", help="How many invented subscribers.")
]
Faults = Annotated[
    bool,
    typer.Option(
        "--faults", help="Let the first calls go wrong, and then one in twenty."
    ),
]
Simulated = Annotated[
    str,
    typer.Option(
        help="Which provider is simulated; else the one of newsletter.yaml, and "
        f"{_DEFAULT} for one that cannot be (outbox, smtp)."
    ),
]


def rehearse(
    context: typer.Context,
    issue: IssueName,
    people: People = 50_000,
    faults: Faults = False,
    provider: Simulated = "",
    latency: Annotated[
        str, typer.Option(help="How long the provider takes for a call.")
    ] = "50ms",
    seed: Annotated[
        int, typer.Option(help="Faults come in the order that this number gives.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Send an issue to invented people, by a simulated provider.

    The real pipeline, the provider's own code and real HTTP, on this machine only: the
    subscribers, the ledger and the outbox are not touched. Tells how long a send
    would take, and with `--faults` that nobody is lost and nobody gets it twice
    whatever goes wrong. Ends with exit code 8 when somebody was or did.
    """
    from newsletter.sending.rehearsal.rehearse import Conditions
    from newsletter.sending.rehearsal.rehearse import rehearse as play

    options: Context = context.obj
    publication = options.publication()
    service = provider or _service(publication.provider, quiet=as_json)
    conditions = Conditions.of(
        service, people, latency=_seconds(latency), faults=faults, seed=seed
    )
    with watched(people, quiet=as_json) as controls:
        found = play(publication, issue, conditions, controls)
    if as_json:
        say_json(found.as_data())
    else:
        _tell(found)
    if not found.compared.kept_the_promise:
        raise typer.Exit(Incomplete.exit_code)


def _service(own: str, *, quiet: bool) -> str:
    """The publication's own provider where it can be simulated; else it is told."""
    from newsletter.providers.simulator.dialects import DIALECTS

    if own in DIALECTS:
        return own
    if not quiet:
        another = "--provider chooses another"
        say(f"`{own}` cannot be rehearsed: this is {_DEFAULT}; {another}")
    return _DEFAULT


def _seconds(text: str) -> float:
    found = _TIME.match(text.strip())
    if found is None:
        raise UsageError(f"--latency {text} is no time", hint="write 50ms or 1.5s")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def _tell(found: "Rehearsal") -> None:
    from newsletter.providers.simulator.faults import FAULTS

    data, plan, counts = found.as_data(), found.conditions.plan, found.counts
    people = plural(found.conditions.subscribers, "invented subscriber")
    say(
        f"{data['issue']} → {people}, through a simulated {plan.dialect} "
        f"({plan.latency * 1000:g} ms a call, seed {plan.seed})"
    )
    say(
        f"  duration    {found.seconds:.2f} s, "
        f"{found.planning_seconds:.2f} of them to plan; "
        f"the first call after {found.first_call_after:.2f} s"
    )
    say(f"  throughput  {found.per_second:,.0f} recipients/s")
    say(
        f"  calls       {counts.calls:,}, up to {counts.most_at_once} at a time, "
        f"{counts.repeats:,} recognised as repeated"
    )
    say(
        f"  cost        {data['cpu_seconds_per_thousand']} CPU s per 1,000 recipients, "
        f"{data['bytes_per_recipient']} bytes for each, {found.peak_mib} MiB at most"
    )
    for kind, number in sorted(counts.faults.items()):
        say(f"  fault       {number:,} × {FAULTS[kind].says}")
    if found.stops:
        say(f"  paused      {plural(found.stops, 'time')}, and went on")
    say(
        f"  outcome     {data['accepted']:,} accepted, {data['rejected']:,} rejected, "
        f"{data['uncertain']:,} uncertain"
    )
    if data["rejected"]:
        say("              the rejected ones were refused as the rehearsal planned it")
    say(f"  lost {found.compared.lost:,} · twice {found.compared.twice:,}")
