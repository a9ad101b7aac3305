"""Writes the parts of the docs that the code knows best; cog puts them in place."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from newsletter import errors
from newsletter.audience.people import NeverMailed
from newsletter.check.codes import CODES, NEVER_IGNORED
from newsletter.cli.app import app
from newsletter.config.publication import ENVIRONMENT
from newsletter.content.aliases import ISSUE_ALIASES, ROUNDTABLE_ALIASES
from newsletter.content.issue import KEYS as ISSUE_KEYS
from newsletter.content.roundtable import KEYS as ROUNDTABLE_KEYS
from newsletter.model.issue import Issue
from newsletter.model.publication import Publication
from newsletter.model.roundtable import Roundtable
from newsletter.providers.protocol import Capabilities
from newsletter.providers.registry import PROVIDERS, provider_class
from newsletter.providers.simulator.faults import FAULTS


def commands() -> str:
    """The help text of every command, as the terminal shows it."""
    root: Any = typer.main.get_command(app)
    return "\n".join(_help(root, ["newsletter"]))


def _help(command: Any, words: list[str]) -> Iterator[str]:
    context = command.context_class(
        command, info_name=" ".join(words), terminal_width=80, max_content_width=80
    )
    name = " ".join(words)
    yield f"{'#' * (len(words) + 1)} {name}\n\n```\n{command.get_help(context).strip()}"
    yield "```\n"
    for part in getattr(command, "commands", {}).values():
        yield from _help(part, [*words, part.name])


def configuration() -> str:
    """Every key of newsletter.yaml."""
    rows = ["| key | what it is | default |", "|---|---|---|"]
    rows += _keys(Publication, "")
    return "\n".join(rows)


def _keys(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        key = f"{prefix}{field.alias or name}"
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, f"{key}.")
            continue
        yield f"| `{key}` | {field.description} | {_default(field.default)} |"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if value in ("", (), None):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


def environment() -> str:
    """Every variable that is read, those of providers apart."""
    rows = ["| variable | what it is |", "|---|---|"]
    return "\n".join([*rows, *(f"| `{k}` | {v} |" for k, v in ENVIRONMENT.items())])


def keys() -> str:
    """The keys of each provider."""
    rows = ["| provider | variable | what it is |", "|---|---|---|"]
    for name in PROVIDERS:
        for variable, purpose in provider_class(name).variables.items():
            what = purpose[0].upper() + purpose[1:].rstrip(".")
            rows.append(f"| `{name}` | `{variable}` | {what}. |")
    return "\n".join(rows)


def issue_keys() -> str:
    """The front matter of an issue, with the names other tools use."""
    return _front_matter(Issue, ISSUE_KEYS, ISSUE_ALIASES)


def roundtable_keys() -> str:
    """The front matter of a roundtable."""
    return _front_matter(Roundtable, ROUNDTABLE_KEYS, ROUNDTABLE_ALIASES)


def _front_matter(model: type[BaseModel], keys: tuple[str, ...], aliases: Any) -> str:
    rows = ["| key | what it is | also read as |", "|---|---|---|"]
    for key in keys:
        others = ", ".join(f"`{alias}`" for alias, to in aliases.items() if to == key)
        field = model.model_fields[key]
        # Date and slug may come from the file's name.
        required = field.is_required() and key not in ("date", "slug")
        what = f"**Required.** {field.description}" if required else field.description
        rows.append(f"| `{key}` | {what} | {others} |")
    return "\n".join(rows)


def problem_pages() -> str:
    """Every code with its page, and whether an author may ignore it."""
    rows = ["| code | what it means | can be ignored |", "|---|---|---|"]
    for code, meaning in CODES.items():
        may = "no" if code in NEVER_IGNORED else ""
        rows.append(f"| [{code}](problems/{code}.md) | {meaning} | {may} |")
    return "\n".join(rows)


def exit_codes() -> str:
    """Every error and the exit code it ends a command with."""
    rows = ["| exit code | error | what it says |", "|---|---|---|"]
    found = list(dict.fromkeys([*_errors(errors.NewsletterError), NeverMailed]))
    for item in sorted(found, key=lambda one: (one.exit_code, one.__name__)):
        text = " ".join((item.__doc__ or "").split())
        rows.append(f"| {item.exit_code} | `{item.__name__}` | {text} |")
    return "\n".join(rows)


def _errors(kind: type[errors.NewsletterError]) -> Iterator[Any]:
    """An error and all that are kinds of it, wherever they are defined."""
    yield kind
    for inner in kind.__subclasses__():
        yield from _errors(inner)


def providers() -> str:
    """What each provider can do, as its capabilities say."""
    rows = [
        "| provider | recipients of one call | one text for all | images inside "
        "| headers for each | a repeated call is recognised | what became of a call "
        "| calls a second | calls at once | a call ends after "
        "| events prove themselves by |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in PROVIDERS:
        cells = [f"`{name}`", *_abilities(provider_class(name).capabilities)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _abilities(able: Capabilities) -> list[str]:
    pace = able.calls_per_second
    return [
        str(able.batch_size),
        "yes" if able.substitution else "",
        "yes" if able.inline_images else "",
        "yes" if able.recipient_headers else "",
        _lifetime(able.key_lifetime, able.repeats),
        _search(able),
        f"{pace:.2g}" if pace else "",
        str(able.at_once),
        f"{able.call_seconds:.0f} s",
        able.signature,
    ]


def _lifetime(lifetime: timedelta | None, repeats: str) -> str:
    if lifetime is None:
        return ""
    if lifetime == timedelta.max:
        return f"always, each {repeats}"
    hours = lifetime / timedelta(hours=1)
    span = f"{hours:.0f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"
    return f"for {span}, each {repeats}"


def _search(able: Capabilities) -> str:
    minutes = able.search_delay // timedelta(minutes=1)
    found = {
        "records": "its records" + (f", after {minutes} minutes" if minutes else ""),
        "key": "the same call again",
    }
    return found.get(able.search or "", "its events only" if able.signature else "")


def faults() -> str:
    """Every fault that a rehearsal knows."""
    rows = ["| what the provider does | has it the messages? |", "|---|---|"]
    rows += [
        f"| {fault.says} | {'yes' if fault.accepts else 'no'} |"
        for fault in FAULTS.values()
    ]
    return "\n".join(rows)
