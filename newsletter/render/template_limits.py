"""Keeps templates from running without end: counts their steps, and ends the count."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import wraps
from types import MethodType
from typing import Any, cast

from jinja2 import Environment, TemplateRuntimeError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from newsletter.render.template_sizes import parts, size_of_call, size_of_operation

MAX_STEPS = 1_000_000
"""What a template may do in all: a page of 10,000 issues takes a tenth of it."""

MAX_SIZE = 1_000_000
"""Characters or items of anything that a template makes of others."""

MAX_NUMBER = 10**18
"""The largest whole number that a template may reckon with."""

# What is made of others costs a step for so many of its parts.
_PARTS = 20

# The steps of a turn of a loop, of a call of a macro, of a template, of a block.
_TURN, _CALL, _BLOCK = 1, 10, 100

_left: ContextVar[list[int]] = ContextVar("left")


@contextmanager
def limited() -> Iterator[None]:
    """Give what is rendered within this context its steps."""
    before = _left.set([MAX_STEPS])
    try:
        yield
    finally:
        _left.reset(before)


def _take(steps: int = 1) -> bool:
    """Take some of the steps that are left; true, to stand before a condition."""
    left = _left.get()
    left[0] -= steps
    if left[0] < 0:
        message = f"it takes more than {MAX_STEPS:,} steps: is a loop within a loop?"
        raise TemplateRuntimeError(message)
    return True


def refuse_large(size: int) -> None:
    """Refuse what would be larger than anything a letter is made of."""
    if size > MAX_SIZE:
        message = f"it makes something of {size:,} parts: {MAX_SIZE:,} at most"
        raise TemplateRuntimeError(message)


def measured(made: Any) -> Any:
    """What a template made of other values, if it is not too large.

    Raises TemplateRuntimeError if it is, or if all that was made is too much.
    """
    if isinstance(made, int):
        if abs(made) > MAX_NUMBER:
            raise TemplateRuntimeError(f"a number is {MAX_NUMBER:,} at most")
        return made
    size = parts(made, MAX_SIZE)
    refuse_large(size)
    _take(size // _PARTS)
    return made


class _Counting(CodeGenerator):
    """Begins each turn of a loop, macro, block and template with a step.

    Steps and not seconds: the same template is refused everywhere, in the same line.
    """

    def visit_Template(  # noqa: N802 - Jinja's name
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        """Write the template as Python, with its steps."""
        for loop in node.find_all(nodes.For):
            loop.body.insert(0, _statement(loop, _TURN))
            if loop.test is not None:
                loop.test = nodes.And(_step(loop, _TURN), loop.test)
        for macro in node.find_all(nodes.Macro):
            macro.body.insert(0, _statement(macro, _CALL))
        for call in node.find_all(nodes.CallBlock):
            call.body.insert(0, _statement(call, _CALL))
        for block in node.find_all(nodes.Block):
            block.body.insert(0, _statement(block, _BLOCK))
        node.body.insert(0, _statement(node, _CALL))
        super().visit_Template(node, frame)

    def visit_List(  # noqa: N802 - Jinja's name
        self, node: nodes.List, frame: Frame
    ) -> None:
        """Write a list, measured: one of twice itself is large before long."""
        self._measured(super().visit_List, node, frame)

    def visit_Dict(  # noqa: N802 - Jinja's name
        self, node: nodes.Dict, frame: Frame
    ) -> None:
        """Write a dictionary, measured."""
        self._measured(super().visit_Dict, node, frame)

    def visit_Tuple(  # noqa: N802 - Jinja's name
        self, node: nodes.Tuple, frame: Frame
    ) -> None:
        """Write a tuple, measured where it is a value."""
        if node.ctx == "load":
            self._measured(super().visit_Tuple, node, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Concat(  # noqa: N802 - Jinja's name
        self, node: nodes.Concat, frame: Frame
    ) -> None:
        """Write what `~` joins, measured."""
        self._measured(super().visit_Concat, node, frame)

    def _measured(
        self, visit: Callable[[Any, Frame], None], node: nodes.Expr, frame: Frame
    ) -> None:
        self.write("environment.measured(")
        visit(node, frame)
        self.write(")")


def _step(node: nodes.Node, cost: int) -> nodes.Call:
    step, line = nodes.EnvironmentAttribute("step"), node.lineno
    return nodes.Call(step, [nodes.Const(cost)], [], None, None, lineno=line)


def _statement(node: nodes.Node, cost: int) -> nodes.ExprStmt:
    return nodes.ExprStmt(_step(node, cost), lineno=node.lineno)


class LimitedSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which knows no limit of time: loops in loops ran for hours."""

    code_generator_class = _Counting
    intercepted_binops = frozenset({"+", "-", "*", "**", "%"})
    step = staticmethod(_take)
    measured = staticmethod(measured)

    def __init__(self, **options: Any) -> None:
        """See `jinja2.Environment`."""
        super().__init__(**options)
        self._harmless_calls: set[Callable[..., Any]] = set()
        self.globals["range"] = _counted_range
        del self.globals["lipsum"]
        for name, made in self.filters.items():
            self.filters[name] = _limited(name, made)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckon, unless that makes a text, a list or a number without measure."""
        refuse_large(size_of_operation(operator, left, right))
        return measured(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Jinja's own `format` for texts, which measures what it makes."""
        made = super().wrap_str_format(value)
        if made is None:
            return None

        def formatted(*args: Any, **named: Any) -> str:
            text = value.__self__
            refuse_large(size_of_call("format", text, (*args, *named.values())))
            return cast(str, measured(made(*args, **named)))

        return formatted

    def call(self, context: Context, called: Any, *args: Any, **named: Any) -> Any:
        """Call, unless a text's own method would make one without measure."""
        if type(called) is MethodType and called.__func__ in self._harmless_calls:
            # The compiled template's own; Jinja takes them away too.
            named.pop("_loop_vars", None)
            named.pop("_block_vars", None)
            return called(*args, **named)
        text = getattr(called, "__self__", None)
        if type(text) is date and called.__name__ == "isoformat":
            return called()
        if isinstance(text, str):
            refuse_large(size_of_call(called.__name__, text, (*args, *named.values())))
        made = super().call(context, called, *args, **named)
        if type(called) is MethodType and called.__module__.startswith("newsletter."):
            # Jinja had nothing against it and hands it nothing: so it is each time.
            self._harmless_calls.add(called.__func__)
        return measured(made) if isinstance(text, str) or called is dict else made


def _limited(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that is refused what it would make too large."""

    @wraps(made)
    def limited_filter(*args: Any, **named: Any) -> Any:
        values = (*args, *named.values())
        at = next((at for at, item in enumerate(values) if _is_value(item)), 0)
        refuse_large(size_of_call(name, values[at], values[at + 1 :]))
        return measured(made(*args, **named))

    return limited_filter


def _is_value(item: Any) -> bool:
    """Whether an argument is a value and not what Jinja itself hands a filter."""
    return not isinstance(item, Environment | Context | EvalContext)


def _counted_range(*args: int) -> range:
    """A range whose numbers are steps too, for a filter runs through them at once."""
    numbers = safe_range(*args)
    _take(len(numbers))
    return numbers
