"""Keeps templates from running without end: counts their steps, and ends the count."""

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2 import TemplateRuntimeError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

MAX_STEPS = 1_000_000
"""What a template may do in all: a page of 10,000 issues takes a tenth of it."""

MAX_SIZE = 1_000_000
"""Characters, items or bits of what a template may multiply."""

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


def _step(node: nodes.Node, cost: int) -> nodes.Call:
    step, line = nodes.EnvironmentAttribute("step"), node.lineno
    return nodes.Call(step, [nodes.Const(cost)], [], None, None, lineno=line)


def _statement(node: nodes.Node, cost: int) -> nodes.ExprStmt:
    return nodes.ExprStmt(_step(node, cost), lineno=node.lineno)


class LimitedSandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which knows no limit of time: loops in loops ran for hours."""

    code_generator_class = _Counting
    intercepted_binops = frozenset({"*", "**"})
    step = staticmethod(_take)

    def __init__(self, **options: Any) -> None:
        """See `jinja2.Environment`."""
        super().__init__(**options)
        self.globals["range"] = _counted_range
        del self.globals["lipsum"]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply, unless that makes a text, a list or a number without measure."""
        size = _size(operator, left, right)
        if size > MAX_SIZE:
            message = f"it makes something of {size:,} parts: {MAX_SIZE:,} at most"
            raise TemplateRuntimeError(message)
        return super().call_binop(context, operator, left, right)


def _size(operator: str, left: Any, right: Any) -> int:
    """How large a product is, or a power: about, and 0 for what cannot be large."""
    if operator == "**":
        whole = isinstance(left, int) and isinstance(right, int)
        return left.bit_length() * right if whole else 0
    if isinstance(left, Sized) and isinstance(right, int):
        return len(left) * right
    if isinstance(left, int) and isinstance(right, Sized):
        return left * len(right)
    return 0


def _counted_range(*args: int) -> range:
    """A range whose numbers are steps too, for a filter runs through them at once."""
    numbers = safe_range(*args)
    _take(len(numbers))
    return numbers
