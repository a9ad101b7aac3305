"""`newsletter doctor`: finds what keeps mail from leaving, or from arriving."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsletter.cli.context import Context
from newsletter.cli.options import AsJson
from newsletter.cli.output import plural, say, say_json
from newsletter.errors import Unwell, UsageError

if TYPE_CHECKING:
    from newsletter.providers.dns import Dns
    from newsletter.sending.doctor.finding import Finding

MAX_MESSAGE = 50 * 1024 * 1024
STDIN = 0


MessageFile = Annotated[
    str,
    typer.Option(metavar="FILE", help="Read a delivered message instead; - for stdin."),
]
Whom = Annotated[
    str, typer.Option(help="Look at this one, not at that of newsletter.yaml.")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask nobody outside this machine.")
]
DnsServer = Annotated[str, typer.Option(metavar="ADDRESS", help="Ask this DNS server.")]


def doctor(
    context: typer.Context,
    message: MessageFile = "",
    provider: Whom = "",
    offline: Offline = False,
    dns: DnsServer = "",
    as_json: AsJson = False,
) -> None:
    """Find what keeps mail from leaving, or from arriving.

    Looks at newsletter.yaml, the secrets, the store, the provider, and what the DNS
    says of the sender's domain (SPF, DKIM, DMARC). What cannot be looked at is `not
    checked`. Ends with exit code 9 when there are problems.
    """
    from newsletter.sending.doctor.delivered import message_findings
    from newsletter.sending.doctor.examine import How, examine

    options: Context = context.obj
    names = _dns(dns)
    if message:
        data = _read(options, message)
        found = list(message_findings(data, names, offline=offline))
    else:
        how = How(provider=provider, offline=offline)
        found = list(examine(options.publication(), names, how))
    if as_json:
        say_json([asdict(each) for each in found])
    else:
        _show(found)
    problems = sum(each.verdict == "problem" for each in found)
    if problems:
        raise Unwell(f"the doctor found {plural(problems, 'problem')}")


def _show(found: Iterable["Finding"]) -> None:
    """A line for each finding, with what to do below it; and how many of each."""
    found = list(found)
    width = max((len(each.check) for each in found), default=0)
    for each in found:
        say(f"{each.verdict:<11}  {each.check:<{width}}  {each.message}")
        if each.hint:
            say(f"{'':<11}  {'':<{width}}  → {each.hint}")
    counts = Counter(str(each.verdict) for each in found)
    words = {"warning": "warnings", "problem": "problems"}
    parts = [
        plural(number, verdict, words.get(verdict, verdict))
        for verdict in ("ok", "warning", "problem", "not checked")
        if (number := counts[verdict])
    ]
    say()
    say(", ".join(parts))


def _read(options: Context, name: str) -> bytes:
    """The message's bytes; raises UsageError for a file that cannot be read."""
    given = name == "-"
    try:
        path = STDIN if given else options.path(Path(name))
        with open(path, "rb", closefd=not given) as file:
            data = file.read(MAX_MESSAGE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason}") from None
    if len(data) > MAX_MESSAGE:
        message = f"{name} has more than {MAX_MESSAGE // 2**20} MiB"
        raise UsageError(message, hint="is it a message?")
    return data


def _dns(address: str) -> "Dns":
    """Whom to ask: an IP address, and after a `:` its port."""
    import ipaddress

    from newsletter.providers.dns import Dns

    if not address:
        return Dns()
    host, colon, port = address.rpartition(":")
    if not colon or ":" in host:
        host, port = address, "53"
    try:
        return Dns(str(ipaddress.ip_address(host)), _port(port))
    except ValueError:
        raise UsageError(
            f"--dns {address} is not an IP address", hint="such as 9.9.9.9"
        ) from None


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**16:
        raise ValueError(text)
    return number
