"""Finds templates, the publication's own first, and renders them strictly."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from pydantic import BaseModel

from newsletter.config.files import inside
from newsletter.config.home import DEFAULT_TEMPLATES
from newsletter.errors import RenderError
from newsletter.render.template_limits import LimitedSandbox, limited
from newsletter.render.text_width import headline, wrap


class _Loader(FileSystemLoader):
    """Loads from the first folder that has the template, and never from outside."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The source, its file, and what tells whether both are still the same."""
        source, file, unchanged = super().get_source(environment, template)
        if not any(inside(Path(file), Path(folder)) for folder in self.searchpath):
            raise TemplateNotFound(template)
        first = Path(self.searchpath[0], template)
        is_first = first == Path(file)
        return source, file, lambda: unchanged() and first.exists() == is_first


class _Sandbox(LimitedSandbox):
    """Shows a template the values of our models, and nothing that could do something.

    Jinja's own sandbox forbids names with an underscore only; a path can be read and
    written, and a model's class can be made to unpickle.
    """

    def __init__(self, **options: Any) -> None:
        """See `jinja2.Environment`."""
        super().__init__(**options)
        self._harmless: set[tuple[type, str]] = set()

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The attribute, if it is harmless: asked once for each class of ours.

        That is decided by the class and the name alone; every page asks for dozens.
        """
        kind = type(obj)
        if (kind, attribute) in self._harmless:
            return getattr(obj, attribute)
        found = super().getattr(obj, attribute)
        if (
            kind.__module__.startswith("newsletter.")
            and hasattr(obj, attribute)
            and self.is_safe_attribute(obj, attribute, found)
        ):
            self._harmless.add((kind, attribute))
        return found

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, PurePath | type):
            return False
        if isinstance(obj, BaseModel):
            kind = type(obj)
            is_property = isinstance(getattr(kind, attr, None), property)
            return attr in kind.model_fields or is_property
        return super().is_safe_attribute(obj, attr, value)


@lru_cache(maxsize=8)
def environment(root: Path) -> Environment:
    """The templates of a publication; `templates/x` in its `root` wins over ours.

    Sandboxed, so that somebody else's theme cannot run a program or read the
    environment.
    """
    made = _Sandbox(
        loader=_Loader([root / "templates", DEFAULT_TEMPLATES]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(
            disabled_extensions=("txt", "css"), default=True, default_for_string=True
        ),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    made.globals.update(wrap=wrap, headline=headline)
    return made


@contextmanager
def unchanging(root: Path) -> Iterator[None]:
    """Take the templates as they are now: no file is looked at again within."""
    made = environment(root)
    if not all(template.is_up_to_date for template in (made.cache or {}).values()):
        environment.cache_clear()
        made = environment(root)
    made.auto_reload = False
    try:
        yield
    finally:
        made.auto_reload = True


def template_source(root: Path, name: str) -> str:
    """The template `name` as it was written."""
    made = environment(root)
    return made.loader.get_source(made, name)[0] if made.loader else ""


def has_template(root: Path, name: str) -> bool:
    """Whether the publication or we have the template `name`."""
    made = environment(root)
    try:
        made.get_template(name)
    except TemplateNotFound:
        return False
    except TemplateError:
        pass  # It is there; who renders it is told what is wrong with it.
    return True


def render_template(root: Path, name: str, /, **values: Any) -> str:
    """Render the template `name` with `values`.

    Raises RenderError with the template's name and line for anything wrong in it: a
    syntax error, a value that does not exist, a file that is missing.
    """
    with _located(name):
        return environment(root).get_template(name).render(**values)


def render_once(root: Path, name: str, /, **values: Hashable) -> str:
    """Render as `render_template` does what is the same for many emails.

    It is rendered again only when the template or a value is another.
    """
    with _located(name):
        return _rendered(environment(root).get_template(name), tuple(values.items()))


# A template that was changed is another object.
@lru_cache(maxsize=64)
def _rendered(template: Template, values: tuple[tuple[str, Hashable], ...]) -> str:
    return template.render(dict(values))


@contextmanager
def _located(name: str) -> Iterator[None]:
    """Make a RenderError of what is wrong in the template `name`."""
    try:
        with limited():
            yield
    except TemplateNotFound as error:
        raise RenderError(
            f"{_place(name, error)}: there is no template {error.name}",
            hint=f"add {error.name} to templates/ or remove what includes it",
        ) from None
    except TemplateSyntaxError as error:
        raise RenderError(
            f"templates/{error.name or name}:{error.lineno}: {error.message}",
            hint="mend the template, or delete your copy to use the default",
        ) from None
    except RecursionError as error:
        message = f"{_place(name, error)}: it includes itself"
        raise RenderError(message, hint="mend the template") from None
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        MemoryError,
    ) as error:
        # An expression of a template author's, such as {{ 1 / 0 }} or {{ none + 1 }}.
        message = f"{_place(name, error)}: {error}"
        raise RenderError(message, hint="mend the template") from None


def _place(name: str, error: Exception) -> str:
    """Name the innermost template line that the traceback passes."""
    line = 0
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if "/templates/" in file:
            name = file.rpartition("/templates/")[2]
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"templates/{name}:{line}" if line else f"templates/{name}"
