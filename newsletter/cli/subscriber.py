"""`newsletter subscribers …` for one person: shown, tagged, suppressed, forgotten."""

from pathlib import Path
from typing import Annotated, Any

import typer

from newsletter.cli.context import Context, open_store
from newsletter.cli.options import AsJson, Yes
from newsletter.cli.output import plural, say, say_json, warn
from newsletter.errors import UsageError
from newsletter.model.subscriber import SuppressionReason

Address = Annotated[str, typer.Argument(help="The address.")]
Tags = Annotated[list[str], typer.Argument(metavar="TAG...", help="One tag or more.")]
Note = Annotated[str, typer.Option(help="Why, in a few words; kept with it.")]


def show(context: typer.Context, address: Address, as_json: AsJson = False) -> None:
    """Show all that is known of one address; as JSON, for the person to have."""
    found = dossier(context.obj, address)
    if as_json:
        say_json(found)
        return
    for line in _lines(found):
        say(line)


def tag(context: typer.Context, address: Address, tags: Tags) -> None:
    """Put tags on a subscriber, to make segments of them."""
    from newsletter.audience import marking

    with open_store(context.obj.publication()) as store:
        now = marking.tag(store, address, tags)
    say(f"{address}: {', '.join(now)}")


def untag(context: typer.Context, address: Address, tags: Tags) -> None:
    """Take tags off a subscriber."""
    from newsletter.audience import marking

    with open_store(context.obj.publication()) as store:
        now = marking.untag(store, address, tags)
    say(f"{address}: {', '.join(now) or 'no tags'}")


def suppress(
    context: typer.Context,
    address: Address,
    reason: Annotated[
        SuppressionReason, typer.Option(help="Why it is never mailed.")
    ] = SuppressionReason.MANUAL,
    note: Note = "",
) -> None:
    """Never mail an address, whether it is a subscriber's or not."""
    from newsletter.audience import marking
    from newsletter.config.erasing import load_eraser

    publication = context.obj.publication()
    if reason is SuppressionReason.ERASURE:
        raise UsageError(
            "nobody is erased by a suppression",
            hint=f"newsletter subscribers forget {address}",
        )
    with open_store(publication) as store:
        eraser = load_eraser(publication.root)
        found = marking.suppress(store, eraser, address, reason, note)
    say(f"{address}: never mailed since {found.since:%Y-%m-%d}: {found.reason}")


def unsuppress(context: typer.Context, address: Address, note: Note = "") -> None:
    """Let an address be mailed again.

    Who unsubscribed, complained or was erased must have asked for it; --note says how.
    """
    from newsletter.audience import marking
    from newsletter.config.erasing import load_eraser

    publication = context.obj.publication()
    with open_store(publication) as store:
        eraser = load_eraser(publication.root)
        before = marking.unsuppress(store, eraser, address, note)
    say(f"{address}: may be mailed again; it was suppressed: {before.reason}")


def forget(context: typer.Context, address: Address, yes: Yes = False) -> None:
    """Erase all that is known of an address, also from the database's file.

    What stays is a keyed hash of it, so that no import brings it back. Files that
    still hold the address, such as messages in the outbox, are named.
    """
    from newsletter.audience.forgetting import forget as erase
    from newsletter.sending.signing import eraser_here

    publication = context.obj.publication()
    if not yes and not typer.confirm(f"erase all that is known of {address}?"):
        raise UsageError("nothing was erased")
    folders = [publication.root]
    if publication.store_path:
        folders.append(publication.store_path.parent)
    with open_store(publication) as store:
        done = erase(store, eraser_here(store, publication.root), address, folders)
    say(f"{address}: {'erased' if done.known else 'unknown; it is never mailed'}")
    if done.remnants:
        warn(
            f"{plural(len(done.remnants), 'file')} outside of the store still hold it:"
        )
        for path in done.remnants:
            warn(f"  {path}")
    for path in done.ledgers:
        warn(f"{path} may hold it: newsletter db restore, then archive it anew")


def dossier(options: Context, address: str) -> dict[str, Any]:
    """All that is known of an address; raises UsageError when that is nothing."""
    from newsletter.audience.dossier import collect
    from newsletter.config.erasing import load_eraser

    publication = options.publication()
    with open_store(publication) as store:
        found = collect(store, load_eraser(publication.root), address)
    if found is None:
        raise UsageError(f"{address} is not known", hint="nothing was ever kept of it")
    return found


def write_dossier(options: Context, address: str, file: Path) -> None:
    """Write all that is known of an address to a JSON file for its owner only."""
    import json

    from newsletter.audience.files import written_whole

    found = dossier(options, address)
    with written_whole(options.path(file)) as stream:
        json.dump(found, stream, ensure_ascii=False, indent=2, default=str)
        stream.write("\n")


def _lines(found: dict[str, Any]) -> list[str]:
    person, suppression = found["subscriber"], found["suppression"]
    lines = [f"{found['address']}: {person['status'] if person else 'no subscriber'}"]
    if suppression:
        why, note = suppression["reason"], suppression["note"]
        since = f"since {suppression['since']:%Y-%m-%d}"
        lines.append(f"  never mailed {since}: {why}" + (f" ({note})" if note else ""))
    if person:
        lines += _about(person, found["tags"])
    for said in found["consents"]:
        where = " ".join(filter(None, (said["source"], said["ip"], said["note"])))
        lines.append(f"  {said['at']:%Y-%m-%d %H:%M} UTC {said['kind']}: {where}")
    for delivery in found["deliveries"]:
        lines.append(f"  {delivery['issue']}: {delivery['state']} {delivery['reason']}")
    for away in found["archived"]:
        told = away["delivery"]
        state = f"{told['state']} {told['reason']}" if told else "not here"
        lines.append(f"  {away['issue']}: {state} (archived in {away['file']})")
    return [line.rstrip() for line in lines]


def _about(person: dict[str, Any], tags: list[str]) -> list[str]:
    known = {"name": person["name"], **person["attributes"]}
    lines = [f"  {key}: {value}" for key, value in known.items() if value]
    if tags:
        lines.append(f"  tags: {', '.join(tags)}")
    lines.append(f"  joined: {person['created_at']:%Y-%m-%d}, {person['source']}")
    lines += [
        f"  {key.removesuffix('_at')}: {person[key]:%Y-%m-%d}"
        for key in ("confirmed_at", "unsubscribed_at")
        if person[key]
    ]
    return lines
