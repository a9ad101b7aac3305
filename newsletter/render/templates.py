"""Finds templates, the publication's own first, and renders them strictly."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)

from newsletter.config.theme import DEFAULT_TEMPLATES
from newsletter.errors import RenderError
from newsletter.render.plain_text import wrap


@lru_cache(maxsize=8)
def environment(root: Path) -> Environment:
    """The templates of a publication; `templates/x` in its `root` wins over ours."""
    loader = FileSystemLoader([root / "templates", DEFAULT_TEMPLATES])
    made = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=select_autoescape(
            disabled_extensions=("txt", "css"), default=True, default_for_string=True
        ),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    made.globals["wrap"] = wrap
    return made


def render_template(root: Path, name: str, /, **values: Any) -> str:
    """Render the template `name` with `values`.

    Raises RenderError with the template's name and line for anything wrong in it: a
    syntax error, a value that does not exist, a file that is missing.
    """
    try:
        return environment(root).get_template(name).render(**values)
    except TemplateNotFound as error:
        raise RenderError(
            f"templates/{name}: there is no template {error.name}",
            hint=f"add {error.name} to templates/ or remove what includes it",
        ) from None
    except TemplateSyntaxError as error:
        raise RenderError(
            f"templates/{error.name or name}:{error.lineno}: {error.message}",
            hint="mend the template, or delete your copy to use the default",
        ) from None
    except TemplateError as error:
        raise _at_line(name, error) from None
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        # An expression of a template author's, such as {{ 1 / 0 }} or {{ none + 1 }}.
        raise _at_line(name, error) from None


def _at_line(name: str, error: Exception) -> RenderError:
    """Name the innermost template line that the traceback passes."""
    line = 0
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if "/templates/" in file:
            name = file.rpartition("/templates/")[2]
            line = trace.tb_lineno
        trace = trace.tb_next
    place = f"templates/{name}:{line}" if line else f"templates/{name}"
    return RenderError(f"{place}: {error}", hint="mend the template")
