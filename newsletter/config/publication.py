"""Loads newsletter.yaml as a Publication, with what the environment overrides."""

import os
from collections.abc import Iterable, Mapping
from os.path import lexists
from pathlib import Path

from newsletter.config.files import display_name, read_text
from newsletter.config.home import FILE_NAME
from newsletter.config.located_yaml import Document, read_yaml
from newsletter.config.theme import load_theme, theme_names
from newsletter.config.validate import did_you_mean, validate
from newsletter.errors import ConfigError, SourceError
from newsletter.model.problem import Problem
from newsletter.model.publication import Publication
from newsletter.model.theme import laid_over

MAX_BYTES = 64 * 1024

ENVIRONMENT: Mapping[str, str] = {
    "NEWSLETTER_STORE": "The database's URL, instead of `store` in newsletter.yaml.",
    "NEWSLETTER_OUTBOX": "The outbox's folder, instead of `providers.outbox.path`.",
    "NEWSLETTER_SECRET": "Signs unsubscribe links. Without it one is made and kept in "
    "`.newsletter/secret`.",
    "NEWSLETTER_OLD_SECRETS": "Secrets that it had before, with blanks between: their "
    "links go on working.",
    "NEWSLETTER_EDITOR": "Opens files for `newsletter preview`: a command or an "
    "address with `{file}`, `{line}` and `{column}`; without it VS Code.",
    "NEWSLETTER_METRICS_TOKEN": "Opens `/metrics` to who sends it as a bearer token.",
}
"""Every variable that is read, and what it is for; also read from `.env`."""


def load_publication(
    root: Path, environ: Mapping[str, str] | None = None
) -> Publication:
    """Read the publication in `root`.

    Raises SourceError with every mistake in newsletter.yaml, located.
    """
    path = root / FILE_NAME
    file = display_name(path, root)
    document = read_yaml(read_text(path, root, MAX_BYTES), file=file)
    ours = {"root": root, "places": document.places()}
    publication = validate(Publication, document, extra=ours)
    themed = _themed(publication, document)
    return _override(themed, environment(root, environ))


def environment(
    root: Path,
    environ: Mapping[str, str] | None = None,
    *,
    names: Iterable[str] = (),
) -> dict[str, str]:
    """Our variables from `.env` beside newsletter.yaml; the process's own win.

    `names` are those of a provider, wanted beside ENVIRONMENT. Raises ConfigError when
    there is a `.env` that cannot be read.
    """
    wanted = [*ENVIRONMENT, *names]
    found = {
        key: value or ""
        for key, value in _dotenv(root / ".env").items()
        if key in wanted
    }
    process = os.environ if environ is None else environ
    return found | {key: process[key] for key in wanted if process.get(key)}


def _dotenv(path: Path) -> dict[str, str | None]:
    if not lexists(path):
        return {}
    # It loads much, and most publications have no such file.
    from dotenv import dotenv_values  # noqa: PLC0415

    try:
        # It may well be a link to where a host keeps its secrets.
        return dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(
            f"{path} cannot be read: {reason}", hint="mend it, or remove it"
        ) from None


def _themed(publication: Publication, document: Document) -> Publication:
    """The publication in its theme: what newsletter.yaml says itself comes first."""
    theme = load_theme(publication.theme, publication.root)
    if theme is None:
        place = document.place(("theme",))
        known = theme_names(publication.root)
        closest = did_you_mean(publication.theme, known)
        problem = Problem(
            code="config",
            message=f"there is no theme `{publication.theme}`",
            hint=closest or f"there are {', '.join(known)}",
            file=document.file,
            line=place.line,
            column=place.column,
        )
        raise SourceError([problem])
    return publication.model_copy(
        update={
            "colours": laid_over(theme.colours, publication.colours),
            "fonts": laid_over(theme.fonts, publication.fonts),
            "look": laid_over(theme.look, publication.look),
        }
    )


def _override(publication: Publication, found: Mapping[str, str]) -> Publication:
    changes: dict[str, object] = {}
    if store := found.get("NEWSLETTER_STORE"):
        changes["store"] = store
    if outbox := found.get("NEWSLETTER_OUTBOX"):
        settings = publication.providers
        box = settings.outbox.model_copy(update={"path": Path(outbox)})
        changes["providers"] = settings.model_copy(update={"outbox": box})
    return publication.model_copy(update=changes)
